"""How one assessment's dates and stage come about: the answer to "why does it say day 27"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerter.app.installation import Installation
from alerter.domain.assessment import Assessment
from alerter.domain.plan import Rules
from alerter.domain.policy import Alert, Clock, Policy, is_in_time
from alerter.domain.walk import Step, thresholds, walk
from alerter.errors import ConfigError
from alerter.pipeline.prepare import Found, found


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """
    One assessment explained as on *as_of*.

    *alert* is None where it is not open, and *ended* says how it ended. *steps* is every day from the
    start to *until*: *as_of*, or the day it ended. *age* is the count on that day.
    """

    assessment: Assessment
    clock: Clock
    as_of: date
    until: date
    next_run: date
    dates: dict[str, date]
    steps: Sequence[Step]
    age: int
    alert: Alert | None
    ended: str


def explain(
    installation: Installation, assessment_id: str, child_id: str | None, as_of: date | None
) -> list[Explanation]:
    """
    Explain every child's assessment under *assessment_id*, or only *child_id*'s.

    Raises:
        ConfigError: Nothing in the store has this id, or its type is no longer configured.
        CalendarRangeError: A date lies outside the years known.
    """
    installation.ensure_schema()
    as_of = as_of or installation.today()
    with installation.database.read() as connection:
        matching = found(connection, assessment_id, child_id, as_of)
    if not matching:
        raise ConfigError(["no assessment in the store has this id: check it, or run `alerter sync`."])
    return [_explained(installation.rules, each, as_of) for each in matching]


def _explained(rules: Rules, each: Found, as_of: date) -> Explanation:
    assessment, window = each.assessment, rules.window(as_of)
    if assessment.type not in rules.clocks:
        raise ConfigError(
            [f"assessments.{assessment.type}: it is of this type, which is no longer configured."]
        )
    clock = rules.clocks[assessment.type].in_force(assessment.started_on, assessment.referred_on)
    until = as_of if assessment.is_open(as_of) else assessment.ended_on or as_of
    policy = Policy(rules.calendar, rules.clocks, window, rules.reassurance_lasts_runs)
    return Explanation(
        assessment=assessment,
        clock=clock,
        as_of=as_of,
        until=until,
        next_run=window.next_run,
        dates=thresholds(rules.calendar, clock, assessment.clock_on),
        steps=list(walk(rules.calendar, assessment.clock_on, until)),
        age=rules.calendar.age(assessment.clock_on, until),
        alert=policy.judge(assessment, each.reassurance) if each.is_open else None,
        ended="" if each.is_open else _ended(rules, clock, assessment, as_of),
    )


def _ended(rules: Rules, clock: Clock, assessment: Assessment, as_of: date) -> str:
    if assessment.is_open(as_of):
        return "missing from the extract without a sign-off"
    in_time = is_in_time(rules.calendar, clock, assessment)
    if in_time is None:
        return "ended without a sign-off"
    return "signed off in time" if in_time else "signed off late"

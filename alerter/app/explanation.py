"""How one assessment's dates and stage come about: the answer to "why does it say day 27"."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from alerter.app.recording import reasons_of
from alerter.domain.assessment import Assessment, AssessmentKey
from alerter.domain.calendar import Step, walk
from alerter.domain.data_exceptions import faults_of_ends
from alerter.domain.extension import extension_words
from alerter.domain.plan import Rules
from alerter.domain.policy import Alert, Clock, Policy, is_in_time, thresholds
from alerter.domain.wording import date_words, full_day_words
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.pipeline.planning import StoredAssessment, clock_of, stored_under
from alerter.store import syncs

"""An assessment's id and its child's."""
ENDS = {"authorised_on": "Signed off", "cancelled_on": "Cancelled", "closed_on": "Episode closed"}
BEFORE_START = "before the start, so it does not count"
IN_FUTURE = "in the future, so it does not count yet"
DOES_NOT_COUNT = {
    "authorised_before_start": BEFORE_START,
    "authorised_in_future": IN_FUTURE,
    "ended_before_start": BEFORE_START,
    "ended_in_future": IN_FUTURE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """
    One assessment explained as on *as_of*.

    *alert* is None where it is not open, and *ended* says how it ended. *steps* is every day from the
    start to *until*: *as_of*, or the day it ended. *age* is the count on that day. *extension* says what a
    manager authorised beyond the limit.
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
    extension: str
    notes: Sequence[str]
    """What became of each date that might have ended it, and why it is not chased where it is not."""


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
        matching = stored_under(connection, assessment_id, child_id, as_of)
        doubts = _doubts(connection)
    if not matching:
        raise ConfigError(["no assessment in the store has this id: check it, or run `alerter sync`."])
    return [
        _explained(installation, stored, as_of, doubts.get(stored.assessment.key, ())) for stored in matching
    ]


def _doubts(connection: Connection) -> dict[AssessmentKey, list[str]]:
    """Return what of the last reading could not be believed, by the ids it concerns."""
    read = syncs.latest_applied(connection)
    doubts: dict[AssessmentKey, list[str]] = defaultdict(list)
    if read is None:
        return doubts
    for value in syncs.unreadable_in(connection, read.id):
        doubts[value.key].append(f"In the extract's {value.sentence}.")
    for row in syncs.rejected_by(connection, read.id):
        said = f"The extract's line {row.line} could not be read: {row.reason}."
        doubts[row.key].append(said)
    return doubts


def _explained(
    installation: Installation, stored: StoredAssessment, as_of: date, doubts: Sequence[str]
) -> Explanation:
    rules, assessment = installation.rules, stored.assessment
    window = rules.window(as_of)
    clock = clock_of(rules, assessment)
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
        alert=policy.judge(assessment, stored.reassurance, extension=stored.extension)
        if stored.is_open
        else None,
        ended="" if stored.is_open else _ended(rules, clock, assessment, as_of),
        extension=""
        if stored.extension is None
        else extension_words(stored.extension, reasons_of(installation), as_of),
        notes=[*_notes(rules, assessment, as_of), *doubts],
    )


def _ended(rules: Rules, clock: Clock, assessment: Assessment, as_of: date) -> str:
    if assessment.is_open(as_of):
        return "missing from the extract without a sign-off"
    if not assessment.is_ended_by(assessment.authorised_on, as_of):
        return "ended without a sign-off"
    return "signed off in time" if is_in_time(rules.calendar, clock, assessment) else "signed off late"


def _notes(rules: Rules, assessment: Assessment, as_of: date) -> Iterator[str]:
    if rules.ignores(assessment, as_of) and rules.ignore_started_before:
        since = date_words(rules.ignore_started_before)
        yield f"It began before {since}, so it is chased in no digest ([source] ignore_started_before)."
    faults = {fault.field: fault for fault in faults_of_ends(assessment, as_of)}
    for name, words in ENDS.items():
        end = getattr(assessment, name)
        if end is None:
            continue
        if name in faults:
            verdict = DOES_NOT_COUNT[faults[name].kind]
        else:
            verdict = "that ended it" if end == assessment.ended_on else "it had ended before"
        yield f"{words} on {full_day_words(end)}: {verdict}."

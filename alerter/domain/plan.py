"""One run, worked out: every open assessment judged, routed and placed, before anything is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from alerter.domain import data_exceptions
from alerter.domain.assessment import Assessment, Rejected
from alerter.domain.audit import Audit
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.data_exceptions import DataException
from alerter.domain.digest import Digest, check_partition, compile_digests, stage_counts, unrouted
from alerter.domain.moved import Moved, moved
from alerter.domain.policy import Alert, Clock, Policy, Reassurance, Window
from alerter.domain.quality import quality_faults
from alerter.domain.routing import DirectoryEntry, Recipient, Route, Router
from alerter.domain.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """
    What the settings say a run is judged, routed and timed by.
    """

    calendar: WorkingCalendar
    clocks: Mapping[str, Clock]
    schedule: Schedule
    fallback: Recipient
    allowed_domains: tuple[str, ...]
    reassurance_lasts_runs: int = 4
    send_all_clear: bool = True
    audits_since: date | None = None
    """From which day on a sign-off without a passing quality audit is told; a year back where it is None."""
    settings: str = ""
    """Fingerprint of the settings these rules were made from."""

    def window(self, as_of: date) -> Window:
        """
        Return the stretch that a digest judged on *as_of* answers for.
        """
        return Window(as_of, self.schedule.next_after(as_of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """
    What the store holds on one day: the open assessments by number, and all that bears on them.
    """

    open: Mapping[int, Assessment]
    reassurances: Mapping[int, Reassurance]
    directory: Sequence[DirectoryEntry]
    rejected: Sequence[Rejected] = ()
    closed_unauthorised: Sequence[Assessment] = ()
    vanished: Sequence[Assessment] = ()
    unaudited: Sequence[Assessment] = ()
    """What was signed off without a passing quality audit."""
    audits: Mapping[int, Audit] = field(default_factory=dict)
    """The latest quality audit recorded here, by the assessment's number."""
    of_children: Sequence[Assessment] = ()
    """Every assessment of the children who have one under way, ended ones too."""
    calendar_before: WorkingCalendar | None = None
    """What the last run counted by."""
    unreached: Sequence[DataException] = ()
    """Whose last digest came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    One run, worked out: who is told what, and what the data say that cannot be.

    *judged* holds the number, the alert and the route of every open assessment, *digests* the same by
    recipient. *observed* are the exceptions that no route causes, *to_mend* what the digests say of
    records, *moved* those whose dates a changed calendar has moved since the last run.
    """

    window: Window
    judged: Sequence[tuple[int, Alert, Route]]
    digests: Sequence[Digest]
    observed: Sequence[DataException] = ()
    to_mend: Sequence[DataException] = ()
    moved: Sequence[Moved] = ()

    @property
    def exceptions(self) -> list[DataException]:
        """
        Return everything to mend: whose manager could not be found, and what the data say that cannot be.
        """
        return [*unrouted([(alert, route) for _, alert, route in self.judged]), *self.observed]

    @property
    def counts(self) -> dict[str, int]:
        """
        Return `open` and the number of each stage, which add up to it.
        """
        stages = stage_counts(alert for _, alert, _ in self.judged)
        return {"open": len(self.judged)} | {stage.value: count for stage, count in stages.items()}

    @property
    def teams(self) -> dict[str, int]:
        """
        Return the number of open assessments by team.
        """
        return dict(Counter(alert.assessment.team for _, alert, _ in self.judged))

    @property
    def told(self) -> list[tuple[int, Alert, str]]:
        """
        Return who answers for what, listed or counted: the assessment's number, its alert, the address.
        """
        return [(number, alert, route.recipient.email) for number, alert, route in self.judged]

    def placed(self, judged: Sequence[tuple[int, Alert, Route]]) -> "Plan":
        """
        Return the same run with *judged* in the place of what was, its digests compiled anew.

        Raises:
            PartitionError: The digests do not add up.
        """
        pairs = [(alert, route) for _, alert, route in judged]
        digests = compile_digests(pairs, self.to_mend, self.moved)
        keys = [(alert.assessment.assessment_id, alert.assessment.child_id) for alert, _ in pairs]
        check_partition(keys, [alert for alert, _ in pairs], digests)
        return replace(self, judged=judged, digests=digests)

    def redirected(self, recipients: Mapping[str, str], to: Recipient, problem: str) -> "Plan":
        """
        Return the same run with everything of *recipients* going *to* somebody else.

        *recipients* gives the reason by their keys, and each of their assessments becomes an exception
        of the kind *problem*.

        Raises:
            PartitionError: The digests do not add up.
        """

        def route_of(route: Route) -> Route:
            why = recipients.get(route.recipient.key)
            return route if why is None else Route(to, problem, why)

        return self.placed([(number, alert, route_of(route)) for number, alert, route in self.judged])

    def worth_sending(self, *, send_all_clear: bool) -> list[Digest]:
        """
        Return the digests that go out: all with *send_all_clear*, else those with something to say.
        """
        return [digest for digest in self.digests if send_all_clear or not digest.is_all_clear]


def work_out(rules: Rules, findings: Findings, as_of: date) -> Plan:
    """
    Judge, route and place every open assessment of *findings* as on *as_of*.

    One whose type is configured no longer has no clock to be judged by: it is an exception, so that it
    neither stops the run for everybody else nor passes for on track.

    Raises:
        PartitionError: The digests do not add up to the open assessments.
        CalendarRangeError: A date lies outside the years known.
    """
    window = rules.window(as_of)
    has_clock = {number: each for number, each in findings.open.items() if each.type in rules.clocks}
    has_none = [each for number, each in findings.open.items() if number not in has_clock]
    judged = _judged(rules, findings, has_clock, window)
    alerts = [alert for _, alert, _ in judged]
    placed = [(alert, route) for _, alert, route in judged]
    of_open = data_exceptions.of_open(list(findings.open.values()), as_of)
    shifted = _moved(alerts, findings.calendar_before, rules.calendar)
    related = findings.of_children or findings.open.values()
    to_mend = [fault.as_exception() for fault in quality_faults(related, as_of)]
    digests = compile_digests(placed, to_mend, shifted)
    check_partition([(each.assessment_id, each.child_id) for each in has_clock.values()], alerts, digests)
    observed = [
        *of_open,
        *data_exceptions.of_unknown_type(has_none),
        *data_exceptions.of_rejected(findings.rejected),
        *data_exceptions.of_closed(findings.closed_unauthorised),
        *data_exceptions.of_vanished(findings.vanished),
        *data_exceptions.of_unaudited(findings.unaudited),
        *findings.unreached,
    ]
    return Plan(
        window=window, judged=judged, digests=digests, observed=observed, to_mend=to_mend, moved=shifted
    )


def _judged(
    rules: Rules, findings: Findings, has_clock: Mapping[int, Assessment], window: Window
) -> list[tuple[int, Alert, Route]]:
    policy = Policy(rules.calendar, rules.clocks, window, rules.reassurance_lasts_runs)
    router = Router(findings.directory, rules.fallback, rules.allowed_domains, window.as_of)
    return [
        (
            number,
            policy.judge(assessment, findings.reassurances.get(number), findings.audits.get(number)),
            router.route(assessment),
        )
        for number, assessment in has_clock.items()
    ]


def _moved(alerts: Sequence[Alert], before: WorkingCalendar | None, now: WorkingCalendar) -> list[Moved]:
    if before is None or before.fingerprint == now.fingerprint:
        return []
    return moved(alerts, before, now)

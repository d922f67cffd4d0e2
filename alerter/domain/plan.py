"""One run, worked out: every open assessment judged, routed and placed, before anything is written."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from alerter.domain import data_exceptions
from alerter.domain.assessment import Assessment, Rejected, UnreadableValue
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.compiling import Background, DigestCompiler, check_partition
from alerter.domain.cover import Cover
from alerter.domain.data_exceptions import DataException, quality_faults
from alerter.domain.digest import Digest, stage_counts, unrouted
from alerter.domain.escalation import Escalation, EscalationRule
from alerter.domain.extension import Extension
from alerter.domain.moved import Moved, moved
from alerter.domain.policy import Alert, Clock, Policy, Reassurance, Window
from alerter.domain.progress import LastDigest
from alerter.domain.quality_audit import Audit
from alerter.domain.routing import DirectoryEntry, Judged, Recipient, Route, Router
from alerter.domain.schedule import Schedule
from alerter.domain.timeliness import Timeliness


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the settings say a run is judged, routed and timed by."""

    calendar: WorkingCalendar
    clocks: Mapping[str, Clock]
    schedule: Schedule
    fallback: Recipient
    allowed_domains: tuple[str, ...]
    reassurance_lasts_runs: int = 4
    send_all_clear: bool = True
    escalation: EscalationRule = field(default_factory=EscalationRule)
    audits_since: date | None = None
    """From which day on a sign-off without a passing quality audit is told; a year back where it is None."""
    ignore_started_before: date | None = None
    """Open assessments whose clock began earlier are counted apart, and chased nowhere."""
    settings: str = ""
    """Fingerprint of the settings these rules were made from."""

    def ignores(self, assessment: Assessment, as_of: date) -> bool:
        """Say whether *assessment* is open on *as_of*, and began too early to be chased."""
        since = self.ignore_started_before
        return since is not None and assessment.clock_on < since and assessment.is_open(as_of)

    def clock_of(self, assessment: Assessment) -> Clock | None:
        """Return the rule that *assessment* is under; None where its type is configured no longer."""
        newest = self.clocks.get(assessment.type)
        return newest and newest.in_force(assessment.started_on, assessment.referred_on)

    def window(self, as_of: date) -> Window:
        """Return the stretch that a digest judged on *as_of* answers for."""
        return Window(as_of, self.schedule.next_after(as_of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the store holds on one day: the open assessments by number, and all that bears on them."""

    open: Mapping[int, Assessment]
    reassurances: Mapping[int, Reassurance]
    directory: Sequence[DirectoryEntry]
    rejected: Sequence[Rejected] = ()
    unreadable: Sequence[UnreadableValue] = ()
    closed_unauthorised: Sequence[Assessment] = ()
    vanished: Sequence[Assessment] = ()
    missing: Sequence[Assessment] = ()
    """What is open and not in the last extract, some rows of which name nobody."""
    unaudited: Sequence[Assessment] = ()
    """What was signed off without a passing quality audit."""
    audits: Mapping[int, Audit] = field(default_factory=dict)
    """The latest quality audit recorded here, by the assessment's number."""
    extensions: Mapping[int, Extension] = field(default_factory=dict)
    """The latest extension recorded, by the assessment's number."""
    covers: Sequence[Cover] = ()
    """Those recorded here, beside the directory's."""
    of_children: Sequence[Assessment] = ()
    """Every assessment of the children who have one under way, ended ones too."""
    calendar_before: WorkingCalendar | None = None
    """What the last run counted by."""
    last_digest: LastDigest | None = None
    """The digest before this one; None for the first."""
    signed: Mapping[tuple[str, str], Timeliness] = field(default_factory=dict)
    """What was signed off since the financial year began, by team and type."""
    unreached: Sequence[DataException] = ()
    """Whose last digest came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    One run, worked out: who is told what, and what the data say that cannot be.

    *judged* is every open assessment that is to be told of,
    *digests* the same by recipient; *everything* is all that is chased, told already or not. *observed* are
    the exceptions that no route causes, *escalations* what service managers are told of. *compiler* made the
    digests. *ignored* is how many are open and not chased; None where the settings ignore none.
    """

    window: Window
    judged: Sequence[Judged]
    everything: Sequence[Judged]
    compiler: DigestCompiler
    digests: Sequence[Digest]
    escalations: Sequence[Escalation] = ()
    observed: Sequence[DataException] = ()
    ignored: int | None = None

    @property
    def moved(self) -> Sequence[Moved]:
        """Return those whose dates a changed calendar has moved since the last run."""
        return self.compiler.moved

    @property
    def exceptions(self) -> list[DataException]:
        """Return everything to mend: what the data say that cannot be, and who could not be found."""
        return [*self.observed, *unrouted(self.judged), *self.compiler.problems(self.everything)]

    @property
    def counts(self) -> dict[str, int]:
        """Return `open`, the number of each stage, which add up to it, and `ignored` where that can be."""
        stages = stage_counts(row.alert for row in self.judged)
        counts = {"open": len(self.judged)} | {stage.value: count for stage, count in stages.items()}
        return counts if self.ignored is None else counts | {"ignored": self.ignored}

    @property
    def teams(self) -> dict[str, int]:
        """Return the number of open assessments by team."""
        return dict(Counter(row.alert.assessment.team for row in self.judged))

    def placed(self, judged: Sequence[Judged], served: Collection[str] | None = None) -> "Plan":
        """
        Return the same run with *judged* in the place of what was, its digests compiled anew.

        Of service managers only those among *served* are told anew, of everything; None is all of them.

        Raises:
            PartitionError: The digests do not add up.
        """
        digests, escalations = self.compiler.compile(judged, self.everything, served)
        alerts = [row.alert for row in judged]
        keys = [alert.assessment.key for alert in alerts]
        check_partition(keys, alerts, digests)
        return replace(self, judged=judged, digests=digests, escalations=escalations)

    def redirected(self, recipients: Mapping[str, str], to: Recipient, problem: str) -> "Plan":
        """
        Return the same run with everything of *recipients* going *to* somebody else.

        *recipients* gives the reason by their keys, and each of their assessments becomes an exception
        of the kind *problem*; what they were told as service managers is one.

        Raises:
            PartitionError: The digests do not add up.
        """

        def rerouted(judged: Sequence[Judged]) -> list[Judged]:
            return [replace(row, route=routes.get(row.route.recipient.key, row.route)) for row in judged]

        routes = {key: Route(to, problem, why) for key, why in recipients.items()}
        served = {digest.recipient.key for digest in self.digests if digest.service is not None} | {to.key}
        compiler = replace(self.compiler, redirects={**self.compiler.redirects, **routes})
        redirected = replace(self, compiler=compiler, everything=rerouted(self.everything))
        return redirected.placed(rerouted(self.judged), served)

    def worth_sending(self, *, send_all_clear: bool) -> list[Digest]:
        """Return the digests that go out: all with *send_all_clear*, else those with something to say."""
        return [digest for digest in self.digests if send_all_clear or not digest.is_all_clear]


def work_out(rules: Rules, findings: Findings, as_of: date) -> Plan:
    """
    Judge, route and place every open assessment of *findings* as on *as_of* that the *rules* do not ignore.

    One whose type is configured no longer has no clock to be judged by: it is an exception, so that it
    neither stops the run for everybody else nor passes for on track.

    Raises:
        PartitionError: The digests do not add up to the open assessments.
        CalendarRangeError: A date lies outside the years known.
    """
    window = rules.window(as_of)
    ignored = None
    if rules.ignore_started_before is not None:
        is_open, findings = len(findings.open), _chased(rules, findings, as_of)
        ignored = is_open - len(findings.open)
    has_clock = {
        number: assessment for number, assessment in findings.open.items() if assessment.type in rules.clocks
    }
    has_none = [assessment for number, assessment in findings.open.items() if number not in has_clock]
    router = Router(findings.directory, rules.fallback, rules.allowed_domains, window.as_of, findings.covers)
    judged = _judged(rules, findings, has_clock, router, window)
    related = findings.of_children or findings.open.values()
    compiler = DigestCompiler(
        router=router,
        rule=rules.escalation,
        background=_background(rules, findings),
        as_of=as_of,
        to_mend=[fault.as_exception() for fault in quality_faults(related, as_of, findings.unreadable)],
        moved=_moved([row.alert for row in judged], findings.calendar_before, rules.calendar),
    )
    digests, escalations = compiler.compile(judged, judged)
    keys = [assessment.key for assessment in has_clock.values()]
    check_partition(keys, [row.alert for row in judged], digests)
    return Plan(
        window=window, judged=judged, everything=judged, compiler=compiler, digests=digests,
        escalations=escalations,
        observed=_observed(findings, has_none, as_of),
        ignored=ignored,
    )  # fmt: skip


def _judged(
    rules: Rules, findings: Findings, open_: Mapping[int, Assessment], router: Router, window: Window
) -> list[Judged]:
    """Return each open assessment with its alert, by all that is recorded of it, and its route."""
    policy = Policy(rules.calendar, rules.clocks, window, rules.reassurance_lasts_runs)
    reassurances, audits, extensions = findings.reassurances, findings.audits, findings.extensions
    return [
        Judged(
            number,
            policy.judge(assessment, reassurances.get(number), audits.get(number), extensions.get(number)),
            router.route(assessment),
        )
        for number, assessment in open_.items()
    ]


def _chased(rules: Rules, findings: Findings, as_of: date) -> Findings:
    """Return *findings* without what concerns the assessments that *rules* ignore, in whatever way."""
    kept = {
        number: assessment
        for number, assessment in findings.open.items()
        if not rules.ignores(assessment, as_of)
    }
    ignored = [assessment for number, assessment in findings.open.items() if number not in kept]
    keys = {assessment.key for assessment in ignored}
    return replace(
        findings,
        open=kept,
        rejected=[row for row in findings.rejected if row.key not in keys],
        unreadable=[assessment for assessment in findings.unreadable if assessment.key not in keys],
        vanished=[assessment for assessment in findings.vanished if not rules.ignores(assessment, as_of)],
        missing=[assessment for assessment in findings.missing if not rules.ignores(assessment, as_of)],
        of_children=[
            assessment for assessment in findings.of_children if not rules.ignores(assessment, as_of)
        ],
    )


def _observed(findings: Findings, has_none: Sequence[Assessment], as_of: date) -> list[DataException]:
    return [
        *data_exceptions.of_open(list(findings.open.values()), as_of),
        *data_exceptions.of_unknown_type(has_none),
        *data_exceptions.of_rejected(findings.rejected),
        *data_exceptions.of_unreadable(findings.unreadable),
        *data_exceptions.of_closed(findings.closed_unauthorised),
        *data_exceptions.of_vanished(findings.vanished),
        *data_exceptions.of_missing(findings.missing),
        *data_exceptions.of_unaudited(findings.unaudited),
        *data_exceptions.of_directory(findings.directory),
        *findings.unreached,
    ]


def _background(rules: Rules, findings: Findings) -> Background:
    return Background(
        calendar=rules.calendar,
        clocks=rules.clocks,
        last_digest=findings.last_digest,
        signed=findings.signed,
        reassurances=findings.reassurances,
    )


def _moved(alerts: Sequence[Alert], before: WorkingCalendar | None, now: WorkingCalendar) -> list[Moved]:
    if before is None or before.fingerprint == now.fingerprint:
        return []
    return moved(alerts, before, now)

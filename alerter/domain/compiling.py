"""Compiles the digests of a run from its judged assessments."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from alerter.domain.assessment import Assessment, AssessmentKey
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.data_exceptions import DataException
from alerter.domain.digest import Digest, stage_counts, unrouted
from alerter.domain.escalation import (
    Escalation,
    EscalationRule,
    Service,
    escalation_problems,
    escalations_of,
    services_of,
)
from alerter.domain.moved import Moved
from alerter.domain.policy import Alert, Clock, Reassurance, Stage, is_in_time
from alerter.domain.progress import LastDigest, RowHistory, progress_by_recipient, row_histories
from alerter.domain.routing import Judged, Route, Router
from alerter.domain.timeliness import Timeliness, TrackRecords, track_records
from alerter.errors import PartitionError

WORST_FIRST = {stage: place for place, stage in enumerate(Stage)}


def compile_digests(
    judged: Sequence[Judged],
    exceptions: Iterable[DataException] = (),
    moved: Iterable[Moved] = (),
) -> list[Digest]:
    """
    Return one digest per recipient, by address, from every open assessment *judged* and routed.

    Two addresses that differ only in case are one recipient.
    """
    to_mend = defaultdict(list)
    for exception in exceptions:
        to_mend[exception.key].append(exception)
    shifted = {move.key: move for move in moved}
    by_recipient = defaultdict(list)
    for row in judged:
        by_recipient[row.route.recipient.key].append(row)
    return [_digest(by_recipient[key], to_mend, shifted) for key in sorted(by_recipient)]


def with_services(digests: Iterable[Digest], services: Iterable[Service]) -> list[Digest]:
    """
    Return *digests* with each of *services* in its recipient's, or in one of its own: one email a person.
    """
    by_key = {digest.recipient.key: digest for digest in digests}
    for service in services:
        key = service.recipient.key
        theirs = by_key.get(key) or Digest(recipient=service.recipient, alerts=(), on_track=0)
        by_key[key] = replace(theirs, service=service)
    return [by_key[key] for key in sorted(by_key)]


def _digest(
    judged: Sequence[Judged],
    to_mend: Mapping[AssessmentKey, Sequence[DataException]],
    moved: Mapping[AssessmentKey, Moved],
) -> Digest:
    alerts, routes = [row.alert for row in judged], [row.route for row in judged]
    listed = _worst_first([alert for alert in alerts if alert.stage is not Stage.ON_TRACK])
    named = next((route.recipient for route in routes if route.recipient.name), routes[0].recipient)
    return Digest(
        recipient=named,
        alerts=tuple(listed),
        on_track=len(judged) - len(listed),
        teams=tuple(sorted({alert.assessment.team for alert in alerts} - {""})),
        manages=tuple(sorted({row.alert.assessment.team for row in judged if row.route.is_own})),
        covering_for=tuple(sorted({route.covering_for for route in routes} - {""})),
        to_mend=tuple(fault for alert in alerts for fault in to_mend.get(alert.assessment.key, ())),
        unrouted=tuple(unrouted(judged)),
        checkpoints=tuple(alert for alert in alerts if alert.stage is Stage.ON_TRACK and alert.checkpoint),
        moved=tuple(moved[key] for alert in alerts if (key := alert.assessment.key) in moved),
    )


def check_partition(
    open_keys: Sequence[AssessmentKey], alerts: Sequence[Alert], digests: Sequence[Digest]
) -> None:
    """
    Prove that every open assessment was judged once, and is in exactly one digest, listed or counted.

    Raises:
        PartitionError: One is missing, twice, not open, or at another stage than it was judged to be.
    """
    judged = Counter(alert.assessment.key for alert in alerts)
    listed = Counter(alert.assessment.key for digest in digests for alert in digest.alerts)
    placed: Counter[Stage] = Counter()
    for digest in digests:
        placed.update(digest.counts)
    twice = sum(1 for times in listed.values() if times > 1)
    foreign = len(listed.keys() - set(open_keys))
    is_judged_once = judged == Counter(open_keys) and all(times == 1 for times in judged.values())
    if twice or foreign or not is_judged_once or placed != Counter(stage_counts(alerts)):
        raise PartitionError(
            f"the digests do not add up: {len(open_keys)} open, {len(alerts)} judged, {placed.total()} in "
            f"digests, {twice} listed twice, {foreign} not open. Nothing was sent; please report this."
        )


def _worst_first(alerts: Sequence[Alert]) -> list[Alert]:
    fewest_left: dict[tuple[Stage, str], int] = {}
    for alert in alerts:
        group = alert.stage, alert.assessment.assessment_id
        fewest_left[group] = min(_left(alert), fewest_left.get(group, _left(alert)))
    first_of = _families(alerts)

    def place(alert: Alert) -> tuple[int, int, str, str, int, str]:
        id_, child = alert.assessment.key
        left = fewest_left[alert.stage, id_]
        return WORST_FIRST[alert.stage], left, first_of[id_], id_, _left(alert), child

    return sorted(alerts, key=place)


def _families(alerts: Iterable[Alert]) -> dict[str, str]:
    """
    Return, by assessment id, the first id of those that look like one family's.

    The same worker, the same referral date and the same start: such rows stand next to each other where they
    are equally old. Nothing more is made of it, for two families can be referred on one day.
    """
    first: dict[tuple[object, ...], str] = {}
    families: dict[str, tuple[object, ...]] = {}
    for alert in alerts:
        assessment = alert.assessment
        family: tuple[object, ...] = (assessment.assessment_id,)
        if assessment.worker and assessment.referred_on:
            family = (assessment.worker, assessment.referred_on, assessment.clock_on)
        family = families.setdefault(assessment.assessment_id, family)
        first[family] = min(assessment.assessment_id, first.get(family, assessment.assessment_id))
    return {id_: first[family] for id_, family in families.items()}


def _left(alert: Alert) -> int:
    """Return the working days left, fewer than none for what is overdue: clocks differ in length."""
    return alert.clock.working_days - alert.age


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What the store knows beside the open assessments, and the calendar and clocks to count it by."""

    calendar: WorkingCalendar
    clocks: Mapping[str, Clock]
    last_digest: LastDigest | None = None
    signed: Mapping[tuple[str, str], Timeliness] = field(default_factory=dict)
    """What was signed off since April, by team and type."""
    reassurances: Mapping[int, Reassurance] = field(default_factory=dict)

    def is_in_time(self, assessment: Assessment) -> bool | None:
        """
        Say whether what has ended was signed off in time; None where it was not, or by no clock we know.
        """
        newest = self.clocks.get(assessment.type)
        if newest is None:
            return None
        clock = newest.in_force(assessment.started_on, assessment.referred_on)
        return is_in_time(self.calendar, clock, assessment)

    @property
    def records(self) -> TrackRecords:
        """Return how timely the teams have been since April."""
        return track_records(self.signed, self.clocks)


def with_progress(
    digests: Iterable[Digest],
    background: Background,
    router: Router,
    judged: Sequence[Judged],
    escalations: Iterable[Escalation],
    as_of: date,
) -> list[Digest]:
    """
    Return *digests* with what is new about each one's rows, its work since the last one, and its teams.

    A digest that stands in for an unknown manager tells of no team's record: the teams in it are nobody's.
    """
    records = background.records
    last_digest, history_of = background.last_digest, _histories(judged, background.last_digest, escalations)
    progress = {}
    if last_digest is not None:
        ended = {
            number: (router.route(assessment), background.is_in_time(assessment))
            for number, assessment in last_digest.ended.items()
        }
        progress = progress_by_recipient(judged, last_digest, ended, background.reassurances, as_of)
    return [
        replace(
            digest,
            histories={alert.assessment.key: history_of[alert.assessment.key] for alert in digest.alerts},
            progress=progress.get(digest.recipient.key),
            records=() if digest.unrouted else records.of_teams(digest.teams),
        )
        for digest in digests
    ]


def _histories(
    judged: Sequence[Judged], last_digest: LastDigest | None, escalations: Iterable[Escalation]
) -> dict[AssessmentKey, RowHistory]:
    """Return the past of each row; an escalation to its own manager is not called one."""
    listed = [row for row in judged if row.alert.stage is not Stage.ON_TRACK]
    to = {escalation.number: escalation.to.recipient.key for escalation in escalations}
    elsewhere = {
        row.number for row in listed if to.get(row.number, row.route.recipient.key) != row.route.recipient.key
    }
    histories = row_histories(listed, last_digest, elsewhere)
    return {row.alert.assessment.key: histories[row.number] for row in listed}


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestCompiler:
    """
    Makes digests of a run's judged assessments, however often some of them are compiled anew.

    *redirects* says by recipient where the part of a service manager goes whose digest cannot be written.
    """

    router: Router
    rule: EscalationRule
    background: Background
    as_of: date
    to_mend: Sequence[DataException] = ()
    moved: Sequence[Moved] = ()
    redirects: Mapping[str, Route] = field(default_factory=dict)

    def service_manager_of(self, assessment: Assessment) -> Route | None:
        """Return the route to the service manager of *assessment*; None where there is none."""
        route = self.router.escalation(assessment)
        return None if route is None else self.redirects.get(route.recipient.key, route)

    def problems(self, judged: Sequence[Judged]) -> list[DataException]:
        """Return one exception for each service manager who cannot be told."""
        return escalation_problems(judged, self.service_manager_of)

    def compile(
        self, judged: Sequence[Judged], everything: Sequence[Judged], served: Collection[str] | None = None
    ) -> tuple[list[Digest], list[Escalation]]:
        """
        Return the digests of *judged*, and what they tell service managers of *everything* that is open.

        Only service managers among *served* are told; None is all of them.
        """
        last_digest = self.background.last_digest
        escalations = escalations_of(everything, self.service_manager_of, self.rule, last_digest)
        digests = compile_digests(judged, self.to_mend, self.moved)
        digests = with_progress(digests, self.background, self.router, judged, escalations, self.as_of)
        services = [
            service
            for service in services_of(everything, self.service_manager_of, escalations, last_digest)
            if served is None or service.recipient.key in served
        ]
        served_keys = {service.recipient.key for service in services}
        return with_services(digests, services), [
            escalation for escalation in escalations if escalation.to.recipient.key in served_keys
        ]

"""One digest per recipient: every open assessment in exactly one place."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from alerter.domain.assessment import Assessment
from alerter.domain.data_exceptions import DataException
from alerter.domain.escalation import Service
from alerter.domain.moved import Moved
from alerter.domain.policy import Alert, Stage
from alerter.domain.progress import Past, Since
from alerter.domain.routing import Recipient, Route
from alerter.domain.track_record import TrackRecord
from alerter.errors import PartitionError

WORST_FIRST = {stage: place for place, stage in enumerate(Stage)}

Key = tuple[str, str]
"""An assessment's id and its child's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """
    Everything one person is told in one run.

    *alerts* are listed, worst first: by stage, then by the working days they have left, siblings of one
    stage together where the worst of them stands. *on_track* are counted. *unrouted* are
    the listed or counted ones that came here because nobody else was found; *to_mend* are what
    the data of this recipient's own assessments say that cannot be. *checkpoints* are those on track that
    reach one before the next digest; *moved* those whose dates a changed calendar has moved.

    *pasts* tells the rows' weeks before, *since* what became of the rest, *records* how timely the teams are.
    *service* is what a service manager reads, on its own or behind work that is theirs to manage.
    """

    recipient: Recipient
    alerts: tuple[Alert, ...]
    on_track: int
    teams: tuple[str, ...] = ()
    covering_for: tuple[str, ...] = ()
    to_mend: tuple[DataException, ...] = ()
    unrouted: tuple[DataException, ...] = ()
    checkpoints: tuple[Alert, ...] = ()
    moved: tuple[Moved, ...] = ()
    pasts: Mapping[Key, Past] = field(default_factory=dict)
    since: Since | None = None
    records: tuple[TrackRecord, ...] = ()
    service: Service | None = None

    @property
    def open(self) -> int:
        """
        Return how many open assessments it answers for.
        """
        return len(self.alerts) + self.on_track

    def of_stage(self, stage: Stage) -> tuple[Alert, ...]:
        """
        Return the listed alerts of one *stage*, in their order.
        """
        return tuple(alert for alert in self.alerts if alert.stage is stage)

    @property
    def counts(self) -> dict[Stage, int]:
        """
        Return how many assessments there are of each stage.
        """
        return stage_counts(self.alerts, self.on_track)

    @property
    def asks(self) -> int:
        """
        Return how many need the manager before the next digest; a standing reassurance needs nothing.
        """
        return sum(1 for alert in self.alerts if alert.stage is not Stage.REASSURED)

    @property
    def is_all_clear(self) -> bool:
        """
        Say whether there is nothing in it but a count of what is on track.
        """
        has_climbed = self.service is not None and self.service.climbed
        return not (
            self.alerts or self.to_mend or self.unrouted or self.checkpoints or self.moved or has_climbed
        )

    def past_of(self, alert: Alert) -> Past:
        """
        Return what is known of the weeks before of one of its alerts.
        """
        return self.pasts.get(_key(alert.assessment), Past())


def stage_counts(alerts: Iterable[Alert], on_track: int = 0) -> dict[Stage, int]:
    """
    Return how many *alerts* there are of each stage, with *on_track* more on track.
    """
    counts = Counter(alert.stage for alert in alerts)
    counts[Stage.ON_TRACK] += on_track
    return {stage: counts[stage] for stage in Stage}


def compile_digests(
    judged: Sequence[tuple[Alert, Route]],
    exceptions: Iterable[DataException] = (),
    moved: Iterable[Moved] = (),
) -> list[Digest]:
    """
    Return one digest per recipient, by address, from every open assessment *judged* and routed.

    Two addresses that differ only in case are one recipient.
    """
    to_mend = defaultdict(list)
    for exception in exceptions:
        to_mend[exception.assessment_id, exception.child_id].append(exception)
    shifted = {(each.assessment_id, each.child_id): each for each in moved}
    by_recipient = defaultdict(list)
    for alert, route in judged:
        by_recipient[route.recipient.key].append((alert, route))
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
    judged: Sequence[tuple[Alert, Route]],
    to_mend: Mapping[tuple[str, str], Sequence[DataException]],
    moved: Mapping[tuple[str, str], Moved],
) -> Digest:
    routes = [route for _, route in judged]
    listed = _worst_first([alert for alert, _ in judged if alert.stage is not Stage.ON_TRACK])
    named = next((route.recipient for route in routes if route.recipient.name), routes[0].recipient)
    return Digest(
        recipient=named,
        alerts=tuple(listed),
        on_track=len(judged) - len(listed),
        teams=tuple(sorted({alert.assessment.team for alert, _ in judged} - {""})),
        covering_for=tuple(sorted({route.covering_for for route in routes} - {""})),
        to_mend=tuple(fault for alert, _ in judged for fault in to_mend.get(_key(alert.assessment), ())),
        unrouted=tuple(unrouted(judged)),
        checkpoints=tuple(alert for alert, _ in judged if alert.stage is Stage.ON_TRACK and alert.checkpoint),
        moved=tuple(moved[key] for alert, _ in judged if (key := _key(alert.assessment)) in moved),
    )


def unrouted(judged: Iterable[tuple[Alert, Route]]) -> list[DataException]:
    """
    Return one exception for each assessment whose route found nobody.
    """
    return [
        DataException(route.problem, alert.assessment.assessment_id, alert.assessment.child_id, route.detail)
        for alert, route in judged
        if route.problem
    ]


def check_partition(
    open_keys: Sequence[tuple[str, str]], alerts: Sequence[Alert], digests: Sequence[Digest]
) -> None:
    """
    Prove that every open assessment was judged once, and is in exactly one digest, listed or counted.

    Raises:
        PartitionError: One is missing, twice, not open, or at another stage than it was judged to be.
    """
    judged = Counter(_key(alert.assessment) for alert in alerts)
    listed = Counter(_key(alert.assessment) for digest in digests for alert in digest.alerts)
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


def _key(assessment: Assessment) -> Key:
    return assessment.assessment_id, assessment.child_id


def _worst_first(alerts: Sequence[Alert]) -> list[Alert]:
    fewest_left: dict[tuple[Stage, str], int] = {}
    for alert in alerts:
        group = alert.stage, alert.assessment.assessment_id
        fewest_left[group] = min(_left(alert), fewest_left.get(group, _left(alert)))
    first_of = _families(alerts)

    def place(alert: Alert) -> tuple[int, int, str, str, int, str]:
        id_, child = _key(alert.assessment)
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
        each = alert.assessment
        family: tuple[object, ...] = (each.assessment_id,)
        if each.worker and each.referred_on:
            family = (each.worker, each.referred_on, each.clock_on)
        family = families.setdefault(each.assessment_id, family)
        first[family] = min(each.assessment_id, first.get(family, each.assessment_id))
    return {id_: first[family] for id_, family in families.items()}


def _left(alert: Alert) -> int:
    """
    Return the working days left, fewer than none for what is overdue: clocks differ in length.
    """
    return alert.clock.working_days - alert.age

"""Finds the assessments escalated to service managers, and counts the week of each whole service."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from alerter.domain.assessment import Assessment
from alerter.domain.data_exceptions import DataException
from alerter.domain.policy import Alert, Stage
from alerter.domain.progress import CHASED, LastDigest, weeks_of
from alerter.domain.routing import Judged, Recipient, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRule:
    """
    When an assessment is escalated: chased in *after_digests* digests running, or on working day *from_day*.

    No *from_day* is the first day overdue; no *after_digests* leaves it to the day alone. What a manager's
    reassurance covers is not escalated.
    """

    after_digests: int = 2
    from_day: int | None = None

    def escalates(self, alert: Alert, weeks: int) -> bool:
        """Say whether *alert*, chased for so many *weeks* running, is told to the service manager too."""
        if alert.stage not in CHASED:
            return False
        if self.after_digests and weeks >= self.after_digests:
            return True
        return alert.stage is Stage.OVERDUE if self.from_day is None else alert.age >= self.from_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """
    One escalated assessment: its alert, whose it is, for how many digests running, and to whom.

    *is_new* says that the digest before did not tell the service manager of it.
    """

    number: int
    alert: Alert
    manager: str
    weeks: int
    to: Route
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamTotals:
    """One team under one manager: how many stand at each stage, and the oldest as its day and its limit."""

    team: str
    manager: str
    counts: Mapping[Stage, int]
    oldest: tuple[int, int]

    @property
    def open(self) -> int:
        """Return how many are open."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """
    What one service manager is told: the totals by team and manager, and the escalations, worst first.

    *were* counts the stages of what was open for the same teams on *last*, *ended* what has ended since; no
    *last* is the first digest.
    """

    recipient: Recipient
    teams: tuple[TeamTotals, ...]
    escalations: tuple[Escalation, ...]
    last: date | None = None
    were: Mapping[Stage, int] = field(default_factory=dict)
    ended: int = 0
    covering_for: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[Stage, int]:
        """Return how many stand at each stage, over all teams."""
        sums: Counter[Stage] = Counter()
        for team in self.teams:
            sums.update(team.counts)
        return {stage: sums[stage] for stage in Stage}


ServiceManagerOf = Callable[[Assessment], Route | None]
"""Gives the route to an assessment's service manager; None where there is none."""


def escalations_of(
    judged: Sequence[Judged],
    service_manager_of: ServiceManagerOf,
    rule: EscalationRule,
    last_digest: LastDigest | None,
) -> list[Escalation]:
    """
    Return the escalations among *judged*, in its order; none where the directory names no service manager.
    """
    escalations = []
    for row in judged:
        number, alert = row.number, row.alert
        weeks = weeks_of(number, alert, last_digest)
        to = service_manager_of(alert.assessment) if rule.escalates(alert, weeks) else None
        if to is not None:
            last_alert = None if last_digest is None else last_digest.alerts.get(number)
            is_new = last_digest is not None and (last_alert is None or not last_alert.is_escalated)
            manager = _shown(row.route)
            escalations.append(
                Escalation(number=number, alert=alert, manager=manager, weeks=weeks, to=to, is_new=is_new)
            )
    return escalations


def services_of(
    judged: Sequence[Judged],
    service_manager_of: ServiceManagerOf,
    escalations: Iterable[Escalation],
    last_digest: LastDigest | None,
) -> list[Service]:
    """Return one service a service manager, by address, from all that is open under the directory's names."""
    theirs: dict[str, list[tuple[Judged, Route]]] = defaultdict(list)
    for row in judged:
        to = service_manager_of(row.alert.assessment)
        if to is not None:
            theirs[to.recipient.key].append((row, to))
    by_key: dict[str, list[Escalation]] = defaultdict(list)
    for escalation in escalations:
        by_key[escalation.to.recipient.key].append(escalation)
    were = {} if last_digest is None else _were(judged, service_manager_of, last_digest)
    return [
        _service(theirs[key], by_key[key], last_digest, were.get(key, Counter())) for key in sorted(theirs)
    ]


def escalation_problems(
    judged: Sequence[Judged], service_manager_of: ServiceManagerOf
) -> list[DataException]:
    """
    Return one exception for each reason for which a service manager cannot be told: a line's `escalate_to`
    that leads to no allowed address, a digest that cannot be written.
    """
    routes = (service_manager_of(row.alert.assessment) for row in judged)
    reasons = dict.fromkeys((to.problem, to.detail) for to in routes if to is not None and to.problem)
    return [
        DataException(kind, "", "", f"{detail}; what climbs goes to the fallback") for kind, detail in reasons
    ]


def _service(
    rows: Sequence[tuple[Judged, Route]], escalations: Sequence[Escalation], last_digest: LastDigest | None,
    were: Counter[Stage | None],
) -> Service:  # fmt: skip
    routes = [to for _, to in rows]
    return Service(
        recipient=next((to.recipient for to in routes if to.recipient.name), routes[0].recipient),
        teams=tuple(_totals(row for row, _ in rows)),
        escalations=tuple(sorted(escalations, key=_worst_first)),
        last=None if last_digest is None else last_digest.as_of,
        were={stage: were[stage] for stage in Stage},
        ended=were[None],
        covering_for=tuple(sorted({to.covering_for for to in routes} - {""})),
    )


def _totals(rows: Iterable[Judged]) -> Iterable[TeamTotals]:
    by_place: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for row in rows:
        by_place[row.alert.assessment.team, _shown(row.route)].append(row.alert)
    for (team, manager), alerts in sorted(by_place.items()):
        counts = Counter(alert.stage for alert in alerts)
        oldest = max(alerts, key=lambda alert: alert.age)
        yield TeamTotals(
            team=team,
            manager=manager,
            counts={stage: counts[stage] for stage in Stage},
            oldest=(oldest.age, oldest.clock.working_days),
        )


def _were(
    judged: Sequence[Judged], service_manager_of: ServiceManagerOf, last_digest: LastDigest
) -> dict[str, Counter[Stage | None]]:
    """
    Count what was listed before by the service manager it belongs to now; under None, what of it has ended.
    """
    counts: dict[str, Counter[Stage | None]] = defaultdict(Counter)
    still_open = {row.number: row.alert.assessment for row in judged}
    for number, last_alert in last_digest.alerts.items():
        assessment = still_open.get(number) or last_digest.ended.get(number)
        to = None if assessment is None else service_manager_of(assessment)
        if to is not None:
            counts[to.recipient.key][last_alert.stage] += 1
            counts[to.recipient.key][None] += number not in still_open
    return counts


def _shown(route: Route) -> str:
    """
    Return the manager by name, or by address where the directory has none; under a cover, who is covered.
    """
    return route.covering_for or route.recipient.name or route.recipient.email


def _worst_first(escalation: Escalation) -> tuple[bool, int, str, str]:
    alert = escalation.alert
    left = alert.clock.working_days - alert.age
    return alert.stage is not Stage.OVERDUE, left, *alert.assessment.key

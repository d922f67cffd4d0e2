"""What climbs to a service manager, and the week of a whole service as they are told it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from alerter.domain.assessment import Assessment
from alerter.domain.data_exceptions import DataException
from alerter.domain.policy import Alert, Stage
from alerter.domain.progress import CHASED, Before, weeks_of
from alerter.domain.routing import Judged, Recipient, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRule:
    """
    When an assessment climbs: chased in *after_digests* digests running, or on working day *from_day*.

    No *from_day* is the first day overdue; no *after_digests* leaves it to the day alone. What a manager's
    reassurance stands for does not climb.
    """

    after_digests: int = 2
    from_day: int | None = None

    def climbs(self, alert: Alert, weeks: int) -> bool:
        """Say whether *alert*, chased for so many *weeks* running, is told to the service manager too."""
        if alert.stage not in CHASED:
            return False
        if self.after_digests and weeks >= self.after_digests:
            return True
        return alert.stage is Stage.OVERDUE if self.from_day is None else alert.age >= self.from_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """
    One assessment that has climbed: its alert, whose it is, for how many digests running, and to whom.

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
    What one service manager is told: the totals by team and manager, and what has climbed, worst first.

    *were* counts the stages of what was open for the same teams on *last*, *ended* what has ended since; no
    *last* is the first digest.
    """

    recipient: Recipient
    teams: tuple[TeamTotals, ...]
    climbed: tuple[Climb, ...]
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


Above = Callable[[Assessment], Route | None]
"""Gives the way to an assessment's service manager; None where there is none."""


def climbs(
    judged: Sequence[Judged], above: Above, rule: EscalationRule, before: Before | None
) -> list[Climb]:
    """
    Return what of *judged* climbs, in its order; where the directory names no service manager nothing does.
    """
    climbing = []
    for row in judged:
        number, alert = row.number, row.alert
        weeks = weeks_of(number, alert, before)
        to = above(alert.assessment) if rule.climbs(alert, weeks) else None
        if to is not None:
            listed = None if before is None else before.listed.get(number)
            is_new = before is not None and (listed is None or not listed.is_escalated)
            manager = _shown(row.route)
            climbing.append(
                Climb(number=number, alert=alert, manager=manager, weeks=weeks, to=to, is_new=is_new)
            )
    return climbing


def services(
    judged: Sequence[Judged], above: Above, climbed: Iterable[Climb], before: Before | None
) -> list[Service]:
    """Return one service a service manager, by address, from all that is open under the directory's names."""
    theirs: dict[str, list[tuple[Judged, Route]]] = defaultdict(list)
    for row in judged:
        to = above(row.alert.assessment)
        if to is not None:
            theirs[to.recipient.key].append((row, to))
    by_key: dict[str, list[Climb]] = defaultdict(list)
    for climb in climbed:
        by_key[climb.to.recipient.key].append(climb)
    were = {} if before is None else _were(judged, above, before)
    return [_service(theirs[key], by_key[key], before, were.get(key, Counter())) for key in sorted(theirs)]


def problems(judged: Sequence[Judged], above: Above) -> list[DataException]:
    """
    Return one exception for each reason for which a service manager cannot be told: a line's `escalate_to`
    that leads to no allowed address, a digest that cannot be written.
    """
    routes = (above(row.alert.assessment) for row in judged)
    found = dict.fromkeys((to.problem, to.detail) for to in routes if to is not None and to.problem)
    return [
        DataException(kind, "", "", f"{detail}; what climbs goes to the fallback") for kind, detail in found
    ]


def _service(
    rows: Sequence[tuple[Judged, Route]], climbed: Sequence[Climb], before: Before | None,
    were: Counter[Stage | None],
) -> Service:  # fmt: skip
    routes = [to for _, to in rows]
    return Service(
        recipient=next((to.recipient for to in routes if to.recipient.name), routes[0].recipient),
        teams=tuple(_totals(row for row, _ in rows)),
        climbed=tuple(sorted(climbed, key=_worst_first)),
        last=None if before is None else before.as_of,
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


def _were(judged: Sequence[Judged], above: Above, before: Before) -> dict[str, Counter[Stage | None]]:
    """
    Count what was listed before by the service manager it belongs to now; under None, what of it has ended.
    """
    found: dict[str, Counter[Stage | None]] = defaultdict(Counter)
    still_open = {row.number: row.alert.assessment for row in judged}
    for number, listed in before.listed.items():
        assessment = still_open.get(number) or before.ended.get(number)
        to = None if assessment is None else above(assessment)
        if to is not None:
            found[to.recipient.key][listed.stage] += 1
            found[to.recipient.key][None] += number not in still_open
    return found


def _shown(route: Route) -> str:
    """
    Return the manager by name, or by address where the directory has none; under a cover, who is covered.
    """
    return route.covering_for or route.recipient.name or route.recipient.email


def _worst_first(climb: Climb) -> tuple[bool, int, str, str]:
    alert = climb.alert
    left = alert.clock.working_days - alert.age
    return alert.stage is not Stage.OVERDUE, left, alert.assessment.assessment_id, alert.assessment.child_id

"""Replays past weeks with another alert day, from the sign-offs as they really were."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median

from alerter.domain.assessment import Assessment, AssessmentKey
from alerter.domain.calendar import ONE_DAY, WorkingCalendar
from alerter.domain.policy import Alert, Clock, Policy, Stage, Window
from alerter.domain.routing import DirectoryEntry, Recipient, Router
from alerter.domain.schedule import Schedule

BEFORE = ONE_DAY * 200
"""How long before the first week a warning can have come: longer than any limit in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a replay goes by: the days, the rules, today's directory, and every assessment known."""

    calendar: WorkingCalendar
    clocks: Mapping[str, Clock]
    schedule: Schedule
    directory: Sequence[DirectoryEntry]
    fallback: Recipient
    allowed_domains: tuple[str, ...]
    assessments: Sequence[Assessment]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerWeeks:
    """One manager's weeks: the emails with any row in them, all rows, and the most in one email."""

    manager: str
    emails: int
    rows: int
    most_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """
    The weeks from *first* to *last* with one alert day.

    *late* became overdue in these weeks. *days_left* is, for each of them that a digest had listed
    before, how many working days were left at the first listing.
    """

    alert_after: int
    weeks: int
    late: int
    days_left: tuple[int, ...]
    managers: tuple[ManagerWeeks, ...]

    @property
    def warned(self) -> int:
        """Return how many of the late ones a digest had listed in time."""
        return len(self.days_left)

    @property
    def median_days_left(self) -> float | None:
        """Return how early the warning came, for half of them at least; None where there was none."""
        return median(self.days_left) if self.days_left else None

    @property
    def rows(self) -> int:
        """Return all rows in all emails."""
        return sum(manager.rows for manager in self.managers)


def replay(world: World, alert_after: int, first: date, last: date) -> Replayed:
    """
    Return what the digests sent from *first* to *last* would have listed with the alert day *alert_after*.

    Types whose limit is not above it keep their own day. Reassurances are left out, as though none had
    been given, and the directory is today's: the rest is as it was.

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    clocks = {key: _with(clock, alert_after) for key, clock in world.clocks.items()}
    known = [assessment for assessment in world.assessments if assessment.type in clocks]
    warned: dict[AssessmentKey, int] = {}
    rows: dict[date, Counter[str]] = {}
    for window in _windows(world.schedule, first, last):
        alerts = list(_alerts(world, clocks, known, window))
        for alert in alerts:
            if alert.stage is not Stage.OVERDUE:
                warned.setdefault(alert.assessment.key, alert.clock.working_days - alert.age)
        if window.as_of >= first:
            router = Router(world.directory, world.fallback, world.allowed_domains, window.as_of)
            rows[window.as_of] = Counter(router.route(alert.assessment).recipient.key for alert in alerts)
    late = [
        assessment
        for assessment in known
        if _became_overdue(world.calendar, clocks[assessment.type], assessment, first, last)
    ]
    return Replayed(
        alert_after=alert_after,
        weeks=len(rows),
        late=len(late),
        days_left=tuple(sorted(warned[assessment.key] for assessment in late if assessment.key in warned)),
        managers=_managers(rows.values()),
    )


def _with(clock: Clock, alert_after: int) -> Clock:
    """Return a clock, and the rules before it, with another alert day where it lies before the limit."""
    earlier = None if clock.earlier is None else _with(clock.earlier, alert_after)
    day = alert_after if alert_after < clock.working_days else clock.alert_after
    return replace(clock, alert_after=day, earlier=earlier)


def _windows(schedule: Schedule, first: date, last: date) -> Iterator[Window]:
    """Yield the window of each send date up to *last*, from long enough before *first* to have warned."""
    on = schedule.due_on_or_before(first - BEFORE)
    while on <= last:
        following = schedule.next_after(on)
        yield Window(on, following)
        on = following


def _alerts(
    world: World, clocks: Mapping[str, Clock], known: Iterable[Assessment], window: Window
) -> Iterator[Alert]:
    policy = Policy(world.calendar, clocks, window)
    for assessment in known:
        if assessment.clock_on <= window.as_of and assessment.is_open(window.as_of):
            alert = policy.judge(assessment)
            if alert.stage is not Stage.ON_TRACK:
                yield alert


def _became_overdue(
    calendar: WorkingCalendar, newest: Clock, assessment: Assessment, first: date, last: date
) -> bool:
    if assessment.clock_on > last:
        return False
    clock = newest.in_force(assessment.started_on, assessment.referred_on)
    overdue_from = calendar.nth_day(assessment.clock_on, clock.working_days + 1)
    return first <= overdue_from <= last and assessment.is_open(overdue_from - ONE_DAY)


def _managers(weeks: Iterable[Mapping[str, int]]) -> tuple[ManagerWeeks, ...]:
    by_manager: dict[str, list[int]] = defaultdict(list)
    for week in weeks:
        for manager, count in week.items():
            by_manager[manager].append(count)
    return tuple(
        ManagerWeeks(manager=manager, emails=len(counts), rows=sum(counts), most_rows=max(counts))
        for manager, counts in sorted(by_manager.items())
    )

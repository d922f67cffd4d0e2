"""Tests the forecast: past forecasts beside the actual percentages."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerter.domain.calendar import ONE_DAY, WorkingCalendar
from alerter.domain.periods import Period, month_of, months_between
from alerter.domain.timeliness import HUNDRED, Timeliness
from alerter.statistics.forecast import NORMAL_80, Course, MonthAhead, forecast

MONTHS_AHEAD = 4
MOST_MONTHS = 36
"""How many past months are tried at most: older ones say little of today's service."""
FEWEST_MISSES = 8
AT_FIRST = 1.5
"""How much wider than chance intervals are until enough misses are known: staff and schools have a say."""
STATED = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """
    One past forecast: made on *made_on* for a *month* so many *ahead*, and the *actual* figure.

    *naive* is the figure of the last whole month before it, which anybody can say.
    """

    made_on: date
    ahead: int
    month: Period
    expected: float
    low: float
    high: float
    miss: float
    actual: float
    naive: float | None

    @property
    def is_held(self) -> bool:
        """Say whether the actual figure lay in the interval."""
        return self.low <= self.actual <= self.high


@dataclass(frozen=True, slots=True)
class BackTest:
    """All past forecasts that could be tried."""

    trials: tuple[Trial, ...]

    @property
    def months(self) -> int:
        """Return how many months were forecast at least once."""
        return len({trial.month for trial in self.trials})

    @property
    def coverage(self) -> float | None:
        """Return the percentage of forecasts whose interval held; it should be near 80."""
        held = sum(trial.is_held for trial in self.trials)
        return HUNDRED * held / len(self.trials) if self.trials else None

    @property
    def error(self) -> float | None:
        """Return by how many points the forecasts missed on average, where there was a naive one too."""
        return _mean([abs(trial.expected - trial.actual) for trial in self.trials if trial.naive is not None])

    @property
    def naive_error(self) -> float | None:
        """Return by how many points "the same as last month" missed on average."""
        return _mean([abs(trial.naive - trial.actual) for trial in self.trials if trial.naive is not None])


@dataclass(frozen=True, slots=True)
class Outlook:
    """The months ahead, each with its interval, and how such forecasts did in the past."""

    months: tuple[tuple[MonthAhead, float, float], ...]
    back_test: BackTest


def outlook(calendar: WorkingCalendar, limit: int, courses: Sequence[Course], as_of: date) -> Outlook | None:
    """
    Return the forecast for the month of *as_of* and the next three; None where nobody can know.

    Raises:
        CalendarRangeError: A month lies outside the years known.
    """
    tested = back_test(calendar, limit, courses, as_of)
    ahead = forecast(calendar, limit, courses, as_of, _months_from(month_of(as_of)))
    if ahead is None:
        return None
    return Outlook(
        tuple(
            (month, *month.interval(_widened(tested.trials, place, as_of)))
            for place, month in enumerate(ahead)
        ),
        tested,
    )


def back_test(calendar: WorkingCalendar, limit: int, courses: Sequence[Course], as_of: date) -> BackTest:
    """
    Return the forecasts that would have been made on the eve of each past month, by what was known then.

    Raises:
        CalendarRangeError: A month lies outside the years known.
    """
    percentages = _percentages(calendar, courses, as_of)
    past = [month for month in percentages if month.last < month_of(as_of).first][-MOST_MONTHS:]
    trials: list[Trial] = []
    for month in past:
        eve = month.first - ONE_DAY
        ahead = forecast(calendar, limit, courses, eve, _months_from(month)) or []
        naive = percentages.get(month_of(eve))
        for place, month_ahead in enumerate(ahead):
            if month_ahead.month in past:
                low, high = month_ahead.interval(_widened(trials, place, eve))
                trials.append(
                    _trial(eve, place, month_ahead, (low, high), percentages[month_ahead.month], naive)
                )
    return BackTest(tuple(trials))


def _months_from(month: Period) -> list[Period]:
    return months_between(month.first, month.first + ONE_DAY * 100)[:MONTHS_AHEAD]


def _percentages(calendar: WorkingCalendar, courses: Sequence[Course], as_of: date) -> dict[Period, float]:
    """Return the figure of each month in which something was signed off, in order."""
    outcomes: dict[Period, list[bool]] = defaultdict(list)
    for course in courses:
        if course.is_signed_by(as_of) and course.ended_on is not None:
            in_time = calendar.age(course.started_on, course.ended_on) <= course.limit
            outcomes[month_of(course.ended_on)].append(in_time)
    return {month: _percent(outcomes[month]) for month in sorted(outcomes)}


def _percent(outcomes: Sequence[bool]) -> float:
    return Timeliness(len(outcomes), sum(outcomes)).percent or 0.0


def _trial(
    made_on: date,
    ahead: int,
    month_ahead: MonthAhead,
    interval: tuple[float, float],
    actual: float,
    naive: float | None,
) -> Trial:
    miss = abs(month_ahead.expected - actual) / month_ahead.spread if month_ahead.spread else 0.0
    low, high = interval
    return Trial(
        made_on=made_on, ahead=ahead, month=month_ahead.month, expected=month_ahead.expected,
        low=low, high=high, miss=miss, actual=actual, naive=naive,
    )  # fmt: skip


def _widened(trials: Sequence[Trial], ahead: int, on: date) -> float:
    """
    Return the factor by which intervals so far *ahead* must be wider, or narrower, than chance alone says.

    Months differ by more than chance: staff fall ill, schools close. So the interval is made as wide as would
    have held four in five of the misses known by then (split conformal prediction).
    """
    misses = sorted(trial.miss for trial in trials if trial.ahead == ahead and trial.month.last <= on)
    if len(misses) < FEWEST_MISSES:
        return AT_FIRST
    place = min(STATED * (len(misses) + 1), len(misses)) - 1
    lower = int(place)
    upper = min(lower + 1, len(misses) - 1)
    return (misses[lower] + (place - lower) * (misses[upper] - misses[lower])) / NORMAL_80


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None

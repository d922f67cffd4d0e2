"""The walk from a start to a day: what counted, what did not, and who says so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from alerter.domain.calendar import ONE_DAY, SATURDAY, WorkingCalendar
from alerter.domain.policy import Clock

WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class Step:
    """
    One day of the walk: its count where it is a working day, else why it does not count.

    *source* is `weekend`, `bank holiday` or `council` for a day that does not count, else empty.
    """

    on: date
    age: int
    name: str = ""
    source: str = ""

    @property
    def is_counted(self) -> bool:
        """
        Say whether the day counted.
        """
        return not self.source


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    Counted days in a row, or the skipped ones between them, as one line.
    """

    first: Step
    last: Step
    days: int


def walk(calendar: WorkingCalendar, start: date, until: date) -> Iterator[Step]:
    """
    Yield every day after *start* up to *until*, each with its age; *start* too where the start day counts.

    The last counted step's age is `calendar.age(start, until)`: the walk is the count, spelt out.

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    on = start if calendar.count_start_day else start + ONE_DAY
    while on <= until:
        age = calendar.age(start, on)
        off = calendar.day_off(on)
        if on.weekday() >= SATURDAY:
            yield Step(on, age, "Saturday" if on.weekday() == SATURDAY else "Sunday", WEEKEND)
        elif off is not None:
            yield Step(on, age, off.name, off.source)
        else:
            yield Step(on, age)
        on += ONE_DAY


def stretches(steps: Iterable[Step]) -> list[Stretch]:
    """
    Return the walk with counted days in a row as one stretch, weekends left out, and each day off on its own.

    >>> from alerter.domain.calendar import DayOff
    >>> easter = [DayOff(date(2026, 4, 3), "Good Friday", "bank holiday")]
    >>> calendar = WorkingCalendar("england", 2026, 2026, easter)
    >>> steps = walk(calendar, date(2026, 3, 27), date(2026, 4, 7))
    >>> [(each.first.on.day, each.days) for each in stretches(steps)]
    [(30, 4), (3, 1), (6, 2)]
    """
    found: list[Stretch] = []
    weekdays = (step for step in steps if step.source != WEEKEND)
    for key, group in groupby(weekdays, key=_line):
        days = list(group)
        if key[0]:
            found.append(Stretch(days[0], days[-1], len(days)))
        else:
            found += [Stretch(day, day, 1) for day in days]
    return found


def thresholds(calendar: WorkingCalendar, clock: Clock, start: date) -> dict[str, date]:
    """
    Return the dates that matter for a clock started on *start*, under the names every command prints them by.

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    return {
        "alert_on": calendar.nth_day(start, clock.alert_after),
        "past_alert_from": calendar.nth_day(start, clock.alert_after + 1),
        "due_on": calendar.nth_day(start, clock.working_days),
        "overdue_from": calendar.nth_day(start, clock.working_days + 1),
    }


def _line(step: Step) -> tuple[bool, date | None]:
    """
    Group counted days by their week.
    """
    return step.is_counted, step.on - ONE_DAY * step.on.weekday() if step.is_counted else None

"""Counts working days: the one way in which days are counted."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from itertools import accumulate, compress, groupby
from typing import Any

from alerter.errors import CalendarRangeError

ONE_DAY = timedelta(days=1)
EPOCH = date(1970, 1, 1).toordinal()
FIRST_MONDAY = 1  # an ordinal: 1 January of the year 1
SATURDAY = 5

WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class DayOff:
    """
    A weekday that does not count, with its name and who says so.

    *source* is `bank holiday` or `council`.
    """

    on: date
    name: str
    source: str


class WorkingCalendar:
    """
    The working days of one nation, with one council's overrides, over the years that are known.

    W is Monday to Friday, minus the nation's bank holidays, plus or minus the council's own
    days. Tables made once answer every question by a lookup: how many working days there are
    up to each date, and the date of each working day.

    *days_off* are the weekdays that do not count, by date and in order; *nation* and *version* are
    printed on every output; *first_day* and *last_day* bound what is known. With *count_start_day*
    the first working day on or after the start is day 1, else the start is day 0.

    >>> christmas = [DayOff(date(2026, 12, d), "Christmas", "bank holiday") for d in (25, 28)]
    >>> calendar = WorkingCalendar("england", 2026, 2027, christmas)
    >>> calendar.age(date(2026, 12, 23), date(2026, 12, 29))
    2
    """

    __slots__ = (
        "_before", "_passed", "_working", "count_start_day", "days_off",
        "first_day", "last_day", "nation", "version",
    )  # fmt: skip

    def __init__(
        self,
        nation: str,
        first_year: int,
        last_year: int,
        days_off: Iterable[DayOff],
        *,
        count_start_day: bool = False,
        version: str = "",
    ) -> None:
        self.nation = nation
        self.version = version
        self.count_start_day = count_start_day
        self.first_day = date(first_year, 1, 1)
        self.last_day = date(last_year, 12, 31)
        by_date = sorted(days_off, key=lambda day: day.on)
        self.days_off: Mapping[date, DayOff] = {day.on: day for day in by_date}
        self._fill_tables()

    def _fill_tables(self) -> None:
        """
        Count the working days up to each date, and keep the date of each.

        Counts stand at the date's ordinal, with None before the first year: a lookup is one index,
        and a date outside the years known can never pass for one inside. `_passed` counts the date
        itself, `_before` is what a clock started on it has behind it. `_working[k]` is the k-th
        working day.
        """
        ordinals = range(self.first_day.toordinal(), self.last_day.toordinal() + 1)
        off = {on.toordinal() for on in self.days_off}
        are_working = [(ordinal - FIRST_MONDAY) % 7 < SATURDAY and ordinal not in off for ordinal in ordinals]
        self._working = [date.min, *map(date.fromordinal, compress(ordinals, are_working))]
        unknown: list[Any] = [None] * self.first_day.toordinal()
        counts = list(accumulate(are_working, initial=0))
        self._passed = unknown + counts[1:]
        self._before = unknown + counts[:-1] if self.count_start_day else self._passed

    @property
    def fingerprint(self) -> str:
        """
        Return twelve characters that change when a count can: nation, years, days off, start-day rule.

        Names and the release of `holidays` are left out: they move no date.
        """
        parts = [
            self.nation,
            str(self.count_start_day),
            self.first_day.isoformat(),
            self.last_day.isoformat(),
            *(on.isoformat() for on in self.days_off),
        ]
        return sha256("\n".join(parts).encode()).hexdigest()[:12]

    def day_off(self, on: date) -> DayOff | None:
        """
        Return the bank holiday or council day on *on*; None for any other day, weekends too.

        Raises:
            CalendarRangeError: *on* lies outside the years known.
        """
        self._require_known(on)
        return self.days_off.get(on)

    def is_working_day(self, on: date) -> bool:
        """
        Say whether *on* counts.

        Raises:
            CalendarRangeError: *on* lies outside the years known.
        """
        return self.day_off(on) is None and on.weekday() < SATURDAY

    def age(self, start: date, on: date) -> int:
        """
        Return the working days d with start < d <= on: the start is day 0.

        Nothing has passed before the start, so an earlier *on* gives 0. With
        `count_start_day` the start counts if it is a working day.

        Raises:
            CalendarRangeError: Either date lies outside the years known.
        """
        try:
            passed: int = self._passed[on.toordinal()] - self._before[start.toordinal()]
        except (IndexError, TypeError):
            raise self._beyond(f"from a date in {start.year} to one in {on.year}") from None
        return passed if passed > 0 else 0  # noqa: FURB136 - max() would be half as much work again

    def nth_day(self, start: date, n: int) -> date:
        """
        Return working day *n* of a clock that started on *start*: the d in W with `age(start, d) == n`.

        The start itself answers for day 0, and for anything below.

        >>> easter = [DayOff(date(2026, 4, 3), "Good Friday", "bank holiday"),
        ...           DayOff(date(2026, 4, 6), "Easter Monday", "bank holiday")]
        >>> WorkingCalendar("england", 2026, 2026, easter).nth_day(date(2026, 4, 2), 1)
        datetime.date(2026, 4, 7)

        Raises:
            CalendarRangeError: The start or the answer lies outside the years known.
        """
        if n < 1:
            return start
        try:
            day: date = self._working[self._before[start.toordinal()] + n]
        except (IndexError, TypeError):
            raise self._beyond(f"{n} on from a date in {start.year}") from None
        return day

    def latest_start(self, on: date, n: int) -> date:
        """
        Return the latest start whose clock has reached day *n* by *on*: the last S with `age(S, on) >= n`.

        This turns the rule round: what has reached day *n* is what started on or before one date,
        which a database can answer from an index. For day 0 and below it is *on*.

        >>> WorkingCalendar("england", 2026, 2026, []).latest_start(date(2026, 3, 9), 5)
        datetime.date(2026, 3, 2)

        Raises:
            CalendarRangeError: *on* lies outside the years known, or so few years before it are
                known that no start has reached day *n*.
        """
        if n < 1:
            return on
        self._require_known(on)
        passed: int = self._passed[on.toordinal()]
        if passed < n:
            raise self._beyond(f"{n} back from a date in {on.year}")
        first_counted = self._working[passed - n + 1]
        return first_counted if self.count_start_day else first_counted - ONE_DAY

    def working_days_between(self, first: date, last: date) -> list[date]:
        """
        Return the working days d with first <= d <= last, in order.

        Raises:
            CalendarRangeError: Either date lies outside the years known.
        """
        self._require_known(first)
        self._require_known(last)
        return self._working[bisect_left(self._working, first) : bisect_right(self._working, last)]

    def counts(self) -> dict[str, list[int]]:
        """
        Return each *day* known, how many working days have *passed* by it, and how many lie *behind* a clock
        that starts on it, by column: the count of a clock is what has passed less what lay behind it.

        A day is the number of days since 1 January 1970.
        """
        first, end = self.first_day.toordinal(), self.last_day.toordinal() + 1
        days = [ordinal - EPOCH for ordinal in range(first, end)]
        return {"day": days, "passed": self._passed[first:end], "behind": self._before[first:end]}

    def _require_known(self, on: date) -> None:
        if not self.first_day <= on <= self.last_day:
            raise self._beyond(f"to a date in {on.year}")

    def _beyond(self, what: str) -> CalendarRangeError:
        return CalendarRangeError(
            f"Cannot count working days {what}: the bank holidays of {self.nation} are known from "
            f"{self.first_day.year} to {self.last_day.year} ({self.version or 'no version'}). "
            "Correct the date, or install a newer release of alerter and of `holidays`."
        )


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
        """Say whether the day counted."""
        return not self.source


@dataclass(frozen=True, slots=True)
class Stretch:
    """Counted days in a row, or the skipped ones between them, as one line."""

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
    >>> [(stretch.first.on.day, stretch.days) for stretch in stretches(steps)]
    [(30, 4), (3, 1), (6, 2)]
    """
    grouped: list[Stretch] = []
    weekdays = (step for step in steps if step.source != WEEKEND)
    for key, group in groupby(weekdays, key=_line):
        days = list(group)
        if key[0]:
            grouped.append(Stretch(days[0], days[-1], len(days)))
        else:
            grouped += [Stretch(day, day, 1) for day in days]
    return grouped


def _line(step: Step) -> tuple[bool, date | None]:
    """Group counted days by their week."""
    return step.is_counted, step.on - ONE_DAY * step.on.weekday() if step.is_counted else None

"""
The tests' own count of working days: bank holidays by rule, and loops day by day.

Nothing here comes from the product or from a library. The rules are those of the Banking and Financial
Dealings Act 1971 and the proclamations of the years used, as published on gov.uk/bank-holidays.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

ONE_DAY = timedelta(days=1)
MONDAY, SATURDAY = 0, 5
UNITED_KINGDOM_ONCE = (
    date(2011, 4, 29), date(2012, 6, 5), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8),
)  # fmt: skip
SCOTLAND_ONCE = (date(2026, 6, 15),)
MAY_DAY_MOVED = {2020: date(2020, 5, 8)}
SPRING_MOVED = {2012: date(2012, 6, 4), 2022: date(2022, 6, 2)}


@dataclass(frozen=True, slots=True)
class Days:
    """A nation's working days, with a council's own, and its send dates."""

    nation: str
    count_start_day: bool = False
    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()
    office_closed: frozenset[date] = frozenset()
    weekday: int = MONDAY
    alert_after: int = field(default=25, kw_only=True)
    limit: int = field(default=35, kw_only=True)

    def is_day_off(self, day: date) -> bool:
        """Say whether *day* is a bank holiday that is not worked, or the council's own day off."""
        if day in self.days_off:
            return True
        return day in bank_holidays(self.nation, day.year) and day not in self.working_days

    def is_working_day(self, day: date) -> bool:
        """Say whether *day* counts."""
        return day.weekday() < SATURDAY and not self.is_day_off(day)

    def age(self, start: date, on: date) -> int:
        """Return how many working days old a start is, walking from it to *on*."""
        day, count = start, int(self.count_start_day and start <= on and self.is_working_day(start))
        while day < on:
            day += ONE_DAY
            count += self.is_working_day(day)
        return count

    def day(self, start: date, number: int) -> date:
        """Return the working day on which a start reaches age *number*."""
        day, count = start, self.age(start, start)
        while count < number:
            day += ONE_DAY
            count += self.is_working_day(day)
        return day

    def send_date(self, nominal: date) -> date:
        """Return when the digest of the week of *nominal* goes out."""
        while self.is_day_off(nominal) or nominal in self.office_closed:
            nominal += ONE_DAY
        return nominal

    def next_run(self, as_of: date) -> date:
        """Return the first send date strictly after *as_of*."""
        weeks = [as_of + timedelta(days=offset) for offset in range(-21, 35)]
        dates = [self.send_date(day) for day in weeks if day.weekday() == self.weekday]
        return min(day for day in dates if day > as_of)

    def stage(self, start: date, as_of: date) -> str:
        """Return the stage of an open assessment nobody has given a reassurance for."""
        age = self.age(start, as_of)
        if start > as_of:
            return "on_track"
        if age > self.limit:
            return "overdue"
        if age > self.alert_after:
            return "past_alert"
        if self.day(start, self.alert_after) <= self.next_run(as_of):
            return "approaching"
        return "on_track"


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the anonymous algorithm, Nature 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def bank_holidays(nation: str, year: int) -> frozenset[date]:
    """Return the bank holidays of one nation in one year, weekends replaced by their substitute days."""
    sunday = easter(year)
    august = _last_monday(year, 8)
    days = {_first_monday(year, 5), _last_monday(year, 5), sunday - 2 * ONE_DAY}
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    if year in MAY_DAY_MOVED:
        days = days - {_first_monday(year, 5)} | {MAY_DAY_MOVED[year]}
    if year in SPRING_MOVED:
        days = days - {_last_monday(year, 5)} | {SPRING_MOVED[year]}
    if nation == "scotland":
        days |= {_first_monday(year, 8)} | {day for day in SCOTLAND_ONCE if day.year == year}
        fixed += [date(year, 1, 2), date(year, 11, 30)]
    else:
        days |= {august, sunday + ONE_DAY}
    if nation == "northern-ireland":
        fixed += [date(year, 3, 17), date(year, 7, 12)]
    days |= {day for day in UNITED_KINGDOM_ONCE if day.year == year}
    return frozenset(_with_substitutes(days, sorted(fixed)))


def _with_substitutes(days: set[date], fixed: list[date]) -> set[date]:
    """Add the days fixed by date; one on a weekend gives way to the next day that is free."""
    taken = days | {day for day in fixed if day.weekday() < SATURDAY}
    for day in fixed:
        substitute = day
        if day.weekday() >= SATURDAY:
            while substitute.weekday() >= SATURDAY or substitute in taken:
                substitute += ONE_DAY
            taken.add(substitute)
    return taken


def _first_monday(year: int, month: int) -> date:
    return next(day for day in (date(year, month, n) for n in range(1, 8)) if day.weekday() == MONDAY)


def _last_monday(year: int, month: int) -> date:
    return next(day for day in (date(year, month, n) for n in range(31, 24, -1)) if day.weekday() == MONDAY)

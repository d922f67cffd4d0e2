"""Reads dates as councils write them: day before month, and only those with one reading."""

import math
import re
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from alerter.sources.memo import remembered
from alerter.sources.writings import Written, full_year, in_london, is_day, parse, written_in, written_plainly

ENOUGH = 3
"""So many different first numbers to each different last one: the last ones are the years."""

BLANK_DATES = frozenset(
    {"", "-", "0", "#n/a", "n/a", "null", "(null)", "\\n", "nan", "nat", "none", "(blank)", "unknown"}
)
"""What stands for no date, in lower case."""
SENTINELS = frozenset(
    {
        date(1, 1, 1),  # the first day of .NET
        date(1899, 12, 30),  # nought in a workbook
        date(1899, 12, 31),
        date(1900, 1, 1),
        date(1900, 1, 2),  # what .NET writes into a workbook for the day before
        date(1904, 1, 1),  # nought in a workbook that counts from 1904
        date(2300, 1, 1),
        date(9999, 12, 31),
    }
)
"""Dates that case systems and spreadsheets write for no date."""
EXCEL_EPOCH = date(1899, 12, 30)
FIRST_SERIAL = (date(1990, 1, 1) - EXCEL_EPOCH).days
LAST_SERIAL = (date(2100, 12, 31) - EXCEL_EPOCH).days
BLANK_SERIALS = frozenset({0, 1, 2})
COMPACT = 10_000_000
"""A number this long is year, month and day, not a count of days."""
_MINUTES = r"(?::[0-5]\d){1,2}(?:\.\d{1,9})?"
_WITH_TIME = re.compile(
    rf"(.{{8,}})[T ](?:(?:[01]?\d|2[0-3]){_MINUTES}|(?:0?\d|1[0-2]){_MINUTES} ?[AP]M)", re.ASCII
)
"""A time without a zone changes no date, so the date, which other rows share, is remembered without it."""
_DAY = r"(?:199|20\d)\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_MOMENT = re.compile(rf"{_DAY}(?:[T ](?:[01]\d|2[0-3]){_MINUTES}(?:Z|[+-]\d{{2}}:?\d{{2}}))?", re.ASCII)
"""The commonest writing, of days and of moments that no rows share, is read by the quickest means."""
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)


def no_cells() -> Iterable[object]:
    """Return the cells of a column of which no more than one value is known."""
    return ()


class ShortYears:
    """
    Whether the dates of one column that need it are day first, found out when the first of them is met.

    *cells* gives the whole column; no date in it is later than *latest_year*. The answer is no if one of
    them is possible year first alone. It is yes if one is possible day first alone; or if the last numbers,
    and not the first, are years that the column also has in full, as in 12/10/2026; or if there are so many
    more first numbers that the last can only be the years. A single 12/10/26 may be of 2012: it stays unread.
    """

    __slots__ = ("_are_last", "_cells", "_latest_year")

    def __init__(self, cells: Callable[[], Iterable[object]], latest_year: int) -> None:
        self._cells = cells
        self._latest_year = latest_year
        self._are_last: bool | None = None

    @property
    def were_read(self) -> bool:
        """Say whether any was met, and read day first."""
        return bool(self._are_last)

    def are_last(self) -> bool:
        """Say whether the last number of each is the year."""
        if self._are_last is None:
            read = remembered(written_in)
            seen = {written for cell in self._cells() if isinstance(cell, str) and (written := read(cell))}
            short = [written for written in seen if written.needs_column]
            full = {written.year % 100 for written in seen if written.mark and not written.is_short}
            self._are_last = self._judge(short, full)
        return self._are_last

    def _judge(self, short: Collection[Written], full: Collection[int]) -> bool:
        day_first = [written for written in short if self._is_day(written.year, written.month, written.day)]
        year_first = [
            written
            for written in short
            if self._is_day(full_year(written.day), written.month, written.year % 100)
        ]
        if not set(year_first) <= set(day_first):
            return False
        if len(year_first) < len(day_first):
            return True
        firsts, lasts = {written.day for written in day_first}, {written.year % 100 for written in day_first}
        is_known = lasts <= set(full) and not firsts <= set(full)
        return bool(lasts) and (is_known or len(firsts) >= ENOUGH * len(lasts))

    def _is_day(self, year: int, month: int, day: int) -> bool:
        return year <= self._latest_year and is_day(year, month, day)


class UnreadableDateError(ValueError):
    """A value is no date in any format known; its text names the column, never the value."""


class MonthFirstError(ValueError):
    """
    A value can only be month first, so every other date of its column is in doubt; its text names the column.
    """


class DateColumn:
    """
    One column of dates: reads values, remembering those it has read.

    *name* is the canonical column, *heading* what the file calls it. *cells* gives the whole column, looked
    through when it has numbers with a two-digit year; *latest_year* is the last that its dates can be of.

    >>> DateColumn("started_on").read("05/10/2026")
    datetime.date(2026, 10, 5)
    """

    __slots__ = ("_short_years", "heading", "name", "read")

    def __init__(
        self,
        name: str,
        heading: str = "",
        cells: Callable[[], Iterable[object]] = no_cells,
        latest_year: int = date.max.year,
    ) -> None:
        self.name = name
        self.heading = heading or name
        self.read: Callable[[object], date | None] = remembered(self._read)
        self._short_years = ShortYears(cells, latest_year)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what is to be said of how the column was read so far."""
        if not self._short_years.were_read:
            return ()
        return (f'the column "{self.heading}" has years of two digits: read day first, as 12/10/26',)

    def _read(self, value: object) -> date | None:
        """
        Return the date in *value*, or None where it is blank or stands for no date.

        Raises:
            UnreadableDateError: It is in no format known, or no day of the calendar.
            MonthFirstError: It is impossible day first and possible month first.
        """
        try:
            if not isinstance(value, str):
                on = self._from_value(value)
            elif _MOMENT.fullmatch(value):
                on = in_london(datetime.fromisoformat(value))
            elif timed := _WITH_TIME.fullmatch(value):
                return self.read(timed[1])
            else:
                on = self._from_text(value)
        except MonthFirstError:
            raise MonthFirstError(self.heading) from None
        except (ValueError, OverflowError):
            raise UnreadableDateError(self.heading) from None
        return None if on in SENTINELS else on

    def _from_value(self, value: object) -> date | None:
        match value:
            case None:
                return None
            case datetime():
                return None if value.date() in SENTINELS else in_london(value)
            case date():
                return value
            case time() | timedelta() if value in {time(), timedelta()}:  # nought formatted as a time
                return None
            case int() | float() | Decimal() if not isinstance(value, bool):
                return self._from_number(float(value))
            case _:
                return self._from_text(str(value))

    def _from_number(self, value: float) -> date | None:
        if math.isnan(value) or value in BLANK_SERIALS:
            return None
        if FIRST_SERIAL <= value < LAST_SERIAL + 1:
            return EXCEL_EPOCH + timedelta(days=int(value))
        if value >= COMPACT and value == int(value):
            return self._from_text(str(int(value)))
        raise ValueError

    def _from_text(self, value: str) -> date | None:
        text = written_plainly(value)
        if text in BLANK_DATES:
            return None
        if _SERIAL.fullmatch(text):
            return self._from_number(float(text))
        written = parse(text)
        if written is None:
            raise ValueError
        if written.is_nought:
            return None
        if written.is_month_first:
            raise MonthFirstError
        if written.needs_column and not self._short_years.are_last():
            raise ValueError
        return None if written.day_as_written in SENTINELS else written.on()

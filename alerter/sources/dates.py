"""Dates as councils write them: explicit formats, day before month, never a guess."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from alerter.sources.memo import remembered

BLANK_DATES = frozenset({"", "-", "#n/a", "n/a", "null", "nan", "nat", "none", "99991231"})
"""What stands for no date, in lower case."""
SENTINELS = frozenset({date(1900, 1, 1), date(2300, 1, 1), date(9999, 12, 31)})
"""Dates that case systems write for no date."""
EXCEL_EPOCH = date(1899, 12, 30)
FIRST_SERIAL = (date(1990, 1, 1) - EXCEL_EPOCH).days
LAST_SERIAL = (date(2100, 12, 31) - EXCEL_EPOCH).days
SENTINEL_NUMBER = 99991231
DECEMBER = 12

_LONDON = ZoneInfo("Europe/London")
_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AP]M)?)?"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})" + _TIME, re.ASCII | re.IGNORECASE)
_ISO_ZONED = re.compile(
    r"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})", re.ASCII | re.IGNORECASE
)
_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})" + _TIME, re.ASCII | re.IGNORECASE)
_DAY_NAMED = re.compile(r"(\d{1,2})[ /-]([a-z]+)[ /-](\d{4})" + _TIME, re.ASCII | re.IGNORECASE)
_YEAR_NAMED = re.compile(r"(\d{4})-([a-z]+)-(\d{1,2})" + _TIME, re.ASCII | re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH_NUMBERS = {
    name: number for number, month in enumerate(_MONTHS, start=1) for name in (month, month[:3])
} | {"sept": 9}


class UnreadableDateError(ValueError):
    """
    A value is no date in any format known; its text names the column, never the value.
    """


class MonthFirstError(ValueError):
    """
    A value can only be month first, so every other date of its column is in doubt; its text names the column.
    """


class DateColumn:
    """
    One column of dates: reads values, remembering those it has read.

    *name* is the canonical column, *heading* what the file calls it.

    >>> DateColumn("started_on").read("05/10/2026")
    datetime.date(2026, 10, 5)
    """

    __slots__ = ("heading", "name", "read")

    def __init__(self, name: str, heading: str = "") -> None:
        self.name = name
        self.heading = heading or name
        self.read: Callable[[object], date | None] = remembered(self._read)

    def _read(self, value: object) -> date | None:
        """
        Return the date in *value*, or None where it is blank or stands for no date.

        Raises:
            UnreadableDateError: It is in no format known, or no day of the calendar.
            MonthFirstError: It is impossible day first and possible month first.
        """
        try:
            found = _from_text(value) if isinstance(value, str) else _from_value(value)
        except MonthFirstError:
            raise MonthFirstError(self.heading) from None
        except (ValueError, OverflowError):
            raise UnreadableDateError(self.heading) from None
        return None if found in SENTINELS else found


def _from_value(value: object) -> date | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return _in_london(value)
    if isinstance(value, date):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _from_number(float(value))
    return _from_text(str(value))


def _from_number(value: float) -> date | None:
    if math.isnan(value) or value == SENTINEL_NUMBER:
        return None
    if not FIRST_SERIAL <= value < LAST_SERIAL + 1:
        raise ValueError
    return EXCEL_EPOCH + timedelta(days=int(value))


def _from_text(value: str) -> date | None:
    text = value.strip()
    if text.lower() in BLANK_DATES:
        return None
    for pattern, reader in _FORMATS:
        if match := pattern.fullmatch(text):
            return reader(match)
    raise ValueError


def _day_first(match: re.Match[str]) -> date:
    day, month, year = int(match[1]), int(match[3]), int(match[4])
    try:
        return date(year, month, day)
    except ValueError:
        if month > DECEMBER and day <= DECEMBER:
            date(year, day, month)
            raise MonthFirstError from None
        raise


def _month(name: str) -> int:
    number = _MONTH_NUMBERS.get(name.lower())
    if number is None:
        raise ValueError
    return number


def _in_london(moment: datetime) -> date:
    """
    Return the day a moment falls on in London; a moment without a zone is taken as written.

    An hour before midnight UTC in summer is the next day here.
    """
    try:
        return moment.astimezone(_LONDON).date() if moment.tzinfo else moment.date()
    except OverflowError:  # 9999-12-31 with an offset
        return moment.date()


_FORMATS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date | None]], ...] = (
    (_ISO, lambda match: date(int(match[1]), int(match[2]), int(match[3]))),
    (_DAY_FIRST, _day_first),
    (_ISO_ZONED, lambda match: _in_london(datetime.fromisoformat(f"{match[1]}{match[2].upper()}"))),
    (_DAY_NAMED, lambda match: date(int(match[3]), _month(match[2]), int(match[1]))),
    (_YEAR_NAMED, lambda match: date(int(match[1]), _month(match[2]), int(match[3]))),
    (_SERIAL, lambda match: _from_number(float(match[0]))),
)

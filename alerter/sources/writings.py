"""Lists the formats of a date that have one reading only, as patterns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from string import Formatter
from zoneinfo import ZoneInfo

from alerter.sources.text import clean

LONDON = ZoneInfo("Europe/London")
DECEMBER, NOON, MINUTES, SECONDS = 12, 12, 60, 61
FIRST_YEAR = 1990
"""Two digits mean the one year from here on that ends in them; no earlier date is believed."""

LONGEST = 100
"""The longest writing has some seventy characters, in English and with a time and its zone in words."""

WRITINGS = (
    "{year}{by}{month}{by_again}{day}{tail}",  # 2026-10-12, 2026/10/12, 2026-10-12T00:00:00.000Z
    "{day}{mark}{month}{again}{year}{tail}",  # 12/10/2026, 12.10.2026 23.59
    "{day}{mark}{month}{again}{short}{end}",  # 12/10/26, which the column must decide
    "{day}{gap}{name}{gap}{year}{tail}",  # 12-OCT-2026, Mon 12 Oct 2026, 12th October 2026, 12OCT2026:00:00
    "{day}{gap}{name}{gap}{short}{end}",  # 12-OCT-26 12.00.00.000000000 AM +01:00
    "{name}{gap}{day}{parting}{year}{tail}",  # Oct 12 2026 12:00AM, October 12, 2026
    "{name}{gap}{day}{parting}{short}{end}",  # Oct 12 26
    "{year}{gap}{name}{gap}{day}{tail}",  # 2026-Oct-12
    "{name} {day} {clock}{zone} {year}",  # Mon Oct 12 00:00:00 BST 2026
    "{year}{two_month}{two_day}{tail}",  # 20261012, 20261012 00:00:00
    "{year}{two_month}{two_day}[t ]?{two_clock}{zone}",  # 20261012T000000
)
"""Whatever is added here is read: a line for a writing, in lower case, made of `PIECES`."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = (
    r"(?:\(?(?P<weekday>mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|nes|rs|r|rsday|urday)?\)?[ ,.]*)?"
)
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?:[:.](?P<second>\d{2}))?(?:[.,:]\d{1,9})?"
    r"(?: ?(?P<half>[ap])\.? ?m\.?)?"
)
_ZONE = r"(?: ?(?P<zone>z|utc|gmt|bst|europe/london|(?:gmt|utc)?[+-]\d{1,2}(?::?\d{2})?)(?: ?\([a-z ]+\))?)?"
PIECES = {
    "year": r"(?P<year>\d{4})",
    "short": r"'?(?P<short>\d{2})",
    "month": r"(?P<month>\d{1,2})",
    "name": r"(?P<name>[a-z]{3,9})",
    "day": r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?: of)?",
    "two_month": r"(?P<month>\d{2})",
    "two_day": r"(?P<day>\d{2})",
    "mark": r" ?(?P<mark>[/.-]| ) ?",
    "again": r" ?(?P=mark) ?",
    "by": r" ?(?P<by>[/.-]| ) ?",
    "by_again": r" ?(?P=by) ?",
    "gap": r"[ ,./-]*",
    "parting": r"[ ,./-]+",
    "clock": _CLOCK,
    "two_clock": r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?:[.,]\d{1,9})?",
    "zone": _ZONE,
    "tail": rf"(?:(?: ?t ?|,? at |[ ,]+(?:- )?|[:-]){_CLOCK})?{_ZONE}",
    "end": rf"(?:(?: ?t ?|,? at |[ ,]+){_CLOCK})?{_ZONE}",
}
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH_NUMBERS = {
    name: number for number, month in enumerate(_MONTHS, start=1) for name in (month, month[:3])
} | {"sept": 9}
_DASHES = str.maketrans(dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-"))
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Written:
    """
    The numbers of a date as they stand in a text, not yet believed.

    *mark* parts day, month and year where all are numbers in this order, and is empty for every other
    writing. *is_short* says that the year has two digits.
    """

    year: int
    month: int
    day: int
    mark: str
    is_short: bool
    time: timedelta | None
    zone: timezone | None
    weekday: int | None

    @property
    def is_nought(self) -> bool:
        """
        Say whether it is the day before the first: 00/01/1900 in a spreadsheet, 0000-00-00 in a database.
        """
        return self.day == 0 and self.month in {0, 1} and self.year in {0, 1900, 2000}

    @property
    def is_month_first(self) -> bool:
        """Say whether it is no day of the calendar day first, and one with the month first."""
        marks = "/-" if self.is_short else "/-. "  # 10.30.15 is rather a time
        return (
            bool(self.mark)
            and self.mark in marks
            and self.day <= DECEMBER < self.month
            and is_day(self.year, self.day, self.month)
        )

    @property
    def needs_column(self) -> bool:
        """Say whether this text alone does not tell which end of it is the year."""
        return bool(self.mark) and self.is_short

    @property
    def day_as_written(self) -> date:
        """
        Return the day whatever the time and the zone.

        Raises:
            ValueError: There is no such day.
        """
        return date(self.year, self.month, self.day)

    def on(self) -> date:
        """
        Return the day in London; without a zone the date is taken as written.

        An hour before midnight UTC in summer is the next day here.

        Raises:
            ValueError: There is no such day, or it is another day of the week than it says.
        """
        day = self.day_as_written
        if self.weekday is not None and day.weekday() != self.weekday:
            raise ValueError("another day of the week")
        if self.zone is None or self.time is None:
            return day
        return in_london(datetime(self.year, self.month, self.day, tzinfo=self.zone) + self.time)


def written_plainly(text: str) -> str:
    r"""
    Return the *text* of a cell as `parse` takes it.

    >>> written_plainly('="12\u201310\u20132026\u202f"'), written_plainly("'12 OCT  2026")
    ('12-10-2026', '12 oct 2026')
    """
    text = clean(text).lower().removeprefix("'")
    return text if text.isascii() else text.translate(_DASHES)


def written_in(cell: str) -> Written | None:
    """Return what the text of a *cell* says, or None where it is no date."""
    try:
        return parse(written_plainly(cell))
    except ValueError:
        return None


def parse(text: str) -> Written | None:
    """
    Return what a *text* in lower case, with single blanks, says; None where it is no writing of a date.

    >>> parse("mon 12 oct 26 12:00am").on()
    datetime.date(2026, 10, 12)

    Raises:
        ValueError: It looks like one, and names no month or no time of the clock.
    """
    if len(text) > LONGEST:
        return None
    for pattern in _PATTERNS:
        if match := pattern.fullmatch(text):
            return _written(match)
    return None


def in_london(moment: datetime) -> date:
    """Return the day a moment falls on in London; a moment without a zone is taken as written."""
    return moment.astimezone(LONDON).date() if moment.tzinfo else moment.date()


def is_day(year: int, month: int, day: int) -> bool:
    """Say whether the calendar has such a day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def full_year(two_digits: int) -> int:
    """
    Return the year that *two_digits* stand for.

    >>> full_year(26), full_year(98)
    (2026, 1998)
    """
    return FIRST_YEAR + (two_digits - FIRST_YEAR) % 100


def _written(match: re.Match[str]) -> Written:
    parts = match.groupdict()
    name, short, weekday = parts.get("name"), parts.get("short"), parts.get("weekday")
    month = int(parts["month"]) if name is None else _MONTH_NUMBERS.get(name)
    if month is None:
        raise ValueError("no month")
    return Written(
        year=int(parts["year"]) if short is None else full_year(int(short)),
        month=month,
        day=int(parts["day"]),
        mark=parts.get("mark") or "",
        is_short=short is not None,
        time=_time(parts),
        zone=_zone(parts.get("zone") or ""),
        weekday=None if weekday is None else _WEEKDAYS.index(weekday),
    )


def _time(parts: dict[str, str | None]) -> timedelta | None:
    """
    Return the time of day, None where there is none.

    Raises:
        ValueError: No clock shows it.
    """
    if (text := parts.get("hour")) is None:
        return None
    hour, half = int(text), parts.get("half")
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    is_afternoon = hour > NOON and half == "a"
    if hour > 2 * NOON or minute >= MINUTES or second >= SECONDS or is_afternoon:
        raise ValueError("no time")
    if parts["minute"] is None and half is None:
        raise ValueError("no time")
    if half and hour <= NOON:
        hour = hour % NOON + (NOON if half == "p" else 0)
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _zone(text: str) -> timezone | None:
    """
    Return the zone so called; None where there is none, and for London, whose dates are taken as written.
    """
    if text in {"", "europe/london"}:
        return None
    if text == "bst":
        return timezone(timedelta(hours=1))
    if (match := _OFFSET.search(text)) is None:
        return UTC
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-offset if match[1] == "-" else offset)


def _patterns() -> Iterator[re.Pattern[str]]:
    for writing in WRITINGS:
        pieces = []
        for literal, piece, _, _ in Formatter().parse(writing):
            pieces += [literal, PIECES[piece] if piece else ""]
        yield re.compile(_WEEKDAY + "".join(pieces), re.ASCII)


_PATTERNS = tuple(_patterns())

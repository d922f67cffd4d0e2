"""Months, quarters and years as councils report them: the year begins on 1 April."""

from dataclasses import dataclass
from datetime import date

from alerter.domain.calendar import ONE_DAY
from alerter.domain.wording import MONTHS, SHORT

APRIL = 4
MONTHS_A_YEAR = 12
MONTHS_A_QUARTER = 3


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from *first* to *last*, both included, and what a report calls them."""

    first: date
    last: date
    name: str

    def holds(self, on: date) -> bool:
        """Say whether *on* lies in it."""
        return self.first <= on <= self.last

    def until(self, on: date) -> "Period":
        """Return what of it has passed by *on*, under the same name."""
        return Period(self.first, min(self.last, on), self.name)


def month_of(on: date) -> Period:
    """
    Return the calendar month of *on*, named as the report's CSV names it.

    >>> month_of(date(2026, 11, 25))
    Period(first=datetime.date(2026, 11, 1), last=datetime.date(2026, 11, 30), name='2026-11')
    """
    return _months_from(on.replace(day=1), 1, f"{on.year}-{on.month:02}")


def quarter_of(on: date) -> Period:
    """
    Return the quarter of the financial year that *on* lies in; the first begins on 1 April.

    >>> quarter_of(date(2027, 2, 1)).name
    '2026/27 Q4'
    """
    year = year_of(on)
    place = (on.month - APRIL) % MONTHS_A_YEAR // MONTHS_A_QUARTER
    return _months_from(_months_on(year.first, place * MONTHS_A_QUARTER), 3, f"{year.name} Q{place + 1}")


def year_of(on: date) -> Period:
    """
    Return the financial year of *on*, 1 April to 31 March.

    >>> year_of(date(2027, 3, 31)).name, year_of(date(2027, 4, 1)).name
    ('2026/27', '2027/28')
    """
    first = date(on.year - (on.month < APRIL), APRIL, 1)
    return _months_from(first, MONTHS_A_YEAR, f"{first.year}/{(first.year + 1) % 100:02}")


def months_between(first: date, last: date) -> list[Period]:
    """
    Return the calendar months that *first* to *last* touch, in order; none where *last* comes first.

    >>> [month.name for month in months_between(date(2026, 11, 30), date(2027, 1, 1))]
    ['2026-11', '2026-12', '2027-01']
    """
    months = []
    on = first.replace(day=1)
    while on <= last:
        months.append(month_of(on))
        on = months[-1].last + ONE_DAY
    return months


def month_words(month: Period) -> str:
    """
    Return a month as a table of a report shows it.

    >>> month_words(month_of(date(2026, 11, 25)))
    'Nov 2026'
    """
    return f"{MONTHS[month.first.month - 1][:SHORT]} {month.first.year}"


def _months_from(first: date, months: int, name: str) -> Period:
    return Period(first, _months_on(first, months) - ONE_DAY, name)


def _months_on(first: date, months: int) -> date:
    """Return the same day of the month, *months* later."""
    years, month = divmod(first.month - 1 + months, MONTHS_A_YEAR)
    return date(first.year + years, month + 1, first.day)

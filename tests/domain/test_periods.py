"""Months, quarters and financial years."""

from datetime import date

import pytest

from alerter.domain.periods import month_of, month_words, months_between, quarter_of, year_of


@pytest.mark.parametrize(
    ("on", "quarter", "first", "last"),
    [
        (date(2026, 4, 1), "2026/27 Q1", date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 9, 30), "2026/27 Q2", date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 12, 31), "2026/27 Q3", date(2026, 10, 1), date(2026, 12, 31)),
        (date(2027, 3, 31), "2026/27 Q4", date(2027, 1, 1), date(2027, 3, 31)),
    ],
)
def test_quarters_are_those_of_the_financial_year(on: date, quarter: str, first: date, last: date) -> None:
    """The first begins on 1 April, the fourth ends on 31 March."""
    found = quarter_of(on)
    assert (found.name, found.first, found.last) == (quarter, first, last)
    assert year_of(on).holds(found.first)
    assert year_of(on).holds(found.last)


def test_the_turn_of_the_century_has_two_figures() -> None:
    """The year that ends in 2000 is written 1999/00."""
    assert year_of(date(1999, 12, 31)).name == "1999/00"


def test_a_leap_february_has_29_days() -> None:
    """A month ends on its last day, whatever the year."""
    assert month_of(date(2028, 2, 3)).last == date(2028, 2, 29)
    assert month_words(month_of(date(2028, 2, 3))) == "Feb 2028"


def test_a_period_until_a_day_keeps_its_name() -> None:
    """What has passed of a year is that year to date; a day after its end changes nothing."""
    year = year_of(date(2026, 11, 25))
    assert year.until(date(2026, 11, 25)) == type(year)(year.first, date(2026, 11, 25), "2026/27")
    assert year.until(date(2030, 1, 1)) == year
    assert not year.until(date(2026, 11, 25)).holds(date(2026, 11, 26))


def test_no_months_lie_between_a_day_and_an_earlier_one() -> None:
    """A period that ends before it begins has no months."""
    assert months_between(date(2026, 11, 1), date(2026, 10, 31)) == []
    assert [month.name for month in months_between(date(2026, 11, 30), date(2026, 11, 30))] == ["2026-11"]

"""The words of dates and counts, the same under every locale."""

from datetime import date, timedelta

import pytest

from alerter.domain.wording import (
    counted,
    date_words,
    day_words,
    full_day_words,
    listed,
    long_day_words,
)
from tests.world.assessments import day

NEW_YEARS_EVE, NEW_YEARS_DAY = day("Thu 2026-12-31"), day("Fri 2027-01-01")


def test_the_year_stands_where_it_is_not_this_one() -> None:
    """31 December needs no year in December, 1 January does; and the other way round in January."""
    assert day_words(NEW_YEARS_EVE, NEW_YEARS_EVE) == "Thu 31 Dec"
    assert day_words(NEW_YEARS_DAY, NEW_YEARS_EVE) == "Fri 1 Jan 2027"
    assert day_words(NEW_YEARS_EVE, NEW_YEARS_DAY) == "Thu 31 Dec 2026"
    assert long_day_words(NEW_YEARS_EVE, NEW_YEARS_EVE) == "Thursday 31 December"
    assert long_day_words(NEW_YEARS_DAY, NEW_YEARS_EVE) == "Friday 1 January 2027"
    assert full_day_words(NEW_YEARS_DAY) == "Friday 1 January 2027"


def test_words_are_those_of_the_calendar() -> None:
    """Every day of a year has the weekday and the month that the calendar gives it in English."""
    for ordinal in range(date(2028, 1, 1).toordinal(), date(2029, 1, 1).toordinal()):
        on = date.fromordinal(ordinal)
        assert full_day_words(on) == f"{on:%A} {on.day} {on:%B} {on.year}"
        assert date_words(on) == f"{on.day} {on:%B} {on.year}"
        assert day_words(on, on + timedelta(days=800)) == f"{on:%a} {on.day} {on:%b} {on.year}"


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1200, "1,200 rows")]
)
def test_only_one_is_singular(count: int, words: str) -> None:
    """Nothing and many are plural; thousands have their comma."""
    assert counted(count, "row") == words


@pytest.mark.parametrize(
    ("words", "phrase"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_listed(words: list[str], phrase: str) -> None:
    """The last word is joined by "and", or by the word asked for."""
    assert listed(words) == phrase
    assert listed(words, "or") == phrase.replace("and", "or")

"""The four nations' bank holidays, held against the statutes, GOV.UK and a list checked by hand."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerter.bank_holidays import (
    FIRST_YEAR,
    LAST_YEAR,
    SUBDIVISIONS,
    bank_holidays,
    calendar_differences,
    working_calendar,
)

NATIONS = tuple(SUBDIVISIONS)
ONE_DAY = timedelta(days=1)

# An oracle of its own: the rules of the Banking and Financial Dealings Act 1971, the St Andrew's Day
# Bank Holiday (Scotland) Act 2007 and the yearly proclamations, with its own Easter and its own
# substitution. It shares nothing with the package under test.

MOVED = {  # (the holiday, year): where a proclamation put it
    ("early may", 1995): date(1995, 5, 8),
    ("early may", 2020): date(2020, 5, 8),
    ("spring", 2002): date(2002, 6, 4),
    ("spring", 2012): date(2012, 6, 4),
    ("spring", 2022): date(2022, 6, 2),
}
PROCLAIMED = {  # in all four nations
    date(1999, 12, 31),
    date(2002, 6, 3),
    date(2011, 4, 29),
    date(2012, 6, 5),
    date(2022, 6, 3),
    date(2022, 9, 19),
    date(2023, 5, 8),
}
PROCLAIMED_IN_SCOTLAND = {date(2026, 6, 15)}


def easter(year: int) -> date:
    """
    Return Easter Sunday by the tables of the Calendar (New Style) Act 1750: the Sunday after the full moon.

    >>> easter(2026), easter(2038)
    (datetime.date(2026, 4, 5), datetime.date(2038, 4, 25))
    """
    century = year // 100
    epact = (11 * (year % 19) + 8 - century + century // 4 + (8 * century + 13) // 25) % 30
    if epact == 25 and year % 19 > 10:
        epact = 26
    elif epact == 24:
        epact = 25
    full_moon = date(year, 3, 21) + timedelta(days=(23 - epact) % 30)
    return full_moon + timedelta(days=7 - (full_moon.weekday() + 1) % 7)


def nth_monday(year: int, month: int, n: int) -> date:
    """Return the *n*-th Monday of May or August, which have 31 days; -1 is the last."""
    mondays = [on for day in range(1, 32) if (on := date(year, month, day)).weekday() == 0]
    return mondays[n - 1 if n > 0 else n]


def statutory(nation: str, year: int) -> set[date]:
    """Return the weekdays that are bank holidays of *nation* in *year*."""
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    moving = {
        easter(year) - 2 * ONE_DAY,
        MOVED.get(("early may", year), nth_monday(year, 5, 1)),
        MOVED.get(("spring", year), nth_monday(year, 5, -1)),
        *(d for d in PROCLAIMED if d.year == year),
    }
    if nation == "scotland":
        moving |= {nth_monday(year, 8, 1), *(d for d in PROCLAIMED_IN_SCOTLAND if d.year == year)}
        fixed += [date(year, 1, 2)] + ([date(year, 11, 30)] if year >= 2007 else [])
    else:
        moving |= {easter(year) + ONE_DAY, nth_monday(year, 8, -1)}
    if nation == "northern-ireland":
        fixed += [date(year, 3, 17), date(year, 7, 12)]
    return moving | substituted(fixed)


def substituted(fixed: list[date]) -> set[date]:
    """Return *fixed* with each weekend date moved to the first weekday after it that is not taken."""
    taken = {d for d in fixed if d.weekday() < 5}
    for d in sorted(set(fixed) - taken):
        while d.weekday() >= 5 or d in taken:
            d += ONE_DAY  # noqa: PLW2901 - the date walks
        taken.add(d)
    return taken


@pytest.mark.parametrize("nation", NATIONS)
def test_no_disagreement_with_the_statutes(nation: str) -> None:
    """Every weekday of every year known is a bank holiday exactly where the law says so."""
    ruled = set().union(*(statutory(nation, year) for year in range(FIRST_YEAR, LAST_YEAR + 1)))
    assert set(bank_holidays(nation)) ^ ruled == set()


BY_HAND = {  # dates looked up one by one; a year's whole list, or single days that were once got wrong
    ("england", 2009): "01-01 04-10 04-13 05-04 05-25 08-31 12-25 12-28",
    ("england", 2010): "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    ("england", 2011): "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27",
    ("england", 2012): "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26",
    ("wales", 2020): "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    ("wales", 2022): "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    ("england", 2023): "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    ("england", 2026): "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    ("scotland", 2006): "01-02 01-03 04-14 05-01 05-29 08-07 12-25 12-26",
    ("scotland", 2007): "01-01 01-02 04-06 05-07 05-28 08-06 11-30 12-25 12-26",
    ("scotland", 2009): "01-01 01-02 04-10 05-04 05-25 08-03 11-30 12-25 12-28",
    ("scotland", 2022): "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27",
    ("scotland", 2026): "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28",
    ("northern-ireland", 2009): "01-01 03-17 04-10 04-13 05-04 05-25 07-13 08-31 12-25 12-28",
    ("northern-ireland", 2012): "01-02 03-19 04-06 04-09 05-07 06-04 06-05 07-12 08-27 12-25 12-26",
}


@pytest.mark.parametrize(("nation", "year"), BY_HAND)
def test_the_years_checked_by_hand(nation: str, year: int) -> None:
    """Years with substitutes, jubilees, a wedding, a funeral, a coronation and a World Cup are whole."""
    found = [on.strftime("%m-%d") for on in bank_holidays(nation) if on.year == year]
    assert sorted(found) == BY_HAND[nation, year].split()


GOV_UK = Path(__file__).parents[3] / "shared" / "data" / "bank-holidays"
DIVISIONS = {
    "england": "england-and-wales",
    "wales": "england-and-wales",
    "scotland": "scotland",
    "northern-ireland": "northern-ireland",
}
ADDED_LATER = {"scotland": {date(2026, 6, 15)}}  # proclaimed after GOV.UK's file was taken
NOTED_THERE = date(2012, 6, 4)  # noted as a substitute in two of the three divisions


def gov_uk(name: str) -> Any:
    """Return one of GOV.UK's files kept beside the repository; skip where they are not."""
    if not (GOV_UK / name).is_file():
        pytest.skip(f"NOT COMPARED WITH GOV.UK: no {name} in shared/data/bank-holidays beside the repository")
    return json.loads((GOV_UK / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("nation", NATIONS)
def test_gov_uk_has_the_same_days_and_names(nation: str) -> None:
    """Dates and names are GOV.UK's for 2012-2028; only a day proclaimed later is not in its file."""
    events = gov_uk("govuk-package_2012-2028.json")[DIVISIONS[nation]]["events"]
    theirs = {date.fromisoformat(event["date"]): event for event in events}
    ours = {on: off.name for on, off in bank_holidays(nation).items() if 2012 <= on.year <= 2028}
    assert ours.keys() ^ theirs.keys() == ADDED_LATER.get(nation, set())
    for on in theirs.keys() - {NOTED_THERE}:
        substitute = " (substitute day)" if theirs[on]["notes"] == "Substitute day" else ""
        assert ours[on] == theirs[on]["title"].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") + substitute


@pytest.mark.parametrize("nation", NATIONS)
def test_nothing_differs_from_gov_uk_but_what_was_proclaimed_later(nation: str) -> None:
    """Compared as the command does it, for every year of the file."""
    gov_uk("govuk-package_2012-2028.json")
    path, calendar = GOV_UK / "govuk-package_2012-2028.json", working_calendar(nation)
    differences = [
        difference for year in range(2012, 2029) for difference in calendar_differences(calendar, year, path)
    ]
    assert {difference.on for difference in differences} == ADDED_LATER.get(nation, set())
    assert all((day.ours, day.published) == ("World Cup bank holiday", "") for day in differences)


@pytest.mark.parametrize("nation", NATIONS)
def test_gov_uk_s_own_source_has_the_same_days(nation: str) -> None:
    """The file GOV.UK's page was made from gives the same dates for 2015-2021."""
    years = gov_uk("alphagov-calendars-source_2015-2021.json")["divisions"][DIVISIONS[nation]]
    theirs = {
        date(*map(int, reversed(event["date"].split("/"))))
        for year in range(2015, 2022)
        for event in years[str(year)]
    }
    assert {on for on in bank_holidays(nation) if 2015 <= on.year <= 2021} == theirs


@pytest.mark.parametrize("nation", NATIONS)
def test_next_year_is_known(nation: str) -> None:
    """
    Next year, by today's real date, is known whole, and it is not the last: when this fails, raise LAST_YEAR.
    """
    next_year = date.today().year + 1  # noqa: DTZ011, TID251 - the one test about today
    assert next_year < LAST_YEAR
    assert sum(on.year == next_year for on in bank_holidays(nation)) >= 8

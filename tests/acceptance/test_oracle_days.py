"""The tests' own arithmetic is right: the contract's worked dates, and published bank holidays."""

from datetime import date

import pytest

from tests.acceptance.oracle_days import Days, bank_holidays, easter

NORTHERN_IRELAND = Days("northern-ireland")
COUNTING = Days("england", count_start_day=True)
WORKED = [
    (Days("england"), "Thu 2009-04-09 Tue 2009-05-19 Wed 2009-05-20 Wed 2009-06-03 Thu 2009-06-04"),
    (Days("scotland"), "Thu 2009-04-09 Mon 2009-05-18 Tue 2009-05-19 Tue 2009-06-02 Wed 2009-06-03"),
    (COUNTING, "Thu 2009-04-09 Mon 2009-05-18 Tue 2009-05-19 Tue 2009-06-02 Wed 2009-06-03"),
    (Days("england"), "Sat 2009-05-23 Mon 2009-06-29 Tue 2009-06-30 Mon 2009-07-13 Tue 2009-07-14"),
    (Days("england"), "Fri 2009-05-29 Fri 2009-07-03 Mon 2009-07-06 Fri 2009-07-17 Mon 2009-07-20"),
    (Days("england"), "Tue 2009-12-01 Fri 2010-01-08 Mon 2010-01-11 Fri 2010-01-22 Mon 2010-01-25"),
    (Days("england"), "Thu 2011-03-31 Wed 2011-05-11 Thu 2011-05-12 Wed 2011-05-25 Thu 2011-05-26"),
    (NORTHERN_IRELAND, "Mon 2009-06-01 Mon 2009-07-06 Tue 2009-07-07 Tue 2009-07-21 Wed 2009-07-22"),
]
PUBLISHED = {
    ("england", 2020): "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    ("england", 2022): "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    ("england", 2023): "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    ("scotland", 2026): "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28",
    ("scotland", 2022): "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27",
    ("northern-ireland", 2026): "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28",
}


@pytest.mark.parametrize(("days", "worked"), WORKED)
def test_worked_dates(days: Days, worked: str) -> None:
    """
    The walk gives the start's day 25, first day past it, day 35 and first day overdue, weekdays as written.
    """
    start, *reached = [date.fromisoformat(word) for word in worked.split()[1::2]]
    assert " ".join(f"{day:%a %Y-%m-%d}" for day in (start, *reached)) == worked
    assert [days.day(start, number) for number in (25, 26, 35, 36)] == reached
    assert [days.age(start, day) for day in reached] == [25, 26, 35, 36]


@pytest.mark.parametrize(("nation", "year"), PUBLISHED)
def test_published_bank_holidays(nation: str, year: int) -> None:
    """The rules give the days published for the year."""
    found = sorted(day for day in bank_holidays(nation, year) if day.weekday() < 5)
    assert " ".join(f"{day:%m-%d}" for day in found) == PUBLISHED[nation, year]


def test_easter() -> None:
    """Easter's earliest and latest dates of our time, and this decade's."""
    assert [easter(year) for year in (2008, 2038, 2026)] == [
        date(2008, 3, 23), date(2038, 4, 25), date(2026, 4, 5),
    ]  # fmt: skip

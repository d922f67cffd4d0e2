"""The working-day calendar: worked dates and edges."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache

import pytest

from alerter.bank_holidays import working_calendar
from alerter.domain.calendar import DayOff, WorkingCalendar
from alerter.errors import CalendarRangeError

ONE_DAY = timedelta(days=1)


@cache
def calendar_of(nation: str, *, count_start_day: bool = False) -> WorkingCalendar:
    """Return the nation's calendar, made once for all examples."""
    return working_calendar(nation, count_start_day=count_start_day)


def day(text: str) -> date:
    """Return the date of "Thu 2009-04-09", having checked that it is a Thursday."""
    weekday, iso = text.split()
    on = date.fromisoformat(iso)
    assert on.strftime("%a") == weekday, f"{iso} is no {weekday}"
    return on


WORKED = [  # nation, start, day 25, first past 25, day 35, first overdue
    ("england", "Thu 2009-04-09", "Tue 2009-05-19", "Wed 2009-05-20", "Wed 2009-06-03", "Thu 2009-06-04"),
    ("wales", "Thu 2009-04-09", "Tue 2009-05-19", "Wed 2009-05-20", "Wed 2009-06-03", "Thu 2009-06-04"),
    ("scotland", "Thu 2009-04-09", "Mon 2009-05-18", "Tue 2009-05-19", "Tue 2009-06-02", "Wed 2009-06-03"),
    ("england", "Sat 2009-05-23", "Mon 2009-06-29", "Tue 2009-06-30", "Mon 2009-07-13", "Tue 2009-07-14"),
    ("england", "Fri 2009-05-29", "Fri 2009-07-03", "Mon 2009-07-06", "Fri 2009-07-17", "Mon 2009-07-20"),
    ("england", "Tue 2009-12-01", "Fri 2010-01-08", "Mon 2010-01-11", "Fri 2010-01-22", "Mon 2010-01-25"),
    ("england", "Thu 2011-03-31", "Wed 2011-05-11", "Thu 2011-05-12", "Wed 2011-05-25", "Thu 2011-05-26"),
    (
        "northern-ireland",
        "Mon 2009-06-01",
        "Mon 2009-07-06",
        "Tue 2009-07-07",
        "Tue 2009-07-21",
        "Wed 2009-07-22",
    ),
]


@pytest.mark.parametrize(("nation", "start", "alert_on", "past_from", "due_on", "overdue_from"), WORKED)
def test_worked_dates(
    nation: str, start: str, alert_on: str, past_from: str, due_on: str, overdue_from: str
) -> None:
    """Day 25 and day 35 fall where a person counts them, and the next working day is the first beyond."""
    calendar = calendar_of(nation)
    assert calendar.nth_day(day(start), 25) == day(alert_on)
    assert calendar.nth_day(day(start), 26) == day(past_from)
    assert calendar.nth_day(day(start), 35) == day(due_on)
    assert calendar.nth_day(day(start), 36) == day(overdue_from)
    assert calendar.age(day(start), day(past_from)) == 26
    assert calendar.age(day(start), day(overdue_from) - ONE_DAY) == 35


def test_worked_dates_counting_the_start_day() -> None:
    """With `count_start_day` the same start reaches each mark a working day earlier."""
    calendar = calendar_of("england", count_start_day=True)
    start = day("Thu 2009-04-09")
    marks = [calendar.nth_day(start, n) for n in (1, 25, 26, 35, 36)]
    assert marks == [
        start,
        day("Mon 2009-05-18"),
        day("Tue 2009-05-19"),
        day("Tue 2009-06-02"),
        day("Wed 2009-06-03"),
    ]


NOT_SCOTLAND = ("england", "wales", "northern-ireland")


@pytest.mark.parametrize(
    ("nations", "start", "day_25", "day_35", "day_45"),
    [
        (NOT_SCOTLAND, "Fri 2026-08-14", "Mon 2026-09-21", "Mon 2026-10-05", "Mon 2026-10-19"),
        (["scotland"], "Fri 2026-08-14", "Fri 2026-09-18", "Fri 2026-10-02", "Fri 2026-10-16"),
        (NOT_SCOTLAND, "Mon 2026-10-12", "Mon 2026-11-16", "Mon 2026-11-30", "Mon 2026-12-14"),
        (["scotland"], "Mon 2026-10-12", "Mon 2026-11-16", "Tue 2026-12-01", "Tue 2026-12-15"),
        (NOT_SCOTLAND, "Tue 2026-12-01", "Fri 2027-01-08", "Fri 2027-01-22", "Fri 2027-02-05"),
        (["scotland"], "Tue 2026-12-01", "Mon 2027-01-11", "Mon 2027-01-25", "Mon 2027-02-08"),
    ],
)
def test_three_autumn_starts_in_every_nation(
    nations: Sequence[str], start: str, day_25: str, day_35: str, day_45: str
) -> None:
    """The nations part where their holidays do: late August, St Andrew's Day, 2 January."""
    for nation in nations:
        calendar = calendar_of(nation)
        assert [calendar.nth_day(day(start), n) for n in (25, 35, 45)] == [
            day(day_25),
            day(day_35),
            day(day_45),
        ]


@pytest.mark.parametrize(
    ("authorised", "age"), [("Fri 2009-07-17", 35), ("Sat 2009-07-18", 35), ("Mon 2009-07-20", 36)]
)
def test_a_weekend_sign_off_is_as_old_as_friday(authorised: str, age: int) -> None:
    """In time is a count: a sign-off on the Saturday after the due date is still on day 35."""
    assert calendar_of("england").age(day("Fri 2009-05-29"), day(authorised)) == age


def test_nothing_passes_before_the_start() -> None:
    """A date before the start has age 0, whichever day is day 1."""
    for count_start_day in (False, True):
        calendar = calendar_of("england", count_start_day=count_start_day)
        assert calendar.age(day("Mon 2026-06-01"), day("Mon 2026-03-02")) == 0


def test_a_start_that_does_not_count_is_day_zero_either_way() -> None:
    """From a Saturday or a bank holiday, `count_start_day` changes no date."""
    for start in (day("Sat 2026-08-29"), day("Mon 2026-08-31")):
        marks = [calendar_of("england", count_start_day=c).nth_day(start, 1) for c in (False, True)]
        assert marks == [day("Tue 2026-09-01")] * 2


def test_christmas_and_new_year_are_walked_over() -> None:
    """From Christmas Eve 2026 the next working days are 29, 30, 31 December and 4 January."""
    calendar = calendar_of("england")
    counted = calendar.working_days_between(day("Thu 2026-12-24"), day("Mon 2027-01-04"))
    assert counted == [date(2026, 12, 24), *(date(2026, 12, d) for d in (29, 30, 31)), date(2027, 1, 4)]
    assert calendar.working_days_between(day("Fri 2026-12-25"), day("Mon 2026-12-28")) == []


def test_each_day_says_what_it_is() -> None:
    """A working day, a weekend and a bank holiday differ, and only the last has a name."""
    calendar = calendar_of("england")
    days = [day("Thu 2026-12-24"), day("Fri 2026-12-25"), day("Sat 2026-12-26")]
    assert [calendar.is_working_day(on) for on in days] == [True, False, False]
    assert [calendar.day_off(on) for on in days] == [
        None,
        DayOff(date(2026, 12, 25), "Christmas Day", "bank holiday"),
        None,
    ]


def test_day_zero() -> None:
    """Day 0 needs no working day: it is the start, and what has reached it by a date started by then."""
    sunday = day("Sun 2026-12-27")
    assert calendar_of("england").nth_day(sunday, 0) == sunday
    assert calendar_of("england").latest_start(sunday, 0) == sunday


BEFORE, AFTER = date(2025, 12, 31), date(2027, 1, 1)
INSIDE = date(2026, 6, 1)


@pytest.mark.parametrize("count_start_day", [False, True])
@pytest.mark.parametrize("outside", [BEFORE, AFTER, date.min, date.max])
def test_no_date_outside_the_years_known_is_counted(outside: date, *, count_start_day: bool) -> None:
    """Every question about a date outside stops, and names the years and the remedy, but not the date."""
    calendar = WorkingCalendar("wales", 2026, 2026, [], count_start_day=count_start_day, version="list 7")
    questions: list[Callable[[], object]] = [
        lambda: calendar.age(outside, INSIDE),
        lambda: calendar.age(INSIDE, outside),
        lambda: calendar.nth_day(outside, 1),
        lambda: calendar.latest_start(outside, 1),
        lambda: calendar.is_working_day(outside),
        lambda: calendar.day_off(outside),
        lambda: calendar.working_days_between(outside, INSIDE),
        lambda: calendar.working_days_between(INSIDE, outside),
    ]
    for ask in questions:
        with pytest.raises(
            CalendarRangeError, match=r"of wales are known from 2026 to 2026 \(list 7\)"
        ) as error:
            ask()
        assert outside.isoformat() not in str(error.value)


def test_no_answer_lies_outside_the_years_known() -> None:
    """A count that would run off either end stops; the last day inside is still given."""
    calendar = WorkingCalendar("wales", 2026, 2026, [])
    in_all = calendar.age(calendar.first_day, calendar.last_day)
    assert calendar.nth_day(calendar.first_day, in_all) == date(2026, 12, 31)
    with pytest.raises(CalendarRangeError, match="no version"):
        calendar.nth_day(calendar.first_day, in_all + 1)
    assert calendar.latest_start(calendar.last_day, in_all) == calendar.first_day
    with pytest.raises(CalendarRangeError):
        calendar.latest_start(calendar.last_day, in_all + 2)

"""The walk: the count spelt out day by day, and drawn together in lines."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.bank_holidays import working_calendar
from alerter.domain.calendar import Step, Stretch, WorkingCalendar, stretches, walk
from alerter.domain.policy import thresholds
from alerter.errors import CalendarRangeError
from tests.world.assessments import CORE, INITIAL, calendar_of, day

ONE_DAY = timedelta(days=1)
EASTER_STAFF_DAY = day("Wed 2026-04-08")


def easter() -> WorkingCalendar:
    """Return England's calendar with a day off of the council's own after Easter 2026."""
    return working_calendar("england", days_off=[(EASTER_STAFF_DAY, "Staff day")])


def test_each_day_says_why_it_does_not_count() -> None:
    """
    Over Easter there are weekends, bank holidays and a council's day, and between them the count goes on.
    """
    steps = list(walk(easter(), day("Wed 2026-04-01"), day("Thu 2026-04-09")))
    assert steps == [
        Step(day("Thu 2026-04-02"), 1),
        Step(day("Fri 2026-04-03"), 1, "Good Friday", "bank holiday"),
        Step(day("Sat 2026-04-04"), 1, "Saturday", "weekend"),
        Step(day("Sun 2026-04-05"), 1, "Sunday", "weekend"),
        Step(day("Mon 2026-04-06"), 1, "Easter Monday", "bank holiday"),
        Step(day("Tue 2026-04-07"), 2),
        Step(day("Wed 2026-04-08"), 2, "Staff day", "council"),
        Step(day("Thu 2026-04-09"), 3),
    ]
    assert [step.is_counted for step in steps] == [True, False, False, False, False, True, False, True]


def test_start_is_part_of_the_walk_where_it_counts() -> None:
    """With `count_start_day` the walk begins on the start, as day 1, or as the day off it is."""
    counting = calendar_of(count_start_day=True)
    assert next(walk(counting, day("Thu 2026-04-02"), day("Fri 2026-04-03"))) == Step(
        day("Thu 2026-04-02"), 1
    )
    steps = list(walk(counting, day("Sat 2026-04-04"), day("Tue 2026-04-07")))
    assert [(step.on.day, step.age) for step in steps] == [(4, 0), (5, 0), (6, 0), (7, 1)]


@pytest.mark.parametrize("until", ["Tue 2026-03-31", "Wed 2026-04-01"])
def test_no_walk_before_the_first_day(until: str) -> None:
    """Up to the start itself there is nothing to walk."""
    assert list(walk(calendar_of(), day("Wed 2026-04-01"), day(until))) == []
    assert stretches([]) == []


def test_lines_by_week_with_days_off_between() -> None:
    """Counted days of one week are one line, each day off its own, and weekends have none."""
    found = stretches(walk(easter(), day("Thu 2026-03-26"), day("Fri 2026-04-10")))
    assert [(line.first.on.day, line.last.on.day, line.last.age, line.days) for line in found] == [
        (27, 27, 1, 1),
        (30, 2, 5, 4),
        (3, 3, 5, 1),
        (6, 6, 5, 1),
        (7, 7, 6, 1),
        (8, 8, 6, 1),
        (9, 10, 8, 2),
    ]  # fmt: skip
    assert [line.first.name for line in found if not line.first.is_counted] == [
        "Good Friday", "Easter Monday", "Staff day",
    ]  # fmt: skip


def test_weeks_without_a_day_off_stay_apart() -> None:
    """A weekend between two counted days begins a new line."""
    found = stretches(walk(calendar_of(), day("Fri 2026-11-06"), day("Fri 2026-11-20")))
    monday, friday = day("Mon 2026-11-09"), day("Fri 2026-11-13")
    week = timedelta(days=7)
    assert found == [
        Stretch(Step(monday, 1), Step(friday, 5), 5),
        Stretch(Step(monday + week, 6), Step(friday + week, 10), 5),
    ]


WALKS = {
    "nation": st.sampled_from(["england", "scotland", "northern-ireland"]),
    "count_start_day": st.booleans(),
    "start": st.dates(date(2009, 1, 1), date(2030, 1, 1)),
    "days": st.integers(-2, 90),
}


@given(**WALKS)
def test_walk_is_the_count(nation: str, start: date, days: int, *, count_start_day: bool) -> None:
    """The last step's age and the number of counted steps are the age; every day is there once."""
    calendar = calendar_of(nation, count_start_day=count_start_day)
    until = start + timedelta(days=days)
    steps = list(walk(calendar, start, until))
    counted = [step for step in steps if step.is_counted]
    assert len(counted) == calendar.age(start, until)
    assert [step.age for step in counted] == list(range(1, len(counted) + 1))
    assert not steps or steps[-1].age == calendar.age(start, until)
    first = start if count_start_day else start + ONE_DAY
    assert [step.on for step in steps] == [first + n * ONE_DAY for n in range((until - first).days + 1)]
    assert all(step.is_counted is calendar.is_working_day(step.on) for step in steps)
    assert all(step.is_counted is not bool(step.name) for step in steps)


@given(**WALKS)
def test_lines_lose_no_day(nation: str, start: date, days: int, *, count_start_day: bool) -> None:
    """They hold every weekday once and in order, and their counted days add up to the age."""
    calendar = calendar_of(nation, count_start_day=count_start_day)
    until = start + timedelta(days=days)
    found = stretches(walk(calendar, start, until))
    held = [
        line.first.on + n * ONE_DAY for line in found for n in range((line.last.on - line.first.on).days + 1)
    ]
    assert held == [step.on for step in walk(calendar, start, until) if step.source != "weekend"]
    assert all(line.days == (line.last.on - line.first.on).days + 1 for line in found)
    assert sum(line.days for line in found if line.first.is_counted) == calendar.age(start, until)
    assert all(line.days == 1 for line in found if not line.first.is_counted)


def test_walk_beyond_the_years_known_is_no_guess() -> None:
    """It stops where no bank holidays are known."""
    with pytest.raises(CalendarRangeError):
        list(walk(WorkingCalendar("england", 2026, 2026, []), day("Wed 2026-12-30"), day("Sat 2027-01-02")))


def test_thresholds_are_the_first_and_the_last_days() -> None:
    """Day 25 and day 35 by Easter 2009, and the working days after them; a shorter clock has its own."""
    start = day("Thu 2009-04-09")
    assert thresholds(calendar_of(), CORE, start) == {
        "alert_on": day("Tue 2009-05-19"), "past_alert_from": day("Wed 2009-05-20"),
        "due_on": day("Wed 2009-06-03"), "overdue_from": day("Thu 2009-06-04"),
    }  # fmt: skip
    assert thresholds(calendar_of(), INITIAL, start) == {
        "alert_on": day("Wed 2009-04-22"), "past_alert_from": day("Thu 2009-04-23"),
        "due_on": day("Mon 2009-04-27"), "overdue_from": day("Tue 2009-04-28"),
    }  # fmt: skip

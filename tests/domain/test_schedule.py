"""Send dates: one a week, moved past days off and office closures."""

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.bank_holidays import working_calendar
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.schedule import WEEKDAYS, Schedule
from alerter.errors import CalendarRangeError

ONE_DAY = timedelta(days=1)


@cache
def england() -> WorkingCalendar:
    """Return England's calendar, made once for all examples."""
    return working_calendar("england")


def on_day(text: str) -> date:
    """Return the date of "Mon 2026-04-06", having checked that it is a Monday."""
    weekday, iso = text.split()
    on = date.fromisoformat(iso)
    assert on.strftime("%a") == weekday, f"{iso} is no {weekday}"
    return on


@pytest.mark.parametrize(
    ("weekday", "as_of", "next_run"),
    [
        ("monday", "Mon 2026-11-23", "Mon 2026-11-30"),
        ("monday", "Sun 2026-11-29", "Mon 2026-11-30"),
        ("monday", "Mon 2026-03-30", "Tue 2026-04-07"),  # Easter Monday
        ("monday", "Mon 2026-04-27", "Tue 2026-05-05"),  # early May
        ("monday", "Mon 2026-12-21", "Tue 2026-12-29"),  # Boxing Day's substitute
        ("monday", "Mon 2027-12-20", "Wed 2027-12-29"),  # both Christmas days are substitutes
        ("monday", "Wed 2027-12-29", "Tue 2028-01-04"),  # New Year's substitute, six days later
        ("friday", "Fri 2026-03-27", "Sat 2026-04-04"),  # Good Friday: the next day that is not a day off
        ("friday", "Sat 2026-04-04", "Fri 2026-04-10"),
        ("thursday", "Mon 2025-12-22", "Sat 2025-12-27"),
        ("sunday", "Sun 2026-11-22", "Sun 2026-11-29"),
    ],
)
def test_the_next_send_date(weekday: str, as_of: str, next_run: str) -> None:
    """The send day is the weekday configured, or the first day after it that is no bank holiday."""
    schedule = Schedule(WEEKDAYS.index(weekday), england())
    assert schedule.next_after(on_day(as_of)) == on_day(next_run)
    assert schedule.due_on_or_before(on_day(next_run)) == on_day(next_run)


def test_the_day_of_a_moved_send_date_belongs_to_the_week_before() -> None:
    """On Easter Monday itself nothing is due yet: the last send date is the Monday before."""
    schedule = Schedule(0, england())
    assert schedule.due_on_or_before(on_day("Mon 2026-04-06")) == on_day("Mon 2026-03-30")
    assert schedule.due_on_or_before(on_day("Tue 2026-04-07")) == on_day("Tue 2026-04-07")


def test_a_council_day_off_and_an_office_closure_move_the_send_day_alike() -> None:
    """Either moves Monday to Tuesday; the closure leaves the clock as it is."""
    monday, tuesday = on_day("Mon 2026-11-30"), on_day("Tue 2026-12-01")
    by_day_off = Schedule(0, working_calendar("england", days_off=[(monday, "Staff day")]))
    by_closure = Schedule(0, england(), frozenset({monday}))
    assert by_day_off.next_after(on_day("Mon 2026-11-23")) == tuesday
    assert by_closure.next_after(on_day("Mon 2026-11-23")) == tuesday
    assert by_closure.calendar.is_working_day(monday)


def test_a_bank_holiday_worked_keeps_the_send_day() -> None:
    """A council that works Easter Monday sends on it."""
    easter_monday = on_day("Mon 2026-04-06")
    calendar = working_calendar("england", working_days=[(easter_monday, "")])
    assert Schedule(0, calendar).next_after(on_day("Mon 2026-03-30")) == easter_monday


def test_a_closure_longer_than_a_week_leaves_one_send_date() -> None:
    """Shut from 21 December to 3 January, two Mondays share Monday 4 January, and no week is sent twice."""
    shut = frozenset(on_day("Mon 2026-12-21") + timedelta(days=i) for i in range(14))
    schedule = Schedule(0, england(), shut)
    assert schedule.upcoming(on_day("Mon 2026-12-14"), 2) == [
        on_day("Mon 2027-01-04"),
        on_day("Mon 2027-01-11"),
    ]
    assert schedule.due_on_or_before(on_day("Sun 2027-01-03")) == on_day("Mon 2026-12-14")


def test_upcoming_send_dates() -> None:
    """The next five around Easter and May 2026, two of them moved."""
    assert Schedule(0, england()).upcoming(on_day("Tue 2026-03-31"), 5) == [
        on_day("Tue 2026-04-07"),
        on_day("Mon 2026-04-13"),
        on_day("Mon 2026-04-20"),
        on_day("Mon 2026-04-27"),
        on_day("Tue 2026-05-05"),
    ]


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("nation", ["england", "scotland", "northern-ireland"])
def test_send_dates_partition_twelve_years(nation: str, weekday: int) -> None:
    """Over 2019-2030 each week has one send date, and each day lies between two that follow each other."""
    calendar = working_calendar(nation)
    schedule = Schedule(weekday, calendar)
    literal = set()
    for week in range(52 * 12 + 6):
        monday = date(2018, 12, 17) + timedelta(weeks=week)
        send_on = monday + timedelta(days=weekday)
        while send_on in calendar.days_off:
            send_on += ONE_DAY
        literal.add(send_on)
    assert len(literal) == 52 * 12 + 6
    on, dates = date(2019, 1, 1), sorted(literal)
    while on <= date(2030, 12, 1):
        due, following = schedule.due_on_or_before(on), schedule.next_after(on)
        assert due <= on < following
        assert dates.index(following) == dates.index(due) + 1
        on += ONE_DAY


@given(
    weekday=st.integers(0, 6),
    on=st.dates(date(2019, 1, 1), date(2030, 1, 1)),
    closures=st.lists(st.tuples(st.integers(-30, 30), st.integers(1, 20)), max_size=4),
)
def test_send_dates_keep_order_whatever_is_closed(
    weekday: int, on: date, closures: list[tuple[int, int]]
) -> None:
    """
    However long a closure, no send date falls into it, and none lies between two that follow each other.
    """
    shut = frozenset(on + timedelta(days=begin + i) for begin, length in closures for i in range(length))
    schedule = Schedule(weekday, england(), shut)
    due, following = schedule.due_on_or_before(on), schedule.next_after(on)
    assert due <= on < following
    assert schedule.next_after(due) == following
    assert schedule.due_on_or_before(following - ONE_DAY) == due
    assert not {due, following} & (shut | england().days_off.keys())


def test_no_send_date_outside_the_years_known() -> None:
    """A send date that would lie, or would have to be looked for, outside the years known stops."""
    schedule = Schedule(0, WorkingCalendar("england", 2026, 2026, []))
    with pytest.raises(CalendarRangeError):
        schedule.next_after(date(2026, 12, 28))
    with pytest.raises(CalendarRangeError):
        schedule.due_on_or_before(date(2026, 1, 4))
    all_year = frozenset(date(2026, 1, 1) + timedelta(days=i) for i in range(365))
    with pytest.raises(CalendarRangeError):
        Schedule(0, schedule.calendar, all_year).due_on_or_before(date(2026, 6, 1))

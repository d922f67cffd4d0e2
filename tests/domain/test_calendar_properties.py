"""The working-day calendar: what holds for every date, nation and number of days."""

from datetime import date, timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from alerter.bank_holidays import SUBDIVISIONS, working_calendar
from alerter.domain.calendar import DayOff, WorkingCalendar

NATIONS = tuple(SUBDIVISIONS)
ONE_DAY = timedelta(days=1)


@cache
def calendar_of(nation: str, *, count_start_day: bool = False) -> WorkingCalendar:
    """Return the nation's calendar, made once for all examples."""
    return working_calendar(nation, count_start_day=count_start_day)


STARTS = st.dates(date(2005, 1, 1), date(2030, 6, 30))
CALENDARS = st.sampled_from(
    [calendar_of(nation, count_start_day=c) for nation in NATIONS for c in (False, True)]
)
COUNTS = st.integers(1, 60)


@given(CALENDARS, STARTS, COUNTS)
def test_day_n_is_the_working_day_of_age_n(calendar: WorkingCalendar, start: date, n: int) -> None:
    """`nth_day` and `age` undo each other, and the day before is not yet that old."""
    reached = calendar.nth_day(start, n)
    assert calendar.age(start, reached) == n
    assert calendar.is_working_day(reached)
    assert reached == start or calendar.age(start, reached - ONE_DAY) == n - 1


@given(CALENDARS, STARTS, st.integers(-5, 120), COUNTS)
def test_a_cut_off_says_the_same_as_a_count(
    calendar: WorkingCalendar, start: date, later: int, n: int
) -> None:
    """`age(S, on) >= n` exactly when `S <= latest_start(on, n)`, on both sides of the cut."""
    on = start + timedelta(days=later)
    cut_off = calendar.latest_start(on, n)
    assert (calendar.age(start, on) >= n) == (start <= cut_off)
    assert calendar.age(cut_off, on) >= n
    assert calendar.age(cut_off + ONE_DAY, on) < n


@given(CALENDARS, STARTS, st.integers(0, 120))
def test_age_is_the_count_of_days_walked(calendar: WorkingCalendar, start: date, later: int) -> None:
    """`age` is the length of the walk that `explain` shows, with the start only under `count_start_day`."""
    on = start + timedelta(days=later)
    first = start if calendar.count_start_day else start + ONE_DAY
    days = [
        d for i in range((on - first).days + 1) if calendar.is_working_day(d := first + timedelta(days=i))
    ]
    assert calendar.age(start, on) == len(days)
    if first <= on:
        assert calendar.working_days_between(first, on) == days


@given(CALENDARS, STARTS, COUNTS)
def test_later_is_never_less(calendar: WorkingCalendar, start: date, n: int) -> None:
    """A day later in time makes nothing younger; a later start or a higher day never comes earlier."""
    on = start + timedelta(days=n)
    assert 0 <= calendar.age(start, on + ONE_DAY) - calendar.age(start, on) <= 1
    assert calendar.nth_day(start + ONE_DAY, n) >= calendar.nth_day(start, n)
    assert calendar.nth_day(start, n + 1) > calendar.nth_day(start, n)
    assert calendar.latest_start(on + ONE_DAY, n) >= calendar.latest_start(on, n)


@given(st.sampled_from(NATIONS), STARTS, COUNTS)
def test_counting_the_start_day_is_one_earlier_or_nothing(nation: str, start: date, n: int) -> None:
    """`count_start_day` adds one to each age from a working day, and nothing from any other."""
    plain, counting = calendar_of(nation), calendar_of(nation, count_start_day=True)
    gain = 1 if plain.is_working_day(start) else 0
    on = start + timedelta(days=n)
    assert counting.age(start, on) - plain.age(start, on) == gain
    assert counting.nth_day(start, n + gain) == plain.nth_day(start, n)


WEEKDAYS_OF_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31)).filter(lambda on: on.weekday() < 5)


@given(
    off=st.sets(WEEKDAYS_OF_2026, max_size=12),
    one_more=WEEKDAYS_OF_2026,
    start=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    n=COUNTS,
    count_start_day=st.booleans(),
)
def test_one_more_day_off_never_makes_a_date_earlier(
    off: set[date], one_more: date, start: date, n: int, *, count_start_day: bool
) -> None:
    """
    A day off moves dates later by at most the gap it opens, and changes nothing outside the stretch counted.
    """
    fewer, more = (
        WorkingCalendar(
            "x", 2025, 2027, [DayOff(d, "", "council") for d in days], count_start_day=count_start_day
        )
        for days in (off, off | {one_more})
    )
    before, after = fewer.nth_day(start, n), more.nth_day(start, n)
    assert after in (before, fewer.nth_day(start, n + 1))
    if not start <= one_more <= before:
        assert after == before

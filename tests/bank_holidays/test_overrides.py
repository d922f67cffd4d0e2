"""A council's own days on top of the nation's, and what `check` says of them."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from alerter.bank_holidays import (
    FIRST_YEAR,
    LAST_YEAR,
    SUBDIVISIONS,
    coverage_warning,
    idle_overrides,
    working_calendar,
)
from alerter.domain.calendar import DayOff, WorkingCalendar
from alerter.errors import ConfigError

NATIONS = tuple(SUBDIVISIONS)
ONE_DAY = timedelta(days=1)


def test_only_weekdays_in_order_within_the_years_known() -> None:
    """No weekend date and no date outside the years known is ever a day off, overrides included."""
    closure = [(date(2026, 12, 24) + timedelta(days=i), "Closed") for i in range(8)] + [
        (date(2050, 3, 1), "")
    ]
    calendar = working_calendar("england", days_off=closure)
    assert all(on.weekday() < 5 and FIRST_YEAR <= on.year <= LAST_YEAR for on in calendar.days_off)
    assert all(one < next_ for one, next_ in pairwise(calendar.days_off))
    assert (calendar.first_day, calendar.last_day) == (date(1990, 1, 1), date(2035, 12, 31))


def test_overrides_say_where_they_come_from() -> None:
    """A council's day carries the council's name for it, and a bank holiday it spans stays one."""
    closure = [(date(2026, 12, 24), "Christmas closure"), (date(2026, 12, 25), "Christmas closure")]
    worked = [(date(2026, 8, 31), "Worked"), (date(2026, 8, 29), "A Saturday")]
    calendar = working_calendar("england", days_off=closure, working_days=worked, count_start_day=True)
    assert calendar.day_off(date(2026, 12, 24)) == DayOff(date(2026, 12, 24), "Christmas closure", "council")
    assert calendar.day_off(date(2026, 12, 25)) == DayOff(date(2026, 12, 25), "Christmas Day", "bank holiday")
    assert calendar.is_working_day(date(2026, 8, 31))
    assert not calendar.is_working_day(date(2026, 8, 29))
    assert calendar.count_start_day
    assert calendar.version.startswith("holidays 0.")


def test_a_day_both_worked_and_off_is_off() -> None:
    """Where the two lists contradict each other the day does not count, and `check` says so."""
    both = [(date(2026, 8, 31), "Local choice")]
    calendar = working_calendar("england", days_off=both, working_days=both)
    assert calendar.day_off(date(2026, 8, 31)) == DayOff(date(2026, 8, 31), "Local choice", "council")
    [sentence] = idle_overrides("england", days_off=both, working_days=both)
    assert sentence.startswith("calendar.working_days: 2026-08-31 (Local choice) changes nothing: ")
    assert sentence.endswith("or off by days_off.")


def test_a_nation_that_is_none() -> None:
    """An unknown nation is a fault of the settings that names the four."""
    with pytest.raises(ConfigError, match="england, wales, scotland, northern-ireland"):
        working_calendar("cornwall")


@pytest.mark.parametrize(
    ("key", "on"),
    [
        ("days_off", date(2026, 12, 26)),  # a Saturday
        ("days_off", date(2026, 12, 25)),  # a bank holiday already
        ("days_off", date(2036, 1, 2)),  # beyond the years known
        ("working_days", date(2026, 12, 26)),  # a Saturday, though Boxing Day
        ("working_days", date(2026, 12, 23)),  # a Wednesday like any other
    ],
)
def test_an_override_that_changes_nothing_is_named(key: str, on: date) -> None:
    """It moves no day of the calendar, and its sentence gives the key, the date and the name."""
    override: dict[str, Any] = {key: [(on, "Slip")]}
    [sentence] = idle_overrides("england", **override)
    assert sentence.startswith(f"calendar.{key}: {on} (Slip) changes nothing")
    assert working_calendar("england", **override).days_off == working_calendar("england").days_off


def test_an_override_that_changes_something_is_not_named() -> None:
    """A range that spans a weekend and bank holidays is one override, idle only as a whole."""
    closure = [(date(2026, 12, 24) + timedelta(days=i), "Christmas closure") for i in range(11)]
    worked = [(date(2026, 5, 25), "")]
    assert idle_overrides("england", days_off=closure, working_days=worked) == []
    idle = idle_overrides("england", days_off=[*closure[1:5], (date(2026, 5, 2), "")])
    assert [sentence.partition(" changes nothing")[0] for sentence in idle] == [
        "calendar.days_off: 2026-05-02",
        "calendar.days_off: 2026-12-25 to 2026-12-28 (Christmas closure)",
    ]


def test_the_fingerprint_changes_exactly_when_a_count_can() -> None:
    """A day more, another nation's days or the start-day rule change it; a name or a release does not."""
    renamed = working_calendar("england", days_off=[(date(2026, 12, 24), "Closed")])
    named = working_calendar("england", days_off=[(date(2026, 12, 24), "Shut")])
    assert renamed.fingerprint == named.fingerprint
    released = (WorkingCalendar("wales", 2026, 2026, [], version=version) for version in ("1", "2"))
    assert len({calendar.fingerprint for calendar in released}) == 1
    different = [
        *(working_calendar(nation) for nation in NATIONS),
        working_calendar("england", count_start_day=True),
        renamed,
        WorkingCalendar("england", 2026, 2026, []),
        WorkingCalendar("england", 2026, 2027, []),
    ]
    assert len({calendar.fingerprint for calendar in different}) == len(different)
    assert all(len(calendar.fingerprint) == 12 for calendar in different)


def test_check_warns_ninety_days_before_a_due_date_is_unknown() -> None:
    """
    The warning begins on the first day from which, 90 days on, the longest clock ends beyond the years known.
    """
    calendar = WorkingCalendar("wales", 2025, 2026, [], version="holidays 0.109")
    last_quiet = calendar.latest_start(date(2026, 12, 31), 45) - timedelta(days=90)
    assert coverage_warning(calendar, last_quiet - ONE_DAY) == ""
    warned = [on for i in range(7) if coverage_warning(calendar, on := last_quiet + i * ONE_DAY)]
    assert warned
    assert warned[-1] == last_quiet + 6 * ONE_DAY
    assert "wales are known to 2026-12-31 only (holidays 0.109)" in coverage_warning(calendar, warned[-1])
    assert coverage_warning(calendar, warned[0], longest_clock=10) == ""
    assert coverage_warning(calendar, date(2026, 12, 31), longest_clock=10) != ""

"""The council's own days, and the schedule."""

from datetime import date, time

import pytest

from tests.config.small_file import Faults, Load


def test_a_day_is_written_in_four_ways_and_a_range_in_one(load: Load) -> None:
    """All come out as dates with a name; a range holds both its ends."""
    days = """[2026-12-21, "2026-12-22", { date = 2026-12-23, name = "A" }, { date = "2026-12-24" },
               { from = 2026-12-29, to = 2026-12-31, name = "B" }]"""
    assert load({"calendar.days_off": days}).calendar.named("days_off") == [
        (date(2026, 12, 21), "set by the council"),
        (date(2026, 12, 22), "set by the council"),
        (date(2026, 12, 23), "A"),
        (date(2026, 12, 24), "set by the council"),
        (date(2026, 12, 29), "B"),
        (date(2026, 12, 30), "B"),
        (date(2026, 12, 31), "B"),
    ]


@pytest.mark.parametrize("which", ["days_off", "working_days", "office_closed"])
def test_each_of_the_three_lists_takes_them(load: Load, which: str) -> None:
    """A range of sixty days is the longest."""
    calendar = load({f"calendar.{which}": "[{ from = 2026-01-01, to = 2026-03-01 }]"}).calendar
    assert len(calendar.named(which)) == 60  # type: ignore[arg-type]  # one of the three


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("{ from = 2026-01-02, to = 2026-01-01 }", "`from` (2026-01-02) is after `to` (2026-01-01)"),
        ("{ from = 2026-01-01, to = 2026-03-02 }", "covers 61 days, more than 60"),
        ("{ from = 2026-01-01 }", "give either `date`, or both `from` and `to`"),
        ("{ date = 2026-01-01, to = 2026-01-02 }", "give either `date`, or both `from` and `to`"),
        ("{ name = 'A' }", "give either `date`, or both `from` and `to`"),
        ("'2026-02-30'", "there is no 2026-02-30 in the calendar"),
        ("'24/12/2026'", "must be a date such as 2026-12-24, not text"),
        ("2026-12-24T00:00:00", "must be a date such as 2026-12-24, not a date with a time"),
        ("{ date = 2026-12-24, name = '' }", "must not be blank"),
    ],
)
def test_a_day_that_cannot_be_meant_is_a_fault(faults: Faults, entry: str, fault: str) -> None:
    """The fault says which entry of the list it is."""
    (found,) = faults({"calendar.office_closed": f"[2026-06-01, {entry}]"})
    assert found.startswith("calendar.office_closed")
    assert f": entry 2: {fault}" in found


def test_a_day_cannot_be_both_off_and_worked(faults: Faults) -> None:
    """Which of the two is meant, only the council knows."""
    changes = {
        "calendar.days_off": "[{ from = 2026-12-24, to = 2026-12-28 }]",
        "calendar.working_days": "[2026-12-28]",
    }
    assert faults(changes) == (
        "calendar.working_days: 2026-12-28 is in days_off as well; keep it in one of the two.",
    )


def test_the_schedule_defaults_to_monday_at_eight(load: Load) -> None:
    """And the weekday is a number for the rules, Monday 0."""
    schedule = load().schedule
    assert (schedule.weekday_number, schedule.time, schedule.timezone) == (0, time(8), "Europe/London")


@pytest.mark.parametrize(("written", "number"), [("tuesday", 1), ("Friday", 4), ("SUNDAY", 6)])
def test_a_weekday_is_known_by_name_without_case(load: Load, written: str, number: int) -> None:
    """People write days with a capital."""
    assert load({"schedule.weekday": f'"{written}"'}).schedule.weekday_number == number


@pytest.mark.parametrize(
    ("written", "meant"),
    [('"00:59"', time(0, 59)), ('"02:00"', time(2)), ('"23:59"', time(23, 59)), ("07:30:00", time(7, 30))],
)
def test_times_at_the_edge_of_the_doubtful_hour_are_taken(load: Load, written: str, meant: time) -> None:
    """Text or a TOML time; 00:59 and 02:00 exist once on every day."""
    assert load({"schedule.time": written}).schedule.time == meant


@pytest.mark.parametrize("written", ['"01:00"', '"01:59"', "01:30:00"])
def test_the_hour_of_the_clock_change_is_refused(faults: Faults, written: str) -> None:
    """It is missing on the last Sunday of March and comes twice on that of October."""
    (fault,) = faults({"schedule.time": written})
    assert "when the clocks change" in fault


@pytest.mark.parametrize("written", ["8:00", "24:00", "08:60", "08.00", "08:00:00", ""])
def test_what_is_no_time_of_day_is_refused(faults: Faults, written: str) -> None:
    """Two digits, a colon, two digits."""
    assert faults({"schedule.time": f'"{written}"'}) == (
        'schedule.time: must be a time of day such as "08:00".',
    )


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("Europe/Lodnon", '; did you mean "Europe/London"?'),
        ("zzz", ', such as "Europe/London".'),
        ("../London", ""),
        ("Europe", ""),
        ("", ""),
    ],
)
def test_an_unknown_time_zone_is_refused(faults: Faults, zone: str, hint: str) -> None:
    """Also one that would leave the folder of time zones, and a part of one."""
    (fault,) = faults({"schedule.timezone": f'"{zone}"'})
    assert fault.startswith("schedule.timezone: is not a known time zone")
    assert hint in fault

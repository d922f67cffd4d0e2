"""The calendars that runs counted by."""

from datetime import date

from alerter.domain.calendar import DayOff, WorkingCalendar
from alerter.store import runs
from alerter.store.database import Database

OFF = [
    DayOff(date(2026, 12, 25), "Dydd Nadolig", "bank holiday"),
    DayOff(date(2026, 12, 29), "Closure", "council"),
]


def test_a_calendar_counts_as_it_did(database: Database) -> None:
    """
    What is read back has the same fingerprint, days off and way of counting; keeping it again is no fault.
    """
    kept = WorkingCalendar("wales", 2025, 2027, OFF, count_start_day=True, version="0.109")
    with database.write() as connection:
        for _ in range(2):
            runs.keep(connection, kept)
        read = runs.by_fingerprint(connection, kept.fingerprint)
    assert read is not None
    assert (read.fingerprint, read.nation, read.version) == (kept.fingerprint, "wales", "0.109")
    assert (read.first_day, read.last_day, read.count_start_day) == (kept.first_day, kept.last_day, True)
    assert [read.day_off(each.on) for each in OFF] == OFF
    assert read.age(date(2026, 12, 21), date(2027, 1, 8)) == kept.age(date(2026, 12, 21), date(2027, 1, 8))


def test_an_unknown_calendar_is_none(database: Database) -> None:
    """A fingerprint that nothing was kept under finds nothing."""
    with database.read() as connection:
        assert runs.by_fingerprint(connection, "none") is None

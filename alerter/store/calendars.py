"""The calendars that runs counted by, so that what a new one moved can be told."""

from datetime import date

from sqlalchemy import Connection, select

from alerter.domain.calendar import DayOff, WorkingCalendar
from alerter.store.database import insert_into
from alerter.store.schema import calendars


def keep(connection: Connection, calendar: WorkingCalendar) -> None:
    """
    Keep *calendar* under its fingerprint, once.
    """
    row = {
        "fingerprint": calendar.fingerprint,
        "nation": calendar.nation,
        "version": calendar.version,
        "first_year": calendar.first_day.year,
        "last_year": calendar.last_day.year,
        "count_start_day": calendar.count_start_day,
        "days_off": [[day.on.isoformat(), day.name, day.source] for day in calendar.days_off.values()],
    }
    statement = insert_into(connection, calendars).values(row)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["fingerprint"]))


def by_fingerprint(connection: Connection, fingerprint: str) -> WorkingCalendar | None:
    """
    Return the calendar kept under *fingerprint*, as it counted then.
    """
    row = connection.execute(select(calendars).where(calendars.c.fingerprint == fingerprint)).first()
    if row is None:
        return None
    return WorkingCalendar(
        row.nation,
        row.first_year,
        row.last_year,
        [DayOff(date.fromisoformat(on), name, source) for on, name, source in row.days_off],
        count_start_day=row.count_start_day,
        version=row.version,
    )

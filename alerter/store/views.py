"""Makes the views that other programs read, such as Power BI: their names and columns stay as they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from alerter.domain.calendar import WorkingCalendar
from alerter.domain.policy import Clock
from alerter.store.bulk import Batch, insert_many
from alerter.store.schema import limits, working_days

# The day that starts the clock of a rule: the column it names, or where that is blank the other one.
_START = """CASE WHEN rule.starts_from = 'started_on' THEN coalesce(a.started_on, a.referred_on)
        ELSE coalesce(a.referred_on, a.started_on) END"""
# The rule that an assessment is under: the newest that was in force when its clock started.
_LIMIT = f"""JOIN limits AS limit_ ON limit_.type = a.type AND limit_.place = (
    SELECT min(rule.place) FROM limits AS rule WHERE rule.type = a.type
      AND (rule.effective_from IS NULL OR {_START} IS NULL OR {_START} >= rule.effective_from))"""  # noqa: S608 - of our own text alone
_LATEST = """(SELECT id, as_of FROM runs WHERE state <> 'held' AND NOT is_trial
    ORDER BY send_date DESC, attempt DESC LIMIT 1)"""
_EXTENSION = """(SELECT id FROM extensions WHERE assessment = a.id AND withdrawn_at IS NULL
    ORDER BY id DESC LIMIT 1)"""
_REASSURANCE = """(SELECT id FROM reassurances WHERE assessment = a.id AND withdrawn_at IS NULL
    ORDER BY given_on DESC, id DESC LIMIT 1)"""


@dataclass(frozen=True, slots=True)
class Days:
    """How a database turns a date into the number that `working_days` has, and back."""

    number: str
    date: str

    def number_of(self, column: str) -> str:
        """Return the number of the day in a *column*."""
        return self.number.format(column)

    def nth(self, count: str) -> str:
        """Return the date of working day *count* of the clock that starts on `start`."""
        first = f"(SELECT min(day) FROM working_days WHERE passed = start.behind + {count})"  # noqa: S608 - as above
        return self.date.format(first)


IN_FILE = Days("CAST(julianday({0}) - 2440587.5 AS INTEGER)", "date({0} * 86400, 'unixepoch')")
ON_SERVER = Days("({0} - DATE '1970-01-01')", "(DATE '1970-01-01' + {0})")


def views(days: Days) -> dict[str, str]:
    """Return the query of each view by its name."""
    return {
        "alerter_open": f"""
SELECT latest.as_of, a.assessment_id, a.child_id, a.type, a.team, a.worker,
  CASE WHEN alert.covering_for <> '' THEN alert.covering_for ELSE alert.recipient END AS manager_email,
  coalesce(alert.stage, 'on_track') AS stage,
  CASE WHEN today.passed > start.behind THEN today.passed - start.behind ELSE 0 END AS age,
  {days.nth("limit_.alert_after")} AS alert_on,
  {days.nth("limit_.working_days")} AS due_on,
  reassurance.expected_on, extension.until AS extended_until, extension.by AS extended_by
FROM assessments AS a
JOIN {_LATEST} AS latest ON (a.ended_on IS NULL AND a.vanished_sync_id IS NULL) OR a.ended_on > latest.as_of
{_LIMIT}
JOIN working_days AS start ON start.day = {days.number_of("a.clock_on")}
JOIN working_days AS today ON today.day = {days.number_of("latest.as_of")}
LEFT JOIN alerts AS alert ON alert.run_id = latest.id AND alert.assessment = a.id
LEFT JOIN reassurances AS reassurance ON reassurance.id = {_REASSURANCE}
LEFT JOIN extensions AS extension ON extension.id = {_EXTENSION}""",  # noqa: S608 - as above
        "alerter_alerts": """
SELECT run.id AS run, run.send_date, run.as_of, a.assessment_id, a.child_id, a.type, a.team, a.worker,
  alert.stage, alert.age, alert.recipient, alert.covering_for, message.state AS outcome, message.settled_at
FROM alerts AS alert
JOIN runs AS run ON run.id = alert.run_id
JOIN assessments AS a ON a.id = alert.assessment
LEFT JOIN outbox AS message ON message.id = (
    SELECT max(id) FROM outbox WHERE run_id = alert.run_id AND kind = 'digest'
      AND lower(recipient) = lower(alert.recipient))
WHERE NOT run.is_trial""",
        "alerter_timeliness": f"""
SELECT a.assessment_id, a.child_id, a.type, a.team, a.worker, a.clock_on, a.authorised_on,
  signed.passed - start.behind AS age, limit_.working_days,
  CASE WHEN signed.passed - start.behind <= limit_.working_days THEN 1 ELSE 0 END AS in_time,
  CASE WHEN extension.recorded_on <= {days.nth("limit_.working_days")} THEN 1 ELSE 0 END
    AS extended_before_limit
FROM assessments AS a
JOIN {_LATEST} AS latest ON a.authorised_on <= latest.as_of
{_LIMIT}
JOIN working_days AS start ON start.day = {days.number_of("a.clock_on")}
JOIN working_days AS signed ON signed.day = {days.number_of("a.authorised_on")}
LEFT JOIN extensions AS extension ON extension.id = {_EXTENSION}
WHERE a.authorised_on >= a.clock_on AND (a.started_on IS NULL OR a.authorised_on >= a.started_on)""",  # noqa: S608 - as above
    }


def create(connection: Connection) -> None:
    """Make the views anew."""
    drop(connection)
    days = IN_FILE if connection.dialect.name == "sqlite" else ON_SERVER
    for name, query in views(days).items():
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {query.strip()}")


def drop(connection: Connection) -> None:
    """Take the views away, as before a change of the tables that they read."""
    for name in views(IN_FILE):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def keep(connection: Connection, calendar: WorkingCalendar, clocks: Iterable[Clock]) -> None:
    """Keep by what the views count: each type's rules, and the working days of a changed calendar."""
    kept = connection.execute(select(limits.c.calendar).limit(1)).scalar()
    if kept != calendar.fingerprint:
        connection.execute(delete(working_days))
        insert_many(connection, working_days, Batch.of(working_days, calendar.counts()))
    connection.execute(delete(limits))
    rows = [
        {
            "type": newest.type, "place": place, "starts_from": clock.starts_from,
            "effective_from": clock.effective_from if clock.earlier is not None else None,
            "working_days": clock.working_days, "alert_after": clock.alert_after,
            "calendar": calendar.fingerprint,
        }
        for newest in clocks
        for place, clock in enumerate(newest.versions())
    ]  # fmt: skip
    connection.execute(insert(limits), rows)

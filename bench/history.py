"""A store with ever more history behind the same week's work: 2,000 open assessments, 300 of them listed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, insert, text

from alerter.pipeline.prepare import RunRequest, prepare
from alerter.store import runs, syncs
from alerter.store.database import Database
from alerter.store.migration import migrate
from alerter.store.schema import assessments
from bench import council

OPEN = 2_000
AGES = ((60, range(36, 56)), (180, range(26, 36)), (60, range(21, 26)), (1_700, range(20)))
"""How many are open at which ages in working days: overdue, past day 25, approaching, on track."""
FLOW = 17_000
"""So many are begun a year where 2,000 are open: a longer history is one of more years."""
YEAR = 365
SCORES = 21  # from 80 on: everything was audited, and has passed
LONGEST = 60

ENDED = """
INSERT INTO assessments (
    assessment_id, child_id, type, clock_on, started_on, authorised_on, team, worker, manager_email,
    audit_score, ended_on, reassured_by, reason)
WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count - 1),
lives AS (
    SELECT n, {start} AS started, {end} AS ended FROM numbers)
SELECT 'H-' || n, 'C-' || (n / 2), 'core', started, started, ended, 'Team ' || (n % :teams),
    'Worker ' || (n % 1500), '', 80 + n % :scores, ended, '', ''
FROM lives
"""
"""One statement makes the past: no list of millions is ever held."""


def make_history(database: Database, size: int, years: float | None = None, councils: int = 1) -> None:
    """
    Fill a new *database* with *size* assessments, most of them ended, and with the run of the week before.

    They were begun evenly over the *years* before; as many years as the flow needs, where none are given. So
    many *councils* together have as many times the open work and the teams.
    """
    teams = council.TEAMS * councils
    migrate(database, council.NOW)
    with database.write() as connection:
        ended = size - OPEN * councils
        days = round(YEAR * (years or ended / (FLOW * councils)))
        _end(connection, ended, days, teams, is_sqlite=database.is_sqlite)
        connection.execute(insert(assessments), list(open_rows(councils, teams)))
        syncs.replace_directory(connection, council.directory(teams), council.NOW)
        read_at = datetime(2026, 11, 15, 18, tzinfo=UTC)
        sync_id = syncs.begin(
            connection, source_name="assessments.csv", sha256="0", mapping="m", extracted_at=read_at,
            read_at=read_at,
        )  # fmt: skip
        syncs.finish(connection, sync_id, state="applied", rows=size, stored=size, new=size)
    with database.aside() as connection:
        # A server would tidy up by itself later, in the midst of what is measured.
        connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))
    with database.write() as connection:
        before = council.NOW - timedelta(weeks=1)
        run = prepare(connection, council.basis(before), RunRequest(council.WEEK_BEFORE))
        if run is None:
            raise RuntimeError("the week before was not prepared")
        runs.amend(connection, run.id, state="done")


def _end(connection: Connection, count: int, days: int, teams: int, *, is_sqlite: bool) -> None:
    """
    Make *count* ended assessments, oldest first, begun over *days*; the last ended on the day before the run.
    """
    first = council.AS_OF - timedelta(days=LONGEST + days)
    day = "CAST(n * 1.0 * :days / :count AS integer)"
    start, end = (
        (f"date(:first, '+' || {day} || ' days')",
         f"date(:first, '+' || ({day} + n * 37 % {LONGEST}) || ' days')") if is_sqlite
        else (f"CAST(:first AS date) + {day}", f"CAST(:first AS date) + {day} + n * 37 % {LONGEST}")
    )  # fmt: skip
    connection.execute(
        text(ENDED.format(start=start, end=end)),
        {
            "count": count, "first": first.isoformat() if is_sqlite else first, "days": days,
            "teams": teams, "scores": SCORES,
        },
    )  # fmt: skip


def open_rows(councils: int = 1, teams: int = council.TEAMS) -> Iterator[dict[str, object]]:
    """Yield what is open, as the store has it."""
    number = 0
    for count, ages in AGES:
        for place in range(count * councils):
            start: date = council.CALENDAR.latest_start(council.AS_OF, ages[place % len(ages)])
            yield {
                "assessment_id": f"A-{number}", "child_id": f"{500_000 + number}", "type": "core",
                "clock_on": start, "started_on": start, "team": council.team(number, teams),
                "worker": f"Worker {number % 1500}", "manager_email": "", "reassured_by": "", "reason": "",
            }  # fmt: skip
            number += 1

"""What may go goes, with all that hangs on it; what is open, owed or the latest stays."""

from datetime import date, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.schema import Table

from alerter.domain.assessment import Rejected
from alerter.domain.delivery import Settlement
from alerter.domain.policy import Reassurance
from alerter.store import claims, deletion, reassurances, runs, syncs, trail
from alerter.store.database import Database, open_database
from alerter.store.schema import (
    alerts,
    assessments,
    changes,
    rejections,
)
from alerter.store.schema import outbox as outbox_table
from alerter.store.schema import runs as runs_table
from alerter.store.schema import syncs as syncs_table
from alerter.store.trail import Entry
from tests.world.readings import AS_OF, NOW, applied, assessment, claimed, read_in, run_with, staged

SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)
ENDED_ON = date(2020, 3, 2)


def rows(database: Database, *tables: Table) -> list[int]:
    """Count the rows of each table."""
    with database.read() as connection:
        return [
            int(connection.execute(select(func.count()).select_from(table)).scalar_one()) for table in tables
        ]


def send(database: Database, *recipients: str, weeks: int = 0) -> int:
    """Prepare a run and send its digests, so many *weeks* after the first; return its number."""
    at = NOW + weeks * WEEK
    with database.write() as connection:
        run_id = run_with(connection, *recipients, send_date=AS_OF + weeks * WEEK, prepared_at=at)
        for _ in recipients:
            claims.settle(connection, claimed(connection, at), Settlement(state="sent"), reply="250", now=at)
    return run_id


def test_texts_of_settled_messages_go(database: Database) -> None:
    """Of two messages one is settled and loses its text; who got it stays, and what is owed keeps its own."""
    send(database, "a@council.example")
    with database.write() as connection:
        run_with(connection, "b@council.example", send_date=AS_OF + WEEK)
        assert deletion.forget_bodies(connection, NOW) == 0
        assert deletion.forget_bodies(connection, NOW + SECOND) == 1
        assert deletion.forget_bodies(connection, NOW + SECOND) == 0
        found = connection.execute(select(outbox_table.c.recipient, outbox_table.c.body))
        bodies = {row.recipient: row.body for row in found}
    assert bodies["a@council.example"] is None
    assert bodies["b@council.example"] is not None


def test_rejected_rows_go_but_for_the_latest_reading(database: Database) -> None:
    """What the last extract held that could not be read is still to mend, however old it is."""
    with database.write() as connection:
        for _ in range(2):
            read_in(connection, [assessment()], [Rejected(3, "no start", "start_missing", "A-2", "8")])
        assert deletion.forget_rejections(connection, NOW) == 0
        assert deletion.forget_rejections(connection, NOW + SECOND) == 1
    assert rows(database, rejections) == [1]


def test_old_runs_go_with_what_hangs_on_them(database: Database) -> None:
    """
    The first of three runs goes, its messages too; the second is owed something, the third is the latest.
    """
    send(database, "a@council.example")
    with database.write() as connection:
        run_with(connection, "a@council.example", send_date=AS_OF + WEEK, prepared_at=NOW)
    send(database, weeks=2)
    with database.write() as connection:
        assert deletion.forget_runs(connection, NOW) == 0
        assert deletion.forget_runs(connection, NOW + 9 * WEEK) == 1
        assert runs.by_send_date(connection, AS_OF) is None
    assert rows(database, runs_table, outbox_table) == [2, 1]


def test_readings_go_unless_something_refers_to_them(database: Database) -> None:
    """The latest stays, and one that a change or a vanished assessment names."""
    with database.write() as connection:
        read_in(connection, [assessment("A-1"), assessment("A-2", "8")])
        read_in(connection, [assessment("A-1")])  # A-2 has vanished
        read_in(connection, [assessment("A-1")])
        read_in(connection, [assessment("A-1")])
        assert deletion.forget_runs(connection, NOW + SECOND) == 0
        kept = list(connection.execute(select(syncs_table.c.id).order_by(syncs_table.c.id)).scalars())
        latest = syncs.latest_applied(connection)
    assert latest is not None
    assert kept == [2, latest.id]


def test_assessments_long_ended_go_with_their_history(database: Database) -> None:
    """One ended in 2020, with a reassurance, a change and an alert; one is open, and one ended later."""
    ended = {"clock_on": date(2020, 1, 7), "authorised_on": ENDED_ON}
    with database.write() as connection:
        read_in(connection, [assessment("A-1", clock_on=date(2020, 1, 6)), assessment("A-2", "8")])
        read_in(
            connection,
            [
                assessment("A-1", **ended),
                assessment("A-2", "8"),
                assessment("A-3", "9", authorised_on=date(2026, 11, 2)),
            ],
        )
        run_id = run_with(connection)
        connection.execute(
            alerts.insert().values(
                run_id=run_id, assessment=1, stage="overdue", age=40, recipient="a@b.example", covering_for=""
            )
        )
        given = Reassurance(by="a@council.example", given_on=AS_OF, expected_on=AS_OF)
        reassurances.record(connection, 1, given, note="", now=NOW)
    assert rows(database, assessments, alerts)[0] == 3
    assert rows(database, changes)[0] > 0
    with database.write() as connection:
        assert deletion.forget_assessments(connection, ENDED_ON) == 0
        assert deletion.forget_assessments(connection, ENDED_ON + timedelta(days=1)) == 1
        assert reassurances.latest(connection) == {}
    assert rows(database, assessments, alerts, changes) == [2, 0, 0]


def test_the_trail_goes_with_what_it_is_about(database: Database) -> None:
    """An act on an assessment stays with it, however old; a link that was asked for goes by its own age."""
    entry = partial(Entry, at=NOW, actor="a@council.example", means="page")
    with database.write() as connection:
        read_in(connection, [assessment("A-1")])
        trail.append(connection, entry(act="reassured", assessment=1))
        trail.append(connection, entry(act="asked_link"))
        trail.append(connection, entry(act="mailed_link", detail="sent"))
        assert deletion.forget_requests(connection, NOW) == 0
        assert deletion.forget_requests(connection, NOW + SECOND) == 2
        assert [each.act for each in trail.every(connection)] == ["reassured"]


def test_what_vanished_long_ago_goes(database: Database) -> None:
    """Missing since a reading of that day, it goes once the day itself is past."""
    with database.write() as connection:
        read_in(connection, [assessment("A-1"), assessment("A-2", "8")])
        read_in(connection, [assessment("A-1")])
        assert deletion.forget_assessments(connection, NOW.date()) == 0
        assert deletion.forget_assessments(connection, NOW.date() + timedelta(days=1)) == 1
    assert rows(database, assessments) == [1]


def test_what_a_waiting_reading_has_unchanged_stays_until_it_is_applied(database: Database) -> None:
    """The reading refers to it: applied, it has as many rows as it had; and then the old ones may go."""
    ended = assessment("A-1", clock_on=date(2020, 1, 7), authorised_on=ENDED_ON)
    with database.write() as connection:
        read_in(connection, [ended, assessment("A-2", "8")])
        waiting = staged(connection, [ended, assessment("A-2", "8", team="Court")])
        assert deletion.forget_assessments(connection, AS_OF) == 0
        done = applied(connection, waiting)
        assert (done.rows, done.stored, done.changed, done.unchanged) == (2, 2, 1, 1)
        assert deletion.forget_assessments(connection, AS_OF) == 1


def test_nothing_of_what_was_deleted_stays_in_the_file(sqlite_url: str) -> None:
    """After the purge neither the database nor the log of writes beside it holds the message's words."""
    database = open_database(sqlite_url)
    send(database, "a@council.example")
    path = str(database.engine.url.database)
    assert any(b"Subject: 1 assessment" in content for content in contents(path))
    with database.write() as connection:
        deletion.forget_bodies(connection, NOW + SECOND)
    database.wipe()
    assert not any(b"Subject: 1 assessment" in content for content in contents(path))
    database.close()


def test_a_server_is_left_to_wipe_itself(database: Database) -> None:
    """On PostgreSQL there is nothing to wipe, and on SQLite nothing to lose by it."""
    send(database, "a@council.example")
    database.wipe()
    assert rows(database, outbox_table) == [1]


def contents(path: str) -> list[bytes]:
    """Return what the files of an embedded database hold."""
    return [file.read_bytes() for file in Path(path).parent.glob("alerter.db*")]

"""The three kinds of transaction: what each promises, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import NoResultFound

from alerter.errors import SourceError, StoreAwayError, StoreError
from alerter.store.database import (
    Database,
    ensure_installation,
    installation_id,
    open_database,
    serving_since,
    take_turns,
)
from alerter.store.schema import alerts, assessments, directory, installation
from tests.world.readings import NOW, assessment, read_in

ENTRY = {
    "team": "Duty", "worker": "", "manager_name": "", "manager_email": "", "cover_email": "",
    "escalate_to": "",
}  # fmt: skip


def write_line(database: Database) -> None:
    """Read the last line of the directory and write the next: a read that becomes a write."""
    with database.write() as connection:
        take_turns(connection, "test")
        last = connection.execute(select(func.max(directory.c.line))).scalar() or 0
        connection.execute(insert(directory).values(ENTRY | {"line": last + 1}))


def lines(database: Database) -> int:
    """Count the directory's lines."""
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(directory)).scalar_one())


def test_a_write_is_kept(database: Database) -> None:
    """What was written is there for whoever opens the database next."""
    write_line(database)
    other = open_database(database.engine.url.render_as_string(hide_password=False))
    assert lines(other) == 1
    other.close()


def test_a_failed_write_leaves_no_trace(database: Database) -> None:
    """An error of ours inside a transaction passes as it is, and takes all of it back."""

    def fail() -> None:
        with database.write() as connection:
            connection.execute(insert(directory).values(ENTRY | {"line": 1}))
            raise SourceError

    with pytest.raises(SourceError):
        fail()
    assert lines(database) == 0


def test_a_rehearsal_leaves_no_trace(database: Database) -> None:
    """What is done in a rehearsal is seen in it and nowhere after it."""
    with database.rehearse() as connection:
        connection.execute(insert(directory).values(ENTRY | {"line": 1}))
        assert connection.execute(select(func.count()).select_from(directory)).scalar() == 1
    assert lines(database) == 0


def test_a_read_sees_one_state(database: Database) -> None:
    """What others commit meanwhile is not seen by a reader who has begun."""
    with database.read() as connection:
        count = select(func.count()).select_from(directory)
        before = connection.execute(count).scalar()
        write_line(database)
        assert connection.execute(count).scalar() == before == 0
    assert lines(database) == 1


def test_writers_queue(database: Database) -> None:
    """Of many transactions that read and then write none fails and none is lost."""
    together = Barrier(4)

    def several() -> None:
        together.wait()
        for _ in range(10):
            write_line(database)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(several) for _ in range(4)]:
            done.result()
    assert lines(database) == 40


def test_a_write_holds_the_lock_from_its_beginning(sqlite_url: str) -> None:
    """
    On SQLite a transaction that has written nothing yet already keeps others waiting (`BEGIN IMMEDIATE`).
    """
    database, order, holds = open_database(sqlite_url), [], Event()

    def second() -> None:
        holds.wait()
        with database.write():
            order.append("second")

    waiting = Thread(target=second)
    waiting.start()
    with database.write():
        holds.set()
        waiting.join(timeout=0.2)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]
    database.close()


def test_foreign_keys_are_enforced(database: Database) -> None:
    """An alert of a run that is not there is refused."""
    row = {"run_id": 99, "assessment": 99, "stage": "overdue", "age": 36, "recipient": "a@council.example"}
    with pytest.raises(StoreError, match="refused a value"), database.write() as connection:
        connection.execute(insert(alerts).values(row))


def test_an_error_never_quotes_a_row(database: Database) -> None:
    """A database that refuses a row names neither its values nor our statement."""
    columns = [each for each in assessments.c if each.name != "id"]
    again = insert(assessments).from_select([each.name for each in columns], select(*columns))
    with database.write() as connection:
        read_in(connection, [assessment("A-4711", "88213")])
    with pytest.raises(StoreError) as caught, database.write() as connection:
        connection.execute(again)
    text = str(caught.value)
    assert "refused a value" in text
    assert not any(said in text for said in ("A-4711", "88213", "INSERT", "\n"))


def test_an_error_of_ours_about_a_result_is_told(database: Database) -> None:
    """What SQLAlchemy itself complains of comes out as a sentence too."""
    with pytest.raises(StoreError, match=NoResultFound.__name__), database.read() as connection:
        connection.execute(select(directory)).one()


def test_an_installation_has_one_id(database: Database) -> None:
    """The id is made once and then kept."""
    with database.write() as connection:
        first = installation_id(connection)
        ensure_installation(connection, NOW)
        assert installation_id(connection) == first
        assert connection.execute(select(func.count()).select_from(installation)).scalar() == 1


def test_what_must_not_be_lost_is_written_when_the_database_is_back(sqlite_url: str) -> None:
    """The file may grow no further, as on a full disk; when there is room again the work is done, once."""
    database = open_database(sqlite_url)
    attempts: list[int] = []

    def work(connection: Connection) -> str:
        attempts.append(len(attempts))
        connection.exec_driver_sql(f"PRAGMA max_page_count = {1 if len(attempts) < 3 else 1_000_000}")
        connection.exec_driver_sql("CREATE TABLE kept AS SELECT zeroblob(1000000) AS what")
        return "done"

    assert database.write_at_last(work) == "done"
    assert len(attempts) == 3
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kept").scalar_one() == 1
    database.close()


@pytest.mark.parametrize("persistence", [0.0, 3600.0])
def test_trying_ends_after_its_time_or_when_told_to(sqlite_url: str, persistence: float) -> None:
    """
    Nothing is tried again without any time, nor when somebody asks for the end; both say the disk is full.
    """
    database = replace(open_database(sqlite_url), persistence_seconds=persistence)

    def work(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.exec_driver_sql("CREATE TABLE kept AS SELECT zeroblob(1000000) AS what")

    with pytest.raises(StoreAwayError, match="the disk is full"):
        database.write_at_last(work, should_stop=lambda: persistence > 0)
    database.close()


def test_a_service_remembers_since_when_it_waits(database: Database) -> None:
    """The first moment stays, whoever asks later."""
    later = NOW + timedelta(days=3)
    with database.write() as connection:
        assert serving_since(connection, NOW) == NOW
        assert serving_since(connection, later) == NOW

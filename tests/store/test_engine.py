"""How a database is opened: durable and private on SQLite, patient with a server, clear about faults."""

import os
import shutil
import socket
import sqlite3
import stat
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest

from alerter.errors import StoreError
from alerter.store import runs, syncs
from alerter.store.database import Database, open_database
from alerter.store.migration import migrate, require_current
from tests.world.postgres import PostgresCluster, debian_binaries
from tests.world.readings import NOW, assessment, read_in

needs_modes = pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")


def opened(database: Database) -> None:
    """Open a connection, which is when most faults show."""
    with database.read() as connection:
        connection.exec_driver_sql("SELECT 1")


def require_table(database: Database) -> None:
    """Ask something of a table."""
    with database.read() as connection:
        runs.latest(connection)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 30000),
    ],
)
def test_sqlite_is_durable_and_checked(sqlite_url: str, pragma: str, value: object) -> None:
    """
    Every connection writes ahead and waits for the disk (FULL is 2), checks keys and wipes what it deletes.
    """
    database = open_database(sqlite_url)
    for opening in (database.read, database.write, database.rehearse):
        with opening() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    database.close()


@needs_modes
def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    """The file and its journal have mode 0600, whatever the umask; nothing is made before first use."""
    path, umask = tmp_path / "alerter.db", os.umask(0)
    try:
        database = open_database(f"sqlite:///{path}")
        assert not path.exists()
        migrate(database, NOW)
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
        database.close()
    finally:
        os.umask(umask)
    assert modes == {"alerter.db": 0o600, "alerter.db-wal": 0o600, "alerter.db-shm": 0o600}


@needs_modes
def test_an_existing_files_mode_is_kept(sqlite_url: str, tmp_path: Path) -> None:
    """A mode the operator chose is not changed."""
    (tmp_path / "alerter.db").chmod(0o640)
    database = open_database(sqlite_url)
    opened(database)
    database.close()
    assert stat.S_IMODE((tmp_path / "alerter.db").stat().st_mode) == 0o640


def test_a_deleted_file_is_not_begun_anew(sqlite_url: str, tmp_path: Path) -> None:
    """
    A file deleted under a running program stops it for good: an empty one would say that nothing is due.
    """
    database = open_database(sqlite_url)
    opened(database)
    (tmp_path / "alerter.db").unlink()
    for _ in range(3):
        with pytest.raises(StoreError, match=r"alerter\.db was deleted or replaced while it was in use"):
            opened(database)
    assert not (tmp_path / "alerter.db").exists()
    database.close()


def test_a_replaced_file_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    """Another file under the same name is not written to until the program is started again."""
    database = open_database(sqlite_url)
    opened(database)
    shutil.copy(tmp_path / "alerter.db", tmp_path / "backup.db")
    (tmp_path / "backup.db").replace(tmp_path / "alerter.db")
    with pytest.raises(StoreError, match="deleted or replaced"):
        opened(database)
    database.close()
    again = open_database(sqlite_url)
    require_current(again)
    again.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A spreadsheet in the database's place is refused and left as it is."""
    path = tmp_path / "assessments.csv"
    path.write_text("assessment_id,child_id\n" * 100, encoding="utf-8")
    with pytest.raises(
        StoreError, match=r"assessments\.csv cannot be used: the file is no SQLite database"
    ) as caught:
        opened(open_database(f"sqlite:///{path}"))
    assert caught.value.__cause__ is None
    assert path.read_text(encoding="utf-8") == "assessment_id,child_id\n" * 100


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    """A folder in the database's place is told as a file that cannot be opened."""
    with pytest.raises(StoreError, match="cannot be opened; let the alerter's account"):
        opened(open_database(f"sqlite:///{tmp_path}"))


def test_a_locked_file_is_told(sqlite_url: str) -> None:
    """Where another program keeps the file locked longer than we wait, the operator is told to end it."""
    holder, waiting = open_database(sqlite_url), open_database(f"{sqlite_url}?timeout=0.05")
    with (
        holder.write(),
        pytest.raises(StoreError, match="another program keeps it locked"),
        waiting.write() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM directory")
    opened(waiting)
    holder.close()
    waiting.close()


def test_a_file_just_being_made_is_waited_for(tmp_path: Path) -> None:
    """A new file that another process holds is opened when that one lets go of it."""
    path = tmp_path / "alerter.db"
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN EXCLUSIVE")
    database = open_database(f"sqlite:///{path}?timeout=0", patience_seconds=20)
    waiting = Thread(target=opened, args=[database])
    waiting.start()
    waiting.join(timeout=0.1)
    assert waiting.is_alive()
    holder.execute("COMMIT")
    holder.close()
    waiting.join()
    database.close()


def test_a_full_disk_leaves_the_store_as_it_was(sqlite_url: str) -> None:
    """A transaction that finds no room takes all of itself back, and the next one works."""
    database = open_database(sqlite_url)
    rows = [assessment(f"A-{number}", team="T" * 500) for number in range(500)]

    def fill() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 100")
            read_in(connection, rows)

    with pytest.raises(StoreError, match="the disk is full; make room, then run the command again"):
        fill()
    with database.write() as connection:
        assert syncs.latest_applied(connection) is None
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        assert read_in(connection, rows).new == 500
    database.close()


def test_a_database_in_memory_has_no_file() -> None:
    """`sqlite://` opens, and its faults are told without a name of a file."""
    database = open_database("sqlite://")
    opened(database)
    with pytest.raises(StoreError, match="the database in memory cannot be used: no such table: runs"):
        require_table(database)
    database.close()


@needs_modes
def test_a_read_only_file_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    """A file that may not be written is told as such."""
    path = tmp_path / "alerter.db"
    path.chmod(0o400)
    if os.access(path, os.W_OK):
        pytest.skip("root may write everything")
    with (
        pytest.raises(StoreError, match="let the alerter's account"),
        open_database(sqlite_url).write() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM directory")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The folder of a SQLite file is not made, for its name may be a slip."""
    with pytest.raises(StoreError, match=r"the folder .*nowhere does not exist; create it first\."):
        open_database(f"sqlite:///{tmp_path / 'nowhere' / 'alerter.db'}")


@pytest.mark.parametrize(
    "url", ["alerter.db", "", "mysql://user@host/name", "nosuch://x", "sqlite:/alerter.db"]
)
def test_an_url_of_another_kind_is_refused(url: str) -> None:
    """What is no SQLite or PostgreSQL URL is answered with one that is."""
    with pytest.raises(StoreError, match=r"write sqlite:///alerter\.db or postgresql"):
        open_database(url)


def test_a_missing_driver_is_named() -> None:
    """A driver that is not installed is named with the command that brings ours."""
    with pytest.raises(
        StoreError, match=r"driver pg8000 is not installed; run pip install 'alerter\[postgres\]'"
    ):
        open_database("postgresql+pg8000://user@host/name")


def test_a_bare_postgresql_url_takes_our_driver() -> None:
    """`postgresql://` is psycopg, whichever driver SQLAlchemy would take."""
    assert open_database("postgresql://user@host/name").engine.driver == "psycopg"


def test_an_unreachable_server_is_tried_for_a_while() -> None:
    """A closed port is tried until the patience has run out; the text names the server, not the password."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://alerter:hunter2@127.0.0.1:{closed.getsockname()[1]}/alerter"
        began = monotonic()
        with pytest.raises(
            StoreError, match=r"the database alerter on 127\.0\.0\.1 cannot be used"
        ) as caught:
            opened(open_database(url, patience_seconds=0.3))
    assert monotonic() - began >= 0.3
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_that_refuses_us_is_not_tried_again(postgresql_url: str) -> None:
    """A database that is not there will not be there in half a minute either."""
    began = monotonic()
    with pytest.raises(StoreError, match="does not exist"):
        opened(open_database(f"{postgresql_url}_nowhere", patience_seconds=30))
    assert monotonic() - began < 10


@pytest.mark.skipif(debian_binaries() is None, reason="needs PostgreSQL's own programs")
def test_a_server_that_comes_back_is_taken_up(postgres_cluster: PostgresCluster) -> None:
    """
    A server that crashes costs the transaction it was in, and the next one waits until it is there again.
    """
    url = postgres_cluster.server.url.render_as_string(hide_password=False)
    database = open_database(url, patience_seconds=20)
    opened(database)

    def crash() -> None:
        with database.write() as connection:
            postgres_cluster.stop()
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(StoreError, match="cannot be used"):
        crash()
    coming = Thread(target=postgres_cluster.start)
    coming.start()
    opened(database)
    coming.join()
    database.close()

"""The database: locked, gone at the send moment or in mid-message, put back from a backup."""

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, Engine, event

from alerter.errors import StoreError
from alerter.installation.installation import Installation
from alerter.pipeline import weekly
from tests.acceptance.caseload import MONDAY
from tests.faults.week import MANAGERS, WEEK, made_ready, settled
from tests.world.council import ADMINS, Council
from tests.world.ledger import ledger_of
from tests.world.mail_server import DOT, HOST, MailServer
from tests.world.postgres import PostgresCluster, debian_binaries
from tests.world.service import EVERYBODY, Service
from tests.world.terminal import alerter

needs_cluster = pytest.mark.skipif(debian_binaries() is None, reason="needs PostgreSQL's own programs")
LATER = "UPDATE installation SET created_at = '2026-11-02 09:00:01.000000'"
BACKUP = f"alerter_backup_{os.getpid()}"


@pytest.fixture
def postgres_to_stop(postgres_cluster: PostgresCluster) -> Iterator[PostgresCluster]:
    """Return a server that may be stopped, and have it run afterwards."""
    yield postgres_cluster
    with socket.socket() as knocking:
        is_up = knocking.connect_ex((HOST, postgres_cluster.server.url.port)) == 0
    if not is_up:
        postgres_cluster.start()


@pytest.fixture
def hasty(council: Council, postgresql_url: str) -> Iterator[Installation]:
    """Open a council's installation on a server, which does not wait for what is away."""
    council.configure(database__url=postgresql_url)
    made_ready(council)
    opened = Installation.open(council.folder / "config.toml", {})
    with closing(opened.database):
        yield replace(opened, database=replace(opened.database, patience_seconds=0))


def test_fault_040_locked_beyond_the_timeout(monday: Service, post_office: MailServer) -> None:
    """
    Another program holds the file: no half of a plan, the watcher hears it, and the next tick does it all.
    """
    monday.configure(database__url="sqlite:///alerter.db?timeout=0.05")
    monday.at("07:59")
    with closing(sqlite3.connect(monday.folder / "alerter.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monday.at("08:00")
    assert "keeps it locked" in monday.events("failed")[0]["why"]
    assert (monday.asked("SELECT * FROM runs"), post_office.arrived) == ([], [])
    assert monday.heard()[-1] == "fail"
    monday.at("08:01")
    assert post_office.tally() == EVERYBODY
    assert monday.heard()[-1] == "success"


def test_fault_041_no_transaction_turns_into_a_writing_one(monday: Service, post_office: MailServer) -> None:
    """
    SQLite refuses a reader that would write when somebody else has; here whatever writes says so at first.
    """
    with closing(_bare(monday.folder)) as one, closing(_bare(monday.folder)) as other:
        one.execute("BEGIN").execute("SELECT * FROM installation").fetchall()
        other.execute(LATER)
        with pytest.raises(sqlite3.OperationalError) as refused:
            one.execute(LATER)
        assert refused.value.sqlite_errorname == "SQLITE_BUSY_SNAPSHOT"

    said: list[tuple[bool, str]] = []

    def listen(connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        is_read = bool(connection.get_execution_options().get("is_read"))
        said.append((is_read, statement.split(maxsplit=1)[0].upper()))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        monday.at("08:00", "08:01")
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert post_office.tally() == EVERYBODY
    assert {word for is_read, word in said if is_read} <= {"BEGIN", "SELECT", "PRAGMA", "WITH"}
    assert {"INSERT", "UPDATE"} <= {word for is_read, word in said if not is_read}


@needs_cluster
def test_fault_042_server_down_at_the_send_moment(
    monday: Service, post_office: MailServer, postgresql_url: str, postgres_to_stop: PostgresCluster
) -> None:
    """
    Each tick tries, and the watcher hears that it fails; one run makes up for it when the server is back.
    """
    monday.configure(database__url=postgresql_url)
    monday.patience_seconds = 0
    monday.at("07:59")
    postgres_to_stop.stop()
    monday.at("08:00", "08:01", "08:02")
    assert not post_office.arrived
    assert "success" not in monday.heard()
    postgres_to_stop.start()
    monday.at("08:03", "08:04")
    assert post_office.tally() == EVERYBODY
    assert monday.heard()[-1] == "success"
    assert [each["send_date"] for each in monday.events("run_ended")] == ["2026-11-23"]


@needs_cluster
def test_fault_043_server_down_before_the_mark(
    hasty: Installation, council: Council, office: MailServer, postgres_to_stop: PostgresCluster
) -> None:
    """What cannot be marked gets no dot: nothing was delivered, and the next process sends it."""
    office.at("DATA", postgres_to_stop.stop)
    with pytest.raises(StoreError, match="cannot be used"):
        weekly.run(hasty, MONDAY, is_synced=False)
    assert (len(office.unfinished()), office.arrived) == (1, [])
    postgres_to_stop.start()
    settled(council, office)


@needs_cluster
def test_fault_044_server_down_after_the_reply(
    hasty: Installation, council: Council, office: MailServer, postgres_to_stop: PostgresCluster
) -> None:
    """
    The process keeps the answer that nobody else knows until it can be recorded, and sends nothing twice.
    """
    is_down = Event()

    def stop() -> None:
        postgres_to_stop.stop()
        is_down.set()

    def start_once_missed() -> bool:
        if is_down.is_set():  # so the answer could not be recorded, and the process goes on trying
            is_down.clear()
            postgres_to_stop.start()
        return False

    office.at(DOT, stop)
    result = weekly.run(replace(hasty, should_stop=start_once_missed), MONDAY, is_synced=False)
    assert not is_down.is_set()
    assert result.state == "done"
    settled(council, office)


def test_fault_046_restored_from_a_backup(
    week: Council, office: MailServer, request: pytest.FixtureRequest
) -> None:
    """A store of before the run owes it again: a second copy of each, known as one by its Message-ID."""
    if ledger_of(week).is_file:
        backup = (week.folder / "alerter.db").read_bytes()
        settled(week, office)
        (week.folder / "alerter.db").write_bytes(backup)
    else:
        server = request.getfixturevalue("postgres_server")
        name = ledger_of(week).url.rpartition("/")[2]
        server.create(BACKUP, name)
        settled(week, office)
        server.create(name, BACKUP)
        server.drop(BACKUP)
    assert alerter(week, "status").exit_code == 1  # no run since it was made
    assert alerter(week, *WEEK).exit_code == 0
    assert office.tally() == dict.fromkeys([*MANAGERS, ADMINS], 2)
    for recipient in MANAGERS:
        assert len({message_from_bytes(copy)["Message-ID"] for copy in office.copies(recipient)}) == 1


def _bare(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "alerter.db", isolation_level=None)

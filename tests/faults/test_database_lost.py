"""The database file: lost on the send day, and exchanged or overwritten under a running service."""

import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from alerter.store.birth_note import id_in
from alerter.store.database import open_database
from alerter.store.schema import installation
from tests.world.council import ADMINS
from tests.world.mail_server import LATER, MailServer
from tests.world.office import Office as Desk
from tests.world.office import row, today
from tests.world.service import EVERYBODY, MANAGERS, Service
from tests.world.terminal import alerter

LOOKING = (
    ("history", "A-70001"), ("explain", "A-70001"), ("quality",), ("report",), ("purge",), ("release", 1),
)  # fmt: skip


def test_fault_109_lost_on_the_send_day(monday: Service, post_office: MailServer) -> None:
    """
    With digests owed: no command makes a new file, each says so, the admins hear once; put back, all go.
    """
    for manager in MANAGERS:
        post_office.reply(manager, LATER)
    monday.at("07:59", "08:00")
    monday.stop()
    file, council = monday.folder / "alerter.db", monday.council
    kept = file.rename(monday.folder / "kept")
    before = post_office.tally()

    status = alerter(council, "status", "--json")
    assert (status.exit_code, status.json["ok"], status.json["last_run"]) == (1, False, None)
    for command in (*LOOKING, ("run",), ("run",), ("deliver",), ("sync",), ("check",)):
        said = alerter(council, *command)
        assert (said.exit_code, "is gone or empty" in said.out + said.err) == (3, True), (command, said)
    monday.at("08:01", "08:02")
    assert monday.events("failed")[-1]["fault"] == "StoreLostError"
    assert not file.exists()
    assert post_office.tally() - before == {ADMINS: 1}

    kept.rename(file)
    monday.at("08:03", "08:30")
    assert {each: post_office.tally()[each] for each in MANAGERS} == dict.fromkeys(MANAGERS, 1)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\n", b"some other words\n", None])
def test_more_of_109_a_note_that_says_nothing(desk: Desk, content: bytes | None) -> None:
    """
    Beside a database, and where it is gone: a sentence that names the note, and no database is made.
    """
    desk.extract(row("A-1", as_of=today()))
    assert alerter(desk.council, "run").exit_code == 0
    note = desk.folder / ".alerter.db.id"
    kept = note.read_bytes()
    note.unlink()
    if content is None:
        note.mkdir()
    else:
        note.write_bytes(content)
    database = desk.folder / "alerter.db"
    away = database.with_name("away")
    for there, elsewhere in ((database, away), (away, database)):
        there.rename(elsewhere)
        for command in (("history", "A-1"), ("deliver",), ("run",), ("migrate", "--adopt")):
            said = alerter(desk.council, *command)
            assert (said.exit_code, str(note) in said.err) == (3, True), said
        assert database.exists() == (elsewhere == database)
    if content is None:
        note.rmdir()
    else:
        note.unlink()
    assert alerter(desk.council, "status").exit_code == 0
    assert note.read_bytes() == kept


def test_fault_110_overwritten_while_running(monday: Service, post_office: MailServer) -> None:
    """
    Whatever takes the file's place, by whichever way: noticed within a tick, told once, and nothing goes out.
    """
    file = monday.folder / "alerter.db"
    older = file.read_bytes()
    monday.at("07:50")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    monday.at("07:51")
    rounds = [(way, other) for way in (overwritten, exchanged) for other in others(file.read_bytes(), older)]
    random.Random(110).shuffle(rounds)  # noqa: S311 - an order
    for minute, (way, (name, content)) in enumerate([(exchanged, ("gone", None)), *rounds]):
        failed = len(monday.events("failed"))
        put_back = way(file, content)
        monday.at(f"08:{minute:02d}")
        faults = [each["fault"] for each in monday.events("failed")[failed:]]
        assert set(faults) == {"StoreLostError"}, (way.__name__, name)
        assert post_office.tally() == {ADMINS: 1}
        put_back()
    monday.at("08:30")
    assert post_office.tally() == EVERYBODY | {ADMINS: 2}


def test_another_installation_on_the_same_server_is_noticed(
    monday: Service, post_office: MailServer, postgresql_url: str
) -> None:
    """
    A server's database that is another one from one tick to the next gets nothing, and gives nothing out.
    """
    monday.configure(database__url=postgresql_url)
    monday.at("07:59")
    with closing(open_database(postgresql_url)) as database:
        own = id_in(database)
        for id_, time, sent in (("f" * 32, "08:00", 0), (own, "08:01", 1)):
            with database.write() as connection:
                connection.execute(update(installation).values(id=id_))
            monday.at(time)
            assert post_office.tally()[MANAGERS[0]] == sent
    assert [each["fault"] for each in monday.events("failed")] == ["StoreLostError"]


def others(right: bytes, older: bytes) -> list[tuple[str, bytes]]:
    """Return what may take the place of the *right* file, by name; *older* is an earlier state of it."""
    (own,) = re.findall(rb"[0-9a-f]{32}(?=2026-)", older)
    return [
        ("empty", b""), ("no database", b"x" * len(right)), ("half of it", right[: len(right) // 2]),
        ("a new one", older.replace(own, b"f" * 32)), ("another one", right.replace(own, b"0" * 32)),
        ("an older state", older),
    ]  # fmt: skip


def overwritten(file: Path, content: bytes | None) -> Callable[[], object]:
    """Write *content* into the file as it stands; return what puts it right."""
    right = file.read_bytes()
    file.write_bytes(content or b"")
    return lambda: file.write_bytes(right)


def exchanged(file: Path, content: bytes | None) -> Callable[[], object]:
    """Put another file in its place, or none; return what puts it right."""
    kept = file.rename(file.with_suffix(".kept"))
    if content is not None:
        file.write_bytes(content)
    return lambda: kept.replace(file)

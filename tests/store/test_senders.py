"""Who is sending: a lock that its holder's death lets go of."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from alerter.store.database import Database, open_database
from alerter.store.senders import fresh_token, is_alive, sending

HOLD = """
import sys, time
from alerter.store.database import open_database
from alerter.store.senders import fresh_token, sending
with sending(open_database(sys.argv[1])) as sender:
    print(fresh_token(sender.id), flush=True)
    sys.stdin.read()
"""


LOCK_HOLDERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def test_a_sender_lives_while_it_is_sending(database: Database) -> None:
    """Its claims are known by their token, and none is like another."""
    with sending(database) as sender:
        tokens = {fresh_token(sender.id), fresh_token(sender.id)}
        assert len(tokens) == 2
        with database.write() as connection:
            assert all(is_alive(connection, token) for token in tokens)
    with database.write() as connection:
        assert not any(is_alive(connection, token) for token in tokens)


def test_a_killed_sender_is_dead_at_once(database: Database) -> None:
    """Nothing of its own has to run for that: the system lets the lock go."""
    url = database.engine.url.render_as_string(hide_password=False)
    with subprocess.Popen(  # noqa: S603 - this interpreter, and a script of our own
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout is not None
        token = process.stdout.readline().strip()
        with database.write() as connection:
            assert is_alive(connection, token)
        process.kill()
        process.wait()
    with database.write() as connection:
        assert not is_alive(connection, token)


def test_a_dead_senders_file_is_cleared_away(sqlite_url: str, tmp_path: Path) -> None:
    """Whoever finds a lock file that nobody holds removes it."""
    database = open_database(sqlite_url)
    left = tmp_path / "alerter.db.sender-0f.lock"
    left.touch()
    with database.write() as connection:
        assert not is_alive(connection, "0f:1")
    assert not left.exists()
    database.close()


def test_a_sender_whose_server_forgot_it_takes_its_lock_again(postgresql_url: str) -> None:
    """A server that went away and came back knows no locks, and takes whoever holds none for dead."""
    database = open_database(postgresql_url)
    with sending(database) as sender:
        token = fresh_token(sender.id)
        with database.write() as connection:
            connection.execute(text(LOCK_HOLDERS))
        with database.write() as connection:
            assert not is_alive(connection, token)
        sender.hold_on()
        sender.hold_on()
        with database.write() as connection:
            assert is_alive(connection, token)
    with database.write() as connection:
        assert not is_alive(connection, token)
    database.close()


def test_a_lock_that_cannot_be_had_is_taken_at_the_next_occasion(postgresql_url: str) -> None:
    """Nobody waits for it: whoever just looks whether the sender lives holds it for a moment."""
    database = open_database(postgresql_url)
    with sending(database) as sender:
        token = fresh_token(sender.id)
        with database.write() as connection:
            connection.execute(text(LOCK_HOLDERS))
        with database.write() as connection:
            assert not is_alive(connection, token)
            sender.hold_on()
        with database.write() as connection:
            assert not is_alive(connection, token)
        sender.hold_on()
        with database.write() as connection:
            assert is_alive(connection, token)
    database.close()

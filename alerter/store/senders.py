"""Who is sending: each sender holds a lock that the system lets go of when it dies, however it dies."""

import hashlib
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, func, select

from alerter.store.database import Database

SEPARATOR = ":"


@contextmanager
def sending(database: Database) -> Iterator[str]:
    """
    Hold a fresh sender's lock, and give the sender's id; claims are made in its name.

    An embedded database has a locked file beside it, a server an advisory lock on a connection of
    the sender's own.
    """
    sender = uuid.uuid4().hex
    hold = _hold_file if database.is_sqlite else _hold_advisory
    with hold(database, sender):
        yield sender


def fresh_token(sender: str) -> str:
    """
    Return a token for one claim of *sender*; no two are alike.
    """
    return f"{sender}{SEPARATOR}{uuid.uuid4().hex}"


def is_alive(connection: Connection, token: str) -> bool:
    """
    Say whether the sender who made the claim *token* still holds its lock.
    """
    sender = token.partition(SEPARATOR)[0]
    if connection.dialect.name == "postgresql":
        # Ours until the transaction ends: whoever could take it has met a sender that is gone.
        return not connection.execute(select(func.pg_try_advisory_xact_lock(_key(sender)))).scalar_one()
    return _is_locked(_lock_file(str(connection.engine.url.database), sender))


@contextmanager
def _hold_file(database: Database, sender: str) -> Iterator[None]:
    path = _lock_file(str(database.engine.url.database), sender)
    try:
        with path.open("w", encoding="ascii") as file:
            _lock(file)
            yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _hold_advisory(database: Database, sender: str) -> Iterator[None]:
    with database.engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        autocommit.execute(select(func.pg_advisory_lock(_key(sender))))
        try:
            yield
        finally:
            # A connection that goes back to the pool must not keep the lock; a lost one has lost it already.
            connection.invalidate()


def _key(sender: str) -> int:
    return int.from_bytes(hashlib.sha256(f"alerter sender {sender}".encode()).digest()[:8], signed=True)


def _lock_file(database: str, sender: str) -> Path:
    return Path(f"{database}.sender-{sender}.lock")


def _is_locked(path: Path) -> bool:
    """
    Say whether somebody holds the lock on *path*; a file nobody holds is removed.
    """
    try:
        file = path.open("r+", encoding="ascii")
    except FileNotFoundError:
        return False
    with file:
        if not _lock(file):
            return True
    path.unlink(missing_ok=True)
    return False


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> bool:
        """
        Take the lock on *file* if nobody holds it.
        """
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[str]) -> bool:
        """
        Take the lock on *file* if nobody holds it.
        """
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

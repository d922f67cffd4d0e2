"""Holds a sender's lock, which the system releases when the sender dies, however it dies."""

import hashlib
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from alerter.store.database import Database
from alerter.store.database_errors import translated

SEPARATOR = ":"


@dataclass(frozen=True, slots=True)
class Sender:
    """One who sends: claims are made in the name of its *id*."""

    id: str
    _database: Database
    _lock: "_AdvisoryLock | None" = None

    def hold_on(self) -> None:
        """
        Make sure that its lock is held still, and take it again where a server has forgotten it.

        Raises:
            StoreError: The database cannot be used.
        """
        if self._lock is not None:
            self._lock.hold_on()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """
        Open a transaction that begins with the lock in hand; it commits at the end, or leaves no trace.

        Raises:
            StoreError: The database cannot be used.
        """
        self.hold_on()
        with self._database.write() as connection:
            yield connection


@contextmanager
def sending(database: Database) -> Iterator[Sender]:
    """
    Hold a fresh sender's lock, and give the sender.

    An embedded database has a locked file beside it, a server an advisory lock on a connection of
    the sender's own.

    Raises:
        StoreError: The database cannot be used.
    """
    hold = _hold_file if database.is_sqlite else _hold_advisory
    with hold(database, uuid.uuid4().hex) as sender:
        yield sender


def fresh_token(sender: str) -> str:
    """Return a token for one claim of *sender*; no two are alike."""
    return f"{sender}{SEPARATOR}{uuid.uuid4().hex}"


def is_alive(connection: Connection, token: str) -> bool:
    """Say whether the sender who made the claim *token* still holds its lock."""
    sender = token.partition(SEPARATOR)[0]
    if connection.dialect.name == "postgresql":
        # Ours until the transaction ends: whoever could take it has met a sender that is gone.
        return not connection.execute(select(func.pg_try_advisory_xact_lock(_key(sender)))).scalar_one()
    return _is_locked(_lock_file(str(connection.engine.url.database), sender))


@contextmanager
def _hold_file(database: Database, id_: str) -> Iterator[Sender]:
    path = _lock_file(str(database.engine.url.database), id_)
    try:
        with path.open("w", encoding="ascii") as file:
            _lock(file)
            yield Sender(id_, database)
    finally:
        _remove(path)


@contextmanager
def _hold_advisory(database: Database, id_: str) -> Iterator[Sender]:
    lock = _AdvisoryLock(database, _key(id_))
    try:
        lock.hold_on()
        yield Sender(id_, database, lock)
    finally:
        lock.let_go()


class _AdvisoryLock:
    """A lock on a connection of its own, which dies with it: with its process, and also with the server."""

    def __init__(self, database: Database, key: int) -> None:
        self._database = database
        self._key = key
        self._open = ExitStack()
        self._connection: Connection | None = None
        self._is_held = False

    def hold_on(self) -> Connection:
        """
        Take the lock unless it is held, and return the connection that holds it.

        It is only tried for: what else could hold it is whoever just looks whether we live, or a connection
        of our own that the server does not know to be lost, and to wait for that could take hours.
        """
        if self._connection is None or not self._is_connected(self._connection):
            self.let_go()
            self._connection = self._open.enter_context(self._database.aside())
        if not self._is_held:
            taken = select(func.pg_try_advisory_lock(self._key))
            with translated(self._database.engine.url):
                self._is_held = bool(self._connection.execute(taken).scalar_one())
        return self._connection

    def let_go(self) -> None:
        """
        Close the connection, which must not go back to the pool with a lock.

        The lock is given back first, for a server learns of a closed connection in its own time.
        """
        if self._connection is not None:
            if self._is_held and not self._connection.invalidated:
                with suppress(SQLAlchemyError):
                    self._connection.execute(select(func.pg_advisory_unlock(self._key)))
            self._connection.invalidate()
        self._open.close()
        self._connection, self._is_held = None, False

    @staticmethod
    def _is_connected(connection: Connection) -> bool:
        try:
            connection.execute(select(1))
        except DBAPIError:
            return False
        return True


def _key(sender: str) -> int:
    return int.from_bytes(hashlib.sha256(f"alerter sender {sender}".encode()).digest()[:8], signed=True)


def _lock_file(database: str, sender: str) -> Path:
    return Path(f"{database}.sender-{sender}.lock")


def _is_locked(path: Path) -> bool:
    """Say whether somebody holds the lock on *path*; a file nobody holds is removed."""
    try:
        file = path.open("r+", encoding="ascii")
    except FileNotFoundError:
        return False
    with file:
        if not _lock(file):
            return True
    _remove(path)
    return False


def _remove(path: Path) -> None:
    """Remove a file nobody holds; Windows keeps one that another process looks at, which goes later."""
    with suppress(PermissionError):
        path.unlink(missing_ok=True)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> bool:
        """Take the lock on *file* if nobody holds it."""
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[str]) -> bool:
        """Take the lock on *file* if nobody holds it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

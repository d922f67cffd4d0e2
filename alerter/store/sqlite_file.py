"""Guards the SQLite file behind an engine: private, and checked for having been exchanged."""

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from sqlalchemy import Connection

from alerter.errors import StoreLostError

TRIES = 5
LOCKS = Path("/proc/locks")
FIRST_LOCKED_BYTE = (
    1073741826  # SQLite's SHARED_FIRST: whoever has a file open holds this byte of it, and more
)
WRITES, CHANGES = "alerter.writes", "alerter.changes"
"""In a connection's `info`: how often the database had been written to, and its own changes, as it began."""
FileState = tuple[int, int, int, int]
"""Device, inode, size and time of the last write: while they stay, the file itself was not written to."""


@dataclass(frozen=True, slots=True)
class Contents:
    """
    Which database a file is: the installation's id, empty before it has one, and how often it was written to.
    """

    installation: str = ""
    writes: int = 0


class SqliteFile:
    """
    The file behind one engine, which must stay what it was when it was first opened.

    A file that is deleted, exchanged, emptied, overwritten or put back from a copy under a running program
    would be written to in vain, or owe again what was sent. SQLite's own `user_version` counts the
    transactions that changed anything, so that an older state shows.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state: FileState | None = None
        self._contents = Contents()
        self._writes = 0

    def make(self, *_connecting: Any) -> None:
        """
        Create the file with mode 0600 where there is none yet; SQLite gives its own files the same.

        An existing file is not opened, for closing it would drop this process's locks on it
        (sqlite.org/howtocorrupt.html, 2.2).

        Raises:
            StoreLostError: It was there before, and is not what it was.
        """
        if self._state is not None:
            self.watch()
        with suppress(OSError):  # SQLite itself says why it cannot be opened
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    def watch(self, *_checking_out: Any) -> None:
        """
        Refuse to go on with anything else than what was first opened, or a later state of it.

        Raises:
            StoreLostError: The file was deleted, replaced, emptied or overwritten meanwhile.
        """
        state, known = self._find(), self._contents
        if state is not None and state == self._state:
            return
        if state is None or (self._state is not None and state[:2] != self._state[:2]):
            raise self._lost("was deleted or replaced")
        contents = self._examined(state)
        if known.installation and contents.installation not in (known.installation, ""):
            raise self._lost("was overwritten by another one")
        if contents.writes < known.writes:
            raise self._lost("was emptied, or overwritten by an older state of itself,")
        self._state, self._contents = state, contents

    def begin(self, connection: Connection) -> None:
        """
        Note at the beginning of a transaction how often the database was written to, which only grows.

        Raises:
            StoreLostError: It is fewer times than it was.
        """
        driver, at_least = _driver(connection), self._writes  # known before: other threads go on meanwhile
        (writes,) = driver.execute("PRAGMA user_version").fetchone()
        if writes < at_least:
            raise self._lost("was overwritten by an older state of itself")
        self._writes = writes
        connection.info.update({WRITES: writes, CHANGES: driver.total_changes})

    def commit(self, connection: Connection) -> None:
        """
        Count a transaction that changed anything, as part of it, unless it was a note that nobody rests on.
        """
        driver = _driver(connection)
        is_change = driver.total_changes != connection.info[CHANGES]
        if is_change and not connection.get_execution_options().get("is_note", False):
            driver.execute(f"PRAGMA user_version = {connection.info[WRITES] + 1}")

    def _find(self) -> FileState | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

    def _examined(self, state: FileState) -> Contents:
        """
        Return what the file itself holds, without the log beside it, which hides what is below it.

        A checkpoint may be writing to it: then it is read again.
        """
        for _ in range(TRIES):
            try:
                return contents_of(self._path)
            except sqlite3.DatabaseError:
                if state == (state := self._find() or state):
                    break
        if not self._contents.installation:
            return self._contents  # the first to open it: SQLite itself says what is wrong
        raise self._lost("was damaged, or overwritten by something that is no database,")

    def _lost(self, what: str) -> StoreLostError:
        return StoreLostError(
            f"the database {self._path} {what} while it was in use; put the right file there, "
            "then start the alerter again."
        )


def contents_of(path: Path) -> Contents:
    """
    Return what a database's file holds, without its log; it is neither locked nor written to.

    Raises:
        sqlite3.DatabaseError: It is damaged, or no SQLite database.
    """
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        (writes,) = connection.execute("PRAGMA user_version").fetchone()
        try:
            row = connection.execute("SELECT id FROM installation").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            row = None
    return Contents("" if row is None else row[0], writes)


def was_left(path: Path) -> bool:
    """
    Say whether a log lies beside the file at *path* and nobody has it open: its last user was killed.

    Linux tells who holds a lock. Elsewhere a log counts as left, also while a service uses it.
    """
    if not Path(f"{path}-wal").exists():
        return False
    try:
        locks = LOCKS.read_text(encoding="ascii")
    except OSError:
        return True
    return f":{path.stat().st_ino} {FIRST_LOCKED_BYTE} " not in locks


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)

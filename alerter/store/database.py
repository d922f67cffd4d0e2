"""Opens one database: its three kinds of transaction, and a connection beside them."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from time import monotonic, sleep
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, func, insert, select, update
from sqlalchemy.exc import OperationalError

from alerter.errors import StoreBrokenError, StoreError
from alerter.store.database_errors import is_worth_waiting, translated
from alerter.store.engine import make_engine
from alerter.store.schema import installation
from alerter.store.sqlite_file import WRITES

PATIENCE_SECONDS = 30.0
PERSISTENCE_SECONDS = 3600.0
PAUSE_SECONDS = 0.25
LOOKS = 3
Answer = TypeVar("Answer")
Seen = TypeVar("Seen")
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


@dataclass(frozen=True, slots=True)
class Database:
    """
    The store's engine; `read`, `write`, `rehearse` and `aside` are the only ways to a connection.

    What cannot be reached, but may yet come, is tried again for *patience_seconds*; what must not be lost,
    for *persistence_seconds*. Where it *is_trial*, its connections see and make the runs whose digests go
    into a folder, and else all others.
    """

    engine: Engine
    patience_seconds: float = PATIENCE_SECONDS
    persistence_seconds: float = PERSISTENCE_SECONDS
    is_trial: bool = False

    @property
    def is_sqlite(self) -> bool:
        """Say whether it is an embedded file rather than a server."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """
        Open a connection that sees one consistent state and writes nothing.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        options = {"is_read": True} if self.is_sqlite else SNAPSHOT
        with self._connected(**options) as connection:
            yield connection

    @contextmanager
    def write(self, *, is_note: bool = False) -> Iterator[Connection]:
        """
        Open a transaction that commits at the end, or leaves no trace.

        On SQLite it takes the write lock at once (`BEGIN IMMEDIATE`) and so waits its turn. What *is a note*
        changes nothing that anybody works out a plan from.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        with self._connected(is_note=is_note) as connection, connection.begin():
            yield connection

    def write_after(
        self, read: Callable[[Connection], Seen], write: Callable[[Connection, Seen], Answer]
    ) -> Answer:
        """
        Have *write* record what follows from a *read* of the database, which nothing has changed meanwhile.

        On SQLite it reads without the write lock, and again where somebody has written since; who is
        overtaken too often reads with the lock in hand. On a server nobody waits for a read.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        for _ in range(LOOKS if self.is_sqlite else 0):
            with self.read() as connection:
                seen, looked_at = read(connection), connection.info[WRITES]
            with self.write() as connection:
                if connection.info[WRITES] == looked_at:
                    return write(connection, seen)
        with self.write() as connection:
            return write(connection, read(connection))

    @contextmanager
    def rehearse(self) -> Iterator[Connection]:
        """
        Open a transaction in which everything may be done, and nothing stays.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        with self._connected() as connection:
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()

    @contextmanager
    def aside(self) -> Iterator[Connection]:
        """
        Open a connection beside all transactions, for what lives as long as the connection does.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        with self._connected(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    def write_at_last(
        self, work: Callable[[Connection], Answer], *, should_stop: Callable[[], bool] = lambda: False
    ) -> Answer:
        """
        Do *work* in a transaction, again and again until it is recorded, whatever the database says.

        For what happened outside and would be forgotten: a mail server's answer. No fault is taken for one
        that stays: a server turned read-only and a right that was taken away come back like a full disk.
        *work* must be the same when it is done twice, for a server may have gone after it had committed.

        Raises:
            StoreBrokenError: The disk reported an error; only a fresh process knows what is on it.
            StoreError: It was still refused when told to stop, or after an hour.
        """
        give_up_at = monotonic() + self.persistence_seconds
        while True:
            try:
                with self.write() as connection:
                    return work(connection)
            except StoreError as error:
                if isinstance(error, StoreBrokenError) or should_stop() or monotonic() >= give_up_at:
                    raise
            sleep(PAUSE_SECONDS)

    def wipe(self) -> None:
        """
        Leave nothing of what was deleted in the files of an embedded database.

        Its pages are overwritten as they are deleted (`secure_delete`); the log of writes beside it is
        emptied here, unless somebody is reading in it.
        """
        if self.is_sqlite:
            with self._connected(is_outside=True) as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    @contextmanager
    def _connected(self, **options: Any) -> Iterator[Connection]:
        with translated(self.engine.url), self._connect() as connection:
            yield connection.execution_options(is_trial=self.is_trial, **options)

    def _connect(self) -> Connection:
        """Connect, waiting for what may yet come."""
        give_up_at = monotonic() + self.patience_seconds
        while True:
            try:
                return self.engine.connect()
            except OperationalError as error:
                if not is_worth_waiting(error) or monotonic() >= give_up_at:
                    raise
            sleep(min(PAUSE_SECONDS, self.patience_seconds))


def open_database(
    url: str,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    allow_network_file: bool = False,
    is_trial: bool = False,
) -> Database:
    """
    Return the database at *url*; it is connected to, and a SQLite file made, when first used.

    Raises:
        StoreError: The URL is none of ours, its driver is not installed, or the SQLite file's folder is
            missing or, without *allow_network_file*, lies on another machine.
    """
    engine = make_engine(url, allow_network_file=allow_network_file)
    return Database(engine, patience_seconds, is_trial=is_trial)


def is_trial(connection: Connection) -> bool:
    """Say whether a connection is about the runs whose digests go into a folder."""
    return bool(connection.get_execution_options().get("is_trial"))


def insert_into(connection: Connection, table: Table) -> Any:
    """
    Return the INSERT of this connection's dialect, for it has ON CONFLICT where the general one has not.
    """
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


def take_turns(connection: Connection, what: str) -> None:
    """Wait until no other transaction does *what*; on SQLite a write transaction is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"alerter {what}"))))


def installation_id(connection: Connection) -> str:
    """Return the id of this installation, which lives and is restored with its database."""
    return str(connection.execute(select(installation.c.id)).scalar_one())


def installation_made_at(connection: Connection) -> datetime:
    """Return when this database was made: no run is owed for a send date before that."""
    made_at: datetime = connection.execute(select(installation.c.created_at)).scalar_one()
    return made_at


def serving_since(connection: Connection, now: datetime) -> datetime:
    """Return when a service first waited for a send date on this database, which is *now* if none did."""
    first = update(installation).where(installation.c.serving_since.is_(None)).values(serving_since=now)
    connection.execute(first)
    since: datetime = connection.execute(select(installation.c.serving_since)).scalar_one()
    return since


def council_of(connection: Connection) -> str | None:
    """Return whose settings the database is for; None before it has met any."""
    council: str | None = connection.execute(select(installation.c.council)).scalar_one()
    return council


def belong_to(connection: Connection, council: str) -> None:
    """Record whose settings the database is for from now on."""
    connection.execute(update(installation).values(council=council))


def ensure_installation(connection: Connection, now: datetime) -> None:
    """Give the database its id, once."""
    if connection.execute(select(installation.c.id)).first() is None:
        connection.execute(insert(installation).values(id=uuid.uuid4().hex, created_at=now))

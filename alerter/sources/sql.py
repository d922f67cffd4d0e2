"""Turns a query into a table: sent once for its columns, and once more for its rows."""

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from alerter.errors import SourceError
from alerter.sources.columns import Located, WantedColumns
from alerter.sources.extract import Extract
from alerter.sources.table import Rows, Table

_QUOTED = re.compile(r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"[^"]*"|\[[^\]]*\]|`[^`]*`""", re.DOTALL)
_BEGINS = re.compile(r"[\s(]*(?:select|with)\b", re.IGNORECASE)
_WRITES = re.compile(
    r"\b(?:insert|update|delete|merge|into|create|alter|drop|truncate|grant|exec|execute|call)\b",
    re.IGNORECASE,
)

CONNECT_SECONDS = 10
STEPS_BETWEEN_LOOKS = 10_000
"""SQLite's virtual machine asks after this many steps whether to go on."""
CONNECT_ARGUMENTS: dict[str, dict[str, object]] = {
    "psycopg": {"connect_timeout": CONNECT_SECONDS},
    "psycopg2": {"connect_timeout": CONNECT_SECONDS},
    "pyodbc": {"timeout": CONNECT_SECONDS},
    "oracledb": {"tcp_connect_timeout": CONNECT_SECONDS},
    "pymysql": {"connect_timeout": CONNECT_SECONDS},
}
PACKAGES = {"psycopg": "'alerter[postgres]'", "MySQLdb": "mysqlclient"}
"""What to install, where it is not called what is imported."""

QUERY_SECONDS = 300
ROWS_AT_ONCE = 1000
LONGEST_FAULT = 200
TIMED_OUT = frozenset({"57014", "HYT00"})
BAD_VALUE = re.compile("22[0-9A-Z]{3}")
"""The class of SQLSTATE for values that cannot be converted; the text of such a fault holds the value."""


def checked_query(query: str) -> str:
    """
    Return *query* without its closing semicolon.

    A slip of the hand is caught here; what keeps a source safe is a login that may only read.

    Raises:
        SourceError: It is not one statement that begins with SELECT or WITH, or it has a word that writes.
    """
    bare = _QUOTED.sub(" ", query).strip().rstrip("; \t\r\n")
    if not _BEGINS.match(bare):
        raise SourceError("source.query must begin with SELECT or WITH: the database is only ever read from.")
    if ";" in bare:
        raise SourceError("source.query holds more than one statement: leave one SELECT.")
    if command := _WRITES.search(bare):
        raise SourceError(
            f"source.query holds the word {command[0].upper()}, and the database is only ever read from: "
            "leave one SELECT (a column of that name needs quotation marks)."
        )
    return query.strip().rstrip("; \t\r\n")


def source_url(url: str) -> URL:
    """
    Return *url* taken apart.

    Raises:
        SourceError: It is no database URL.
    """
    try:
        return make_url(url)
    except ArgumentError:
        raise SourceError(
            "source.url is no database URL; write it as in mssql+pyodbc://reader@server/database?driver=..."
        ) from None


def reading_engine(url: URL, seconds: float) -> Engine:
    """
    Return an engine that keeps no connection, and gives up a query after *seconds*.

    Raises:
        SourceError: The driver is not known or not installed, or the URL is incomplete.
    """
    try:
        if url.get_backend_name() == "sqlite":
            return create_engine(url, creator=_sqlite_reader(url, seconds), poolclass=NullPool)
        arguments = CONNECT_ARGUMENTS.get(url.get_driver_name(), {})
        arguments = {name: value for name, value in arguments.items() if name not in url.query}
        engine = create_engine(url, connect_args=arguments, poolclass=NullPool)
    except NoSuchModuleError:
        raise SourceError(
            f'source.url: SQLAlchemy has no "{url.drivername}"; correct it, or install its dialect.'
        ) from None
    except ModuleNotFoundError as error:
        package = PACKAGES.get(str(error.name), error.name)
        raise SourceError(
            f"source.url: the driver {error.name} is not installed; run pip install {package}."
        ) from None
    except ArgumentError as error:
        raise SourceError(f"source.url cannot be used: {error}.") from None
    event.listen(engine, "connect", _limit(url.get_driver_name(), seconds))
    return engine


def make_read_only(connection: Connection, seconds: float) -> None:
    """Tell the server that this transaction only reads, where it can be told."""
    backend = connection.dialect.name
    if backend in {"postgresql", "oracle"}:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    if backend == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")


def _sqlite_reader(url: URL, seconds: float) -> Callable[[], sqlite3.Connection]:
    if not url.database or url.database == ":memory:":
        raise SourceError('source.url must name a file, as in "sqlite:///extract.db".')
    file = Path(url.database).absolute().as_uri()

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(f"{file}?mode=ro", uri=True)
        connection.execute("PRAGMA query_only = ON")
        deadline = monotonic() + seconds
        connection.set_progress_handler(lambda: monotonic() > deadline, STEPS_BETWEEN_LOOKS)
        return connection

    return connect


def _limit(driver: str, seconds: float) -> Callable[[Any, object], None]:
    """Return what sets the time-out of a query where it belongs to the connection."""

    def limit(connection: Any, _record: object) -> None:
        if driver == "pyodbc":
            connection.timeout = int(seconds)
        elif driver == "oracledb":
            connection.call_timeout = int(seconds * 1000)

    return limit


def open_sql(
    url: str, query: str, wanted: WantedColumns, now: datetime, seconds: float = QUERY_SECONDS
) -> Table:
    """
    Return the rows of *query* on the database at *url* as a table; its lines are the rows' numbers.

    It is of *now*, and never the same as the last time: what a database answers has no fingerprint before
    it is read. The query is sent twice, since its columns must be known before the first row is wanted; only
    as many rows are fetched as are looked at. No longer than *seconds* is waited for either answer.

    Raises:
        SourceError: The URL or the query cannot be used, the driver is not installed, the database
            refuses the login or the query or takes too long, or a column is missing. Reading
            the rows raises it as well.
    """
    parsed, statement = source_url(url), checked_query(query)
    name = _name(parsed)
    with _result(parsed, statement, seconds) as result:
        columns = wanted.locate(list(result.keys()), name)
    least = Located(
        headings=tuple(columns.heading_of(column) for column in columns.indexes),
        indexes={column: index for index, column in enumerate(columns.indexes)},
    )

    def read() -> Rows:
        with _result(parsed, statement, seconds) as result:
            if wanted.locate(list(result.keys()), name) != columns:
                raise SourceError(f"{name}: the columns of the query changed while it was read; run again.")
            for line, row in enumerate(result.yield_per(ROWS_AT_ONCE), start=1):
                yield line, [_plain(row[index]) for index in columns.indexes.values()]

    identity = f"{now.isoformat()}\n{statement}"
    extract = Extract(
        name=name,
        sha256=hashlib.sha256(identity.encode()).hexdigest(),
        extracted_at=now,
        size=0,
        notes=(f"read from {parsed.get_backend_name()} by a query",),
        headings=least.headings,
    )
    return Table(extract, least, read)


def _name(url: URL) -> str:
    """Return what a person calls the database; never a login, and never what else a URL may hide."""
    return Path(url.database).name if url.database else url.get_backend_name()


@contextmanager
def _result(url: URL, statement: str, seconds: float) -> Iterator[CursorResult[Any]]:
    """
    Send the statement in a transaction that only reads, and is rolled back.

    Raises:
        SourceError: The database cannot be reached, or refuses, or takes too long.
    """
    engine = reading_engine(url, seconds)
    doing = "the database cannot be reached"
    try:
        with engine.connect() as connection:
            doing = "the database refuses the query"
            make_read_only(connection, seconds)
            options = connection.execution_options(stream_results=True, no_parameters=True)
            with options.exec_driver_sql(statement) as result:
                yield result
    except SQLAlchemyError as error:
        raise SourceError(f"{_name(url)}: {_told(error, doing, url, seconds)}") from None
    finally:
        engine.dispose()


def _told(error: SQLAlchemyError, doing: str, url: URL, seconds: float) -> str:
    """Return what a fault means, without a password and without any value of a row."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = str(getattr(cause, "sqlstate", None) or next(iter(getattr(cause, "args", ())), ""))
    if state in TIMED_OUT or state == "interrupted":
        return f"the query took longer than {seconds:g} seconds; ask for fewer rows, or for an index."
    if isinstance(error, DataError) or BAD_VALUE.fullmatch(state):
        return "the query fails over a value that cannot be converted; cast its columns to text."
    line = next(iter(str(cause).strip().splitlines()), "")[:LONGEST_FAULT]
    if url.password:
        line = line.replace(str(url.password), "***")
    return f"{doing} ({line}); correct source.url or source.query."


def _plain(cell: object) -> object:
    """Return a value that readers can remember; lists and documents become text."""
    return str(cell) if type(cell).__hash__ is None else cell

"""How a council's database is connected to: read only, and not for ever."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from alerter.errors import SourceError

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
    """
    Tell the server that this transaction only reads, where it can be told.
    """
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
    """
    Return what sets the time-out of a query where it belongs to the connection.
    """

    def limit(connection: Any, _record: object) -> None:
        if driver == "pyodbc":
            connection.timeout = int(seconds)
        elif driver == "oracledb":
            connection.call_timeout = int(seconds * 1000)

    return limit

"""From a query to a table: asked once for its columns, and once more for its rows."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError

from alerter.errors import SourceError
from alerter.sources.columns import Located, WantedColumns
from alerter.sources.extract import Extract
from alerter.sources.sql.engine import make_read_only, reading_engine, source_url
from alerter.sources.sql.statement import checked_query
from alerter.sources.table import Rows, Table

QUERY_SECONDS = 300
ROWS_AT_ONCE = 1000
LONGEST_FAULT = 200
TIMED_OUT = frozenset({"57014", "HYT00"})
BAD_VALUE = re.compile("22[0-9A-Z]{3}")
"""The class of SQLSTATE for values that cannot be converted; the text of such a fault holds the value."""


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
        with _result(parsed, statement, seconds) as answer:
            if wanted.locate(list(answer.keys()), name) != columns:
                raise SourceError(f"{name}: the columns of the query changed while it was read; run again.")
            for line, row in enumerate(answer.yield_per(ROWS_AT_ONCE), start=1):
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
    """
    Return what a person calls the database; never a login, and never what else a URL may hide.
    """
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
    """
    Return what a fault means, without a password and without any value of a row.
    """
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
    """
    Return a value that readers can remember; lists and documents become text.
    """
    return str(cell) if type(cell).__hash__ is None else cell

"""Very many rows at once, handed to the driver as they are: SQLAlchemy's work on each value costs more."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Table, insert
from sqlalchemy.dialects.sqlite.pysqlite import dialect as sqlite_dialect
from sqlalchemy.exc import DBAPIError


def insert_many(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """
    Insert rows, given by *columns* of equal length, with the statement that is quickest on this database.

    Columns that are blank in every row are left out, for a driver takes longer over a None than over a value.
    """
    present = {
        each.name: _as_iso(columns[each.name]) if isinstance(each.type, Date) else columns[each.name]
        for each in table.columns
        if each.name in columns and not _is_blank(columns[each.name])
    }
    rows = zip(*present.values(), strict=True)
    if connection.dialect.name == "postgresql":
        _copy(connection, table, present, rows)
    else:
        statement = insert(table).compile(dialect=sqlite_dialect(), column_keys=list(present))
        connection.exec_driver_sql(str(statement), list(rows))


def refresh_statistics(connection: Connection, table: Table, name: str) -> None:
    """
    Let a server's planner know how many rows there are now, and what was put into the column *name*.

    By what it knew before, it may compare each row with every other. SQLite goes by its indexes alone.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {table.name} ({name})")


def _copy(connection: Connection, table: Table, names: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
    """
    Stream *rows* with COPY, whose faults become SQLAlchemy's as those of any other statement do.
    """
    raw: Any = connection.connection
    driver: Any = connection.dialect.loaded_dbapi
    try:
        with (
            raw.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
    except driver.Error as error:
        is_lost = connection.dialect.is_disconnect(error, raw, None)
        raise DBAPIError.instance(
            "COPY", None, error, driver.Error, hide_parameters=True, connection_invalidated=is_lost
        ) from None


def _is_blank(column: Sequence[Any]) -> bool:
    return column[0] is None and column.count(None) == len(column)


def _as_iso(days: Sequence[date | None]) -> list[str | None]:
    """
    Write out dates, of which a few hundred repeat from row to row.
    """
    texts = {day: None if day is None else day.isoformat() for day in set(days)}
    return [texts[day] for day in days]

"""Inserts very many rows at once, and finds those that a table has already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, compress
from typing import Any

from sqlalchemy import Connection, Date, Table
from sqlalchemy.exc import DBAPIError

AT_ONCE = 500
"""Rows in one question to SQLite, which binds no more than 32,766 values; it is not quicker with more."""


@dataclass(frozen=True, slots=True)
class Batch:
    """
    Some rows by column, as a driver takes them: days are written out.

    Columns that are blank in every row stand in *blank*, for a driver takes longer over a None than a value.
    """

    size: int
    filled: Mapping[str, Sequence[Any]]
    blank: Sequence[str]

    @classmethod
    def of(cls, table: Table, columns: Mapping[str, Sequence[Any]]) -> "Batch":
        """Return rows of *table*, given by *columns* of equal length."""
        size = len(next(iter(columns.values())))
        blank = [name for name, values in columns.items() if values.count(None) == size]
        filled = {
            name: _as_iso(values) if isinstance(table.columns[name].type, Date) else values
            for name, values in columns.items()
            if name not in blank
        }
        return cls(size, filled, blank)

    def only(self, is_wanted: Sequence[bool]) -> "Batch":
        """Return the rows that are wanted."""
        filled = {name: list(compress(values, is_wanted)) for name, values in self.filled.items()}
        return Batch(sum(is_wanted), filled, self.blank)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Give the values of each row that stand in *filled*."""
        return zip(*self.filled.values(), strict=True)


def insert_many(connection: Connection, table: Table, batch: Batch) -> None:
    """Insert the rows of a *batch* with the statement that is quickest on this database."""
    if not batch.size:
        return
    names = ", ".join(batch.filled)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", batch.rows())
    else:
        marks = ", ".join("?" * len(batch.filled))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own
        connection.exec_driver_sql(statement, list(batch.rows()))


def find_many(connection: Connection, table: Table, key: Sequence[str], batch: Batch) -> list[int | None]:
    """
    Return the number of the row in *table* that is the same in every column, for each row of a *batch*.

    It is None where there is none. No two rows of the table have the same *key*.
    """
    is_server = connection.dialect.name == "postgresql"
    is_same = "IS NOT DISTINCT FROM" if is_server else "IS"
    conditions = [f"stored.{name} = batch.{name}" for name in key]
    conditions += [f"stored.{name} {is_same} batch.{name}" for name in batch.filled if name not in key]
    conditions += [f"stored.{name} IS NULL" for name in batch.blank]
    matches = _matches_on_server if is_server else _matches_in_file
    numbers: list[int | None] = [None] * batch.size
    for place, number in matches(connection, table, batch, " AND ".join(conditions)):
        numbers[place] = number
    return numbers


def refresh_statistics(connection: Connection, table: Table, name: str) -> None:
    """
    Let a server's planner know how many rows there are now, and what was put into the column *name*.

    By what it knew before, it may compare each row with every other. SQLite goes by its indexes alone.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {table.name} ({name})")


def _matches_in_file(
    connection: Connection, table: Table, batch: Batch, condition: str
) -> Iterator[tuple[int, int]]:
    rows, marks = list(batch.rows()), ", ?" * len(batch.filled)
    places = [f"({place}{marks})" for place in range(min(batch.size, AT_ONCE))]
    for first in range(0, batch.size, AT_ONCE):
        chunk = rows[first : first + AT_ONCE]
        statement = (
            f"WITH batch (place, {', '.join(batch.filled)}) AS (VALUES {', '.join(places[: len(chunk)])}) "  # noqa: S608 - as above
            f"SELECT batch.place, stored.id FROM batch CROSS JOIN {table.name} AS stored WHERE {condition}"
        )
        matches = connection.exec_driver_sql(statement, tuple(chain.from_iterable(chunk)))
        yield from ((first + place, number) for place, number in matches.all())


def _matches_on_server(
    connection: Connection, table: Table, batch: Batch, condition: str
) -> Iterator[tuple[int, int]]:
    types = [table.columns[name].type.compile(connection.dialect) for name in batch.filled]
    arrays = ", ".join(f"%s::{type_}[]" for type_ in types)
    statement = (
        f"SELECT batch.place - 1, stored.id "  # noqa: S608 - as above
        f"FROM unnest({arrays}) WITH ORDINALITY AS batch ({', '.join(batch.filled)}, place) "
        f"JOIN {table.name} AS stored ON {condition}"
    )
    yield from connection.exec_driver_sql(statement, tuple(map(list, batch.filled.values()))).all()


def _copy(connection: Connection, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """Stream *rows* with COPY, whose faults become SQLAlchemy's as those of any other statement do."""
    raw: Any = connection.connection
    driver: Any = connection.dialect.loaded_dbapi
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except driver.Error as error:
        is_lost = connection.dialect.is_disconnect(error, raw, None)
        raise DBAPIError.instance(
            "COPY", None, error, driver.Error, hide_parameters=True, connection_invalidated=is_lost
        ) from None


def _as_iso(days: Sequence[date | None]) -> list[str | None]:
    """Write out days, of which a few hundred repeat from row to row."""
    texts = {day: None if day is None else day.isoformat() for day in set(days)}
    return [texts[day] for day in days]

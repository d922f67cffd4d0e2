"""Inserts very many rows at once, and finds those that a table has already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, compress, repeat
from typing import Any

from sqlalchemy import Connection, Date, Table
from sqlalchemy.exc import DBAPIError

Columns = Mapping[str, Sequence[Any]]
AT_ONCE = 500
"""Rows in one question to SQLite, which binds no more than 32,766 values; it is not quicker with more."""

PARTED, BLANK = "\x1f", "\x1e"
"""Between values that go to a server as one text, where arrays are dearer; no clean value has one."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of a batch from the *first* on: the *clause* that makes them a table, and its *values*."""

    first: int
    clause: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """
    Some rows by column, as a driver takes them: days are written out.

    What is the same in every row, a blank above all, is told once: a driver takes its time over each value,
    and several times as long over a None.
    """

    size: int
    varying: Columns
    constant: Mapping[str, Any]

    @classmethod
    def of(cls, table: Table, columns: Columns) -> "Batch":
        """Return rows of *table*, at least one, given by *columns* of equal length."""
        varying: dict[str, Sequence[Any]] = {}
        constant: dict[str, Any] = {}
        for name, values in columns.items():
            is_constant = values[0] == values[-1] and values.count(values[0]) == len(values)
            shown = values[:1] if is_constant else values
            texts = _as_iso(shown) if isinstance(table.columns[name].type, Date) else shown
            if is_constant:
                constant[name] = texts[0]
            else:
                varying[name] = texts
        return cls(max(map(len, columns.values())), varying, constant)

    def only(self, is_wanted: Sequence[bool]) -> "Batch":
        """Return the rows that are wanted."""
        if all(is_wanted):
            return self
        varying = {name: list(compress(values, is_wanted)) for name, values in self.varying.items()}
        return Batch(sum(is_wanted), varying, self.constant)

    def compared_with(self, table: Table, key: Iterable[str]) -> "Batch":
        """Return the columns that *table* has as well, those of its *key* among what varies."""
        columns = {name: values for name, values in self.varying.items() if name in table.columns}
        constant = {name: value for name, value in self.constant.items() if name in table.columns}
        columns |= {name: [constant.pop(name)] * self.size for name in key if name in constant}
        return Batch(self.size, columns, constant)


def insert_many(connection: Connection, table: Table, batch: Batch) -> None:
    """Insert the rows of a *batch* with the statement that is quickest on this database."""
    if not batch.size:
        return
    constant = {name: value for name, value in batch.constant.items() if value is not None}
    names = ", ".join((*batch.varying, *constant))
    if connection.dialect.name == "postgresql":
        repeated = [repeat(value, batch.size) for value in constant.values()]
        rows = zip(*batch.varying.values(), *repeated, strict=True)
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", rows)
        return
    selected = ", ".join((*batch.varying, *"?" * len(constant)))
    for chunk in _chunks(batch):
        statement = f"{chunk.clause} INSERT INTO {table.name} ({names}) SELECT {selected} FROM batch"  # noqa: S608 - names of our own
        connection.exec_driver_sql(statement, (*chunk.values, *constant.values()))


def find_many(connection: Connection, table: Table, key: Sequence[str], batch: Batch) -> list[int | None]:
    """
    Return for each row of a *batch* the number of the one in *table* that is the same; None where none is.

    They are compared in every column that both have. No two rows of the table have the same *key*.
    """
    is_server, rows = connection.dialect.name == "postgresql", batch.compared_with(table, key)
    is_same, mark = ("IS NOT DISTINCT FROM", "%s") if is_server else ("IS", "?")
    conditions = [f"stored.{name} {'=' if name in key else is_same} batch.{name}" for name in rows.varying]
    conditions += [f"stored.{name} {is_same} {mark}" for name in rows.constant]
    matches = _matches_on_server if is_server else _matches_in_file
    numbers: list[int | None] = [None] * batch.size
    for place, number in matches(connection, table, rows, " AND ".join(conditions)):
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
    selection = (
        f"SELECT batch.place, stored.id FROM batch CROSS JOIN {table.name} AS stored WHERE {condition}"  # noqa: S608 - as above
    )
    for chunk in _chunks(batch):
        values = (*chunk.values, *batch.constant.values())
        for place, number in connection.exec_driver_sql(f"{chunk.clause} {selection}", values).all():
            yield chunk.first + place, number


def _matches_on_server(
    connection: Connection, table: Table, batch: Batch, condition: str
) -> Iterator[tuple[int, int]]:
    types = [table.columns[name].type.compile(connection.dialect) for name in batch.varying]
    arrays = ", ".join(f"string_to_array(%s, '{PARTED}', '{BLANK}')::{type_}[]" for type_ in types)
    statement = (
        f"SELECT batch.place - 1, stored.id "  # noqa: S608 - as above
        f"FROM unnest({arrays}) WITH ORDINALITY AS batch ({', '.join(batch.varying)}, place) "
        f"JOIN {table.name} AS stored ON {condition}"
    )
    texts = [
        PARTED.join([BLANK if value is None else str(value) for value in values])
        for values in batch.varying.values()
    ]
    values = (*texts, *batch.constant.values())
    yield from connection.exec_driver_sql(statement, values).all()


def _chunks(batch: Batch) -> Iterator[Chunk]:
    """Give what varies in a *batch*, so many rows at once, as the table `batch` of a SQLite statement."""
    rows, marks = (
        list(zip(*batch.varying.values(), strict=True)) or [()] * batch.size,
        ", ?" * len(batch.varying),
    )
    places = [f"({place}{marks})" for place in range(min(batch.size, AT_ONCE))]
    heading = ", ".join(("place", *batch.varying))
    for first in range(0, batch.size, AT_ONCE):
        chunk = rows[first : first + AT_ONCE]
        clause = f"WITH batch ({heading}) AS (VALUES {', '.join(places[: len(chunk)])})"
        yield Chunk(first, clause, tuple(chain.from_iterable(chunk)))


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
    return list(map(texts.__getitem__, days))

"""Stores the readings: one row each, with its rejected rows and the directory."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from alerter.domain.assessment import Rejected, UnreadableValue
from alerter.domain.routing import DirectoryEntry
from alerter.store.schema import directory, rejections, syncs, unreadable_values

COUNTS = ("rows", "rejected", "stored", "new", "changed", "unchanged", "vanished", "collapsed", "other_lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """
    One reading of the source, and what became of its rows: rows = stored + collapsed + rejected.

    *other_lines* are those that are no records: totals, footers, headings repeated.
    """

    id: int
    state: str
    source_name: str
    sha256: str
    mapping: str
    extracted_at: datetime
    read_at: datetime
    newest_start: date | None = None
    rows: int = 0
    rejected: int = 0
    stored: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    vanished: int = 0
    collapsed: int = 0
    other_lines: int = 0


def begin(
    connection: Connection,
    *,
    source_name: str,
    sha256: str,
    mapping: str,
    extracted_at: datetime,
    read_at: datetime,
) -> int:
    """Record that a reading has begun; return its number."""
    row = {
        "state": "reading", "source_name": source_name, "sha256": sha256, "mapping": mapping,
        "extracted_at": extracted_at, "read_at": read_at,
    } | dict.fromkeys(COUNTS, 0)  # fmt: skip
    return int(connection.execute(insert(syncs).values(row).returning(syncs.c.id)).scalar_one())


def finish(connection: Connection, sync_id: int, *, state: str, **counts: Any) -> None:
    """Record how far a reading came: `staged`, `applied` or `discarded`, with its counts."""
    connection.execute(update(syncs).where(syncs.c.id == sync_id).values(state=state, **counts))


def seen_again(connection: Connection, sync_id: int, extracted_at: datetime, read_at: datetime) -> Sync:
    """Record that the source still holds the same bytes; return the reading as one that changed nothing."""
    same = {"extracted_at": extracted_at, "read_at": read_at, "new": 0, "changed": 0, "vanished": 0}
    connection.execute(update(syncs).where(syncs.c.id == sync_id).values(unchanged=syncs.c.stored, **same))
    return by_id(connection, sync_id)


def by_id(connection: Connection, sync_id: int) -> Sync:
    """Return one reading."""
    return Sync(**connection.execute(select(syncs).where(syncs.c.id == sync_id)).mappings().one())


def latest_applied(connection: Connection) -> Sync | None:
    """Return the last reading whose rows are in the store."""
    query = select(syncs).where(syncs.c.state == "applied").order_by(syncs.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else Sync(**row)


def staged(connection: Connection) -> list[int]:
    """Return the readings that wait, held, to be applied."""
    return list(connection.execute(select(syncs.c.id).where(syncs.c.state == "staged")).scalars())


def reject(connection: Connection, sync_id: int, rows: Sequence[Rejected]) -> None:
    """Keep the rows that could not be believed, with their reasons."""
    if rows:
        connection.execute(insert(rejections), [{"sync_id": sync_id} | asdict(row) for row in rows])


def rejected_by(connection: Connection, sync_id: int) -> list[Rejected]:
    """Return the rows one reading could not believe, by line."""
    columns = rejections.c
    query = (
        select(columns.line, columns.reason, columns.kind, columns.assessment_id, columns.child_id)
        .where(columns.sync_id == sync_id)
        .order_by(columns.line, columns.id)
    )
    return [Rejected(*row) for row in connection.execute(query)]


def keep_unreadable(connection: Connection, sync_id: int, values: Sequence[UnreadableValue]) -> None:
    """Keep where the values stand that could not be believed in rows that could."""
    if values:
        connection.execute(
            insert(unreadable_values), [{"sync_id": sync_id} | asdict(value) for value in values]
        )


def unreadable_in(connection: Connection, sync_id: int) -> list[UnreadableValue]:
    """Return the values that one reading could not believe in rows that it could, by line."""
    columns = unreadable_values.c
    query = (
        select(columns.line, columns.field, columns.heading, columns.assessment_id, columns.child_id)
        .where(columns.sync_id == sync_id)
        .order_by(columns.line, columns.id)
    )
    return [UnreadableValue(*row) for row in connection.execute(query)]


def replace_directory(connection: Connection, entries: Iterable[DirectoryEntry], now: datetime) -> None:
    """
    Put the directory as it was just read in place of the old one.

    A cover that stood in the old one too was first read when that was.
    """
    before = {entry.cover_key: entry.cover_read_at for entry in reversed(directory_entries(connection))}
    connection.execute(delete(directory))
    rows = [
        asdict(entry) | {"cover_read_at": before.get(entry.cover_key) or now if entry.cover_email else None}
        for entry in entries
    ]
    if rows:
        connection.execute(insert(directory), rows)


def directory_entries(connection: Connection) -> list[DirectoryEntry]:
    """Return the directory in its order."""
    query = select(directory).order_by(directory.c.line)
    return [DirectoryEntry(**row) for row in connection.execute(query).mappings()]

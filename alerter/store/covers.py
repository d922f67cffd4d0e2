"""Stores the covers recorded here: by the command or on the page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from alerter.domain.cover import Cover
from alerter.domain.reassurance import Means
from alerter.store import trail
from alerter.store.schema import covers
from alerter.store.trail import Entry

_columns = covers.c


@dataclass(frozen=True, slots=True)
class StoredCover:
    """One cover as it was recorded, with its number."""

    id: int
    cover: Cover


def record(connection: Connection, cover: Cover, *, means: Means) -> None:
    """Keep a cover, and enter it in the trail."""
    row = {
        "manager_email": cover.manager_email, "cover_email": cover.cover_email, "first": cover.first,
        "last": cover.last, "recorded_at": cover.recorded_at, "recorded_by": cover.recorded_by,
        "means": means, "ended_by": "",
    }  # fmt: skip
    connection.execute(insert(covers).values(row))
    entry = Entry(
        at=cover.recorded_at, actor=cover.recorded_by, means=means, act="covered", detail=cover.words
    )
    trail.append(connection, entry)


def end(connection: Connection, stored: StoredCover, *, by: str, means: Means, now: datetime) -> None:
    """End a cover, which keeps it, and enter that in the trail."""
    connection.execute(update(covers).where(_columns.id == stored.id).values(ended_at=now, ended_by=by))
    entry = Entry(at=now, actor=by, means=means, act="ended_cover", detail=stored.cover.words)
    trail.append(connection, entry)


def from_day(connection: Connection, since: date) -> list[StoredCover]:
    """Return the covers that were not ended and hold on *since* or later, as they were recorded."""
    query = select(covers).where(_columns.ended_at.is_(None), _columns.last >= since).order_by(_columns.id)
    return [StoredCover(row.id, _cover(row)) for row in connection.execute(query)]


def standing(connection: Connection) -> list[Cover]:
    """Return every cover that was not ended, whenever it holds."""
    return [stored.cover for stored in from_day(connection, date.min)]


def _cover(row: Row[Any]) -> Cover:
    return Cover(
        manager_email=row.manager_email, cover_email=row.cover_email, first=row.first, last=row.last,
        recorded_at=row.recorded_at, recorded_by=row.recorded_by,
    )  # fmt: skip

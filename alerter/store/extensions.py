"""Stores extensions: a manager authorised that an assessment goes beyond its limit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from alerter.domain.address import address_key
from alerter.domain.extension import Extension
from alerter.domain.reassurance import Means
from alerter.store import trail
from alerter.store.reassurances import Numbers
from alerter.store.schema import extensions
from alerter.store.trail import Entry

_columns = extensions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedExtension:
    """One extension as it was recorded: its number, for which assessment, what became of it."""

    id: int
    assessment: int
    extension: Extension
    note: str
    recorded_at: datetime
    withdrawn_at: datetime | None


def record(
    connection: Connection, assessment: int, extension: Extension, *, note: str, means: Means, now: datetime
) -> None:
    """Keep an extension of the assessment with this number, and enter it in the trail."""
    row = {
        "assessment": assessment, "by": extension.by, "until": extension.until, "reason": extension.reason,
        "note": note, "recorded_on": extension.recorded_on, "recorded_at": now, "means": means,
        "withdrawn_by": "",
    }  # fmt: skip
    connection.execute(insert(extensions).values(row))
    entry = Entry(at=now, actor=extension.by, means=means, act="extended", assessment=assessment)
    trail.append(connection, entry)


def withdraw(
    connection: Connection, recorded: RecordedExtension, *, by: str, means: Means, now: datetime
) -> None:
    """Mark an extension as taken back, which keeps it, and enter that in the trail."""
    gone = update(extensions).where(_columns.id == recorded.id).values(withdrawn_at=now, withdrawn_by=by)
    connection.execute(gone)
    entry = Entry(
        at=now, actor=by, means=means, act="withdrew", assessment=recorded.assessment, detail="extension"
    )
    trail.append(connection, entry)


def latest(connection: Connection, of: Numbers | None = None) -> dict[int, Extension]:
    """Return the latest extension of each assessment, or of those it is wanted *of*, by number."""
    query = select(extensions).where(_columns.withdrawn_at.is_(None)).order_by(_columns.id)
    if of is not None:
        query = query.where(_columns.assessment.in_(of))
    return {row.assessment: _extension(row) for row in connection.execute(query)}


def recorded_by(connection: Connection, by: str, since: datetime) -> list[RecordedExtension]:
    """Return what one person recorded from *since* on, withdrawn or not, latest first."""
    query = (
        select(extensions)
        .where(func.lower(_columns.by) == address_key(by), _columns.recorded_at >= since)
        .order_by(_columns.id.desc())
    )
    return [
        RecordedExtension(
            id=row.id, assessment=row.assessment, extension=_extension(row), note=row.note,
            recorded_at=row.recorded_at, withdrawn_at=row.withdrawn_at,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def standing_by(connection: Connection, by: str, since: datetime) -> list[RecordedExtension]:
    """Return what one person recorded from *since* on and has not withdrawn, latest first."""
    return [recorded for recorded in recorded_by(connection, by, since) if recorded.withdrawn_at is None]


def _extension(row: Row[Any]) -> Extension:
    return Extension(by=row.by, until=row.until, reason=row.reason, recorded_on=row.recorded_on)

"""Deletes records that are no longer needed; never one that is open, owed or the latest of its kind."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, func, or_, select, update

from alerter.store.schema import (
    assessments,
    changes,
    metadata,
    missing,
    outbox,
    rejections,
    runs,
    syncs,
    trail,
    unchanged_rows,
    unreadable_values,
)


def forget_bodies(connection: Connection, before: datetime) -> int:
    """
    Delete the text of the messages settled *before* then; who got what, and when, stays. Return how many.
    """
    gone = update(outbox).where(outbox.c.settled_at < before, outbox.c.body.is_not(None)).values(body=None)
    return connection.execute(gone).rowcount


def forget_rejections(connection: Connection, before: datetime) -> int:
    """
    Delete the rejected rows of what was read *before* then, but of the latest readings. Return how many.

    With them go the values that could not be read, and what was missing.
    """
    old = select(syncs.c.id).where(syncs.c.read_at < before, syncs.c.id.not_in(_latest_readings()))
    for table in (unreadable_values, missing):
        connection.execute(delete(table).where(table.c.sync_id.in_(old)))
    return connection.execute(delete(rejections).where(rejections.c.sync_id.in_(old))).rowcount


def forget_runs(connection: Connection, before: datetime) -> int:
    """
    Delete the runs prepared *before* then, with their messages and alerts, and the readings that only they
    needed. Return how many runs that were.

    The latest run stays, and any of which something is still owed.
    """
    is_owed = exists().where(outbox.c.run_id == runs.c.id, outbox.c.settled_at.is_(None))
    latest = select(runs.c.id).order_by(runs.c.send_date.desc(), runs.c.attempt.desc()).limit(1)
    old = and_(runs.c.prepared_at < before, runs.c.id.not_in(latest), ~is_owed)
    forgotten = connection.execute(delete(runs).where(old)).rowcount
    connection.execute(delete(syncs).where(syncs.c.read_at < before, ~_is_needed()))
    return forgotten


def forget_requests(connection: Connection, before: datetime) -> int:
    """
    Delete what the trail has from *before* then that is about no assessment: who asked for a link, and what
    became of the letter. Return how many.

    What is about an assessment goes with it.
    """
    old = and_(trail.c.at < before, trail.c.assessment.is_(None))
    return connection.execute(delete(trail).where(old)).rowcount


def forget_assessments(connection: Connection, before: date) -> int:
    """
    Delete the assessments that ended *before* that day, or had vanished by then, and all that hangs on them.

    Return how many. What the extract still holds comes back with the next reading; what one that waits, held,
    has unchanged stays until it is applied or discarded.
    """
    old_readings = select(syncs.c.id).where(syncs.c.read_at < datetime.combine(before, time(), UTC))
    has_vanished = and_(assessments.c.ended_on.is_(None), assessments.c.vanished_sync_id.in_(old_readings))
    is_old = or_(assessments.c.ended_on < before, has_vanished)
    old = and_(is_old, assessments.c.id.not_in(select(unchanged_rows.c.assessment)))
    for table, column in _hanging_on(assessments):
        connection.execute(delete(table).where(column.in_(select(assessments.c.id).where(old))))
    return connection.execute(delete(assessments).where(old)).rowcount


def is_any_ended(connection: Connection) -> bool:
    """Say whether any assessment that has ended is kept."""
    query = select(assessments.c.id).where(assessments.c.ended_on.is_not(None)).limit(1)
    return connection.execute(query).first() is not None


def _latest_readings() -> Any:
    """Return the readings that runs look back at: the last one applied, and any that waits, held."""
    applied = select(func.max(syncs.c.id)).where(syncs.c.state == "applied").scalar_subquery()
    return select(syncs.c.id).where(or_(syncs.c.id == applied, syncs.c.state == "staged"))


def _is_needed() -> ColumnElement[bool]:
    """Return whether a reading is the latest, or something that stays refers to it."""
    referring = (runs.c.sync_id, assessments.c.vanished_sync_id, changes.c.sync_id)
    is_referred_to = [exists().where(column == syncs.c.id) for column in referring]
    return or_(syncs.c.id.in_(_latest_readings()), *is_referred_to)


def _hanging_on(of: Table) -> Iterator[tuple[Table, ColumnElement[int]]]:
    """Give every table with rows that hang on those of another, and the column that says on which."""
    for table in reversed(metadata.sorted_tables):  # what hangs on others first
        for column in table.columns:
            if any(key.column.table is of for key in column.foreign_keys):
                yield table, column

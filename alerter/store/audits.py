"""Stores the quality audits recorded here, and finds the first score of each assessment."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Row, exists, func, insert, select, update

from alerter.domain.quality_audit import Audit
from alerter.store.schema import assessments, audits, changes, installation

_columns = audits.c


def record(connection: Connection, assessment: int, audit: Audit, *, audited_on: date, now: datetime) -> None:
    """Keep an audit of the assessment with this number."""
    row = {
        "assessment": assessment, "by": audit.by, "audited_on": audited_on, "score": audit.score,
        "scores": dict(audit.points), "recorded_at": now,
    }  # fmt: skip
    connection.execute(insert(audits).values(row))


def latest(
    connection: Connection, as_of: date, of: Collection[int] | CompoundSelect[tuple[int]] | None = None
) -> dict[int, Audit]:
    """Return the latest audit on *as_of* of each assessment, or of those it is wanted *of*, by number."""
    query = select(audits).where(_columns.audited_on <= as_of).order_by(_columns.audited_on, _columns.id)
    if of is not None:
        query = query.where(_columns.assessment.in_(of))
    return {row.assessment: _audit(row) for row in connection.execute(query)}


def note_first_score(connection: Connection, today: date) -> None:
    """Note *today* as the day on which an extract first told a score, if one does and none did before."""
    is_told = exists().where(assessments.c.audit_score.is_not(None))
    first = update(installation).where(installation.c.first_score_on.is_(None), is_told)
    connection.execute(first.values(first_score_on=today))


def in_use_since(connection: Connection) -> date | None:
    """Return the day of the first score, recorded here or told by an extract; None where there is none."""
    recorded = connection.execute(select(func.min(_columns.audited_on))).scalar()
    in_extract = connection.execute(select(installation.c.first_score_on)).scalar()
    return min((day for day in (recorded, in_extract) if day is not None), default=None)


def first_scores(connection: Connection, as_of: date) -> dict[int, int]:
    """
    Return the first score of each assessment that has one, by its number.

    That is the first audit recorded here; else the first score an extract told, as far as it was read
    before it changed.
    """
    from_extract = select(assessments.c.id, assessments.c.audit_score).where(
        assessments.c.audit_score.is_not(None)
    )
    was = (
        select(changes.c.assessment, changes.c.was)
        .where(changes.c.field == "audit_score")
        .order_by(changes.c.id.desc())
    )
    recorded = (
        select(_columns.assessment, _columns.score)
        .where(_columns.audited_on <= as_of)
        .order_by(_columns.audited_on.desc(), _columns.id.desc())
    )
    return {
        row[0]: int(row[1]) for query in (from_extract, was, recorded) for row in connection.execute(query)
    }


def are_followed(connection: Connection) -> bool:
    """
    Say whether more than the last score is known: an audit was recorded here, or a score was seen to change.
    """
    recorded = select(_columns.id).limit(1)
    changed = select(changes.c.id).where(changes.c.field == "audit_score").limit(1)
    return any(connection.execute(query).first() is not None for query in (recorded, changed))


def _audit(row: Row[Any]) -> Audit:
    return Audit(score=row.score, by=row.by, audited_on=row.audited_on, points=row.scores)

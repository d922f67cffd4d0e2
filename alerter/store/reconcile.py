"""Stores the changes of a reading: corrected dates, changed values, vanished assessments."""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    String,
    and_,
    cast,
    exists,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from alerter.store.schema import assessments, changes, missing, rejections, staged_assessments, unchanged_rows

CORRECTED_WITHIN = timedelta(days=14)
WATCHED = (
    "clock_on", "started_on", "referred_on", "authorised_on", "cancelled_on", "closed_on",
    "team", "audit_score",
)  # fmt: skip
IN_EXTRACT, THERE, MISSING = "extract", "there", "missing"
"""What is written down of an assessment that vanishes from the extract, or comes back."""
_stored, _staged, _unchanged = assessments.c, staged_assessments.c, unchanged_rows.c


def same_key() -> ColumnElement[bool]:
    """Match a stored assessment with its staged row."""
    return and_(_stored.assessment_id == _staged.assessment_id, _stored.child_id == _staged.child_id)


def is_unchanged(sync_id: int) -> ColumnElement[bool]:
    """Say whether a reading has a stored assessment just as it is stored."""
    return exists().where(_unchanged.sync_id == sync_id, _unchanged.assessment == _stored.id)


def rekey(connection: Connection, sync_id: int) -> int:
    """
    Give assessments without an id of their own the reference their corrected start makes; return how many.

    `child/start` is the reference where the case system has no id, so a corrected start looks like
    one assessment gone and another come. It is the same one when the child has just one of either,
    the referrals agree, and the starts lie within two weeks of each other.
    """
    pairs = [row for row in connection.execute(_gone_and_come(sync_id)).all() if _is_correction(row)]
    gone, come = Counter(row.id for row in pairs), Counter(row.became for row in pairs)
    corrected = [row for row in pairs if gone[row.id] == come[row.became] == 1]
    for row in corrected:
        connection.execute(update(assessments).where(_stored.id == row.id).values(assessment_id=row.became))
    return len(corrected)


def record_changes(connection: Connection, sync_id: int) -> None:
    """
    Keep what a staged reading changes of the facts that bear on a deadline or its manager, and what is back.
    """
    differing = _differing(sync_id)
    by_field = (_changes_of(field, differing, sync_id) for field in WATCHED)
    is_back = and_(_staged.sync_id == sync_id, _stored.vanished_sync_id.is_not(None))
    back = select(literal(sync_id), _stored.id, literal(IN_EXTRACT), literal(MISSING), literal(THERE))
    back = back.join(staged_assessments, same_key()).where(is_back)
    _record(connection, union_all(*by_field, back))


def record_vanished(connection: Connection, sync_id: int) -> None:
    """Keep what went missing in a reading, beside the other changes: it may come back."""
    gone = select(literal(sync_id), _stored.id, literal(IN_EXTRACT), literal(THERE), literal(MISSING))
    _record(connection, gone.where(_stored.vanished_sync_id == sync_id))


def mark_gone(connection: Connection, sync_id: int) -> int:
    """
    Mark what was open and is no longer in the extract; return how many have vanished.

    What a rejected row names has not vanished. While one names nothing it could be any of those that are not
    there, so they are missing instead: open as before, and noted with the reading.
    """
    of_reading = rejections.c.sync_id == sync_id
    is_nameless = exists().where(of_reading, rejections.c.assessment_id == "", rejections.c.child_id == "")
    is_rejected = exists().where(
        of_reading,
        rejections.c.child_id.in_((_stored.child_id, "")),
        rejections.c.assessment_id.in_((_stored.assessment_id, "")),
        or_(rejections.c.child_id != "", rejections.c.assessment_id != ""),
    )
    is_gone = and_(
        _stored.ended_on.is_(None), _stored.vanished_sync_id.is_(None), ~_is_read(sync_id), ~is_rejected
    )
    if connection.execute(select(is_nameless)).scalar_one():
        rows = select(literal(sync_id), _stored.id).where(is_gone)
        connection.execute(insert(missing).from_select(("sync_id", "assessment"), rows))
        return 0
    gone = update(assessments).where(is_gone).values(vanished_sync_id=sync_id).returning(_stored.id)
    return len(connection.execute(gone).all())


def _record(connection: Connection, query: Select[Any] | CompoundSelect[Any]) -> None:
    columns = ("sync_id", "assessment", "field", "was", "became")
    connection.execute(insert(changes).from_select(columns, query))


def _differing(sync_id: int) -> CTE:
    """Select what differs in any of the watched facts: few rows, found in one pass over all."""
    was = [_stored[field].label(f"was_{field}") for field in WATCHED]
    became = [_staged[field].label(f"became_{field}") for field in WATCHED]
    is_changed = [_is_changed(field, _stored[field], _staged[field]) for field in WATCHED]
    query = select(_stored.id, *was, *became).join(staged_assessments, same_key())
    return query.where(_staged.sync_id == sync_id, or_(*is_changed)).cte("differing")


def _changes_of(field: str, differing: CTE, sync_id: int) -> Select[Any]:
    was, became = differing.c[f"was_{field}"], differing.c[f"became_{field}"]
    return select(
        literal(sync_id), differing.c.id, literal(field), cast(was, String), cast(became, String)
    ).where(_is_changed(field, was, became))


def _is_changed(field: str, was: ColumnElement[Any], became: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say whether a fact is another one: the first date of its kind is, a first score is the first audit."""
    is_other = was.is_distinct_from(became)
    return and_(was.is_not(None), is_other) if field == "audit_score" else is_other


def _is_read(sync_id: int) -> ColumnElement[bool]:
    """Say whether a reading has a row of a stored assessment."""
    return or_(is_unchanged(sync_id), exists().where(_staged.sync_id == sync_id, same_key()))


def _gone_and_come(sync_id: int) -> Any:
    """
    Select pairs of one child's assessments: stored and open but no longer staged, staged but not yet stored.
    """
    come, known = staged_assessments.alias(), assessments.alias()
    is_known = exists().where(
        known.c.assessment_id == come.c.assessment_id, known.c.child_id == come.c.child_id
    )
    return (
        select(
            _stored.id,
            _stored.assessment_id.label("was"),
            _stored.child_id,
            _stored.clock_on.label("started"),
            _stored.referred_on.label("referred"),
            come.c.assessment_id.label("became"),
            come.c.clock_on.label("restarted"),
            come.c.referred_on.label("rereferred"),
        )
        .select_from(assessments.join(come, come.c.child_id == _stored.child_id))
        .where(come.c.sync_id == sync_id, _stored.ended_on.is_(None), ~_is_read(sync_id), ~is_known)
    )


def _is_correction(row: Row[Any]) -> bool:
    is_made_up = row.was == f"{row.child_id}/{row.started.isoformat()}"
    is_made_up_again = row.became == f"{row.child_id}/{row.restarted.isoformat()}"
    is_near = bool(abs(row.restarted - row.started) <= CORRECTED_WITHIN)
    return is_made_up and is_made_up_again and is_near and bool(row.referred == row.rereferred)

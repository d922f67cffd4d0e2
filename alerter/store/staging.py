"""From a reading to the store: rows wait staged, identical ones collapse, then all are applied at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
)

from alerter.domain.assessment import Assessment, Rejected
from alerter.store.database import insert_into, insert_many
from alerter.store.reconcile import mark_vanished, record_changes, rekey, same_key
from alerter.store.schema import assessments, staged_assessments

KEY = ("assessment_id", "child_id")
FIELDS = (
    *KEY, "type", "clock_on", "started_on", "referred_on", "authorised_on", "cancelled_on", "closed_on",
    "review_on", "team", "worker", "manager_email", "audit_score", "worker_away_until", "ended_on",
    "reassured_on", "reassured_by", "expected_on", "submitted_on", "reason",
)  # fmt: skip
_values = attrgetter(*FIELDS)
_stored, _staged = assessments.c, staged_assessments.c


@dataclass(frozen=True, slots=True)
class Applied:
    """
    What applying one reading did; new + changed + unchanged are the rows stored.
    """

    new: int
    changed: int
    unchanged: int
    vanished: int


def stage(connection: Connection, sync_id: int, rows: Sequence[tuple[int, Assessment]]) -> None:
    """
    Put believable rows, each with its line, where they wait to be applied.
    """
    staged = [
        (sync_id, line, *[each.isoformat() if each.__class__ is date else each for each in _values(row)])
        for line, row in rows
    ]
    insert_many(connection, staged_assessments, ("sync_id", "line", *FIELDS), staged)


def collapse(connection: Connection, sync_id: int) -> tuple[int, list[Rejected]]:
    """
    Leave one staged row an identity: return how many identical ones went, and the contradicting ones.

    Where rows contradict each other the one that is open longest and began first stays, for a missed
    alert is worse than one too many.
    """
    collapsed, contradicting, losers = 0, [], []
    for _, group in groupby(
        _repeated(connection, sync_id), key=lambda row: (row.assessment_id, row.child_id)
    ):
        kept, *others = sorted(group, key=_urgency)
        losers += [{"loser": row.id} for row in others]
        for row in others:
            if _facts(row) == _facts(kept):
                collapsed += 1
            else:
                contradicting.append(_contradiction(row, kept))
    if losers:
        connection.execute(delete(staged_assessments).where(_staged.id == bindparam("loser")), losers)
    return collapsed, contradicting


def apply(connection: Connection, sync_id: int) -> Applied:
    """
    Make the store say what the staged rows of one reading say, and forget the staging.

    What was open and is no longer there has vanished, unless its row was only rejected.
    """
    rekey(connection, sync_id)
    record_changes(connection, sync_id)
    new, changed, total = _compared(connection, sync_id)
    if new or changed:
        _upsert(connection, sync_id)
    vanished = mark_vanished(connection, sync_id)
    discard(connection, sync_id)
    return Applied(new=new, changed=changed, unchanged=total - new - changed, vanished=vanished)


def discard(connection: Connection, sync_id: int) -> None:
    """
    Forget the staged rows of one reading.
    """
    connection.execute(delete(staged_assessments).where(_staged.sync_id == sync_id))


def _repeated(connection: Connection, sync_id: int) -> Iterator[Row[Any]]:
    keys = (
        select(_staged.assessment_id, _staged.child_id)
        .where(_staged.sync_id == sync_id)
        .group_by(_staged.assessment_id, _staged.child_id)
        .having(func.count() > 1)
        .subquery()
    )
    query = (
        select(staged_assessments)
        .join(keys, and_(keys.c.assessment_id == _staged.assessment_id, keys.c.child_id == _staged.child_id))
        .where(_staged.sync_id == sync_id)
        .order_by(_staged.assessment_id, _staged.child_id, _staged.line)
    )
    yield from connection.execute(query).all()


def _urgency(row: Row[Any]) -> tuple[Any, ...]:
    return -(row.ended_on or date.max).toordinal(), row.clock_on, row.line


def _facts(row: Row[Any]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in FIELDS)


def _contradiction(row: Row[Any], kept: Row[Any]) -> Rejected:
    reason = f"the same assessment and child as line {kept.line}, with other values; line {kept.line} is used"
    return Rejected(row.line, reason, "", row.assessment_id, row.child_id)


def _differs(theirs: Any) -> ColumnElement[bool]:
    facts = [_stored[name].is_distinct_from(theirs[name]) for name in FIELDS if name not in KEY]
    return or_(_stored.vanished_sync_id.is_not(None), *facts)


def _compared(connection: Connection, sync_id: int) -> tuple[int, int, int]:
    """
    Count the staged rows that are new, that changed, and all.
    """
    is_new = _stored.id.is_(None)
    query = (
        select(
            func.count().filter(is_new),
            func.count().filter(and_(~is_new, _differs(_staged))),
            func.count(),
        )
        .select_from(staged_assessments.outerjoin(assessments, same_key()))
        .where(_staged.sync_id == sync_id)
    )
    new, changed, total = connection.execute(query).one()
    return new, changed, total


def _upsert(connection: Connection, sync_id: int) -> None:
    rows = select(*(_staged[name] for name in FIELDS)).where(_staged.sync_id == sync_id)
    statement = insert_into(connection, assessments).from_select(FIELDS, rows)
    theirs = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=KEY,
            set_={name: theirs[name] for name in FIELDS if name not in KEY} | {"vanished_sync_id": None},
            where=_differs(theirs),
        )
    )

"""Takes a reading into the store: stages what it changes, collapses identical rows, applies all at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
    union_all,
    update,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.selectable import FromClause

from alerter.domain.assessment import ROW_FIELDS, Rejected, RowValues, first_end
from alerter.domain.gate import Reopened
from alerter.store.bulk import Batch, find_many, insert_many, refresh_statistics
from alerter.store.reconcile import is_unchanged, mark_gone, record_changes, record_vanished, rekey, same_key
from alerter.store.schema import assessments, staged_assessments, unchanged_rows

KEY = ("assessment_id", "child_id")
FIELDS = (*ROW_FIELDS, "ended_on")
OF_END = ("clock_on", "started_on", "authorised_on", "cancelled_on", "closed_on")
OF_VALUES = 3
"""Where a row's values begin, after its table, number and line."""
TABLES = (staged_assessments, unchanged_rows)
Columns = ReadOnlyColumnCollection[str, Column[Any]]
_stored, _staged, _unchanged = assessments.c, staged_assessments.c, unchanged_rows.c


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying one reading did; new + changed + unchanged are the rows stored."""

    new: int
    changed: int
    unchanged: int
    vanished: int


def stage(connection: Connection, sync_id: int, rows: Sequence[tuple[int, RowValues]]) -> None:
    """
    Stage believable rows, each with its line: of one that the store has just so its number, others whole.
    """
    if not rows:
        return
    lines, values = zip(*rows, strict=True)
    columns: dict[str, Sequence[Any]] = dict(zip(ROW_FIELDS, zip(*values, strict=True), strict=True))
    columns["ended_on"] = list(map(first_end, *(columns[name] for name in OF_END)))
    batch = Batch.of(staged_assessments, columns)
    batch = replace(
        batch,
        varying={**batch.varying, "line": lines},
        constant={**batch.constant, "sync_id": sync_id, "vanished_sync_id": None},
    )
    if connection.execute(select(func.max(_stored.id))).scalar_one() is not None:
        numbers = find_many(connection, assessments, KEY, batch)
        is_known = [number is not None for number in numbers]
        known = Batch(batch.size, {"line": lines, "assessment": numbers}, {"sync_id": sync_id})
        insert_many(connection, unchanged_rows, known.only(is_known))
        batch = batch.only([number is None for number in numbers])
    insert_many(connection, staged_assessments, batch)


def collapse(connection: Connection, sync_id: int) -> tuple[int, list[Rejected]]:
    """
    Leave one row an identity: return how many identical ones went, and the contradicting ones.

    Where rows contradict each other the one that is open longest and began first stays, for a missed
    alert is worse than one too many.
    """
    for table in TABLES:
        refresh_statistics(connection, table, "sync_id")
    collapsed, contradicting = 0, []
    rows = _repeated(connection, sync_id)
    losers: dict[str, list[dict[str, int]]] = {table.name: [] for table in TABLES}
    for _, group in groupby(rows, key=attrgetter(*KEY)):
        kept, *others = sorted(group, key=_urgency)
        for row in others:
            losers[row.table].append({"loser": row.id})
            if row[OF_VALUES:] == kept[OF_VALUES:]:
                collapsed += 1
            else:
                contradicting.append(_contradiction(row, kept))
    for table in TABLES:
        if losers[table.name]:
            lost = delete(table).where(table.c.id == bindparam("loser"))
            connection.execute(lost, losers[table.name])
    return collapsed, contradicting


def apply(connection: Connection, sync_id: int) -> Applied:
    """
    Make the store say what the staged rows of one reading say, and forget the staging.

    What was open and is no longer there has vanished, unless its row was only rejected.
    """
    rekey(connection, sync_id)
    record_changes(connection, sync_id)
    total = sum(_count(connection, table, sync_id) for table in TABLES)
    changed = _update_changed(connection, sync_id)
    new = _insert_new(connection, sync_id)
    vanished = mark_gone(connection, sync_id)
    record_vanished(connection, sync_id)
    discard(connection, sync_id)
    return Applied(new=new, changed=changed, unchanged=total - new - changed, vanished=vanished)


def discard(connection: Connection, sync_id: int) -> None:
    """
    Forget the staged rows of one reading.

    Where there are no others a table is emptied whole, for which SQLite need not look at each row.
    """
    for table in TABLES:
        of_others = exists().where(table.c.sync_id < sync_id), exists().where(table.c.sync_id > sync_id)
        statement = delete(table)
        if connection.execute(select(or_(*of_others))).scalar_one():
            statement = statement.where(table.c.sync_id == sync_id)
        connection.execute(statement)


def _repeated(connection: Connection, sync_id: int) -> CursorResult[Any]:
    """
    Select every row of a reading whose identity another one has, with the table that it waits in.

    Both are whole rows or both are numbers, or one is the number of what the other one changes.
    """
    of_whole, of_numbers, is_twice = (
        _staged.sync_id == sync_id,
        _unchanged.sync_id == sync_id,
        func.count() > 1,
    )
    of_both = assessments.join(staged_assessments, and_(same_key(), of_whole, is_unchanged(sync_id)))
    keys = union(
        select(*_key(_staged)).where(of_whole).group_by(*_key(_staged)).having(is_twice),
        select(*_key(_staged)).select_from(of_both),
    )
    numbers = union(
        select(_unchanged.assessment).where(of_numbers).group_by(_unchanged.assessment).having(is_twice),
        select(_stored.id).select_from(of_both),
    )
    whole = _selected(staged_assessments, _staged).where(of_whole, tuple_(*_key(_staged)).in_(keys))
    numbered = _selected(unchanged_rows, _stored).join(assessments, _unchanged.assessment == _stored.id)
    numbered = numbered.where(of_numbers, _unchanged.assessment.in_(numbers))
    rows = union_all(whole, numbered).subquery()
    return connection.execute(select(rows).order_by(rows.c.assessment_id, rows.c.child_id, rows.c.line))


def _selected(table: Table, values: Columns) -> Select[Any]:
    return select(
        literal(table.name).label("table"), table.c.id, table.c.line, *(values[name] for name in FIELDS)
    )


def _key(columns: Columns) -> tuple[ColumnElement[str], ColumnElement[str]]:
    return columns["assessment_id"], columns["child_id"]


def _urgency(row: Row[Any]) -> tuple[Any, ...]:
    return -(row.ended_on or date.max).toordinal(), row.clock_on, row.line


def _contradiction(row: Row[Any], kept: Row[Any]) -> Rejected:
    reason = f"the same assessment and child as line {kept.line}, with other values; line {kept.line} is used"
    return Rejected(row.line, reason, "", row.assessment_id, row.child_id)


def _count(connection: Connection, table: Table, sync_id: int) -> int:
    query = select(func.count()).select_from(table).where(table.c.sync_id == sync_id)
    return int(connection.execute(query).scalar_one())


def _update_changed(connection: Connection, sync_id: int) -> int:
    """Bring what is stored, and differs or had vanished, to what is staged; return how many that were."""
    columns = [name for name in FIELDS if name not in KEY]
    differs = [_stored[name].is_distinct_from(_staged[name]) for name in columns]
    statement = (
        update(assessments)
        .where(same_key(), _staged.sync_id == sync_id, or_(_stored.vanished_sync_id.is_not(None), *differs))
        .values({name: _staged[name] for name in columns} | {"vanished_sync_id": None})
    )
    return connection.execute(statement).rowcount


def _insert_new(connection: Connection, sync_id: int) -> int:
    """Store what is staged and not stored yet; return how many that were."""
    rows = (
        select(*(_staged[name] for name in FIELDS))
        .where(_staged.sync_id == sync_id)
        .where(~exists().where(same_key()).correlate(staged_assessments))
    )
    statement = insert(assessments).from_select(FIELDS, rows)
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def open_by_team(
    connection: Connection, sync_id: int, as_of: date, since: date | None = None
) -> dict[str, int]:
    """Count what a staged reading has open on *as_of* by team, what began before *since* left out."""
    whole = select(_staged.team).where(_staged.sync_id == sync_id, _is_open(staged_assessments, as_of, since))
    team = union_all(whole, *_open_and_unchanged(sync_id, as_of, since)).subquery().c.team
    query = select(team, func.count()).group_by(team)
    return {row[0]: row[1] for row in connection.execute(query)}


def _open_and_unchanged(sync_id: int, as_of: date, since: date | None) -> Iterator[Select[Any]]:
    """Give the teams of what is open in the store as in the reading: a query for each index of what is."""
    has_begun = true() if since is None else _stored.clock_on >= since
    for is_open in (_stored.ended_on.is_(None), _stored.ended_on > as_of):
        yield select(_stored.team).where(is_open, has_begun, is_unchanged(sync_id))


def reopened(connection: Connection, sync_id: int, as_of: date, since: date | None = None) -> Reopened:
    """
    Count what had ended on *as_of* and is in a staged reading, and what of it is open there since *since*.
    """
    is_open = _is_open(staged_assessments, as_of, since)
    is_unsigned = and_(is_open, _stored.authorised_on.is_not(None), _staged.authorised_on.is_(None))
    query = (
        select(
            func.count(),
            _counted(is_open),
            _counted(is_unsigned),
            _counted(and_(is_open, _staged.authorised_on.is_not(None))),
        )
        .select_from(assessments.join(staged_assessments, same_key()))
        .where(_staged.sync_id == sync_id, _stored.ended_on <= as_of)
    )
    ended, open_again, unsigned, doubted = connection.execute(query).one()
    still_open = union_all(*_open_and_unchanged(sync_id, as_of, None)).subquery()
    still_ended = (
        _count(connection, unchanged_rows, sync_id)
        - connection.execute(select(func.count()).select_from(still_open)).scalar_one()
    )
    return Reopened(ended=ended + still_ended, open_again=open_again, unsigned=unsigned, doubted=doubted)


def _is_open(table: FromClause, as_of: date, since: date | None) -> ColumnElement[bool]:
    is_open = or_(table.c.ended_on.is_(None), table.c.ended_on > as_of)
    return is_open if since is None else and_(is_open, table.c.clock_on >= since)


def _counted(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.count().filter(condition)

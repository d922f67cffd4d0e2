"""Takes a reading into the store: stages its rows, collapses identical ones, applies all at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Row,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite.pysqlite import dialect as sqlite_dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.selectable import FromClause

from alerter.domain.assessment import ROW_FIELDS, Rejected, RowValues, first_end
from alerter.domain.gate import Reopened
from alerter.store.reconcile import mark_gone, record_changes, record_vanished, rekey, same_key
from alerter.store.schema import assessments, staged_assessments

KEY = ("assessment_id", "child_id")
FIELDS = (*ROW_FIELDS, "ended_on")
OF_END = ("clock_on", "started_on", "authorised_on", "cancelled_on", "closed_on")
_stored, _staged = assessments.c, staged_assessments.c


def insert_many(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """
    Insert rows, given by *columns* of equal length, with the statement that is quickest on this database.

    Columns that are blank in every row are left out, for a driver takes longer over a None than over a value.
    """
    present = {
        column.name: _as_iso(columns[column.name]) if isinstance(column.type, Date) else columns[column.name]
        for column in table.columns
        if column.name in columns and not _is_blank(columns[column.name])
    }
    rows = zip(*present.values(), strict=True)
    if connection.dialect.name == "postgresql":
        _copy(connection, table, present, rows)
    else:
        statement = insert(table).compile(dialect=sqlite_dialect(), column_keys=list(present))
        connection.exec_driver_sql(str(statement), list(rows))


def refresh_statistics(connection: Connection, table: Table, name: str) -> None:
    """
    Let a server's planner know how many rows there are now, and what was put into the column *name*.

    By what it knew before, it may compare each row with every other. SQLite goes by its indexes alone.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {table.name} ({name})")


def _copy(connection: Connection, table: Table, names: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
    """Stream *rows* with COPY, whose faults become SQLAlchemy's as those of any other statement do."""
    raw: Any = connection.connection
    driver: Any = connection.dialect.loaded_dbapi
    try:
        with (
            raw.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
    except driver.Error as error:
        is_lost = connection.dialect.is_disconnect(error, raw, None)
        raise DBAPIError.instance(
            "COPY", None, error, driver.Error, hide_parameters=True, connection_invalidated=is_lost
        ) from None


def _is_blank(column: Sequence[Any]) -> bool:
    return column[0] is None and column.count(None) == len(column)


def _as_iso(days: Sequence[date | None]) -> list[str | None]:
    """Write out dates, of which a few hundred repeat from row to row."""
    texts = {day: None if day is None else day.isoformat() for day in set(days)}
    return [texts[day] for day in days]


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying one reading did; new + changed + unchanged are the rows stored."""

    new: int
    changed: int
    unchanged: int
    vanished: int


def stage(connection: Connection, sync_id: int, rows: Sequence[tuple[int, RowValues]]) -> None:
    """Stage the values of believable rows, each with its line."""
    if not rows:
        return
    lines, values = zip(*rows, strict=True)
    columns: dict[str, Sequence[Any]] = dict(zip(ROW_FIELDS, zip(*values, strict=True), strict=True))
    ends = list(map(first_end, *(columns[name] for name in OF_END)))
    columns |= {"sync_id": [sync_id] * len(lines), "line": lines, "ended_on": ends}
    insert_many(connection, staged_assessments, columns)


def collapse(connection: Connection, sync_id: int) -> tuple[int, list[Rejected]]:
    """
    Leave one staged row an identity: return how many identical ones went, and the contradicting ones.

    Where rows contradict each other the one that is open longest and began first stays, for a missed
    alert is worse than one too many.
    """
    refresh_statistics(connection, staged_assessments, "sync_id")
    collapsed, contradicting, losers = 0, [], []
    for _, group in groupby(
        _repeated(connection, sync_id), key=lambda row: (row.assessment_id, row.child_id)
    ):
        kept, *others = sorted(group, key=_urgency)
        losers += [{"loser": row.id} for row in others]
        for row in others:
            if _row_values(row) == _row_values(kept):
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
    total = _count(connection, sync_id)
    changed = _update_changed(connection, sync_id)
    new = _insert_new(connection, sync_id)
    vanished = mark_gone(connection, sync_id)
    record_vanished(connection, sync_id)
    discard(connection, sync_id)
    return Applied(new=new, changed=changed, unchanged=total - new - changed, vanished=vanished)


def discard(connection: Connection, sync_id: int) -> None:
    """
    Forget the staged rows of one reading.

    Where there are no others the table is emptied whole, for which SQLite need not look at each row.
    """
    others = exists().where(_staged.sync_id < sync_id), exists().where(_staged.sync_id > sync_id)
    statement = delete(staged_assessments)
    if connection.execute(select(or_(*others))).scalar_one():
        statement = statement.where(_staged.sync_id == sync_id)
    connection.execute(statement)


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


def _row_values(row: Row[Any]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in FIELDS)


def _contradiction(row: Row[Any], kept: Row[Any]) -> Rejected:
    reason = f"the same assessment and child as line {kept.line}, with other values; line {kept.line} is used"
    return Rejected(row.line, reason, "", row.assessment_id, row.child_id)


def _count(connection: Connection, sync_id: int) -> int:
    query = select(func.count()).select_from(staged_assessments).where(_staged.sync_id == sync_id)
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
    query = (
        select(_staged.team, func.count())
        .where(_staged.sync_id == sync_id, _is_open(staged_assessments, as_of, since))
        .group_by(_staged.team)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


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
    return Reopened(ended=ended, open_again=open_again, unsigned=unsigned, doubted=doubted)


def _is_open(table: FromClause, as_of: date, since: date | None) -> ColumnElement[bool]:
    is_open = or_(table.c.ended_on.is_(None), table.c.ended_on > as_of)
    return is_open if since is None else and_(is_open, table.c.clock_on >= since)


def _counted(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.count().filter(condition)

"""Stores the assessments, as the case system last gave them."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    FromClause,
    Integer,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)

from alerter.domain.assessment import ROW_FIELDS, Assessment, assessment_of
from alerter.domain.periods import Period
from alerter.domain.policy import Clock
from alerter.domain.timeliness import Deadline, Timeliness
from alerter.store.schema import (
    alerts,
    assessments,
    audits,
    has_no_believable,
    missing,
    syncs,
    unreadable_values,
)

_columns = assessments.c


def open_on(connection: Connection, as_of: date) -> dict[int, Assessment]:
    """
    Return every assessment open on *as_of*, by its number in the store, longest open first.

    What has no end comes from the partial index on open assessments; what ended after *as_of*
    (a sign-off in the future, or a look back) from the index on its end.
    """
    query = union_all(
        _query().where(_columns.ended_on.is_(None), _columns.vanished_sync_id.is_(None)),
        _query().where(_columns.ended_on > as_of),
    )
    pairs = [(row[0], _assessment(row)) for row in connection.execute(query).all()]
    return dict(sorted(pairs, key=lambda pair: (pair[1].clock_on, pair[1].key)))


def closed_unauthorised(connection: Connection, as_of: date) -> list[Assessment]:
    """Return what was closed on or before *as_of*, neither authorised nor cancelled (DfE rule 8867)."""
    either = union_all(*(_query().where(condition) for condition in _closed_unauthorised(as_of)))
    closed = [_assessment(row) for row in connection.execute(either)]
    return sorted(closed, key=lambda assessment: (assessment.closed_on, assessment.key))


def ended_since(connection: Connection, run_id: int, after: date, as_of: date) -> dict[int, Assessment]:
    """
    Return what has ended by *as_of*, of what run *run_id* told of or signed off after *after*, by number.
    """
    of_run = select(alerts.c.assessment).where(alerts.c.run_id == run_id)
    either = union_all(
        _query().where(_columns.id.in_(of_run), _columns.ended_on <= as_of),
        _query().where(
            _columns.authorised_on > after, _columns.authorised_on <= as_of, _columns.ended_on <= as_of
        ),
    )
    return _by_number(connection.execute(either))


def sign_offs_known(connection: Connection) -> Period | None:
    """Return the days from the first to the last sign-off that ended an assessment; None without any."""
    ended_by_it = _columns.authorised_on == _columns.ended_on
    query = select(func.min(_columns.ended_on), func.max(_columns.ended_on)).where(ended_by_it)
    first, last = connection.execute(query).one()
    return None if first is None else Period(first, last, "sign-offs")


def under_way(since: date) -> CompoundSelect[tuple[int]]:
    """Select what is open, vanished or not, or has ended after *since*, by number."""
    return union_all(
        select(_columns.id).where(_columns.ended_on.is_(None)),
        select(_columns.id).where(_columns.ended_on > since),
    )


def vanished_since(connection: Connection, sync_id: int) -> list[Assessment]:
    """Return what was open and went missing from the extract in a reading after *sync_id*."""
    query = _query().where(_columns.vanished_sync_id > sync_id)
    vanished = [_assessment(row) for row in connection.execute(query)]
    # Asked for in this order, SQLite walks through the whole index of ids.
    return sorted(vanished, key=lambda assessment: assessment.key)


def missing_in(connection: Connection, sync_id: int) -> list[Assessment]:
    """Return what is open and in no row of one reading, which has rows that could be any of them."""
    numbers = select(missing.c.assessment).where(missing.c.sync_id == sync_id)
    return list(by_numbers(connection, numbers).values())


def of_children_under_way(connection: Connection, as_of: date) -> list[Assessment]:
    """
    Return all assessments of the children who have one open on *as_of*, or closed without a sign-off, or with
    a value that the last reading applied could not believe.
    """
    last = select(func.max(syncs.c.id)).where(syncs.c.state == "applied").scalar_subquery()
    under_way = union_all(
        select(_columns.child_id).where(_columns.ended_on.is_(None), _columns.vanished_sync_id.is_(None)),
        select(_columns.child_id).where(_columns.ended_on > as_of),
        *(select(_columns.child_id).where(condition) for condition in _closed_unauthorised(as_of)),
        select(unreadable_values.c.child_id).where(unreadable_values.c.sync_id == last),
    )
    query = _query().where(
        _columns.child_id.in_(under_way.subquery().select()), _columns.vanished_sync_id.is_(None)
    )
    return [_assessment(row) for row in connection.execute(query)]


def open_by_team(connection: Connection, as_of: date, since: date | None = None) -> dict[str, int]:
    """Count the assessments open on *as_of* by team, those whose clock began before *since* left out."""
    has_no_end = and_(_columns.ended_on.is_(None), _columns.vanished_sync_id.is_(None))
    is_chased = _columns.clock_on >= (since or date.min)
    teams = union_all(
        *(select(_columns.team).where(end, is_chased) for end in (has_no_end, _columns.ended_on > as_of))
    ).subquery()
    query = select(teams.c.team, func.count()).group_by(teams.c.team)
    return {row[0]: row[1] for row in connection.execute(query)}


def alerted_by_team(connection: Connection, run_id: int, before: date) -> dict[str, int]:
    """Count what run *run_id* told of whose clock began before that day, by team."""
    query = (
        select(_columns.team, func.count())
        .join(alerts, alerts.c.assessment == _columns.id)
        .where(alerts.c.run_id == run_id, _columns.clock_on < before)
        .group_by(_columns.team)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def by_numbers(
    connection: Connection, numbers: Collection[int] | Select[tuple[int]]
) -> dict[int, Assessment]:
    """Return the assessments with these numbers, or with those that a query selects."""
    query = _query().where(_columns.id.in_(numbers)).order_by(_columns.id)
    return {row.id: _assessment(row) for row in connection.execute(query)}


def every(connection: Connection) -> dict[int, Assessment]:
    """
    Return every assessment, by number; what has vanished is left out, for nobody knows what became of it.
    """
    query = _query().where(_columns.vanished_sync_id.is_(None)).order_by(_columns.id)
    return {row.id: _assessment(row) for row in connection.execute(query)}


def doubtful(
    connection: Connection, since: date, as_of: date, mark: int, types: Collection[str] | None = None
) -> dict[int, Assessment]:
    """
    Return what was signed off from *since* to *as_of* and may lack an audit that reaches *mark*, by number.

    It is everything but what has only passing scores, so that most of a year never leaves the database.
    Only of *types* where they are given; where not, the index of sign-offs says it all.
    """
    passed_here = select(audits.c.assessment).where(audits.c.score >= mark)
    failed_here = select(audits.c.assessment).where(audits.c.score < mark)
    is_told = and_(_columns.audit_score.is_not(None), _columns.audit_score >= mark)
    has_passed = or_(is_told, _columns.id.in_(passed_here))
    query = _query().where(
        _columns.authorised_on >= since,
        _columns.authorised_on <= as_of,
        or_(not_(has_passed), _columns.id.in_(failed_here)),
    )
    if types is not None:
        query = query.where(_columns.type.in_(types))
    return _by_number(connection.execute(query))


def find(connection: Connection, assessment_id: str, child_id: str | None = None) -> dict[int, Assessment]:
    """Return the assessments of one id, which siblings share, or of one child among them."""
    query = _query().where(_columns.assessment_id == assessment_id).order_by(_columns.child_id)
    if child_id is not None:
        query = query.where(_columns.child_id == child_id)
    return {row.id: _assessment(row) for row in connection.execute(query)}


def _closed_unauthorised(as_of: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """
    Return what selects those that `is_closed_unauthorised` on *as_of*: two conditions, an index for each.

    No sign-off at all, or one before the start; and a sign-off that is still to come.
    """
    closed, cancelled = _columns.closed_on, _columns.cancelled_on
    has_begun = or_(_columns.started_on.is_(None), closed >= _columns.started_on)
    is_left = and_(
        closed <= as_of,
        closed >= _columns.clock_on,
        has_begun,
        or_(has_no_believable(cancelled), cancelled > as_of),
    )
    return and_(is_left, has_no_believable(_columns.authorised_on)), and_(
        is_left, _columns.authorised_on > as_of
    )


def _by_number(rows: Iterable[Row[Any]]) -> dict[int, Assessment]:
    """Return the assessments of *rows*, each once, by number; sorted here, for it leads no engine astray."""
    return {row[0]: _assessment(row) for row in sorted(rows, key=itemgetter(0))}


def _query() -> Select[Any]:
    reason = func.coalesce(_columns.reason, "").label("reason")  # null is what was read before there were any
    return select(_columns.id, *(_columns[name] for name in ROW_FIELDS[:-1]), reason)


def _assessment(row: Row[Any]) -> Assessment:
    return assessment_of(row[1:])


def count(
    connection: Connection, deadlines: Iterable[Deadline], clocks: Mapping[str, Clock]
) -> dict[tuple[str, str], Timeliness]:
    """
    Count what was authorised on the days of *deadlines*, and what of it in time, by team and type.

    It is what `timeliness_by` makes of the same `sign_offs`: one before the start is none.
    """
    days = _days(connection, deadlines)
    is_believed = and_(
        _columns.authorised_on >= _columns.clock_on,
        or_(_columns.started_on.is_(None), _columns.authorised_on >= _columns.started_on),
    )
    is_its = and_(
        _columns.authorised_on == days.c.on, _columns.type == days.c.type, _version(clocks) == days.c.version
    )
    in_time = func.sum(case((_columns.clock_on > days.c.late_start, 1), else_=0))
    query = (
        select(_columns.team, _columns.type, func.count(), in_time)
        .select_from(days.join(assessments, is_its))
        .where(is_believed)
        .group_by(_columns.team, _columns.type)
    )
    return {(row[0], row[1]): Timeliness(row[2], int(row[3])) for row in connection.execute(query)}


def _days(connection: Connection, deadlines: Iterable[Deadline]) -> FromClause:
    """Return *deadlines* as a table, which the database makes from one value."""
    plain = json.dumps(
        [
            {
                "type": deadline.type, "version": deadline.version, "on": deadline.on.isoformat(),
                "late_start": deadline.late_start.isoformat(),
            }
            for deadline in deadlines
        ]
    )  # fmt: skip
    kinds: dict[str, Any] = {"type": String(), "version": Integer(), "on": Date(), "late_start": Date()}
    if connection.dialect.name == "sqlite":
        value = func.json_each(plain).table_valued(column("value", JSON)).c.value
        values = (func.json_extract(value, f"$.{name}", type_=kind) for name, kind in kinds.items())
        return select(*(value_of.label(name) for name, value_of in zip(kinds, values, strict=True))).subquery(
            "days"
        )
    return (
        func.json_to_recordset(cast(literal(plain), JSON))
        .table_valued(*(column(name, kind) for name, kind in kinds.items()), name="days")
        .render_derived(with_types=True)
    )


def _version(clocks: Mapping[str, Clock]) -> ColumnElement[int]:
    """Return which of its type's rules is in force for a row, as `Clock.in_force` finds it."""
    whens: list[tuple[ColumnElement[bool], int]] = []
    for type_, newest in clocks.items():
        is_type = _columns.type == type_
        for version, clock in enumerate(newest.versions()):
            if clock.earlier is None or clock.effective_from is None:
                whens.append((is_type, version))
                break
            dates = (_columns.started_on, _columns.referred_on)
            start = func.coalesce(*(dates if clock.starts_from == "started_on" else reversed(dates)))
            whens.append((and_(is_type, start >= clock.effective_from), version))
    return case(*whens, else_=0) if whens else literal(0)

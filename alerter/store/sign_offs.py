"""Sign-offs counted where they are kept: a year of them is never read for a few percentages."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Integer,
    String,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from alerter.domain.policy import Clock
from alerter.domain.timeliness import Deadline, Timeliness
from alerter.store.schema import assessments

_columns = assessments.c


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
    """
    Return *deadlines* as a table, which the database makes from one value.
    """
    plain = json.dumps(
        [
            {
                "type": each.type, "version": each.version, "on": each.on.isoformat(),
                "late_start": each.late_start.isoformat(),
            }
            for each in deadlines
        ]
    )  # fmt: skip
    kinds: dict[str, Any] = {"type": String(), "version": Integer(), "on": Date(), "late_start": Date()}
    if connection.dialect.name == "sqlite":
        value = func.json_each(plain).table_valued(column("value", JSON)).c.value
        parts = (func.json_extract(value, f"$.{name}", type_=kind) for name, kind in kinds.items())
        return select(*(part.label(name) for name, part in zip(kinds, parts, strict=True))).subquery("days")
    return (
        func.jsonb_to_recordset(cast(literal(plain), JSONB))
        .table_valued(*(column(name, kind) for name, kind in kinds.items()), name="days")
        .render_derived(with_types=True)
    )


def _version(clocks: Mapping[str, Clock]) -> ColumnElement[int]:
    """
    Return which of its type's rules is in force for a row, as `Clock.in_force` finds it.
    """
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

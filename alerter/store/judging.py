"""What the gates ask of a staged reading: what is open in it, and what of it had ended."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlalchemy.sql.selectable import FromClause

from alerter.domain.gate import Reopened
from alerter.store.reconcile import same_key
from alerter.store.schema import assessments, staged_assessments

_stored, _staged = assessments.c, staged_assessments.c


def open_by_team(
    connection: Connection, sync_id: int, as_of: date, since: date | None = None
) -> dict[str, int]:
    """
    Count what a staged reading has open on *as_of* by team, what began before *since* left out.
    """
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

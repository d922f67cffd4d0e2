"""Stores ended sessions of the page, until their cookies are too old to be used again."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, select

from alerter.store.database import insert_into
from alerter.store.schema import ended_sessions

KEPT = timedelta(days=7)
"""Longer than any session lasts, by more than a clock is ever set back."""
_columns = ended_sessions.c


def end(connection: Connection, session: str, now: datetime) -> None:
    """Keep that the session of this id has ended, and forget those that ended a week ago."""
    connection.execute(delete(ended_sessions).where(_columns.ended_at < now - KEPT))
    ending = insert_into(connection, ended_sessions).values(id=session, ended_at=now)
    connection.execute(ending.on_conflict_do_nothing())


def has_ended(connection: Connection, session: str) -> bool:
    """Say whether the session of this id was left."""
    return bool(connection.execute(select(exists().where(_columns.id == session))).scalar_one())

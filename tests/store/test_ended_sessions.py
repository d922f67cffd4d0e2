"""Sessions of the page that were left."""

from datetime import timedelta

from alerter.store import ended_sessions
from alerter.store.database import Database
from tests.world.readings import NOW


def test_a_session_that_ended_stays_ended(database: Database) -> None:
    """Ending it twice changes nothing, and no other one ends with it."""
    for later in (0, 1):
        with database.write() as connection:
            ended_sessions.end(connection, "one", NOW + timedelta(hours=later))
    with database.read() as connection:
        assert [ended_sessions.has_ended(connection, each) for each in ("one", "two")] == [True, False]


def test_what_ended_a_week_ago_is_forgotten(database: Database) -> None:
    """When another one ends: its cookie has long run out."""
    for session, at in (("one", NOW), ("two", NOW + ended_sessions.KEPT), ("three", NOW + timedelta(days=8))):
        with database.write() as connection:
            ended_sessions.end(connection, session, at)
            assert ended_sessions.has_ended(connection, session)
    with database.read() as connection:
        assert [ended_sessions.has_ended(connection, each) for each in ("one", "two")] == [False, True]

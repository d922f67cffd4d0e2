"""What came back: recorded once, told of whoever has not been reached since, and of nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from alerter.domain.delivery import Settlement
from alerter.store import bounces, claims
from alerter.store.bounces import Returned, Unreached
from alerter.store.database import Database
from alerter.store.schema import outbox as outbox_table
from tests.world.readings import AS_OF, NOW, claimed, run_with

WEEK = timedelta(days=7)
OF_A, OF_B = "<run-1.digest.a@council.example>", "<run-1.digest.b@council.example>"


def send_all(database: Database, *recipients: str, weeks: int = 0) -> int:
    """
    Prepare and send a run with a digest for each of *recipients*, so many *weeks* on; return its number.
    """
    with database.write() as connection:
        run_id = run_with(
            connection, *recipients, send_date=AS_OF + weeks * WEEK, prepared_at=NOW + weeks * WEEK
        )
        for recipient in recipients:
            message = claimed(connection, NOW + weeks * WEEK)
            claims.settle(
                connection, message, Settlement(state="sent"), reply="250 ok", now=NOW + weeks * WEEK
            )
            named = f"<run-{run_id}.digest.{recipient[0]}@council.example>"
            connection.execute(
                update(outbox_table).where(outbox_table.c.id == message.id).values(message_id=named)
            )
    return run_id


def test_a_bounce_is_recorded_once(database: Database) -> None:
    """The first report gives the run; the same again, and what is none of ours, give nothing."""
    run_id = send_all(database, "a@council.example", "b@council.example")
    with database.write() as connection:
        assert bounces.record(connection, Returned(OF_A), "5.1.1", NOW) == run_id
        assert bounces.record(connection, Returned(OF_A), "5.1.1", NOW) is None
        assert bounces.record(connection, Returned("<other@council.example>"), "5.1.1", NOW) is None
        assert bounces.bounced(connection, run_id) == [Unreached("a@council.example", run_id, "5.1.1")]
        assert bounces.sent_since(connection, NOW) == [OF_B]
        assert bounces.sent_since(connection, NOW + timedelta(seconds=1)) == []


def test_a_bounce_without_our_id_is_known_by_run_and_recipient(database: Database) -> None:
    """The run alone is no proof, nor is a recipient of another run; case makes no other address."""
    first, second = (send_all(database, "a@council.example", weeks=weeks) for weeks in (0, 1))
    with database.write() as connection:
        for strange in (
            Returned("", first, "b@council.example"),
            Returned("", 9, "a@council.example"),
            Returned(""),
        ):
            assert bounces.record(connection, strange, "5.1.1", NOW) is None
        assert bounces.record(connection, Returned("", second, "A@Council.example"), "5.1.1", NOW) == second
        assert bounces.bounced(connection, first) == []


@pytest.mark.parametrize("state", ["queued", "refused"])
def test_only_what_was_accepted_can_come_back(database: Database, state: str) -> None:
    """A report about what is still owed, or was refused, changes nothing."""
    with database.write() as connection:
        run_with(connection, "a@council.example")
        message = claimed(connection)
        claims.settle(connection, message, Settlement(state=state, next_attempt_at=NOW), reply="", now=NOW)
        assert bounces.record(connection, Returned(message.message.message_id), "5.1.1", NOW) is None


def test_who_was_reached_since_is_not_told_of(database: Database) -> None:
    """
    A bounced last week and took this week's digest; B bounced both times, in whichever case it is written.
    """
    send_all(database, "a@council.example", "b@council.example")
    second = send_all(database, "a@council.example", "B@council.example", weeks=1)
    with database.write() as connection:
        for message_id in (OF_A, OF_B, f"<run-{second}.digest.B@council.example>"):
            assert bounces.record(connection, Returned(message_id), "4.4.7", NOW + WEEK) is not None
        assert bounces.unreached(connection) == [Unreached("B@council.example", second, "4.4.7")]

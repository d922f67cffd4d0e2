"""The outbox: who may send a message, and what is kept of it."""

from datetime import timedelta

import pytest

from alerter.domain.delivery import Settlement
from alerter.store import claims, outbox
from alerter.store.database import Database
from tests.world.readings import LEASE, NOW, claim, claimed, letter, run_with

LATER = NOW + timedelta(minutes=5)
A, B, C = "a@council.example", "b@council.example", "c@council.example"


def alive(_token: str) -> bool:
    """Say of every sender that it lives, so that only its lease decides."""
    return True


def states(database: Database, run_id: int) -> dict[str, str]:
    """Return the state of each digest of a run."""
    with database.read() as connection:
        return {each.recipient: each.state for each in outbox.deliveries(connection, run_id)}


def test_a_message_is_claimed_as_it_was_written(database: Database) -> None:
    """What is claimed are the very bytes that were put in, and whose they are."""
    first = letter(A, body=b"X: \xff\r\n\r\n.\r\n\x00")
    with database.write() as connection:
        run_id = run_with(connection)
        outbox.enqueue(connection, run_id, kind="digest", edition=0, messages=[first], now=NOW)
        message = claimed(connection)
    assert (message.run_id, message.message) == (run_id, first)
    assert message.first_prepared_at == NOW
    assert (message.attempts, message.unanswered, message.token) == (1, 0, "t1")


def test_a_message_is_claimed_once(database: Database) -> None:
    """What one has claimed is not offered to another, however often it asks."""
    with database.write() as connection:
        run_with(connection, A)
        assert claim(connection, by="t1") is not None
        assert claim(connection, by="t2") is None
        assert claim(connection, NOW + 2 * LEASE, by="t2") is None


def test_a_claim_is_found_again_by_its_token(database: Database) -> None:
    """Who does not know whether a claim was kept can ask; what is marked or settled is nobody's claim."""
    with database.write() as connection:
        run_with(connection, A)
        message = claimed(connection)
        assert claims.held(connection, "t1") == message
        assert claims.held(connection, "t2") is None
        assert claims.mark(connection, message, NOW, NOW + LEASE)
        assert claims.held(connection, "t1") is None


def test_a_run_has_one_digest_a_recipient(database: Database) -> None:
    """A second digest of one run for one recipient is refused by the database itself."""
    with database.rehearse() as connection:
        run_with(connection, A)
        with pytest.raises(Exception, match=r"(?i)unique"):
            outbox.enqueue(connection, 1, kind="digest", edition=0, messages=[letter(A), letter(A)], now=NOW)


def test_messages_go_in_their_order(database: Database) -> None:
    """What has been due longest goes first, and of those that are due together the first written."""
    with database.write() as connection:
        run_with(connection, A, B, C)
        first = claimed(connection)
        claims.settle(
            connection, first, Settlement(state="deferred", next_attempt_at=LATER), reply="451", now=NOW
        )
        order = [claimed(connection, LATER).message.recipient for _ in range(3)]
    assert [first.message.recipient, *order] == [A, B, C, A]


def test_a_deferred_message_waits(database: Database) -> None:
    """Before its next attempt is due a deferred message is not offered; from that moment it is."""
    with database.write() as connection:
        run_with(connection, A)
        message = claimed(connection)
        claims.settle(
            connection, message, Settlement(state="deferred", next_attempt_at=LATER), reply="451", now=NOW
        )
        assert claim(connection, LATER - timedelta(microseconds=1)) is None
        assert claimed(connection, LATER).attempts == 2


def test_everything_owed_can_be_made_due(database: Database) -> None:
    """A person who asks for delivery does not wait for the back-off; what is settled stays so."""
    with database.write() as connection:
        run_id = run_with(connection, A, B)
        for state in ("deferred", "refused"):
            message = claimed(connection)
            due = LATER if state == "deferred" else None
            claims.settle(
                connection, message, Settlement(state=state, next_attempt_at=due), reply="", now=NOW
            )
        outbox.make_due(connection, NOW)
        assert claimed(connection).message.recipient == A
        assert claim(connection) is None
    assert states(database, run_id) == {A: "claimed", B: "refused"}


def test_a_message_is_settled_only_as_it_was_found(database: Database) -> None:
    """Whoever saw it claimed cannot put it back once it is marked, for its dot may be on the way."""
    with database.write() as connection:
        run_id = run_with(connection, A)
        message = claimed(connection)
        assert claims.mark(connection, message, NOW, NOW + LEASE)
        assert not claims.settle(
            connection, message, Settlement(state="queued"), reply="", now=NOW, expected=["claimed"]
        )
    assert states(database, run_id) == {A: "marked"}


def test_the_dot_needs_a_mark(database: Database) -> None:
    """The claim's holder marks once; a second mark of the same claim is refused."""
    with database.write() as connection:
        run_id = run_with(connection, A)
        message = claimed(connection)
        assert claims.mark(connection, message, NOW, NOW + LEASE) is True
        assert claims.mark(connection, message, NOW, NOW + LEASE) is False
    assert states(database, run_id) == {A: "marked"}


def test_a_sender_that_lost_its_claim_may_not_mark(database: Database) -> None:
    """A sender that was paused while another took its message over gets no mark, and changes nothing."""
    with database.write() as connection:
        run_id = run_with(connection, A)
        slow = claimed(connection, by="slow")
        ((state, taken_over),) = claims.abandoned(connection, NOW + LEASE, alive)
        assert (state, taken_over) == ("claimed", slow)
        claims.settle(
            connection, taken_over, Settlement(state="queued", next_attempt_at=LATER), reply="", now=LATER
        )
        assert claims.mark(connection, slow, LATER, LATER + LEASE) is False
        fast = claimed(connection, NOW + LEASE, by="fast")
        assert claims.mark(connection, slow, LATER, LATER + LEASE) is False
        assert (
            claims.settle(connection, slow, Settlement(state="sent"), reply="250 stale", now=LATER) is False
        )
        assert claims.mark(connection, fast, LATER, LATER + LEASE) is True
        assert claims.settle(connection, fast, Settlement(state="sent"), reply="250 ok", now=LATER) is True
        assert claims.settle(connection, fast, Settlement(state="refused"), reply="550", now=LATER) is False
        (delivery,) = outbox.deliveries(connection, run_id)
    assert (delivery.run_id, delivery.kind, delivery.recipient) == (run_id, "digest", A)
    assert (delivery.state, delivery.attempts, delivery.reply) == ("sent", 2, "250 ok")


def test_a_live_sender_is_not_abandoned(database: Database) -> None:
    """Until its lease has run out nobody takes a message over, and what is settled nobody ever does."""
    with database.write() as connection:
        run_with(connection, A, B)
        first, second = claimed(connection), claimed(connection)
        claims.mark(connection, second, NOW, NOW + LEASE)
        assert claims.abandoned(connection, NOW + LEASE - timedelta(microseconds=1), alive) == []
        assert len(claims.abandoned(connection, NOW, lambda _token: False)) == 2
        assert claims.abandoned(connection, NOW + LEASE, alive) == [("claimed", first), ("marked", second)]
        for message in (first, second):
            claims.settle(connection, message, Settlement(state="sent"), reply="250", now=NOW)
        assert claims.abandoned(connection, NOW + LEASE, alive) == []


def test_a_sending_without_an_answer_is_counted(database: Database) -> None:
    """A message sent again after an unknown outcome keeps its bytes and knows how often that was."""
    with database.write() as connection:
        run_with(connection, A)
        message = claimed(connection)
        claims.mark(connection, message, NOW, NOW + LEASE)
        claims.settle(
            connection,
            message,
            Settlement(state="deferred", next_attempt_at=NOW, is_unanswered=True),
            reply="",
            now=NOW,
        )
        assert outbox.owed(connection, unanswered=1) == 1
        again = claimed(connection)
        assert (again.unanswered, again.message) == (1, message.message)
        claims.settle(
            connection, again, Settlement(state="deferred", next_attempt_at=NOW), reply="451", now=NOW
        )
        assert claimed(connection).unanswered == 1


@pytest.mark.parametrize(
    ("state", "owed", "failed", "is_all_sent"),
    [
        ("queued", 1, 0, False),
        ("deferred", 1, 0, False),
        ("sent", 0, 0, True),
        ("refused", 0, 1, False),
        ("undelivered", 0, 1, False),
        ("unknown", 0, 1, False),
    ],
)
def test_what_is_owed(database: Database, *, state: str, owed: int, failed: int, is_all_sent: bool) -> None:
    """
    Everything prepared and not settled is owed; refused, given up or of unknown outcome waits for a person.
    """
    with database.write() as connection:
        run_id = run_with(connection, A)
        message = claimed(connection)
        assert outbox.owed(connection) == 1
        claims.settle(connection, message, Settlement(state=state), reply="", now=NOW)
        assert outbox.owed(connection) == owed
        assert len(outbox.failed(connection, run_id)) == failed
        assert outbox.is_all_sent(connection, run_id) is is_all_sent


def test_a_run_is_busy_while_its_digests_could_go(database: Database) -> None:
    """Due or in flight is busy; deferred until later, or settled, is not."""
    with database.write() as connection:
        run_id = run_with(connection, A)
        assert outbox.is_busy(connection, run_id, NOW)
        message = claimed(connection)
        assert outbox.is_busy(connection, run_id, NOW)
        claims.settle(
            connection, message, Settlement(state="deferred", next_attempt_at=LATER), reply="451", now=NOW
        )
        assert not outbox.is_busy(connection, run_id, NOW)
        assert outbox.is_busy(connection, run_id, LATER)
        claims.settle(
            connection, claimed(connection, LATER), Settlement(state="sent"), reply="250", now=LATER
        )
        assert not outbox.is_busy(connection, run_id, LATER)


def test_a_summary_is_no_digest(database: Database) -> None:
    """The admins' summary is owed like a digest, but is none, and each edition is a message of its own."""
    with database.write() as connection:
        run_id = run_with(connection)
        assert outbox.editions(connection, run_id) == 0
        for edition in (1, 2):
            outbox.enqueue(connection, run_id, kind="summary", edition=edition, messages=[letter(A)], now=NOW)
        assert outbox.editions(connection, run_id) == 2
        assert outbox.owed(connection) == 2
        assert outbox.deliveries(connection, run_id) == []
        assert not outbox.is_busy(connection, run_id, NOW)
        assert not outbox.is_all_sent(connection, run_id)


def test_a_run_without_messages_is_all_sent(database: Database) -> None:
    """Where there is nothing to send nothing is owed."""
    with database.write() as connection:
        run_id = run_with(connection)
        assert outbox.is_all_sent(connection, run_id)
        assert claim(connection) is None

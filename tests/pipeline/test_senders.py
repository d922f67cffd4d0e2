"""Senders beside each other: what one has in hand is left to it, and taken over when it is gone."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from alerter.pipeline.deliver import LEASE, Channel, Delivered, deliver
from alerter.pipeline.sending import wait_until
from alerter.store import claims, drafts, outbox
from alerter.store.database import Database, open_database
from alerter.store.senders import fresh_token, sending
from alerter.transports.folder import FolderTransport
from tests.pipeline.outgoing import Dawdling, enqueue, is_waiting, replies, states
from tests.world.readings import letter
from tests.world.stored_council import NOW, Council, at_once

LATER = NOW + LEASE
FORGET = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def claim(council: Council, sender: str, *, is_marked: bool) -> None:
    """Take one message in the name of *sender*, and mark it if its dot is to have gone out."""
    with council.database.write() as connection:
        message = claims.claim(connection, token=fresh_token(sender), now=NOW, lease_until=LATER)
        assert message is not None
        assert not is_marked or claims.mark(connection, message, NOW, NOW + LEASE)


def recover(council: Council) -> None:
    """Settle what dead senders left, and send nothing."""
    deliver(
        Channel(
            database=council.database,
            transport=FolderTransport(council.folder / "sent"),
            unknown_outcome="resend",
            clock=lambda: NOW,
            pace=at_once,
            should_stop=lambda: True,
        )
    )


def test_message_taken_over_is_left_alone(either_council: Council) -> None:
    """A sender that comes back after its lease does not deliver, and settles nothing."""
    enqueue(either_council, 1)
    late, quick = either_council.folder / "late", FolderTransport(either_council.folder / "quick")
    dawdling = Dawdling(FolderTransport(late), before_mark=lambda: either_council.deliver(quick, now=LATER))
    assert either_council.deliver(dawdling).outcomes == ["superseded"]
    assert states(either_council) == ["sent"]
    assert list(late.iterdir()) == []
    assert len(list((either_council.folder / "quick").iterdir())) == 1


def test_living_sender_keeps_its_message_until_its_lease_is_out(either_council: Council) -> None:
    """What a sender has in hand is left to it, and taken over when it has had it for too long."""
    enqueue(either_council, 1)
    with sending(either_council.database) as sender:
        claim(either_council, sender.id, is_marked=False)
        assert either_council.deliver(now=LATER - timedelta(seconds=1)).outcomes == []
        assert either_council.deliver(now=LATER).outcomes == ["sent"]
    assert states(either_council) == ["sent"]


def test_claimed_message_of_a_dead_sender_is_sent_at_once(either_council: Council) -> None:
    """Without a mark it was certainly not delivered, so nobody waits for the lease."""
    enqueue(either_council, 1)
    with sending(either_council.database) as sender:
        claim(either_council, sender.id, is_marked=False)
    assert either_council.deliver().outcomes == ["sent"]
    assert states(either_council) == ["sent"]


def test_sender_that_dies_meanwhile_is_noticed(either_council: Council) -> None:
    """What a sender leaves that was still alive at the beginning is taken over at the end."""
    enqueue(either_council, 2)
    other = ExitStack()
    claim(either_council, other.enter_context(sending(either_council.database)).id, is_marked=False)
    transport = Dawdling(FolderTransport(either_council.folder / "sent"), before_mark=other.close)
    assert either_council.deliver(transport).outcomes == ["sent", "sent"]
    assert states(either_council) == ["sent", "sent"]


def test_marked_message_of_a_dead_sender_is_sent_again(either_council: Council) -> None:
    """
    With a mark its outcome is unknown: it goes out again at once, and a fifth death is left to a person.
    """
    enqueue(either_council, 1)
    for _ in range(5):
        claim(either_council, "dead", is_marked=True)
        with either_council.database.read() as connection:
            assert outbox.owed(connection) == 1
        recover(either_council)
    assert states(either_council) == ["unknown"]
    assert either_council.deliver(now=LATER).outcomes == []


def test_marked_message_of_a_dead_sender_is_held_where_settings_say_so(council: Council) -> None:
    """With `hold` it is not sent again."""
    enqueue(council, 1)
    claim(council, "dead", is_marked=True)
    assert council.deliver(unknown_outcome="hold").outcomes == []
    assert (states(council), replies(council)) == (["unknown"], ["the sender died before the reply"])


def test_senders_side_by_side_share_the_work(database: Database, tmp_path: Path) -> None:
    """Four senders at once deliver every message exactly once between them."""
    council = Council(database, tmp_path)
    enqueue(council, 16)

    def send(number: int) -> Delivered:
        return council.deliver(FolderTransport(tmp_path / f"sender{number}"))

    with ThreadPoolExecutor(4) as pool:
        outcomes = [outcome for done in pool.map(send, range(4)) for outcome in done.outcomes]
    assert outcomes == ["sent"] * 16
    assert states(council) == ["sent"] * 16


def test_what_is_being_written_anew_is_waited_for(postgresql_url: str, tmp_path: Path) -> None:
    """A sender that finds each message held by somebody who writes it anew sends it as it is then."""
    council = Council(open_database(postgresql_url), tmp_path)
    enqueue(council, 2)
    fresh = letter("m0@council.example", body=b"Subject: anew\r\n\r\n")
    with ThreadPoolExecutor(1) as pool:
        with council.database.write() as connection:
            first, second = drafts.hold_on(connection, 1)
            delivering = pool.submit(council.deliver)
            assert wait_until(lambda: is_waiting(council) or delivering.done(), 60)
            drafts.withdraw(connection, second, NOW)
            drafts.rewrite(connection, first, fresh, NOW)
        assert delivering.result() == Delivered(outcomes=["sent"])
    assert states(council) == ["sent", "withdrawn"]
    assert [path.read_bytes() for path in (tmp_path / "sent").iterdir()] == [fresh.body]
    council.database.close()


def test_message_is_not_put_back_while_its_dot_goes_out(postgresql_url: str, tmp_path: Path) -> None:
    """A sender taken for dead marks its message in the same moment: it is not offered to others as unsent."""
    council = Council(open_database(postgresql_url), tmp_path)
    enqueue(council, 1)
    with council.database.write() as connection:
        message = claims.claim(connection, token=fresh_token("silent"), now=NOW, lease_until=LATER)
        assert message is not None
    with ThreadPoolExecutor(1) as pool:
        with council.database.write() as connection:
            assert claims.mark(connection, message, NOW, LATER)
            recovering = pool.submit(recover, council)
            assert wait_until(lambda: is_waiting(council), 60)
        recovering.result()
    assert states(council) == ["marked"]
    council.database.close()


def test_sender_is_known_to_live_after_its_server_came_back(postgresql_url: str, tmp_path: Path) -> None:
    """A server that forgot all locks between claim and mark leads nobody to send what is just being sent."""
    council = Council(open_database(postgresql_url), tmp_path)
    enqueue(council, 1)

    def forget() -> None:
        with council.database.write() as connection:
            connection.execute(text(FORGET))

    others: list[Delivered] = []
    sent = FolderTransport(tmp_path / "sent")
    transport = Dawdling(sent, before_mark=forget, after_mark=lambda: others.append(council.deliver()))
    assert council.deliver(transport).outcomes == ["sent"]
    assert others == [Delivered(outcomes=[])]
    assert states(council) == ["sent"]
    council.database.close()

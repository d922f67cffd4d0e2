"""
Four senders on one outbox, each stopped and continued at random: nobody gets a message twice.

15 pauses on each database in the suite, 1,000 under `make soak`; every fifth outlasts the lease. Nobody
waits half an hour for that: while one sender is stopped and the others have come to rest, the clock of all
of them is put forward by a lease, and the mail server hangs up on the one that has been silent for so long,
as mail servers do (RFC 5321 4.5.3.2.7: after five minutes). What it had marked by then is of unknown
outcome and may arrive twice; nothing else may.
"""

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event

import pytest

from alerter.domain.message import Message
from alerter.pipeline.deliver import MARKED_LEASE
from alerter.pipeline.sending import wait_until
from alerter.store import outbox
from alerter.store.database import Database, open_database
from tests.soak.conftest import Fresh
from tests.soak.oracle import second_copies
from tests.soak.sender import OVER, Post, Timepiece, keep_delivering
from tests.world.ledger import Ledger
from tests.world.mail_server import MailServer
from tests.world.process import Process
from tests.world.readings import run_with
from tests.world.size import size

SENDERS = 4
SHORT_PAUSES = 4  # in each batch, and then a long one
BATCHES = size(3, 10)
BLOCKS = size(1, 20)
MESSAGES = 16
LONGEST_GAP, LONGEST_PAUSE = 0.03, 0.05
AT_DOT_SECONDS = 0.005
REST_SECONDS, PATIENCE_SECONDS = 10, 300


@dataclass(slots=True)
class Street:
    """Four senders at work; *may_be_doubled* grows with what was marked and then stopped for too long."""

    database: Database
    ledger: Ledger
    sink: MailServer
    posts: list[Post]
    random: Random
    senders: list[Process] = field(default_factory=list)
    may_be_doubled: set[str] = field(default_factory=set)
    enqueued: int = 0

    def enqueue(self) -> None:
        """Put further digests of the one run into the outbox."""
        self.enqueued += MESSAGES
        letters = [letter(number) for number in range(self.enqueued - MESSAGES, self.enqueued)]
        with self.database.write() as connection:
            now = self.posts[0].timepiece()
            outbox.enqueue(connection, 1, kind="digest", edition=0, messages=letters, now=now)

    def pause(self) -> str:
        """Stop one sender for a moment; return whether there was anything to send."""
        with self._stopped():
            is_idle = self.ledger.is_settled()
            Event().wait(self.random.uniform(0, LONGEST_PAUSE))
        return "short pauses with nothing left to send" if is_idle else "short pauses while sending"

    def outlast(self) -> str:
        """
        Stop one sender for more than a lease, while the others go on; return what it had in hand.

        Where it holds a lock of the database itself nobody can go on, and the pause remains a short one.
        """
        with self._stopped() as number:
            if not wait_until(self._has_come_to_rest(number), REST_SECONDS):
                return "long pauses cut short, for the others could not come to rest"
            left = self.ledger.unsettled()
            assert len(left) <= 1
            self.may_be_doubled |= {each for each, state in left.items() if state == "marked"}
            self.posts[number].timepiece.put_forward(MARKED_LEASE + timedelta(seconds=1))
            self.sink.hang_up(self.posts[number].name)
            wait_until(self.ledger.is_settled, REST_SECONDS)
            is_left = not self.ledger.is_settled()
        held = f"with a message {''.join(left.values())}" if left else "with nothing in hand"
        return f"long pauses {held}{' and locked' if is_left else ''}"

    def _has_come_to_rest(self, stopped: int) -> Callable[[], bool]:
        """
        Return what says whether each other sender has since ended two deliveries, and so has nothing in hand.
        """
        others = [post for number, post in enumerate(self.posts) if number != stopped]
        at_stop = [post.rounds() for post in others]
        return lambda: all(post.rounds() >= was + 2 for post, was in zip(others, at_stop, strict=True))

    @contextmanager
    def _stopped(self) -> Iterator[int]:
        Event().wait(self.random.uniform(0, LONGEST_GAP))
        number = self.random.randrange(SENDERS)
        self.senders[number].stop()
        try:
            yield number
        finally:
            self.senders[number].send(signal.SIGCONT)


@pytest.fixture
def street(fresh: Fresh, seed: int, tmp_path: Path) -> Iterator[Street]:
    """Let four senders deliver side by side on one kind of database."""
    random = Random(seed)  # noqa: S311 - pauses that can be repeated
    timepiece = Timepiece(tmp_path / "clock")
    timepiece.put_forward(timedelta())
    with (
        fresh(tmp_path) as url,
        MailServer(dot_pause=AT_DOT_SECONDS) as sink,
        Ledger(url) as ledger,
    ):
        database = open_database(url)
        sink.is_marked = ledger.is_marked
        with database.write() as connection:
            assert run_with(connection) == 1
        posts = [Post(url, sink.port, timepiece, f"sender{number}", tmp_path) for number in range(SENDERS)]
        made = Street(database, ledger, sink, posts, random)
        made.senders = [Process(keep_delivering, post) for post in posts]
        yield made
        (tmp_path / OVER).touch()
        for sender in made.senders:
            sender.ended()
        database.close()


def letter(number: int) -> Message:
    """Return one message, with a Message-ID of its own."""
    message_id = f"<run-1.digest.{number}@council.example>"
    body = f"Message-ID: {message_id}\r\nSubject: 1 assessment\r\n\r\n.\r\n..\r\nNo. {number}\r\n"
    return Message(f"m{number}@council.example", message_id, "1 assessment", body.encode())


@pytest.mark.parametrize("seed", range(BLOCKS))
def test_paused_senders_send_nothing_twice(street: Street, figures: Counter[str], seed: int) -> None:
    """
    Each message arrives, and a second time only where its sender was silent for half an hour after the mark.
    """
    for _ in range(BATCHES):
        street.enqueue()
        for _ in range(SHORT_PAUSES):
            figures[street.pause()] += 1
        street.enqueue()
        figures[street.outlast()] += 1
        assert wait_until(street.ledger.is_settled, PATIENCE_SECONDS)
    copies, entries = street.sink.take(), street.ledger.messages("")
    figures["second copies"] += len(second_copies(copies, entries, street.may_be_doubled))
    figures["messages"] += len(entries)
    assert all(sender.is_alive for sender in street.senders)

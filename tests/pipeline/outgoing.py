"""Messages in the outbox and how they stand, a transport that dawdles, and who waits for a lock."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text

from alerter.domain.message import Message
from alerter.store import outbox
from alerter.transports.transport import Outcome, Transport
from tests.world.readings import run_with
from tests.world.stored_council import Council

WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
"""


def _nothing() -> None:
    """Let time pass."""


@dataclass(frozen=True, slots=True)
class Dawdling:
    """
    A transport that dawdles, and what happens while it does: before it talks, before and after its mark.
    """

    inner: Transport
    before_talk: Callable[[], object] = _nothing
    before_mark: Callable[[], object] = _nothing
    after_mark: Callable[[], object] = _nothing

    def send(self, message: Message, mark: Callable[[], bool]) -> Outcome:
        """Dawdle, then deliver."""

        def late_mark() -> bool:
            self.before_mark()
            is_ours = mark()
            self.after_mark()
            return is_ours

        self.before_talk()
        return self.inner.send(message, late_mark)

    def connect(self) -> str:
        """Open the way."""
        return self.inner.connect()

    def close(self) -> None:
        """Let go of it."""
        self.inner.close()


def enqueue(council: Council, count: int) -> None:
    """Put one run with *count* digests into the outbox."""
    with council.database.write() as connection:
        run_with(connection, *(f"m{number}@council.example" for number in range(count)))


def states(council: Council) -> list[str]:
    """Return the state of every digest, by recipient."""
    with council.database.read() as connection:
        return [each.state for each in outbox.deliveries(connection, 1)]


def replies(council: Council) -> list[str]:
    """Return what is kept of each server's answer, by recipient."""
    with council.database.read() as connection:
        return [each.reply for each in outbox.deliveries(connection, 1)]


def is_waiting(council: Council) -> bool:
    """Say whether somebody waits for what another has locked."""
    with council.database.read() as connection:
        return connection.execute(text(WAITING)).scalar_one() > 0

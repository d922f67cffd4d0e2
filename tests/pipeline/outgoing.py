"""Messages in the outbox and how they stand, and a transport that dawdles."""

from collections.abc import Callable
from dataclasses import dataclass

from alerter.mail.transport import Outcome, Sendable, Transport
from alerter.store import outbox
from tests.pipeline.council import Council
from tests.store.made_up import run_with


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """
    A transport that dawdles: before it marks a message *meanwhile* happens, and *afterwards* after that.
    """

    inner: Transport
    meanwhile: Callable[[], object] = lambda: None
    afterwards: Callable[[], object] = lambda: None

    def send(self, message: Sendable, mark: Callable[[], bool]) -> Outcome:
        """
        Dawdle, then deliver.
        """

        def late_mark() -> bool:
            self.meanwhile()
            is_ours = mark()
            self.afterwards()
            return is_ours

        return self.inner.send(message, late_mark)

    def connect(self) -> str:
        """
        Open the way.
        """
        return self.inner.connect()

    def close(self) -> None:
        """
        Let go of it.
        """
        self.inner.close()


@dataclass(frozen=True, slots=True)
class Beforehand:
    """
    A transport before which, once a message is claimed and nothing of it sent, something *happens*.
    """

    inner: Transport
    happens: Callable[[], object]

    def send(self, message: Sendable, mark: Callable[[], bool]) -> Outcome:
        """
        Let it happen, then deliver.
        """
        self.happens()
        return self.inner.send(message, mark)

    def connect(self) -> str:
        """
        Open the way.
        """
        return self.inner.connect()

    def close(self) -> None:
        """
        Let go of it.
        """
        self.inner.close()


def enqueue(council: Council, count: int) -> None:
    """
    Put one run with *count* digests into the outbox.
    """
    with council.database.write() as connection:
        run_with(connection, *(f"m{number}@council.example" for number in range(count)))


def states(council: Council) -> list[str]:
    """
    Return the state of every digest, by recipient.
    """
    with council.database.read() as connection:
        return [each.state for each in outbox.deliveries(connection, 1)]


def replies(council: Council) -> list[str]:
    """
    Return what is kept of each server's answer, by recipient.
    """
    with council.database.read() as connection:
        return [each.reply for each in outbox.deliveries(connection, 1)]

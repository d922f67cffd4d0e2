"""The protocol of a way of sending: one message at a time, and a mark just before it can arrive."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from alerter.domain.message import Message
from alerter.transports.known_refusals import explained

State = Literal["sent", "deferred", "refused", "unknown", "superseded"]
SETTLED = ("sent", "refused", "unknown")  # an unknown one may have arrived: nobody has the same twice
LONGEST_REPLY = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What became of one message.

    `sent`: accepted. `deferred`: certainly not delivered, may be taken later. `refused`: never.
    `unknown`: no believable reply after the final dot. `superseded`: the mark was no longer ours, so
    nothing was delivered. *reply* is the server's answer on one line.
    """

    state: State
    reply: str = ""


class Transport(Protocol):
    """A way of sending."""

    def connect(self) -> str:
        """
        Open the way if it is not open, and say where it leads.

        Raises:
            MailDeferredError: It cannot be opened now.
            MailStoppedError: It cannot be opened until someone changes a setting.
        """

    def send(self, message: Message, mark: Callable[[], bool]) -> Outcome:
        """
        Deliver one message, calling *mark* once, just before it can arrive.

        When *mark* says no or raises, nothing was delivered.

        Raises:
            MailDeferredError: Nothing can be sent now; not this message's fault.
            MailStoppedError: Nothing can be sent until someone changes a setting.
        """

    def close(self) -> None:
        """Let go of the connection; no outcome depends on it."""


def send_once(transport: Transport, messages: Iterable[Message]) -> Iterator[Message]:
    """
    Send *messages* that stand in no outbox, and close the way; yield each that is settled.

    Raises:
        MailError: The rest cannot be sent.
    """
    try:
        for message in messages:
            if transport.send(message, mark=lambda: True).state in SETTLED:
                yield message
    finally:
        transport.close()


def reply_words(code: int, text: bytes | str) -> str:
    r"""
    Return a server's reply as the ledger keeps it: one line, printable, not long, a known one with advice.

    >>> reply_words(550, b"5.1.1 No such user\nsorry\x1b[2J")
    '550 5.1.1 No such user sorry [2J'
    """
    words = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    printable = "".join(c if c.isascii() and c.isprintable() else " " for c in words)
    line = " ".join((f"{code} {printable}" if code > 0 else printable).split())
    return explained(line[:LONGEST_REPLY])

"""A real mail server in the test process (aiosmtpd), whose reply to each recipient can be scripted."""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
ACCEPT = "accept"
LATER = "451 to RCPT"
LATER_AT_DOT = "451 to the dot"
NEVER = "550 to RCPT"
NEVER_AT_DOT = "550 to the dot"
DROP = "no reply to the dot, and the connection is gone"
AT_RCPT = {LATER: "451 4.2.0 greylisted, try later", NEVER: "550 5.1.1 no such user"}
AT_DOT = {LATER_AT_DOT: "451 4.3.0 try later", NEVER_AT_DOT: "550 5.7.1 not wanted"}


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as it came: the address of its envelope, and its bytes."""

    recipient: str
    content: bytes


class PostOffice:
    """
    Listens on a port of 127.0.0.1 while its `with` block lasts.

    *script* says what happens to the messages for an address, one reply after the other (`ACCEPT`, `LATER`,
    `LATER_AT_DOT`, `NEVER`, `NEVER_AT_DOT`, `DROP`); an address without a script, or whose script is used up,
    is accepted. *on_rcpt*, where given, is called with each recipient before it is answered.

    *arrived* holds what was accepted; *seen* every message that came to its final dot, whatever the answer.
    """

    def __init__(
        self,
        script: Mapping[str, Sequence[str]] | None = None,
        port: int | None = None,
        on_rcpt: Callable[[str], None] | None = None,
    ) -> None:
        self.port = free_port() if port is None else port
        self.arrived: list[Parcel] = []
        self.seen: list[Parcel] = []
        self._script = {address: list(replies) for address, replies in (script or {}).items()}
        self._on_rcpt = on_rcpt
        self._controller = Controller(self, hostname=HOST, port=self.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    def tally(self) -> Counter[str]:
        """Return how many messages were accepted for each recipient."""
        return Counter(parcel.recipient for parcel in self.arrived)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse or defer a recipient as its script says."""
        if self._on_rcpt is not None:
            self._on_rcpt(address)
        if self._next(address) in AT_RCPT:
            return AT_RCPT[self._taken(address)]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Write a message down, and answer its final dot as the script says."""
        (address,) = envelope.rcpt_tos
        parcel = Parcel(address, bytes(envelope.original_content or b""))
        self.seen.append(parcel)
        reply = self._taken(address)
        if reply == DROP:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if reply in AT_DOT:
            return AT_DOT[reply]
        if reply == ACCEPT:
            self.arrived.append(parcel)
        return "250 OK"

    def _next(self, address: str) -> str:
        return next(iter(self._script.get(address, ())), ACCEPT)

    def _taken(self, address: str) -> str:
        replies = self._script.get(address)
        return replies.pop(0) if replies else ACCEPT


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])

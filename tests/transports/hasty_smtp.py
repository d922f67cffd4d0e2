"""A mail server that says more than it was asked for: with a reply, right after it, or later."""

import ssl
import threading
from collections.abc import Iterable
from itertools import chain
from socket import socket

from tests.transports.scripted_smtp import ScriptedSmtp

TOGETHER, APART = "together", "apart"


class HastySmtp(ScriptedSmtp):
    """
    A scripted server that adds *surplus* to its reply to a step, each in the same packet or `APART`.

    What it adds to `body` it says as soon as the first line of one has come.

    *is_ready* is set once it has answered DATA, whatever it added: until then its words are on their way.
    """

    def __init__(
        self,
        script: dict[str, bytes | list[bytes]],
        surplus: dict[str, bytes],
        packing: str = TOGETHER,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(script, tls)
        self._surplus = surplus
        self._packing = packing
        self._talking_to: socket | None = None
        self.is_ready = threading.Event()

    def say(self, words: bytes) -> None:
        """Say something that nobody asked for, now."""
        if self._talking_to is not None:
            self._talking_to.sendall(words)

    def _reply(self, connection: socket, step: str) -> bool:
        self._talking_to = connection
        goes_on = super()._reply(connection, step)
        if goes_on and self._packing == APART:
            connection.sendall(self._surplus.get(step, b""))
        if step == "DATA":
            self.is_ready.set()
        return goes_on

    def _body(self, reader: Iterable[bytes], connection: socket) -> bool:
        lines = iter(reader)
        first = next(lines, b"")
        connection.sendall(self._surplus.get("body", b""))
        return super()._body(chain([first], lines), connection)

    def _answer_to(self, step: str) -> bytes:
        answer = super()._answer_to(step)
        return answer + self._surplus.get(step, b"") if answer and self._packing == TOGETHER else answer

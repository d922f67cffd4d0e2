"""A web server that gives so much of an answer at once, and the rest a byte at a time."""

import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from tests.world.listener import Listener

DRIP_SECONDS = 0.02
TLS_RECORD = b"\x16\x03\x03\x3f\xff" + b"\0" * 16_383
"""The beginning of TLS, as long as a record may be."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered to one request, *at_once* so many of its bytes; TLS begins without a request."""

    words: bytes
    at_once: int


def http(body: bytes = b"", status: str = "200 OK") -> bytes:
    """Return an answer with so long a header that no test would see its end if it came by the byte."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"X-Long: " + b"x" * 4_000 + b"\r\n\r\n" + body


class DrippingServer(Listener):
    """
    Listens on a port of 127.0.0.1 while its `with` block lasts; the last of *answers* is repeated.

    *asked* holds the first line of each request. *is_left* is set once a client has hung up on a drip.
    """

    def __init__(self, answers: Sequence[Answer], tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self._answers = list(answers)
        self.asked: list[str] = []
        self.is_left = threading.Event()

    def answer_first(self, answer: Answer) -> None:
        """Answer the first request so, before the others."""
        self._answers.insert(0, answer)

    def left(self) -> None:
        """Note that a client has hung up on a drip."""
        self.is_left.set()

    def serve(self, connection: socket.socket) -> None:
        """Answer one request."""
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if answer.words != TLS_RECORD:
            self._read(connection)
        connection.sendall(answer.words[: answer.at_once])
        for place in range(answer.at_once, len(answer.words)):
            if self.is_over.wait(DRIP_SECONDS):
                return
            connection.sendall(answer.words[place : place + 1])

    def _read(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as reader:
            self.asked.append(reader.readline().decode("ascii", "replace").strip())
            length = 0
            while line := reader.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            reader.read(length)

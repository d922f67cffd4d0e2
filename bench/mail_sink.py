"""
A mail server in a process of its own that takes everything, as fast as Python can.

A thread for each connection, replies made beforehand, and one look at the end of what has come: nothing of a
message is parsed, so that whoever sends is what is measured. What it took is asked for afterwards.
"""

import multiprocessing
import os
import socket
import tempfile
import threading
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from time import sleep
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
PIECE = 1 << 18
END = b"\r\n.\r\n"
GREETING, OK, TAKEN = b"220 sink\r\n", b"250 ok\r\n", b"250 taken\r\n"
REPLIES = {
    b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"DATA": b"354 go ahead\r\n", b"QUIT": b"221 bye\r\n"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """One message as it came over the wire, without the final dot: dots are still doubled."""

    recipient: str
    wire: bytes

    @property
    def message(self) -> bytes:
        """Return it as it was before it was sent."""
        return self.wire.replace(b"\r\n..", b"\r\n.")


class MailSink:
    """
    Listens on a free port of 127.0.0.1 while its `with` block lasts.

    With *is_durable* it writes each message to disk before it answers, as RFC 5321 4.2.5 asks of a server
    that takes responsibility. It answers after a wait for the *seconds_away* that a network's way there and
    back takes.
    """

    def __init__(self, *, is_durable: bool = False, seconds_away: float = 0) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, is_durable, seconds_away), daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._process.start()
        self.port = self._line.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.send("stop")
        self._process.join()

    def take(self) -> list[Taken]:
        """Return what was taken since this was last asked."""
        self._line.send("take")
        return [Taken(*each) for each in self._line.recv()]


@dataclass(frozen=True, slots=True)
class _Server:
    """What all connections share."""

    is_durable: bool
    seconds_away: float
    taken: list[tuple[str, bytes]] = field(default_factory=list)

    def listen(self, listener: socket.socket) -> None:
        while True:
            caller, _ = listener.accept()
            threading.Thread(target=self._converse, args=(caller,), daemon=True).start()

    def _converse(self, caller: socket.socket) -> None:
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with caller, tempfile.TemporaryFile() as spool:
            caller.sendall(GREETING)
            read, replies, recipient = b"", b"", ""
            while read or (read := caller.recv(PIECE)):
                line, ended, read = read.partition(b"\r\n")
                if not ended:
                    read = line + caller.recv(PIECE)
                    continue
                verb = line[:4].upper()
                if verb == b"RCPT":
                    recipient = line.decode("ascii").partition("<")[2].partition(">")[0]
                replies += REPLIES.get(verb, OK)
                if b"\r\n" in read and verb != b"DATA":
                    continue  # more commands have come with this one: one answer to all
                self._answer(caller, replies)
                replies = b""
                if verb == b"QUIT":
                    return
                if verb == b"DATA":
                    wire, read = _body(caller, read)
                    if self.is_durable:
                        os.pwrite(spool.fileno(), wire, 0)
                        os.fsync(spool.fileno())
                    self.taken.append((recipient, wire))
                    self._answer(caller, TAKEN)

    def _answer(self, caller: socket.socket, replies: bytes) -> None:
        if self.seconds_away:
            sleep(self.seconds_away)
        caller.sendall(replies)


def _body(caller: socket.socket, begun: bytes) -> tuple[bytes, bytes]:
    """Return a message up to its final dot; nobody sends on before that is answered."""
    pieces, tail = [begun], begun[-len(END) :]
    while not tail.endswith(END):
        piece = caller.recv(PIECE)
        if not piece:
            raise ConnectionError
        pieces.append(piece)
        tail = (tail + piece)[-len(END) :]
    return b"".join(pieces)[: -len(END) + 2], b""


def _serve(line: Connection, is_durable: bool, seconds_away: float) -> None:  # noqa: FBT001 - positions alone
    server = _Server(is_durable, seconds_away)
    with socket.create_server((HOST, 0)) as listener:
        threading.Thread(target=server.listen, args=(listener,), daemon=True).start()
        line.send(listener.getsockname()[1])
        while line.recv() == "take":
            taken = list(server.taken)
            server.taken.clear()
            line.send(taken)

"""A mail server that answers every step well, and at every step lets a test step in first."""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.acceptance.post_office import HOST, Parcel

CONNECT, BODY, DOT, ANSWERED = "connect", "body", "dot", "answered"
HANG_UP = b""
ANSWERS = {
    CONNECT: b"220 ready\r\n",
    "DATA": b"354 go ahead\r\n",
    DOT: b"250 2.0.0 queued\r\n",
    "QUIT": b"221 bye\r\n",
}
OK = b"250 ok\r\n"
PATIENCE_SECONDS = 120
NARROW = 1024
Deed = Callable[[], bytes | None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done at one step, once: for anybody's message, or for one recipient's."""

    step: str
    recipient: str
    deed: Deed


class WatchedOffice:
    """
    Listens on a port of 127.0.0.1 while its `with` block lasts, to several clients at once.

    A step is a command's verb, or `connect` (before the greeting), `body` (its first line has come, and
    nothing more is read), `dot` (the message is kept, and not answered) or `answered` (its answer is out).
    *kept* holds what came to its final dot and was taken.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server((HOST, 0))
        self._plans: list[Plan] = []
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.kept: list[Parcel] = []
        self._unfinished: list[Parcel] = []

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self._listener.getsockname()[1])

    def at(self, step: str, deed: Deed, to: str = "") -> None:
        """
        Do *deed* when *step* comes next, or comes in a message *to* a recipient; then go on.

        What it returns is answered in place of the usual; `HANG_UP` closes the connection.
        """
        with self._lock:
            self._plans.append(Plan(step, to, deed))

    def narrow(self) -> None:
        """Let no later client hand over much more of a body than has been read."""
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, NARROW)

    def forget(self) -> None:
        """Forget what was kept so far."""
        self.kept, self._unfinished = [], []

    def tally(self) -> Counter[str]:
        """Return how many messages were kept for each recipient."""
        return Counter(parcel.recipient for parcel in self.kept)

    def unfinished(self) -> list[Parcel]:
        """Return what came without its dot, once every conversation is over."""
        _listening, *conversations = self._threads
        self._await(conversations)
        return self._unfinished

    def copies(self, recipient: str) -> list[bytes]:
        """Return what was kept for one recipient."""
        return [parcel.content for parcel in self.kept if parcel.recipient == recipient]

    def __enter__(self) -> Self:
        self._begin(self._listen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._await(self._threads)
        self._listener.close()

    def _await(self, threads: Iterable[threading.Thread]) -> None:
        for thread in threads:
            thread.join(timeout=PATIENCE_SECONDS)

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=work, args=arguments, daemon=True))
        self._threads[-1].start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._begin(self._converse, connection)

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE_SECONDS)
        try:
            with connection, connection.makefile("rb") as reader:
                self._answer_all(connection, reader)
        except OSError:
            return  # the client is gone, which is what the test wanted

    def _answer_all(self, connection: socket.socket, reader: Iterable[bytes]) -> None:
        recipient = ""
        is_open = self._answer(connection, CONNECT, recipient)
        while is_open and (line := next(iter(reader), b"")):
            verb = line[:4].decode("ascii", "replace").upper()
            if verb == "RCPT":
                recipient = line.decode("ascii", "replace").partition("<")[2].partition(">")[0]
            is_open = self._answer(connection, verb, recipient) and verb != "QUIT"
            if is_open and verb == "DATA":
                is_open = self._take(connection, reader, recipient)

    def _take(self, connection: socket.socket, reader: Iterable[bytes], recipient: str) -> bool:
        """Read one body up to its dot, and answer it."""
        lines: list[bytes] = []
        for line in reader:
            if not lines:
                self._stepped_in(BODY, recipient)
            if line == b".\r\n":
                self.kept.append(Parcel(recipient, b"".join(lines)))
                is_open = self._answer(connection, DOT, recipient)
                self._stepped_in(ANSWERED, recipient)
                return is_open
            lines.append(line)
        self._unfinished.append(Parcel(recipient, b"".join(lines)))
        return False

    def _answer(self, connection: socket.socket, step: str, recipient: str) -> bool:
        answer = self._stepped_in(step, recipient)
        if answer is None:
            answer = ANSWERS.get(step, OK)
        if step == DOT and not answer.startswith(b"2") and answer != HANG_UP:
            self.kept.pop()
        connection.sendall(answer)
        return answer != HANG_UP

    def _stepped_in(self, step: str, recipient: str) -> bytes | None:
        with self._lock:
            found = [each for each in self._plans if each.step == step and each.recipient in ("", recipient)]
            if found:
                self._plans.remove(found[0])
        return found[0].deed() if found else None

"""The tests' mail server: it answers each step as its script says, and writes down what reached it."""

import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesHeaderParser
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
PATIENCE_SECONDS = 600
NARROW = 1024
CONNECT, BODY, DOT, ANSWERED = "banner", "body", "dot", "answered"
TOGETHER, APART = "together", "apart"
HANG_UP = b""
SILENT = b"..."
DRIP = b". . ."
DRIP_SECONDS = 0.05
GOOD = {
    CONNECT: b"220 scripted ready\r\n",
    "EHLO": b"250-scripted\r\n250 AUTH PLAIN LOGIN\r\n",
    "STARTTLS": b"220 go ahead\r\n",
    "AUTH": b"235 welcome\r\n",
    "MAIL": b"250 sender ok\r\n",
    "RCPT": b"250 recipient ok\r\n",
    "DATA": b"354 go ahead\r\n",
    DOT: b"250 2.0.0 queued as 1\r\n",
    "RSET": b"250 reset\r\n",
    "QUIT": b"221 bye\r\n",
}
ACCEPT = "accept"
LATER = "451 to RCPT"
LATER_AT_DOT = "451 to the dot"
NEVER = "550 to RCPT"
NEVER_AT_DOT = "550 to the dot"
DROP = "no reply to the dot, and the connection is gone"
AT_RCPT = {LATER: b"451 4.2.0 greylisted, try later\r\n", NEVER: b"550 5.1.1 no such user\r\n"}
AT_DOT = {LATER_AT_DOT: b"451 4.3.0 try later\r\n", NEVER_AT_DOT: b"550 5.7.1 not wanted\r\n", DROP: HANG_UP}
Deed = Callable[[], bytes | None]
Script = Mapping[str, bytes | Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as it came; *was_marked* is what `is_marked` said at its dot."""

    recipient: str
    content: bytes
    was_marked: bool | None = None

    @property
    def message_id(self) -> str:
        """Return its Message-ID."""
        return message_id_of(self.content)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done at one step, once: for anybody's message, or for one recipient's."""

    step: str
    recipient: str
    deed: Deed


class MailServer:
    """
    Listens on a port of 127.0.0.1 while its `with` block lasts, to several clients at once.

    A step is a command's verb, `banner`, `body` (its first line has come, and nothing more is read), `dot` or
    `answered` (the answer to the dot is out). *script* gives the reply to a step, or a list of replies, one
    for each time the step comes, the last repeated. `HANG_UP` closes the connection instead, `SILENT` says
    nothing until the client goes, and `DRIP` says one byte and another. *surplus* is added to the reply to
    a step, in the same packet or `APART`. *to* says what happens to the messages for an address, one after
    the other (`ACCEPT`, `LATER`, ...). Each reply is held back for *pause* seconds, the one to the dot for
    *dot_pause*. With *tls* the server answers STARTTLS. *on_rcpt* is called with each recipient before it is
    answered, and `is_marked` with each Message-ID at its dot.

    *arrived* holds what was accepted, from the moment of its dot; *seen* every message that came to its dot,
    and *bodies* those as they came, with their dots doubled; *commands* every line of command; *replies* what
    was answered to which step of a message to whom. *is_ready* is set once DATA was answered.
    """

    def __init__(
        self,
        script: Script | None = None,
        tls: ssl.SSLContext | None = None,
        *,
        to: Mapping[str, Sequence[str]] | None = None,
        surplus: Mapping[str, bytes] | None = None,
        packing: str = TOGETHER,
        pause: float = 0,
        dot_pause: float = 0,
        port: int = 0,
        on_rcpt: Callable[[str], None] = lambda _recipient: None,
    ) -> None:
        self._script = {
            step: [reply] if isinstance(reply, bytes) else list(reply)
            for step, reply in {**GOOD, **(script or {})}.items()
        }
        self._to = {address: list(replies) for address, replies in (to or {}).items()}
        self.tls, self.surplus, self.packing = tls, surplus or {}, packing
        self.pause, self.dot_pause, self.on_rcpt = pause, dot_pause, on_rcpt
        self.is_marked: Callable[[str], bool | None] = lambda _message_id: None
        self._plans: list[Plan] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server((HOST, port))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._conversations: list[Conversation] = []
        self.is_over, self.is_ready = threading.Event(), threading.Event()
        self.arrived: list[Parcel] = []
        self.seen: list[Parcel] = []
        self.bodies: list[bytes] = []
        self.incomplete: list[Parcel] = []
        self.commands: list[str] = []
        self.replies: list[tuple[str, str, bytes]] = []

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self._listener.getsockname()[1])

    @property
    def connections(self) -> int:
        """Return how many connections there were."""
        return len(self._conversations)

    def reply(self, address: str, *replies: str) -> None:
        """Answer the next messages for *address* so, one after the other."""
        self._to[address] = list(replies)

    def at(self, step: str, deed: Deed, to: str = "") -> None:
        """
        Do *deed* when *step* comes next, or comes in a message *to* a recipient; then go on.

        What it returns is answered in place of the usual; `HANG_UP` closes the connection.
        """
        with self._lock:
            self._plans.append(Plan(step, to, deed))

    def say(self, words: bytes) -> None:
        """Say something that nobody asked for, now, to the latest client."""
        self._conversations[-1].connection.sendall(words)

    def hang_up(self, caller: str) -> None:
        """Close the connections of the client that introduced itself as *caller*."""
        for conversation in self._conversations:
            if conversation.caller == caller:
                conversation.shut(socket.SHUT_RDWR)

    def narrow(self) -> None:
        """Let no later client hand over much more of a body than has been read."""
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, NARROW)

    def take(self) -> list[Parcel]:
        """Return what was accepted so far, and forget it."""
        taken, self.arrived = self.arrived, []
        return taken

    def tally(self) -> Counter[str]:
        """Return how many messages were accepted for each recipient."""
        return Counter(parcel.recipient for parcel in self.arrived)

    def copies(self, recipient: str) -> list[bytes]:
        """Return what was accepted for one recipient."""
        return [parcel.content for parcel in self.arrived if parcel.recipient == recipient]

    def unfinished(self) -> list[Parcel]:
        """Return what came without its dot, once every conversation is over."""
        for conversation in self._conversations:
            conversation.thread.join(PATIENCE_SECONDS)
        return self.incomplete

    def verbs(self) -> list[str]:
        """Return the verbs of all commands, in order."""
        return [verb_of(command) for command in self.commands]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_SECONDS)
        for conversation in self._conversations:
            conversation.shut(socket.SHUT_RD)
        self.unfinished()
        self._listener.close()

    def accept(self, parcel: Parcel) -> None:
        """Write down a message that is accepted."""
        self.arrived.append(parcel)

    def answer_to(self, step: str, recipient: str) -> bytes:
        """Return what the script has for *step* of a message to *recipient*."""
        with self._lock:
            own = self._to.get(recipient)
            if own and step == "RCPT" and own[0] in AT_RCPT:
                return AT_RCPT[own.pop(0)]
            if own and step == DOT and (mood := own.pop(0)) in AT_DOT:
                return AT_DOT[mood]
            replies = self._script.get(step, [b"500 what\r\n"])
            return replies.pop(0) if len(replies) > 1 else replies[0]

    def stepped_in(self, step: str, recipient: str) -> bytes | None:
        """Do what is planned for *step*, and return its answer, where it has one."""
        with self._lock:
            plan = next(
                (plan for plan in self._plans if plan.step == step and plan.recipient in ("", recipient)),
                None,
            )
            if plan is not None:
                self._plans.remove(plan)
        return None if plan is None else plan.deed()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._conversations.append(Conversation(self, connection))
            self._conversations[-1].thread.start()


@dataclass(slots=True)
class Conversation:
    """What is said over one connection."""

    server: MailServer
    connection: socket.socket
    caller: str = ""
    recipient: str = ""
    last: bytes = b""
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._converse, daemon=True)

    def shut(self, how: int) -> None:
        """Shut the connection, beneath TLS where there is any."""
        with suppress(OSError):
            socket.socket.shutdown(self.connection, how)

    def _converse(self) -> None:
        self.connection.settimeout(PATIENCE_SECONDS)
        with suppress(OSError), self.connection:  # a client that is gone may be what the test wanted
            if self._reply(CONNECT) and self._commands() and self.server.tls is not None:
                self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
                with self.connection:
                    self._commands()

    def _commands(self) -> bool:
        """Answer commands until the end, or until the client is told to start TLS, which gives True."""
        with self.connection.makefile("rb") as reader:
            for line in reader:
                command = line.decode("ascii", "replace").strip()
                self.server.commands.append(command)
                verb = verb_of(command)
                if verb in ("EHLO", "HELO"):
                    self.caller = command.partition(" ")[2]
                if verb == "RCPT":
                    self.recipient = command.partition("<")[2].partition(">")[0]
                    self.server.on_rcpt(self.recipient)
                if not self._reply(verb) or verb == "QUIT":
                    return False
                if verb == "STARTTLS":
                    return True
                if verb == "DATA" and self.last.startswith(b"354") and not self._body(reader):
                    return False
        return False

    def _body(self, reader: Iterable[bytes]) -> bool:
        lines: list[bytes] = []
        for line in reader:
            if not lines:
                self.connection.sendall(self.server.surplus.get(BODY, b""))
                self.server.stepped_in(BODY, self.recipient)
            if line == b".\r\n":
                is_open = self._take(lines)
                self.server.stepped_in(ANSWERED, self.recipient)
                return is_open
            lines.append(line)
        self.server.incomplete.append(Parcel(self.recipient, _content(lines)))
        return False

    def _take(self, lines: Sequence[bytes]) -> bool:
        """Write one message down, and answer its dot."""
        server, content = self.server, _content(lines)
        parcel = Parcel(self.recipient, content, server.is_marked(message_id_of(content)))
        server.bodies.append(b"".join(lines))
        server.seen.append(parcel)
        reply = server.answer_to(DOT, self.recipient)
        if reply.startswith(b"2"):
            server.accept(parcel)
        instead = server.stepped_in(DOT, self.recipient)
        if instead and not instead.startswith(b"2") and parcel in server.arrived:
            server.arrived.remove(parcel)
        server.is_over.wait(server.dot_pause)
        return self._say(DOT, reply if instead is None else instead)

    def _reply(self, step: str) -> bool:
        reply = self.server.answer_to(step, self.recipient)
        instead = self.server.stepped_in(step, self.recipient)
        is_open = self._say(step, reply if instead is None else instead)
        if step == "DATA":
            self.server.is_ready.set()
        return is_open

    def _say(self, step: str, reply: bytes) -> bool:
        """Say *reply*, and what is to be added to it; return whether the connection stays open."""
        server = self.server
        self.last = reply
        server.replies.append((self.recipient, step, reply))
        if reply == HANG_UP:
            return False
        while reply == DRIP and not server.is_over.wait(DRIP_SECONDS):
            self.connection.sendall(b"2")
        server.is_over.wait(server.pause)
        if reply == SILENT:
            while self.connection.recv(4096):
                pass
            return False
        surplus = server.surplus.get(step, b"")
        pieces = [reply + surplus] if server.packing == TOGETHER else [reply, surplus]
        for piece in filter(None, pieces):
            self.connection.sendall(piece)
        return True


def _content(lines: Sequence[bytes]) -> bytes:
    """Return a body as it was before its dots were doubled."""
    return b"".join(line.removeprefix(b".") for line in lines)


def verb_of(command: str) -> str:
    """Return the verb of a line of command."""
    return command.partition(" ")[0].upper()


def message_id_of(content: bytes) -> str:
    """Return a message's Message-ID."""
    return str(BytesHeaderParser(policy=policy.SMTP).parsebytes(content)["Message-ID"])


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])

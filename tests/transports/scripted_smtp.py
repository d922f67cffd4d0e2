"""A mail server that follows a script: it answers each step as told, and writes down what reached it."""

import socket
import ssl
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Self

HANG_UP = b""
SILENT = b"..."
DRIP = b". . ."
DRIP_SECONDS = 0.05
GOOD = {
    "banner": b"220 scripted ready\r\n",
    "EHLO": b"250-scripted\r\n250 AUTH PLAIN LOGIN\r\n",
    "STARTTLS": b"220 go ahead\r\n",
    "AUTH": b"235 welcome\r\n",
    "MAIL": b"250 sender ok\r\n",
    "RCPT": b"250 recipient ok\r\n",
    "DATA": b"354 go ahead\r\n",
    "dot": b"250 2.0.0 queued as 1\r\n",
    "RSET": b"250 reset\r\n",
    "QUIT": b"221 bye\r\n",
}


class ScriptedSmtp:
    """
    Listens on a free port of 127.0.0.1 while its `with` block lasts.

    *script* gives the reply to a step (a command's verb, `banner` or `dot`), or a list of
    replies, one for each time the step comes, the last repeated. `HANG_UP` closes the connection instead,
    `SILENT` says nothing until the client goes, and `DRIP` says one byte and another. Each reply is held back
    for *pause* seconds. With *tls* the server answers STARTTLS. A client that is silent for *patience*
    seconds is hung up on.

    *commands* holds every line of command; *bodies* what came before a final dot; *unfinished* what came
    without one.
    """

    def __init__(
        self,
        script: dict[str, bytes | list[bytes]],
        tls: ssl.SSLContext | None = None,
        pause: float = 0,
        patience: float = 10,
    ) -> None:
        self._script = {
            step: list(reply) if isinstance(reply, list) else [reply]
            for step, reply in {**GOOD, **script}.items()
        }
        self._tls = tls
        self._pause = pause
        self._patience = patience
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_over = threading.Event()
        self._last = b""
        self._thread = threading.Thread(target=self._serve)
        self.commands: list[str] = []
        self.bodies: list[bytes] = []
        self.unfinished: list[bytes] = []
        self.connections = 0

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self._listener.getsockname()[1])

    def verbs(self) -> list[str]:
        """Return the verbs of all commands, in order."""
        return [command.partition(" ")[0].upper() for command in self.commands]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        socket.create_connection(self._listener.getsockname()).close()
        self._thread.join(timeout=10)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if self._is_over.is_set():
                    return
                self.connections += 1
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(self._patience)
        try:
            if self._reply(connection, "banner") and self._commands(connection) and self._tls is not None:
                with self._tls.wrap_socket(connection, server_side=True) as encrypted:
                    self._commands(encrypted)
        except OSError:
            return

    def _commands(self, connection: socket.socket) -> bool:
        """Answer commands until the end, or until the client is told to start TLS, which gives True."""
        with connection.makefile("rb") as reader:
            for line in reader:
                self.commands.append(line.decode("ascii", "replace").strip())
                verb = self.verbs()[-1]
                if not self._reply(connection, verb) or verb == "QUIT":
                    return False
                if verb == "STARTTLS":
                    return True
                if verb == "DATA" and self._last.startswith(b"354") and not self._body(reader, connection):
                    return False
        return False

    def _body(self, reader: Iterable[bytes], connection: socket.socket) -> bool:
        lines: list[bytes] = []
        for line in reader:
            if line == b".\r\n":
                self.bodies.append(b"".join(lines))
                return self._reply(connection, "dot")
            lines.append(line)
        self.unfinished.append(b"".join(lines))
        return False

    def _reply(self, connection: socket.socket, step: str) -> bool:
        self._last = self._answer_to(step)
        if self._last == HANG_UP:
            return False
        while self._last == DRIP and not self._is_over.wait(DRIP_SECONDS):
            connection.sendall(b"2")
        if self._pause:
            self._is_over.wait(self._pause)
        if self._last == SILENT:
            while connection.recv(4096):
                pass
            return False
        connection.sendall(self._last)
        return True

    def _answer_to(self, step: str) -> bytes:
        replies = self._script.get(step, [b"500 what\r\n"])
        return replies.pop(0) if len(replies) > 1 else replies[0]

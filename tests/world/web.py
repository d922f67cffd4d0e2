"""Web servers of the tests: what each answers is its own, and how it listens is here."""

import json
import ssl
import threading
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

HANG_UP, SILENT = 0, 1
Answer = tuple[int, Any]


class WebServer:
    """
    Listens on a port of 127.0.0.1 while its `with` block lasts, by TLS where it has any.

    It says what `reply` returns: a status, and bytes or what goes into JSON. The status `HANG_UP` closes the
    connection instead, and `SILENT` waits until the client goes.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._scheme = "http" if tls is None else "https"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def reply(self, path: str, headers: Message, posted: bytes | None) -> Answer:
        """Return the answer to one request; nothing is posted with a GET."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Watcher(WebServer):
    """Hears a heartbeat, and answers with the status *answer*."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.answer = 200
        self.on_heard = lambda: None

    @property
    def url(self) -> str:
        """Return the address to ask for."""
        return f"{super().url}/ping/abc"

    def reply(self, path: str, headers: Message, posted: bytes | None) -> Answer:  # noqa: ARG002 - any will do
        """Write down what was asked for."""
        self.heard.append(path)
        self.on_heard()
        return self.answer, b""


def _handler(server: WebServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(server.reply(self.path, self.headers, None))

        def do_POST(self) -> None:
            posted = self.rfile.read(int(self.headers["Content-Length"]))
            self._say(server.reply(self.path, self.headers, posted))

        def log_message(self, *_said: object) -> None:
            """Keep quiet."""

        def _say(self, answer: Answer) -> None:
            status, words = answer
            if status == SILENT:
                self.rfile.read(1)
            if status in (HANG_UP, SILENT):
                return
            body = words if isinstance(words, bytes) else json.dumps(words).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler

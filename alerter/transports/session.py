"""Requests over HTTP, each on its own connection and with a deadline for all of it."""

import ssl
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPResponse, IncompleteRead
from queue import SimpleQueue
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from alerter.deadline import DeadlineError, Lines, Task

PIECE = 4096
LONGEST_ANSWER = 10_000_000


class HeldBackError(Exception):
    """The last byte of a request was held back: nobody gave leave to send it."""


class AnsweredEarlyError(Exception):
    """The server answered before it had the whole request, or hung up: *piece* is how its answer begins."""

    def __init__(self, piece: bytes) -> None:
        super().__init__("an answer before the request was whole" if piece else "the server hung up")
        self.piece = piece


class FencedBody:
    """
    The body of one request, whose last byte waits for leave.

    Once it *is_whole* the server may have all of the request. Before that it certainly has not: where it has
    spoken or gone by then, the last byte is not sent.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._leave: SimpleQueue[bool] = SimpleQueue()
        self._is_stopped = threading.Event()
        self.connection: Any = None
        self.is_waiting = False
        self.is_whole = False

    def __len__(self) -> int:
        return len(self._body)

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[:-1]
        self._require_silence()
        self.is_waiting = True
        self.stop()
        if not self._leave.get():
            raise HeldBackError
        self._require_silence()
        self.is_whole = True
        yield self._body[-1:]

    def stop(self) -> None:
        """Say that the request goes no further by itself: it waits for leave, or has ended."""
        self._is_stopped.set()

    def give_leave(self, *, is_given: bool) -> None:
        """Let the last byte go, or end the request without it."""
        self._leave.put(is_given)

    def is_due_within(self, seconds: float) -> bool:
        """Say whether everything but the last byte has gone within so many *seconds*."""
        self._is_stopped.wait(seconds)
        return self.is_waiting

    def _require_silence(self) -> None:
        line = self.connection.sock
        waits = line.gettimeout()
        try:
            line.settimeout(0)
            raise AnsweredEarlyError(line.recv(PIECE))
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except OSError as error:
            raise AnsweredEarlyError(b"") from error
        finally:
            line.settimeout(waits)


class EndingSession:
    """
    What the clients of Notify and Microsoft use of `requests.Session`; a request has *seconds* in all.

    requests itself limits only the wait for the next byte. A connection is used once: one that the server
    closes as it is used again would leave open whether the request arrived.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def get(self, url: str, **details: Any) -> requests.Response:
        """Ask for *url*."""
        return self.request("GET", url, **details)

    def post(self, url: str, **details: Any) -> requests.Response:
        """Post to *url*."""
        return self.request("POST", url, **details)

    def request(self, method: str, url: str, **details: Any) -> requests.Response:
        """
        Make a request as `requests.request` does, and read all of its answer.

        Raises:
            requests.exceptions.RequestException: No whole answer came, in time or at all.
        """
        return _result(self._task(method, url, details))

    def post_fenced(
        self, url: str, body: FencedBody, mark: Callable[[], bool], **details: Any
    ) -> requests.Response:
        """
        Post *body*, its last byte only after *mark* said yes; the answer then has its *seconds* anew.

        Raises:
            HeldBackError: The mark said no.
            AnsweredEarlyError: The server spoke or went before the last byte, which was not sent.
            requests.exceptions.RequestException: No whole answer came, in time or at all.
        """
        task = self._task("POST", url, {**details, "data": body, "allow_redirects": False}, body)
        try:
            if body.is_due_within(self._seconds):
                is_marked = mark()
                task.allow(self._seconds)
                body.give_leave(is_given=is_marked)
            return _result(task)
        finally:
            body.give_leave(is_given=False)  # whatever went wrong here, no thread is left waiting

    def _task(
        self, method: str, url: str, details: dict[str, Any], fenced: FencedBody | None = None
    ) -> Task[requests.Response]:
        timed = {**details, "timeout": self._seconds, "stream": True}

        def work(lines: Lines) -> requests.Response:
            try:
                with requests.Session() as session:
                    for scheme in ("http://", "https://"):
                        session.mount(scheme, _Adapter(lines, fenced))
                    with session.request(method, url, **timed) as response:
                        response._content = _content(response)  # noqa: SLF001 - what `content` returns
                        return response
            finally:
                if fenced is not None:
                    fenced.stop()

        return Task(self._seconds, work)


def _content(response: requests.Response) -> bytes:
    """Read an answer to its end, which no honest one has as late as this."""
    content = bytearray()
    for piece in response.iter_content(PIECE):
        content += piece
        if len(content) > LONGEST_ANSWER:
            raise requests.exceptions.ContentDecodingError("the answer is too long")
    return bytes(content)


def _result(task: Task[requests.Response]) -> requests.Response:
    try:
        return task.result()
    except DeadlineError as error:
        raise requests.exceptions.ReadTimeout("no whole answer in time") from error


class _Adapter(HTTPAdapter):
    def __init__(self, lines: Lines, fenced: FencedBody | None) -> None:
        self._lines = lines
        self._fenced = fenced
        super().__init__()

    def get_connection_with_tls_context(self, *request: Any, **details: Any) -> Any:
        """Return the pool of connections for a request, each of which *lines* can hang up on."""
        pool = super().get_connection_with_tls_context(*request, **details)
        pool.ConnectionCls = _kept(pool.ConnectionCls, self._lines, self._fenced)
        return pool


class _WholeLines:
    """A file whose lines are whole: one that ends with the connection is none."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def readline(self, limit: int = -1) -> bytes:
        """
        Return the next line.

        Raises:
            http.client.IncompleteRead: The connection has ended within it, or before.
        """
        line: bytes = self._file.readline(limit)
        if not line.endswith(b"\n") and not 0 <= limit <= len(line):
            raise IncompleteRead(line)
        return line


class _WholeHead(HTTPResponse):
    """An answer whose status and headers came to their end, which `http.client` does not look for."""

    def __init__(self, *details: Any, **more: Any) -> None:
        super().__init__(*details, **more)
        self.fp: Any = _WholeLines(self.fp)


def _kept(kind: Any, lines: Lines, fenced: FencedBody | None) -> Any:
    """
    Return the same *kind* of connection, whose sockets *lines* keeps; a proxy's and TLS's are made of them.
    """

    class Kept(kind):  # type: ignore[misc]
        response_class = _WholeHead

        def _new_conn(self) -> Any:
            if fenced is not None:
                fenced.connection = self
            return lines.keep(super()._new_conn())

    return Kept

"""Sends requests with a deadline, from the first packet of the connection to the last byte of the answer."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class DeadlineError(Exception):
    """A request was not answered in full in its time."""


class Lines:
    """
    The connections of one request, so that another thread can hang up on them.

    A duplicate of each socket is kept, for it ends whatever is built upon the socket: TLS, a proxy's tunnel.
    """

    def __init__(self) -> None:
        self._kept: list[socket.socket] = []
        self._is_over = False
        self._lock = threading.Lock()

    def dial(self, *where: Any, **how: Any) -> socket.socket:
        """
        Connect as `socket.create_connection` does.

        Raises:
            DeadlineError: The time is over.
        """
        return self.keep(socket.create_connection(*where, **how))

    def keep(self, line: socket.socket) -> socket.socket:
        """
        Return *line*, which a later `hang_up` ends.

        Raises:
            DeadlineError: The time is over; the line is closed, and nothing was sent on it.
        """
        with self._lock:
            if self._is_over:
                line.close()
                raise DeadlineError
            self._kept.append(line.dup())
        return line

    def hang_up(self) -> None:
        """End every connection there is, and any that is still made."""
        with self._lock:
            self._is_over = True
            for line in self._kept:
                with suppress(OSError):  # it has ended by itself
                    line.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        """Let go of the duplicates."""
        with self._lock:
            for line in self._kept:
                line.close()
            self._kept.clear()


class Task(Generic[Result]):
    """
    One request, made at once on a thread of its own, which has *seconds* for all of it.

    *work* connects by the lines it is given. Nothing that a server does or leaves out keeps `result` waiting
    for longer, and a name server that hangs does not either.
    """

    def __init__(self, seconds: float, work: Callable[[Lines], Result]) -> None:
        self._until = monotonic() + seconds
        self._work = work
        self._lines = Lines()
        self._results: list[Result] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._do, name="request", daemon=True)
        self._thread.start()

    def allow(self, seconds: float) -> None:
        """Let all that is still to be done have *seconds* from now on."""
        self._until = monotonic() + seconds

    def result(self) -> Result:
        """
        Return what came of it, or raise what the work raised.

        Raises:
            DeadlineError: The time is over.
        """
        self._thread.join(max(0, self._until - monotonic()))
        if self._thread.is_alive():
            self._lines.hang_up()
            raise DeadlineError
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _do(self) -> None:
        try:
            self._results.append(self._work(self._lines))
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is wanted
            self._error = error
        finally:
            self._lines.forget()


def within(seconds: float, work: Callable[[Lines], Result]) -> Result:
    """
    Return what comes of *work*, which has *seconds* in all, connection and answer.

    Raises:
        DeadlineError: The time is over.
    """
    return Task(seconds, work).result()

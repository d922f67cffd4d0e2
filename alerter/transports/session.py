"""Requests over HTTP, each on its own connection and with a deadline for all of it."""

from typing import Any

import requests
from requests.adapters import HTTPAdapter

from alerter.deadline import DeadlineError, Lines, within


class EndingSession:
    """
    What the clients of Notify and Entra use of `requests.Session`; a request has *seconds* from end to end.

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
        timed = {**details, "timeout": self._seconds}

        def work(lines: Lines) -> requests.Response:
            with requests.Session() as session:
                for scheme in ("http://", "https://"):
                    session.mount(scheme, _Adapter(lines))
                return session.request(method, url, **timed)

        try:
            return within(self._seconds, work)
        except DeadlineError as error:
            raise requests.exceptions.ReadTimeout("no whole answer in time") from error


class _Adapter(HTTPAdapter):
    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        super().__init__()

    def get_connection_with_tls_context(self, *request: Any, **details: Any) -> Any:
        """Return the pool of connections for a request, each of which *lines* can hang up on."""
        pool = super().get_connection_with_tls_context(*request, **details)
        pool.ConnectionCls = _kept(pool.ConnectionCls, self._lines)
        return pool


def _kept(kind: Any, lines: Lines) -> Any:
    """
    Return the same *kind* of connection, whose sockets *lines* keeps; a proxy's and TLS's are made of them.
    """

    class Kept(kind):  # type: ignore[misc]
        def _new_conn(self) -> Any:
            return lines.keep(super()._new_conn())

    return Kept

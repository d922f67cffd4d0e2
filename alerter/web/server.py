"""Serves the page, from the first request to the last."""

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from alerter.app.link_letters import Mailroom
from alerter.app.logs import Journal
from alerter.installation.installation import Installation
from alerter.web.application import LARGEST_FORM, make_application

REQUEST_SECONDS = 60.0

THREADS = 8
IDLE_SECONDS = 30
LARGEST_HEADERS = 32 << 10


class PromptChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """
    Hangs up on a client whose request, head or body, is not complete within *seconds* of its first byte.

    waitress ends only what is silent: a byte now and then would keep one of its hundred places for ever.
    """

    seconds = REQUEST_SECONDS
    _begun_at = 0.0

    def received(self, data: bytes) -> bool:
        """Take more of a request."""
        if self.request is None:
            self._begun_at = monotonic()
        is_taken: bool = super().received(data)
        if self.request is not None and monotonic() - self._begun_at > self.seconds:
            self.will_close = True
        return is_taken


def within(seconds: float) -> type[PromptChannel]:
    """Return such a channel with another time."""
    return type("PromptChannel", (PromptChannel,), {"seconds": seconds})


def serve_page(
    installation: Installation,
    journal: Journal,
    host: str,
    port: int,
    beside: Mapping[str, Any] | None = None,
) -> None:
    """
    Serve the page until SIGTERM or Ctrl+C; what is being answered by then is answered first.

    *beside* are further WSGI applications, each below a path of its own.

    Raises:
        ConfigError: The settings have no `[web]`.
        OSError: The port is in use, or may not be listened on.
    """
    with listening(installation, journal, host, port, beside) as server:
        signal.signal(signal.SIGTERM, _end)
        journal.note("serving", port=port)
        server.run()
    journal.note("stopped")


@contextmanager
def listening(
    installation: Installation,
    journal: Journal,
    host: str,
    port: int,
    beside: Mapping[str, Any] | None = None,
    *,
    request_seconds: float = REQUEST_SECONDS,
) -> Iterator[Any]:
    """
    Give the server of the page, listening; its `run` serves until it is closed.

    Who takes more than *request_seconds* to send a request is hung up on.
    The headers that proxies add are left as they come: the site believes them from named proxies alone.
    """
    path = installation.settings.web.path if installation.settings.web else ""
    sockets: dict[int, Any] = {}
    with Mailroom(installation, journal) as mailroom:
        site = make_application(installation, journal, mailroom)
        server: Any = create_server(
            DispatcherMiddleware(site, dict(beside or {})),
            sockets,
            host=host,
            port=port,
            threads=THREADS,
            ident=None,
            url_prefix=path,
            max_request_body_size=LARGEST_FORM,
            max_request_header_size=LARGEST_HEADERS,
            channel_timeout=IDLE_SECONDS,
            clear_untrusted_proxy_headers=False,
            expose_tracebacks=False,
        )
        for listener in sockets.values():
            if isinstance(listener, BaseWSGIServer):
                listener.channel_class = within(request_seconds)
        try:
            yield server
        finally:
            server.close()


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)

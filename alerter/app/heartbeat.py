"""Proof of life to a watcher outside: a dead machine cannot report itself."""

from collections.abc import Callable
from typing import Literal
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    UnknownHandler,
)

Signal = Literal["start", "success", "fail"]
TIMEOUT_SECONDS = 10


class Heartbeat:
    """
    Signals each thing once: that a run has begun, that its summary was accepted, that something is wrong.

    What could not be signalled is told to *on_fault*, once, and tried again when it is next asked for.
    Nothing here ever raises, and nothing of it decides what is sent.
    """

    def __init__(self, on_fault: Callable[[Signal, str], None]) -> None:
        self._on_fault = on_fault
        self._begun = ""
        self._last: tuple[Signal, str] | None = None
        self._unsaid: tuple[Signal, str] | None = None

    def begin(self, url: str, about: str) -> None:
        """
        Signal that the run *about* a send date is being tried, the first time it is.
        """
        if url and self._begun != about and self._is_said(url, "start", about):
            self._begun = about

    def say(self, url: str, signal: Signal, about: str) -> None:
        """
        Signal how things stand, unless that is what was signalled last.
        """
        if url and self._last != (signal, about) and self._is_said(url, signal, about):
            self._last = (signal, about)

    def assume(self, signal: Signal, about: str) -> None:
        """
        Take it that this was signalled before the program started.
        """
        self._last = (signal, about)

    def _is_said(self, url: str, signal: Signal, about: str) -> bool:
        fault = ping(url, signal)
        if not fault:
            self._unsaid = None
        elif self._unsaid != (signal, about):
            self._unsaid = (signal, about)
            self._on_fault(signal, fault)
        return not fault


def ping(url: str, signal: Signal) -> str:
    """
    Ask for the address of *signal*; return what went wrong, if anything did.

    The address is a secret, and never part of the answer.
    """
    opener = OpenerDirector()  # urlopen's would read files and FTP as well, if a redirect led there
    for handler in (
        ProxyHandler(), HTTPHandler(), HTTPSHandler(), HTTPRedirectHandler(), HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(), UnknownHandler(),
    ):  # fmt: skip
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", "alerter")]
    try:
        opener.open(address(url, signal), timeout=TIMEOUT_SECONDS).close()
    except HTTPError as error:
        error.close()
        return f"the answer was {error.code}"
    except URLError as error:
        return error.reason if isinstance(error.reason, str) else type(error.reason).__name__
    except Exception as error:  # noqa: BLE001 - whatever a stranger's server answers, sending goes on
        return type(error).__name__
    return ""


def address(url: str, signal: Signal) -> str:
    """
    Return the address to ask for: *url*, with `/start` or `/fail` behind its path.

    >>> address("https://watch.example/abc/?rid=1", "fail")
    'https://watch.example/abc/fail?rid=1'
    >>> address("https://watch.example/abc", "success")
    'https://watch.example/abc'
    """
    if signal == "success":
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{signal}"))

"""Proof of life to a watcher outside: a dead machine cannot report itself."""

from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPSConnection
from typing import Any, Literal, TypeVar
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
    Request,
    UnknownHandler,
)

from alerter.app.status import status_of
from alerter.deadline import DeadlineError, Lines, Task
from alerter.installation.installation import Installation
from alerter.pipeline.outcome import RunResult

Signal = Literal["start", "success", "fail"]
Done = TypeVar("Done")
TIMEOUT_SECONDS = 10  # for a whole signal, whatever the watcher does
LATE = "no whole answer in time"

ABOUT = "this command"


class Heartbeat:
    """
    Signals each thing once: that a run has begun, that its summary was accepted, that something is wrong.

    The start is signalled beside the run, and what became of it is known with the next signal. What could
    not be signalled is told to *on_fault*, once, and tried again when it is next asked for. Nothing here ever
    raises, nothing of it decides what is sent, and no signal takes more than *seconds*.
    """

    def __init__(self, on_fault: Callable[[Signal, str], None], *, seconds: float = TIMEOUT_SECONDS) -> None:
        self._on_fault = on_fault
        self._seconds = seconds
        self._begun = ""
        self._beginning: tuple[str, Task[str]] | None = None
        self._last: tuple[Signal, str] | None = None
        self._unsaid: tuple[Signal, str] | None = None

    def begin(self, url: str, about: str) -> None:
        """
        Signal beside what follows that the run *about* a send date is being tried, the first time it is.
        """
        self._hear_of_start()
        if url and self._begun != about:
            self._beginning = about, asked(url, "start", self._seconds)

    def say(self, url: str, signal: Signal, about: str) -> None:
        """Signal how things stand, unless that is what was signalled last."""
        self._hear_of_start()
        is_news = bool(url) and self._last != (signal, about)
        if is_news and self._is_said(signal, about, asked(url, signal, self._seconds)):
            self._last = (signal, about)

    def assume(self, signal: Signal, about: str) -> None:
        """Take it that this was signalled before the program started."""
        self._last = (signal, about)

    def _hear_of_start(self) -> None:
        if self._beginning is not None:
            about, task = self._beginning
            self._beginning = None
            if self._is_said("start", about, task):
                self._begun = about

    def _is_said(self, signal: Signal, about: str, task: Task[str]) -> bool:
        fault = fault_of(task)
        if not fault:
            self._unsaid = None
        elif self._unsaid != (signal, about):
            self._unsaid = (signal, about)
            self._on_fault(signal, fault)
        return not fault


def asked(url: str, signal: Signal, seconds: float = TIMEOUT_SECONDS) -> Task[str]:
    """Begin to ask for the address of *signal*, which has *seconds* in all."""
    return Task(seconds, partial(_fault, url, signal, seconds))


def fault_of(task: Task[str]) -> str:
    """Return what went wrong, if anything did; the address is a secret, and never part of it."""
    try:
        return task.result()
    except DeadlineError:
        return LATE


def _fault(url: str, signal: Signal, seconds: float, lines: Lines) -> str:
    opener = OpenerDirector()  # urlopen's would read files and FTP as well, if a redirect led there
    for handler in (
        ProxyHandler(), _Web(lines), HTTPRedirectHandler(), HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(), UnknownHandler(),
    ):  # fmt: skip
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", "alerter")]
    try:
        opener.open(address(url, signal), timeout=seconds).close()
    except HTTPError as error:
        error.close()
        return f"the answer was {error.code}"
    except URLError as error:
        return error.reason if isinstance(error.reason, str) else _kind_of(error.reason)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's server answers, sending goes on
        return _kind_of(error)
    return ""


def _kind_of(error: BaseException) -> str:
    """Return what *error* means; a read may time out a moment before the whole request does."""
    return LATE if isinstance(error, TimeoutError) else type(error).__name__


class _Web(HTTPHandler, HTTPSHandler):
    """Opens addresses of the web on connections that *lines* can hang up on."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines

    def http_open(self, req: Request) -> Any:
        """Open an address in the clear."""
        return self.do_open(partial(_kept, HTTPConnection, self._lines), req)

    def https_open(self, req: Request) -> Any:
        """Open an address by TLS."""
        return self.do_open(partial(_kept, HTTPSConnection, self._lines), req)


def _kept(kind: Any, lines: Lines, host: str, **details: Any) -> Any:
    """Return a connection whose socket *lines* can hang up on, before a tunnel or TLS begins."""
    connection = kind(host, **details)
    connection._create_connection = lines.dial  # noqa: SLF001 - the one place where its socket is made
    return connection


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


def watched(of: Installation, work: Callable[[], RunResult], say: Callable[[str], None]) -> RunResult:
    """
    Do *work*, signalling its start and how it ended; *say* hears when the watcher cannot be reached.

    What a run that was done before stands like counts, so that a command repeated every morning is a sign of
    life too. Whatever *work* raises is signalled, and raised.
    """
    heartbeat, url = _heartbeat(of, say)
    heartbeat.begin(url, ABOUT)
    result = _done_or_failed(heartbeat, url, work)
    is_done = result.run is not None and result.run.state == "done"
    heartbeat.say(url, "success" if is_done else "fail", ABOUT)
    return result


def watched_delivery(of: Installation, work: Callable[[], Done], say: Callable[[str], None]) -> Done:
    """
    Do *work*, which delivers more of the last run, and signal how that stands after it.

    Whatever *work* raises is signalled, and raised.
    """
    done = _done_or_failed(*_heartbeat(of, say), work)
    signal_status(of, say)
    return done


def signal_status(of: Installation, say: Callable[[str], None]) -> None:
    """Signal how the last run stands, after something more of it was delivered."""
    heartbeat, url = _heartbeat(of, say)
    if url and (last := status_of(of).last_run) is not None:
        heartbeat.say(url, "success" if last.state == "done" else "fail", ABOUT)


def _done_or_failed(heartbeat: Heartbeat, url: str, work: Callable[[], Done]) -> Done:
    try:
        return work()
    except BaseException:
        heartbeat.say(url, "fail", ABOUT)
        raise


def _heartbeat(of: Installation, say: Callable[[str], None]) -> tuple[Heartbeat, str]:
    def on_fault(signal: Signal, why: str) -> None:
        say(f"alerter: the heartbeat could not be told ({signal}): {why}.")

    return Heartbeat(on_fault), of.heartbeat_url

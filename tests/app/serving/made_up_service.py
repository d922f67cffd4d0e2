"""A service whose clock a test moves, and a watcher outside that hears its heartbeat."""

import io
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from alerter.app.logs import open_journal
from alerter.app.serving import Serving
from alerter.installation.installation import Installation
from tests.world.council import ADMINS, Council
from tests.world.mail_server import MailServer

LONDON = ZoneInfo("Europe/London")
MANAGERS = ("a.manager@council.example", "b.manager@council.example")
EVERYBODY = {**dict.fromkeys(MANAGERS, 1), ADMINS: 1}
"""What each of them gets of a week's run."""


class Hands:
    """
    The hands of a clock: *at* is what the wall shows, and the steady clock goes with it unless it jumps.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._steady = timedelta(days=2)

    def move(self, at: datetime) -> None:
        """Let time pass until *at*."""
        self._steady += at - self.at
        self.at = at

    def jump(self, by: timedelta) -> None:
        """Set the wall clock forward or back; no time passes."""
        self.at += by

    def steady(self) -> timedelta:
        """Return what the clock that nobody sets shows."""
        return self._steady


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked(Installation):
    """An installation that goes by the *hands* of a test."""

    hands: Hands

    def now(self) -> datetime:
        """Return what the hands show."""
        return self.hands.at.astimezone(self.zone)


@dataclass(slots=True)
class Service:
    """One council's service: it can be started, moved through time, and listened to."""

    council: Council
    hands: Hands
    log: io.StringIO
    serving: Serving | None = None
    should_stop: Callable[[], bool] = lambda: False
    defect: str = ""
    patience_seconds: float | None = None
    """How long it waits for a database that is away; as long as the program itself if that is None."""

    def start(self) -> Serving:
        """Start the service anew, as after down-time."""
        self.stop()
        self.serving = Serving(
            self.council.folder / "config.toml",
            self._open,
            open_journal(self.log, "json", "alerter.test"),
            steady=self.hands.steady,
            should_stop=self.should_stop,
        )
        return self.serving

    def stop(self) -> None:
        """Stop the service; what it remembers is gone."""
        if self.serving is not None:
            self.serving.close()
            self.serving = None

    def tick_at(self, at: str) -> None:
        """Let time pass until *at*, which names its weekday, and tick once."""
        weekday, rest = at.split(maxsplit=1)
        moment = datetime.fromisoformat(rest).replace(tzinfo=LONDON)
        assert moment.strftime("%a") == weekday, f"{rest} is no {weekday}"
        self.hands.move(moment)
        (self.serving or self.start()).tick()

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """Return the lines of the log, or those of one event."""
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in lines if not name or line["event"] == name]

    def _open(self, path: Path) -> Installation:
        if self.defect:
            raise ZeroDivisionError(self.defect)
        made = Installation.open(path, {})
        if self.patience_seconds is not None:
            made = replace(made, database=replace(made.database, patience_seconds=self.patience_seconds))
        return Clocked(**{each.name: getattr(made, each.name) for each in fields(made)}, hands=self.hands)


class Watcher:
    """Listens for a heartbeat on 127.0.0.1 while its `with` block lasts; *answer* is the status it gives."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.answer = 200
        self.on_heard: Callable[[], None] = lambda: None
        watcher = self

        class Handler(BaseHTTPRequestHandler):
            """Writes down each path asked for."""

            def do_GET(self) -> None:
                """Answer with the status the watcher was told to give."""
                watcher.heard.append(self.path)
                watcher.on_heard()
                self.send_response(watcher.answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """Return the address to ask for."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/ping/abc"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def subjects(post_office: MailServer, recipient: str) -> list[str]:
    """Return the subjects of what arrived for one recipient."""
    letters = [
        message_from_bytes(each.content, policy=policy.SMTP)
        for each in post_office.arrived
        if each.recipient == recipient
    ]
    return [str(letter["Subject"]) for letter in letters]


def text_of(post_office: MailServer, recipient: str) -> str:
    """Return the text of what last arrived for one recipient."""
    last = [each for each in post_office.arrived if each.recipient == recipient][-1]
    body = message_from_bytes(last.content, policy=policy.SMTP).get_body(preferencelist=("plain",))
    assert body is not None
    return str(body.get_content())

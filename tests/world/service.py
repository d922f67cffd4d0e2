"""A service whose clock a test moves: what it logs, what its watcher hears, and what its store holds."""

import io
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from alerter.app.logs import open_journal
from alerter.app.serving import Serving
from alerter.installation.installation import Installation
from tests.world.clock import LONDON, Hands
from tests.world.council import ADMINS, Council
from tests.world.mail_server import MailServer
from tests.world.web import Watcher

WEDNESDAY = datetime(2026, 11, 18, 10, 0, tzinfo=LONDON)
STARTED_ON = "2026-10-12"
"""Past day 25 on Monday 23 November 2026."""
MANAGERS = ("a.manager@council.example", "b.manager@council.example")
EVERYBODY = {**dict.fromkeys(MANAGERS, 1), ADMINS: 1}
"""What each of them gets of a week's run."""


@dataclass(slots=True)
class Service:
    """One council's service, and the watcher that hears its heartbeat: a test moves it through time."""

    council: Council
    watcher: Watcher
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

    @property
    def folder(self) -> Path:
        """Return where the council's files are."""
        return self.council.folder

    def configure(self, **changes: object) -> None:
        """Write the settings, with *changes*."""
        usual = {"schedule__heartbeat_url": self.watcher.url, **changes}
        self.council.configure(**usual)

    def extract(self, *rows: dict[str, object]) -> None:
        """Write the extract."""
        self.council.extract(rows)

    def at(self, *times: str) -> None:
        """Tick at each of *times* on that Monday."""
        for time in times:
            self.tick_at(f"Mon 2026-11-23 {time}")

    def heard(self) -> list[str]:
        """Return what the watcher heard: `start`, `fail`, or `success`."""
        return [path.removeprefix("/ping/abc").strip("/") or "success" for path in self.watcher.heard]

    def messages(self, kind: str = "digest") -> list[dict[str, Any]]:
        """Return what the outbox holds of one kind, in order."""
        return self.asked(f"SELECT * FROM outbox WHERE kind = '{kind}' ORDER BY id")  # noqa: S608 - our word

    def states(self) -> list[str]:
        """Return the state of every digest, in order."""
        return [str(message["state"]) for message in self.messages()]

    def asked(self, query: str) -> list[dict[str, Any]]:
        """Return what *query* finds in the store."""
        engine = create_engine(f"sqlite:///{self.folder / 'alerter.db'}", poolclass=NullPool)
        with engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(query)).mappings()]

    def _open(self, path: Path) -> Installation:
        if self.defect:
            raise ZeroDivisionError(self.defect)
        made = replace(Installation.open(path, {}), clock=self.hands)
        if self.patience_seconds is not None:
            made = replace(made, database=replace(made.database, patience_seconds=self.patience_seconds))
        return made


@contextmanager
def waiting(folder: Path, migrated_file: Path, port: int) -> Iterator[Service]:
    """Give a service of two managers whose mail server is at *port*, on the Wednesday before its Monday."""
    shutil.copy(migrated_file, folder / "alerter.db")
    council = Council(folder, port)
    council.directory()
    with Watcher() as watcher:
        service = Service(council, watcher, Hands(WEDNESDAY), io.StringIO())
        service.configure()
        service.extract(*rows_of(MANAGERS))
        yield service
        service.stop()


def rows_of(managers: Sequence[str]) -> list[dict[str, object]]:
    """Return one open assessment for each of *managers*, past day 25."""
    return [row(number, manager_email=manager) for number, manager in enumerate(managers, start=70_001)]


def row(number: int, **changed: object) -> dict[str, object]:
    """Return one open assessment, past day 25, with what is *changed*."""
    usual = {
        "assessment_id": f"A-{number}",
        "child_id": f"C{number}",
        "started_on": STARTED_ON,
        "authorised_on": "",
        "team": "Duty",
        "worker": f"W{number}",
        "manager_email": "",
    }
    return usual | changed


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

"""A council's service that is broken on its Monday: by which mail server, and what becomes of the run."""

import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.app.serving.made_up_service import LONDON, MANAGERS, Hands, Service, Watcher
from tests.world.council import Council

WEDNESDAY = datetime(2026, 11, 18, 10, 0, tzinfo=LONDON)
STARTED_ON = "2026-10-12"
"""Past day 25 on Monday 23 November 2026."""


@dataclass(frozen=True, slots=True)
class Monday:
    """A service that waits for Monday 23 November 2026 at eight, and the watcher that hears its heartbeat."""

    service: Service
    watcher: Watcher

    @property
    def folder(self) -> Path:
        """Return where the council's files are."""
        return self.service.council.folder

    def configure(self, **changes: object) -> None:
        """Write the settings, with *changes*."""
        usual = {"schedule__heartbeat_url": self.watcher.url, **changes}
        self.service.council.configure(**usual)

    def extract(self, *rows: dict[str, object]) -> None:
        """Write the extract."""
        self.service.council.extract(rows)

    def at(self, *times: str) -> None:
        """Tick at each of *times* on that Monday."""
        for time in times:
            self.service.tick_at(f"Mon 2026-11-23 {time}")

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


@contextmanager
def waiting(folder: Path, migrated_file: Path, port: int) -> Iterator[Monday]:
    """Give a service of two managers whose mail server is at *port*, on the Wednesday before."""
    shutil.copy(migrated_file, folder / "alerter.db")
    council = Council(folder, port)
    council.directory()
    with Watcher() as watcher:
        monday = Monday(Service(council, Hands(WEDNESDAY), io.StringIO()), watcher)
        monday.configure()
        monday.extract(*rows_of(MANAGERS))
        yield monday
        monday.service.stop()


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

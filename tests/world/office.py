"""One council's installation inside the tests' process: its files, and what it sent."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from alerter.bank_holidays import working_calendar
from alerter.installation import clock
from alerter.installation.installation import Installation
from alerter.pipeline import weekly
from alerter.pipeline.outcome import DeliveryResult, RunResult
from alerter.pipeline.sync import Synced
from alerter.store import assessments
from tests.world.council import ADMINS, Council
from tests.world.letters import text_of

AS_OF = date(2009, 11, 23)
"""A Monday long past, so that no test depends on the day it runs."""
EXTRACTED_AT = datetime(2009, 11, 22, 18, 5, tzinfo=UTC)
WEEK = timedelta(days=7)
LONDON = ZoneInfo("Europe/London")
NEXT = AS_OF + WEEK
GATED = {"source__hold_unchanged": True}
DAYS = working_calendar("england")
NORTH = {"team": "North", "manager_name": "N. Okafor", "manager_email": "n.okafor@council.example"}
SOUTH = {"team": "South", "manager_name": "S. Lindqvist", "manager_email": "s.lindqvist@council.example"}


def row(assessment_id: str, *, days: int = 27, as_of: date = AS_OF, **changed: object) -> dict[str, object]:
    """Return a row of the extract whose count on *as_of* is *days*."""
    usual = {
        "assessment_id": assessment_id,
        "child_id": f"9{assessment_id.removeprefix('A-')}",
        "started_on": DAYS.latest_start(as_of, days).isoformat(),
        "authorised_on": "",
        "team": "North",
        "worker": "P. Adeyemi",
        "manager_email": "",
    }
    return usual | changed


def today() -> date:
    """Return the day the application takes for today."""
    return clock.now(LONDON).date()


@dataclass(frozen=True, slots=True)
class WeeklyJob:
    """The weekly job *of* one installation."""

    of: Installation

    def sync(self, *, is_accepted: bool = False) -> Synced:
        """Sync and no more."""
        return weekly.sync_only(self.of, is_accepted=is_accepted)

    def run(self, as_of: date | None = None, **options: Any) -> RunResult:
        """Do the job once."""
        return weekly.run(self.of, as_of, **options)

    def rehearse(self, as_of: date | None = None, **options: Any) -> RunResult:
        """Do it and leave no trace."""
        return weekly.rehearse(self.of, as_of, **options)

    def release(self, run_id: int, *, by: str, reason: str) -> RunResult:
        """Let a held run go."""
        return weekly.release(self.of, run_id, by=by, reason=reason)

    def deliver(self) -> DeliveryResult:
        """Send what is owed."""
        return weekly.deliver(self.of)


@dataclass(frozen=True, slots=True)
class Office:
    """A council whose messages go into the folder `sent`; whatever it opens is closed with it."""

    council: Council
    opened: list[Installation] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Return where its files are."""
        return self.council.folder

    @property
    def config(self) -> Path:
        """Return its settings file."""
        return self.folder / "config.toml"

    def configure(self, **changes: object) -> None:
        """Write the settings, with *changes*; a dotted key is written with two underscores."""
        self.council.configure(**{"email__transport": "folder", "email__folder": "sent", **changes})

    def extract(self, *rows: dict[str, object], at: datetime = EXTRACTED_AT) -> None:
        """Write the extract, as exported *at* that moment."""
        self.council.extract(rows, columns=list(row("A-1")))
        os.utime(self.folder / "extract.csv", (at.timestamp(), at.timestamp()))

    def open(self, **changes: object) -> Installation:
        """Write the settings with *changes*, and open the installation."""
        self.configure(**changes)
        self.opened.append(Installation.open(self.config, {}))
        return self.opened[-1]

    def weekly(self, **changes: object) -> WeeklyJob:
        """Return the weekly job under settings with *changes*."""
        return WeeklyJob(self.open(**changes))

    def sent(self, to: str = "") -> Sequence[EmailMessage]:
        """Return what was sent, in its order, to all or to one address."""
        files = sorted((self.folder / "sent").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        mails = [BytesParser(policy=policy.default).parsebytes(file.read_bytes()) for file in files]
        return [mail for mail in mails if not to or mail["To"].addresses[0].addr_spec == to]

    def summaries(self) -> list[str]:
        """Return the texts of what the admins were sent."""
        return [text_of(mail) for mail in self.sent(ADMINS)]

    def close(self) -> None:
        """Close whatever was opened."""
        for installation in self.opened:
            installation.database.close()


def new_office(folder: Path) -> Office:
    """Return a configured council in *folder*, with a directory of two teams and no extract yet."""
    office = Office(Council(folder, 1025))
    office.council.directory(NORTH, SOUTH)
    office.configure()
    return office


def open_ids(job: WeeklyJob, as_of: date = NEXT) -> list[str]:
    """Return the ids of what the store holds open."""
    with job.of.database.read() as connection:
        return sorted(each.assessment_id for each in assessments.open_on(connection, as_of).values())

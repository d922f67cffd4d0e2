"""A made-up council for the pipeline: its extract, its directory, its rules, its writer, and its letters."""

import csv
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.schema import Table

from alerter.domain.calendar import DayOff, WorkingCalendar
from alerter.domain.plan import Rules
from alerter.domain.policy import Clock
from alerter.domain.routing import DirectoryEntry, Recipient
from alerter.domain.schedule import Schedule
from alerter.mail.writer import Writer
from alerter.pipeline.conclude import conclude
from alerter.pipeline.deliver import Channel, Delivered, deliver
from alerter.pipeline.letters import Basis
from alerter.pipeline.prepare import RunRequest, prepare
from alerter.pipeline.sync import Gate, Intake, Synced, read_in
from alerter.sources.source import Source, open_source
from alerter.store.database import Database
from alerter.store.runs import Run
from alerter.store.schema import outbox
from alerter.transports.folder import FolderTransport
from alerter.transports.transport import Transport
from tests.world.letters import text_of

AS_OF = date(2026, 11, 23)
NEXT_RUN = date(2026, 11, 30)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
EXTRACTED_AT = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)
CLOCKS = {"core": Clock(type="core", label="Core assessment", working_days=35, alert_after=25)}
COLUMNS = (
    "assessment_id", "child_id", "type", "started_on", "authorised_on", "cancelled_on", "closed_on",
    "team", "worker", "manager_email", "reassured_on", "reassured_by", "expected_on",
)  # fmt: skip
NORTH = DirectoryEntry(
    line=2, team="North", manager_name="N. Okafor", manager_email="n.okafor@council.example"
)
SOUTH = DirectoryEntry(
    line=3, team="South", manager_name="S. Lindqvist", manager_email="s.lindqvist@council.example"
)
FALLBACK = "service.manager@council.example"
ADMIN = "performance@council.example"


def calendar(*days_off: date) -> WorkingCalendar:
    """Return England's working days around the winter of 2026, less *days_off*."""
    holidays = (date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1))
    off = [DayOff(on, "Christmas", "bank holiday") for on in holidays]
    off += [DayOff(on, "Council day", "council") for on in days_off]
    return WorkingCalendar("england", 2025, 2027, off, version="made up")


DAYS = calendar()


def rules(*days_off: date, **changed: Any) -> Rules:
    """Return what runs go by, with *days_off* more and what is *changed*."""
    days = calendar(*days_off)
    usual = {
        "calendar": days,
        "clocks": CLOCKS,
        "schedule": Schedule(0, days),
        "fallback": Recipient(FALLBACK),
        "allowed_domains": ("council.example",),
        "settings": "5e77",
    }
    return Rules(**{**usual, **changed})


@cache
def writer() -> Writer:
    """Return the writer of the council's emails, its templates compiled once."""
    return Writer(
        council="Sampleford",
        sender=Recipient("alerts@council.example", "Assessment alerts"),
        admins=[Recipient(ADMIN)],
        zone=ZoneInfo("Europe/London"),
    )


def row(assessment_id: str, *, days: int = 27, **changed: str) -> dict[str, str]:
    """Return a row of the extract whose count on 23 November 2026 is *days*."""
    usual = {
        "assessment_id": assessment_id,
        "child_id": f"9{assessment_id.removeprefix('A-')}",
        "type": "core",
        "started_on": DAYS.latest_start(AS_OF, days).isoformat(),
        "team": "North",
        "worker": "P. Adeyemi",
    }
    return usual | changed


def rows_in(database: Database, table: Table) -> int:
    """Count the rows of one table."""
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of the outbox, read."""

    run_id: int
    kind: str
    recipient: str
    state: str
    subject: str
    text: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Council:
    """One council's store and folder; what a run goes by is *rules*."""

    database: Database
    folder: Path
    rules: Rules = field(default_factory=rules)
    directory: Sequence[DirectoryEntry] = (NORTH, SOUTH)

    def extract(self, rows: Sequence[Mapping[str, str]], at: datetime = EXTRACTED_AT) -> Source:
        """Write the extract, as exported *at* that moment, and open it."""
        path = self.folder / "assessments.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(rows)
        os.utime(path, (at.timestamp(), at.timestamp()))
        return open_source("csv", path, {}, CLOCKS)

    def read(
        self, rows: Sequence[Mapping[str, str]], *, gate: Gate | None = None, mapping: str = "1", **how: bool
    ) -> Synced:
        """Write an extract of *rows*, and read it into the store."""
        return self.sync(self.extract(rows), gate=gate, mapping=mapping, **how)

    def sync(
        self, source: Source, *, gate: Gate | None = None, mapping: str = "1", is_accepted: bool = False
    ) -> Synced:
        """Read *source* into the store."""
        with self.database.write() as connection:
            intake = Intake(source=source, directory=self.directory, mapping=mapping, now=NOW)
            return read_in(connection, intake, AS_OF, gate, is_accepted=is_accepted)

    def prepare(self, as_of: date = AS_OF, now: datetime = NOW, **changed: Any) -> Run:
        """Prepare the run for *as_of*, where nobody has."""
        with self.database.write() as connection:
            run = prepare(connection, self.basis(now), RunRequest(as_of, **changed))
        assert run is not None
        return run

    def basis(self, now: datetime = NOW) -> Basis:
        """Return what its runs go by at one moment."""
        return Basis(self.rules, writer(), now)

    def deliver(
        self, transport: Transport | None = None, *, unknown_outcome: str = "resend", now: datetime = NOW
    ) -> Delivered:
        """Send what is due *now*, into the folder `sent` if no *transport* is named."""
        return deliver(
            Channel(
                database=self.database,
                transport=transport or FolderTransport(self.folder / "sent"),
                unknown_outcome=unknown_outcome,
                clock=lambda: now,
                pace=at_once,
            )
        )

    def conclude(self, run: Run, now: datetime = NOW) -> Run:
        """Conclude *run*, and return it as it then stands."""
        with self.database.write() as connection:
            return conclude(connection, run.id, self.basis(now))

    def week(self, as_of: date = AS_OF, now: datetime = NOW) -> Run:
        """Do what a week does after the reading: prepare, deliver, conclude, and deliver the summary."""
        run = self.prepare(as_of, now)
        self.deliver(now=now)
        self.conclude(run, now)
        self.deliver(now=now)
        return self.conclude(run, now)

    def letters(self, kind: str = "digest", run: Run | None = None) -> list[Letter]:
        """Return the messages of one kind, of all runs or of one, in the order they were written."""
        query = select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.id)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Letter(each.run_id, kind, each.recipient, each.state, each.subject, text_of(each.body), each.body)
            for each in rows
            if run is None or each.run_id == run.id
        ]


def at_once() -> None:
    """Let the next message follow without a pause."""


def held_by(*reasons: str) -> Gate:
    """Return a gate that closes for these reasons, whatever is read."""
    return lambda _connection, _reading: list(reasons)


def always(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that stands still."""
    return lambda: moment

"""Made-up rows for the store: assessments, readings, runs and messages."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from alerter.domain.assessment import ROW_FIELDS, Assessment, Rejected
from alerter.domain.message import Message
from alerter.store import claims, outbox, runs, staging, syncs
from alerter.store.claims import Claimed
from alerter.store.runs import Run
from alerter.store.syncs import Sync

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AS_OF = date(2026, 11, 23)
LEASE = timedelta(minutes=15)
PAGE = 4096  # bytes, SQLite's default


def letter(recipient: str, body: bytes = b"Subject: 1 assessment\r\n\r\n.\r\n") -> Message:
    """Return a message as it goes into the outbox."""
    return Message(recipient, "<7.n.okafor@council.example>", "1 assessment", body)


def assessment(assessment_id: str = "A-1", child_id: str = "7", **changed: Any) -> Assessment:
    """Return an open assessment of 5 October 2026, with what is *changed*."""
    usual = {"type": "core", "clock_on": date(2026, 10, 5), "team": "Duty", "worker": "W-12"}
    return Assessment(assessment_id=assessment_id, child_id=child_id, **{**usual, **changed})


def facts(assessment: Assessment) -> tuple[Any, ...]:
    """Return what an extract's row tells of *assessment*."""
    return tuple(getattr(assessment, name) for name in ROW_FIELDS)


def begin(connection: Connection) -> int:
    """Record that a reading has begun; return its number."""
    return syncs.begin(
        connection, source_name="assessments.csv", sha256="5f", mapping="1", extracted_at=NOW, read_at=NOW
    )


def read_in(
    connection: Connection, rows: Sequence[Assessment], rejected: Sequence[Rejected] = (), *, line: int = 2
) -> Sync:
    """Read an extract of *rows*, from *line* on, and apply it; return what became of it."""
    return applied(connection, staged(connection, rows, rejected, line=line))


def staged(
    connection: Connection,
    rows: Sequence[Assessment],
    rejected: Sequence[Rejected] = (),
    *,
    line: int = 2,
    at_once: int = 2000,
) -> Sync:
    """Read an extract of *rows*, so many *at once*, and let it wait; return what became of it so far."""
    sync_id, numbered = begin(connection), list(enumerate(map(facts, rows), start=line))
    for first in range(0, len(rows), at_once):
        staging.stage(connection, sync_id, numbered[first : first + at_once])
    syncs.reject(connection, sync_id, rejected)
    collapsed, contradicting = staging.collapse(connection, sync_id)
    syncs.reject(connection, sync_id, contradicting)
    syncs.finish(
        connection, sync_id, state="staged", rows=len(rows) + len(rejected), collapsed=collapsed,
        rejected=len(rejected) + len(contradicting),
    )  # fmt: skip
    return syncs.by_id(connection, sync_id)


def applied(connection: Connection, waiting: Sync) -> Sync:
    """Apply a reading that waits; return what became of it."""
    done = staging.apply(connection, waiting.id)
    syncs.finish(
        connection, waiting.id, state="applied", stored=done.new + done.changed + done.unchanged,
        new=done.new, changed=done.changed, unchanged=done.unchanged, vanished=done.vanished,
    )  # fmt: skip
    return syncs.by_id(connection, waiting.id)


def drafted(send_date: date = AS_OF, **changed: Any) -> Run:
    """Return a run for *send_date* as it is before it has a number, with what is *changed*."""
    usual = {
        "id": 0, "as_of": send_date, "next_run": send_date + timedelta(days=7), "state": "prepared",
        "attempt": 0, "reason": "", "held_because": [], "counts": {"open": 3, "overdue": 1},
        "teams": {"Duty": 3}, "moved": [], "summarised": {}, "prepared_at": NOW, "sync_id": None,
        "settings": "a1", "calendar": "0.109",
    }  # fmt: skip
    return Run(send_date=send_date, **{**usual, **changed})


def run_with(connection: Connection, *recipients: str, send_date: date = AS_OF, **changed: Any) -> int:
    """Plan a run with one digest for each of *recipients*; return its number."""
    run = drafted(send_date, **changed)
    run_id = runs.plan(connection, run)
    assert run_id is not None
    letters = [letter(recipient) for recipient in recipients]
    outbox.enqueue(connection, run_id, kind="digest", edition=0, messages=letters, now=run.prepared_at)
    return run_id


def claim(connection: Connection, now: datetime = NOW, by: str = "t1") -> Claimed | None:
    """Claim what is next, for as long as a lease lasts."""
    return claims.claim(connection, token=by, now=now, lease_until=now + LEASE)


def claimed(connection: Connection, now: datetime = NOW, by: str = "t1") -> Claimed:
    """Claim what is next, where something is."""
    message = claim(connection, now, by)
    assert message is not None
    return message


def damage_table(file: Path, table: str) -> None:
    """Overwrite the first page of a *table* in SQLite's *file*, which nobody has open."""
    with closing(sqlite3.connect(file)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = connection.execute(query, (table,)).fetchone()
    with file.open("r+b") as pages:
        pages.seek(PAGE * (page - 1))
        pages.write(b"\xff" * PAGE)

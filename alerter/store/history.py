"""One assessment's past: who was told what, what managers recorded, and what the case system changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from alerter.store.schema import alerts, audits, changes, outbox, reassurances, runs, syncs


@dataclass(frozen=True, slots=True)
class Event:
    """
    One thing that happened, when, and in words.

    *kind* is `told`, `reassured`, `audited` or `changed`.
    """

    at: datetime
    kind: str
    what: str


def events(connection: Connection, assessment: int) -> list[Event]:
    """
    Return what happened to the assessment with this number, oldest first.
    """
    found = [
        *_told(connection, assessment),
        *_reassured(connection, assessment),
        *_audited(connection, assessment),
        *_changed(connection, assessment),
    ]
    return sorted(found, key=lambda event: event.at)


def _told(connection: Connection, assessment: int) -> Iterator[Event]:
    is_its_digest = and_(
        outbox.c.run_id == alerts.c.run_id,
        outbox.c.kind == "digest",
        func.lower(outbox.c.recipient) == func.lower(alerts.c.recipient),
    )
    query = (
        select(
            alerts.c.run_id,
            alerts.c.stage,
            alerts.c.age,
            alerts.c.recipient,
            outbox.c.state,
            runs.c.prepared_at,
        )
        .select_from(alerts.join(runs, runs.c.id == alerts.c.run_id).outerjoin(outbox, is_its_digest))
        .where(alerts.c.assessment == assessment)
    )
    for row in connection.execute(query):
        stage = row.stage.replace("_", " ")
        what = f"run {row.run_id}: {stage}, day {row.age}, to {row.recipient} ({row.state or 'not sent'})"
        yield Event(row.prepared_at, "told", what)


def _reassured(connection: Connection, assessment: int) -> Iterator[Event]:
    for row in connection.execute(select(reassurances).where(reassurances.c.assessment == assessment)):
        reason = f", {row.reason}" if row.reason else ""
        note = f": {row.note}" if row.note else ""
        what = (
            f"by {row.by} on {row.given_on.isoformat()}, expected {row.expected_on.isoformat()}{reason}{note}"
        )
        yield Event(row.recorded_at, "reassured", what)


def _audited(connection: Connection, assessment: int) -> Iterator[Event]:
    for row in connection.execute(select(audits).where(audits.c.assessment == assessment)):
        what = f"by {row.by} on {row.audited_on.isoformat()}: {row.score} of 100"
        yield Event(row.recorded_at, "audited", what)


def _changed(connection: Connection, assessment: int) -> Iterator[Event]:
    query = (
        select(changes.c.field, changes.c.was, changes.c.became, syncs.c.read_at)
        .join(syncs, syncs.c.id == changes.c.sync_id)
        .where(changes.c.assessment == assessment)
        .order_by(changes.c.id)
    )
    for row in connection.execute(query):
        yield Event(row.read_at, "changed", f"{row.field} from {row.was} to {row.became or 'blank'}")

"""Lists the events of one assessment: alerts, reassurances, and changes in the case system."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from alerter.store.reconcile import IN_EXTRACT, MISSING
from alerter.store.schema import (
    alerts,
    audits,
    changes,
    escalations,
    extensions,
    outbox,
    reassurances,
    runs,
    syncs,
    trail,
)


@dataclass(frozen=True, slots=True)
class Event:
    """
    One thing that happened, when, and in words.

    *kind* is `told`, `escalated`, `reassured`, `extended`, `withdrawn`, `audited`, `changed`, `vanished`,
    `back`, `resent` or `passed on`.
    """

    at: datetime
    kind: str
    what: str


def events(connection: Connection, assessment: int) -> list[Event]:
    """Return what happened to the assessment with this number, oldest first."""
    of_all_kinds = [
        *_alerted(connection, assessment),
        *_escalated(connection, assessment),
        *_reassured(connection, assessment),
        *_extended(connection, assessment),
        *_audited(connection, assessment),
        *_changed(connection, assessment),
        *_sent_again(connection, assessment),
    ]
    return sorted(of_all_kinds, key=lambda event: event.at)


def _alerted(connection: Connection, assessment: int) -> Iterator[Event]:
    query = (
        select(
            alerts.c.run_id,
            alerts.c.stage,
            alerts.c.age,
            alerts.c.recipient,
            alerts.c.covering_for,
            outbox.c.state,
            runs.c.prepared_at,
            runs.c.is_trial,
        )
        .select_from(
            alerts.join(runs, runs.c.id == alerts.c.run_id).outerjoin(outbox, _is_its_digest(alerts))
        )
        .where(alerts.c.assessment == assessment)
    )
    for row in connection.execute(query):
        stage = row.stage.replace("_", " ")
        to = _to(row.recipient, row.covering_for)
        state = _state(row.state, is_trial=row.is_trial)
        what = f"run {row.run_id}: {stage}, day {row.age}, to {to} ({state})"
        yield Event(row.prepared_at, "told", what)


def _escalated(connection: Connection, assessment: int) -> Iterator[Event]:
    query = (
        select(
            escalations.c.run_id,
            escalations.c.weeks,
            escalations.c.recipient,
            escalations.c.covering_for,
            outbox.c.state,
            runs.c.prepared_at,
            runs.c.is_trial,
        )
        .select_from(
            escalations.join(runs, runs.c.id == escalations.c.run_id).outerjoin(
                outbox, _is_its_digest(escalations)
            )
        )
        .where(escalations.c.assessment == assessment)
    )
    for row in connection.execute(query):
        weeks = f"chased in {row.weeks} digests running" if row.weeks > 1 else "chased for the first time"
        to = _to(row.recipient, row.covering_for)
        what = f"run {row.run_id}: {weeks}, to {to} ({_state(row.state, is_trial=row.is_trial)})"
        yield Event(row.prepared_at, "escalated", what)


def _is_its_digest(table: Table) -> ColumnElement[bool]:
    """Say whether a message of the outbox is the digest that a row of *table* stands in."""
    return and_(
        outbox.c.run_id == table.c.run_id,
        outbox.c.kind == "digest",
        func.lower(outbox.c.recipient) == func.lower(table.c.recipient),
    )


def _state(state: str | None, *, is_trial: bool) -> str:
    """Return how a digest stands; what went into a folder was told to nobody."""
    return f"{state or 'not sent'}{', a trial into a folder' if is_trial else ''}"


def _to(recipient: str, covering_for: str) -> str:
    """Return both ends of a cover: who was told, and for whom."""
    return f"{recipient} for {covering_for}" if covering_for else recipient


def _reassured(connection: Connection, assessment: int) -> Iterator[Event]:
    for row in connection.execute(select(reassurances).where(reassurances.c.assessment == assessment)):
        reason = f", {row.reason}" if row.reason else ""
        note = f": {row.note}" if row.note else ""
        promise = f"by {row.by} on {row.given_on.isoformat()}, expected {row.expected_on.isoformat()}"
        yield Event(row.recorded_at, "reassured", f"{promise}{reason} (by {row.means}){note}")
        if row.withdrawn_at is not None:
            yield Event(row.withdrawn_at, "withdrawn", f"{promise}: withdrawn by {row.withdrawn_by}")


def _extended(connection: Connection, assessment: int) -> Iterator[Event]:
    for row in connection.execute(select(extensions).where(extensions.c.assessment == assessment)):
        what = f"until {row.until.isoformat()}, authorised by {row.by}, {row.reason}"
        yield Event(
            row.recorded_at, "extended", f"{what} (by {row.means}){f': {row.note}' if row.note else ''}"
        )
        if row.withdrawn_at is not None:
            yield Event(row.withdrawn_at, "withdrawn", f"extension {what}: withdrawn by {row.withdrawn_by}")


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
        if row.field != IN_EXTRACT:
            what = f"{row.field} from {row.was or 'blank'} to {row.became or 'blank'}"
            yield Event(row.read_at, "changed", what)
        elif row.became == MISSING:
            yield Event(row.read_at, "vanished", "missing from the extract without a sign-off")
        else:
            yield Event(row.read_at, "back", "in the extract again")


def _sent_again(connection: Connection, assessment: int) -> Iterator[Event]:
    """Give who had a digest with this assessment sent again, and from whom it passed to another recipient."""
    for table in (alerts, escalations):
        of_its_digest = trail.join(outbox, outbox.c.id == trail.c.message).join(table, _is_its_digest(table))
        query = (
            select(trail.c.at, trail.c.actor, trail.c.detail)
            .select_from(of_its_digest)
            .where(table.c.assessment == assessment, trail.c.act == "resent")
        )
        for row in connection.execute(query):
            yield Event(row.at, "resent", f"{row.detail} (by {row.actor})")
    passed = select(trail).where(trail.c.assessment == assessment, trail.c.act == "passed_on")
    for row in connection.execute(passed):
        yield Event(row.at, "passed on", f"{row.detail}; of unknown outcome before")

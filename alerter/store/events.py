"""Lists what happened to one assessment, or to all in a period: digests, records, changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select, true

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
    `back`, `resent`, `noted`, `passed on`, `covered` or `ended cover`. *assessment* is a number, None for
    a cover.
    """

    at: datetime
    kind: str
    what: str
    assessment: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose events are wanted: those of one *assessment* by number, or all of a period *since* a moment."""

    assessment: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def of(self, column: ColumnElement[int]) -> ColumnElement[bool]:
        """Return the condition on the assessment that a row is about."""
        return true() if self.assessment is None else column == self.assessment

    @property
    def of_runs(self) -> ColumnElement[bool]:
        """Return the condition on the run in which a row stands; the rest is few and sorted out later."""
        return true() if self.since is None else runs.c.prepared_at.between(self.since, self.until)

    def holds(self, event: Event) -> bool:
        """Say whether *event* lies in the period."""
        return self.since is None or self.until is None or self.since <= event.at < self.until


def of_assessment(connection: Connection, assessment: int) -> list[Event]:
    """Return what happened to the assessment with this number, oldest first."""
    wanted = Wanted(assessment)
    return _ordered([*_recorded(connection, wanted), *_changed(connection, assessment)])


def of_period(connection: Connection, since: datetime, until: datetime) -> list[Event]:
    """
    Return who was told what and what was recorded from *since* to before *until*, oldest first.

    What the case system changed is not in it.
    """
    wanted = Wanted(since=since, until=until)
    every = [*_recorded(connection, wanted), *_covered(connection)]
    return _ordered([event for event in every if wanted.holds(event)])


def _ordered(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: event.at)


def _recorded(connection: Connection, wanted: Wanted) -> Iterator[Event]:
    for kind in (_alerted, _escalated, _reassured, _extended, _audited, _sent_again):
        yield from kind(connection, wanted)


def _alerted(connection: Connection, wanted: Wanted) -> Iterator[Event]:
    query = (
        select(
            alerts.c.run_id,
            alerts.c.assessment,
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
        .where(wanted.of(alerts.c.assessment), wanted.of_runs)
    )
    for row in connection.execute(query):
        stage = row.stage.replace("_", " ")
        to = _to(row.recipient, row.covering_for)
        state = _state(row.state, is_trial=row.is_trial)
        what = f"run {row.run_id}: {stage}, day {row.age}, to {to} ({state})"
        yield Event(row.prepared_at, "told", what, row.assessment)


def _escalated(connection: Connection, wanted: Wanted) -> Iterator[Event]:
    query = (
        select(
            escalations.c.run_id,
            escalations.c.assessment,
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
        .where(wanted.of(escalations.c.assessment), wanted.of_runs)
    )
    for row in connection.execute(query):
        weeks = f"chased in {row.weeks} digests running" if row.weeks > 1 else "chased for the first time"
        to = _to(row.recipient, row.covering_for)
        what = f"run {row.run_id}: {weeks}, to {to} ({_state(row.state, is_trial=row.is_trial)})"
        yield Event(row.prepared_at, "escalated", what, row.assessment)


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


def _reassured(connection: Connection, wanted: Wanted) -> Iterator[Event]:
    for row in connection.execute(select(reassurances).where(wanted.of(reassurances.c.assessment))):
        reason = f", {row.reason}" if row.reason else ""
        promise = f"by {row.by} on {row.given_on.isoformat()}, expected {row.expected_on.isoformat()}"
        what = f"{promise}{reason} (by {row.means})"
        yield Event(row.recorded_at, "reassured", what, row.assessment, row.note)
        if row.withdrawn_at is not None:
            withdrawn = f"{promise}: withdrawn by {row.withdrawn_by}"
            yield Event(row.withdrawn_at, "withdrawn", withdrawn, row.assessment)


def _extended(connection: Connection, wanted: Wanted) -> Iterator[Event]:
    for row in connection.execute(select(extensions).where(wanted.of(extensions.c.assessment))):
        what = f"until {row.until.isoformat()}, authorised by {row.by}, {row.reason}"
        yield Event(row.recorded_at, "extended", f"{what} (by {row.means})", row.assessment, row.note)
        if row.withdrawn_at is not None:
            withdrawn = f"extension {what}: withdrawn by {row.withdrawn_by}"
            yield Event(row.withdrawn_at, "withdrawn", withdrawn, row.assessment)


def _audited(connection: Connection, wanted: Wanted) -> Iterator[Event]:
    for row in connection.execute(select(audits).where(wanted.of(audits.c.assessment))):
        what = f"by {row.by} on {row.audited_on.isoformat()}: {row.score} of 100"
        yield Event(row.recorded_at, "audited", what, row.assessment)


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


def _sent_again(connection: Connection, wanted: Wanted) -> Iterator[Event]:
    """Give who had a digest with this assessment sent again, and from whom it passed to another recipient."""
    for table in (alerts, escalations):
        of_its_digest = trail.join(outbox, outbox.c.id == trail.c.message).join(table, _is_its_digest(table))
        query = (
            select(trail.c.at, trail.c.actor, trail.c.detail, table.c.assessment)
            .select_from(of_its_digest)
            .where(wanted.of(table.c.assessment), trail.c.act == "resent")
        )
        for row in connection.execute(query):
            yield Event(row.at, "resent", f"{row.detail} (by {row.actor})", row.assessment)
    noted = (
        select(trail.c.at, trail.c.actor, trail.c.detail, trail.c.assessment, outbox.c.run_id, outbox.c.state)
        .join(outbox, outbox.c.id == trail.c.message)
        .where(wanted.of(trail.c.assessment), trail.c.act == "noted")
    )
    for note in connection.execute(noted):
        what = f"run {note.run_id}, note: {note.detail}, to {note.actor} ({note.state})"
        yield Event(note.at, "noted", what, note.assessment)
    passed = select(trail).where(wanted.of(trail.c.assessment), trail.c.act == "passed_on")
    for row in connection.execute(passed):
        what = f"{row.detail}; of unknown outcome before"
        yield Event(row.at, "passed on", what, row.assessment)


def _covered(connection: Connection) -> Iterator[Event]:
    for row in connection.execute(select(trail).where(trail.c.act.in_(("covered", "ended_cover")))):
        yield Event(row.at, row.act.replace("_", " "), f"{row.detail} (by {row.actor}, {row.means})")

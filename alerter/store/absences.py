"""Stores which absences the admins are told of: an entry of the trail for each manager and last day."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from alerter.domain.address import address_key
from alerter.store import trail
from alerter.store.bounces import Returned, is_accepted
from alerter.store.schema import outbox
from alerter.store.schema import trail as entries
from alerter.store.trail import Entry


@dataclass(frozen=True, slots=True)
class Absence:
    """A manager is away until a day, that day included."""

    manager_email: str
    until: date


@dataclass(frozen=True, slots=True)
class Answered:
    """The digest that an automatic reply answers: its number, its run, and whom it was for."""

    id: int
    run_id: int
    recipient: str


def answered(connection: Connection, message: Returned, since: datetime) -> Answered | None:
    """Return the digest accepted *since* then that its own recipient answers; None where there is none."""
    query = select(outbox.c.id, outbox.c.run_id, outbox.c.recipient).where(
        is_accepted(message),
        outbox.c.kind == "digest",
        func.lower(outbox.c.recipient) == address_key(message.recipient),
        outbox.c.settled_at >= since,
    )
    row = connection.execute(query).first()
    return None if row is None else Answered(*row)


def record(connection: Connection, digest: Answered, until: date, now: datetime) -> bool:
    """Record that the admins are told who is away *until* then; return whether that is new."""
    trail.take_turns_as(connection, digest.recipient)
    known = select(entries.c.id).where(
        entries.c.act == "told_absence",
        func.lower(entries.c.actor) == address_key(digest.recipient),
        entries.c.detail == until.isoformat(),
    )
    if connection.execute(known).first() is not None:
        return False
    entry = Entry(
        at=now, actor=digest.recipient, means="delivery", act="told_absence", message=digest.id,
        detail=until.isoformat(),
    )  # fmt: skip
    trail.append(connection, entry)
    return True


def of_run(connection: Connection, run_id: int) -> list[Absence]:
    """Return the absences that were learnt from answers to one run's digests, as they were recorded."""
    query = (
        select(entries.c.actor, entries.c.detail)
        .join(outbox, outbox.c.id == entries.c.message)
        .where(outbox.c.run_id == run_id, entries.c.act == "told_absence")
        .order_by(entries.c.id)
    )
    return [Absence(row.actor, date.fromisoformat(row.detail)) for row in connection.execute(query)]

"""Stores bounces of accepted messages, and finds the recipients not reached since."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from alerter.store.runs import ours
from alerter.store.schema import outbox, runs

_columns = outbox.c


@dataclass(frozen=True, slots=True)
class Unreached:
    """Somebody whose last digest came back: the run it was of, and the status it came back with."""

    recipient: str
    run_id: int
    bounce: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A message that came back or was answered: its Message-ID, else the run and the recipient it was of."""

    message_id: str
    run_id: int = 0
    recipient: str = ""


def record(connection: Connection, message: Returned, bounce: str, now: datetime) -> int | None:
    """
    Record that a message came back; return its run, or None where it is none of ours or known already.

    Only what was accepted can come back; what is still owed is settled by its own outcome first.
    """
    bounced = (
        update(outbox)
        .where(is_accepted(message), _columns.bounced_at.is_(None))
        .values(bounced_at=now, bounce=bounce)
        .returning(_columns.run_id)
    )
    return connection.execute(bounced).scalars().first()


def is_accepted(message: Returned) -> ColumnElement[bool]:
    """Return the condition that a row of the outbox is *message*, and was accepted."""
    is_meant = (
        _columns.message_id == message.message_id
        if message.message_id
        else and_(
            _columns.run_id == message.run_id,
            func.lower(_columns.recipient) == message.recipient.lower(),
            _columns.kind == "digest",
        )
    )
    return and_(is_meant, _columns.state.in_(("sent", "unknown")))


def sent_since(connection: Connection, since: datetime) -> list[str]:
    """Return the Message-IDs of what was accepted *since* then, and is not known to have come back."""
    query = (
        select(_columns.message_id)
        .where(_columns.state == "sent", _columns.settled_at >= since, _columns.bounced_at.is_(None))
        .order_by(_columns.id)
    )
    return list(connection.execute(query).scalars())


def bounced(connection: Connection, run_id: int) -> list[Unreached]:
    """Return the digests of one run that came back."""
    query = (
        select(_columns.recipient, _columns.run_id, _columns.bounce)
        .where(_columns.run_id == run_id, _columns.kind == "digest", _columns.bounced_at.is_not(None))
        .order_by(_columns.recipient)
    )
    return [Unreached(*row) for row in connection.execute(query)]


def unreached(connection: Connection) -> list[Unreached]:
    """Return everybody whose latest accepted digest came back, by address."""
    latest = (
        select(func.max(_columns.id))
        .where(_columns.kind == "digest", _columns.state.in_(("sent", "unknown")))
        .where(_columns.run_id.in_(select(runs.c.id).where(ours(connection))))
        .group_by(func.lower(_columns.recipient))
    )
    query = (
        select(_columns.recipient, _columns.run_id, _columns.bounce)
        .where(_columns.id.in_(latest), _columns.bounced_at.is_not(None))
        .order_by(_columns.recipient)
    )
    return [Unreached(*row) for row in connection.execute(query)]

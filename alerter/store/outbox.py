"""Stores messages, from the moment they are prepared until their outcome is settled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from alerter.domain.calendar import ONE_DAY
from alerter.domain.delivery import FAILED
from alerter.domain.message import Message
from alerter.store.database import is_trial
from alerter.store.migration import is_of_our_revision
from alerter.store.runs import latest_before
from alerter.store.schema import outbox, runs

WAITING = ("queued", "deferred")
IN_FLIGHT = ("claimed", "marked")
_columns = outbox.c
is_of_run = _columns.kind != "note"  # which stands beside the run, and changes nothing of how it went
is_owed = _columns.settled_at.is_(None)  # literally the condition of the index on what is unsettled


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """
    How one message of a run stands.

    *settled_at* is None while it is owed, *bounced_at* unless it came back, with the status *bounce*.
    """

    id: int
    run_id: int
    kind: str
    recipient: str
    state: str
    attempts: int
    reply: str
    settled_at: datetime | None
    resent_at: datetime | None
    bounced_at: datetime | None
    bounce: str | None


def enqueue(
    connection: Connection,
    run_id: int,
    *,
    kind: str,
    edition: int,
    messages: Sequence[Message],
    now: datetime,
) -> None:
    """Put *messages* of one run where they wait to be sent."""
    rows = [
        {
            "run_id": run_id, "kind": kind, "edition": edition, "recipient": message.recipient,
            "message_id": message.message_id, "subject": message.subject, "body": message.body,
            "state": "queued", "prepared_at": now, "first_prepared_at": now, "attempts": 0,
            "next_attempt_at": now, "unanswered": 0, "deaths": 0, "reply": "",
        }
        for message in messages
    ]  # fmt: skip
    if rows:
        connection.execute(insert(outbox), rows)


def make_due(connection: Connection, now: datetime) -> None:
    """Let all that waits be tried now: what was deferred, and what was never tried but postponed with it."""
    is_later = and_(is_owed, _columns.state.in_(WAITING), _columns.next_attempt_at > now)
    postponed = update(outbox).where(is_later, _is_of_our_kind(connection))
    connection.execute(postponed.values(next_attempt_at=now))


def postpone(connection: Connection, until: datetime) -> None:
    """Let nothing that waits be tried before *until*."""
    is_sooner = and_(is_owed, _columns.state.in_(WAITING), _columns.next_attempt_at < until)
    sooner = update(outbox).where(is_sooner, _is_of_our_kind(connection))
    connection.execute(sooner.values(next_attempt_at=until))


def owed(connection: Connection, *, unanswered: int = 0) -> int:
    """
    Count what is prepared and not settled: all, or what was sent *unanswered* so often and may have arrived.
    """
    condition = and_(is_owed, _columns.unanswered >= unanswered, _is_of_our_kind(connection))
    return int(connection.execute(select(func.count()).select_from(outbox).where(condition)).scalar_one())


def failed(connection: Connection, run_id: int) -> list[Delivery]:
    """Return what of a run waits for a person, summaries too: refused, given up, or of unknown outcome."""
    has_failed = and_(_columns.state.in_(FAILED), is_of_run)
    return deliveries_where(connection, and_(_columns.run_id == run_id, has_failed))


def failed_by(connection: Connection, today: date) -> list[Delivery]:
    """Return what waits for a person: of the run that went out last, for a later one tells all of it anew."""
    last = latest_before(connection, today + ONE_DAY)
    return [] if last is None else failed(connection, last.id)


def has_in_flight(connection: Connection) -> bool:
    """Say whether anybody has a message in hand, or had one when it died."""
    query = select(_columns.id).where(is_owed, _columns.state.in_(IN_FLIGHT)).limit(1)
    return connection.execute(query).first() is not None


def is_any_due(connection: Connection, now: datetime, *, but: Collection[int] = ()) -> bool:
    """
    Say whether `claim` may yet find a message, *but* these numbers, once nobody else holds its row.
    """
    wanted = and_(is_due(now), _columns.id.not_in(but), _is_of_our_kind(connection), is_of_our_revision)
    query = select(_columns.id).where(wanted).limit(1)
    return connection.execute(query).first() is not None


def is_in_flight(connection: Connection, run_id: int) -> bool:
    """Say whether somebody has a message of a run in hand."""
    query = select(_columns.id).where(is_owed, _columns.run_id == run_id, _columns.state.in_(IN_FLIGHT))
    return connection.execute(query.limit(1)).first() is not None


def is_busy(connection: Connection, run_id: int, now: datetime) -> bool:
    """Say whether digests of a run are being sent, or could be right now."""
    could_be = and_(_columns.state.in_(WAITING), _columns.next_attempt_at <= now)
    query = select(_columns.id).where(
        _columns.run_id == run_id, _columns.kind == "digest", or_(_columns.state.in_(IN_FLIGHT), could_be)
    )
    return connection.execute(query.limit(1)).first() is not None


def deliveries(connection: Connection, run_id: int) -> list[Delivery]:
    """Return how each digest of a run stands, by recipient."""
    return deliveries_where(connection, and_(_columns.run_id == run_id, _columns.kind == "digest"))


def editions(connection: Connection, run_id: int) -> int:
    """Return how many editions of its summary a run has."""
    query = select(func.max(_columns.edition)).where(_columns.run_id == run_id, _columns.kind == "summary")
    last = connection.execute(query).scalar()
    return 0 if last is None else int(last)


def is_all_sent(connection: Connection, run_id: int) -> bool:
    """Say whether every message of a run was accepted, or withdrawn with nothing left to say; notes apart."""
    is_other = and_(_columns.state.not_in(("sent", "withdrawn")), is_of_run)
    query = select(_columns.id).where(_columns.run_id == run_id, is_other).limit(1)
    return connection.execute(query).first() is None


def deliveries_where(connection: Connection, condition: ColumnElement[bool]) -> list[Delivery]:
    """Return how the messages of a condition stand, by recipient."""
    columns = [_columns[name] for name in Delivery.__dataclass_fields__]
    query = select(*columns).where(condition).order_by(_columns.recipient, _columns.id)
    return [Delivery(**row) for row in connection.execute(query).mappings()]


def is_due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return whether a message is to be tried at the moment *now*."""
    return and_(is_owed, _columns.state.in_(WAITING), _columns.next_attempt_at <= now)


def _is_of_our_kind(connection: Connection) -> ColumnElement[bool]:
    return is_of_kind(is_trial(connection))


def is_of_kind(is_trial: bool) -> ColumnElement[bool]:  # noqa: FBT001 - what it is about
    """
    Return whether a message is of a run into a folder, or of one for people: no sender takes the other's.
    """
    is_its = runs.c.is_trial.is_(true() if is_trial else false())
    return exists().where(runs.c.id == _columns.run_id, is_its)

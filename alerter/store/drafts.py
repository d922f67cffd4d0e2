"""Finds messages to change: drafts to write anew, give up or overtake, and settled ones to send again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, or_, select, update

from alerter.domain.address import address_key
from alerter.domain.message import Message
from alerter.store.outbox import WAITING, Delivery, deliveries_where
from alerter.store.runs import ours
from alerter.store.schema import outbox, runs

_columns = outbox.c
_is_waiting = and_(_columns.settled_at.is_(None), _columns.state.in_(WAITING))
_is_digest = and_(_is_waiting, _columns.kind == "digest", _columns.resent_at.is_(None))
_is_draft = and_(_is_digest, _columns.marked_at.is_(None))
_given_up = case((_columns.unanswered > 0, "unknown"), else_="superseded")


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A digest that waits, and was not sent again by a person.

    One that *was_marked* was on its way once: its bytes stay what they are. Nothing of any other can have
    arrived.
    """

    id: int
    run_id: int
    recipient: str
    edition: int
    prepared_at: datetime
    was_marked: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """A message that somebody wants to see sent again: is its text still there?"""

    id: int
    recipient: str
    state: str
    has_body: bool


def waiting(connection: Connection, kind: str = "digest") -> list[Draft]:
    """Return the digests of all runs that wait, or their notes, in the order they were written."""
    of_our_kind = _columns.run_id.in_(select(runs.c.id).where(ours(connection)))
    is_wanted = _is_digest if kind == "digest" else and_(_is_waiting, _columns.kind == kind)
    return _drafts(connection, and_(is_wanted, of_our_kind))


def hold_on(connection: Connection, run_id: int) -> list[Draft]:
    """Return the digests of one run that wait, which nobody else can claim until the transaction ends."""
    of_run = and_(_is_digest, _columns.run_id == run_id)
    connection.execute(select(_columns.id).where(of_run).with_for_update())
    return _drafts(connection, of_run)


def rewrite(connection: Connection, draft: Draft, message: Message, now: datetime) -> None:
    """Put what *message* says in the place of a draft; it is due at once, under its old Message-ID."""
    written = {"body": message.body, "subject": message.subject, "prepared_at": now, "next_attempt_at": now}
    connection.execute(update(outbox).where(_columns.id == draft.id, _is_draft).values(written))


def withdraw(connection: Connection, draft: Draft, now: datetime) -> None:
    """Settle a draft that has nothing left to say to its recipient."""
    settled = {"state": "withdrawn", "settled_at": now}
    connection.execute(update(outbox).where(_columns.id == draft.id, _is_draft).values(settled))


def give_up(connection: Connection, draft: Draft, why: str, now: datetime) -> None:
    """
    Settle what was on its way once and is not to go again; it is `withdrawn` where it cannot have arrived.
    """
    state = case((_columns.unanswered > 0, "unknown"), else_="withdrawn")
    settled = {"state": state, "reply": why, "settled_at": now}
    connection.execute(update(outbox).where(_columns.id == draft.id, _is_digest).values(settled))


def supersede(connection: Connection, run_id: int, now: datetime) -> int:
    """
    Settle what still waits of other runs that are not for a later send date: the run *run_id* overtakes them.

    What may have arrived is `unknown`. Return how many messages that were.
    """
    send_date = select(runs.c.send_date).where(runs.c.id == run_id).scalar_subquery()
    overtaken = select(runs.c.id).where(runs.c.send_date <= send_date, runs.c.id != run_id, ours(connection))
    settled = update(outbox).where(_is_waiting, _columns.run_id.in_(overtaken))
    return connection.execute(settled.values(state=_given_up, settled_at=now)).rowcount


def is_overtaken(connection: Connection, run_id: int) -> bool:
    """Say whether another run for the same send date or a later one was prepared after it."""
    return connection.execute(_overtaking(), {"ours": run_id}).first() is not None


def superseded(connection: Connection, run_id: int) -> int:
    """Count the digests of earlier runs that *run_id*, when it was prepared, found undelivered."""
    prepared_at = select(runs.c.prepared_at).where(runs.c.id == run_id).scalar_subquery()
    query = select(func.count()).where(
        _columns.state == "superseded", _columns.kind == "digest", _columns.settled_at == prepared_at
    )
    return int(connection.execute(query).scalar_one())


def further(connection: Connection, run_id: int, recipient: str) -> int:
    """Return the edition that one more digest of a run for *recipient* bears; 0 where there is none yet."""
    query = select(func.max(_columns.edition)).where(
        _columns.run_id == run_id,
        _columns.kind == "digest",
        func.lower(_columns.recipient) == func.lower(recipient),
    )
    last = connection.execute(query).scalar()
    return 0 if last is None else int(last) + 1


def settled(connection: Connection, run_id: int, recipient: str) -> list[Settled]:
    """
    Return what one recipient was sent in a run, held until the transaction ends: the digests, or where there
    are none the last summary.
    """
    of_them = and_(_columns.run_id == run_id, func.lower(_columns.recipient) == address_key(recipient))
    query = select(
        _columns.id, _columns.kind, _columns.recipient, _columns.state, _columns.body.is_not(None)
    ).where(of_them)
    rows = connection.execute(query.order_by(_columns.id).with_for_update()).all()
    digests = [row for row in rows if row.kind == "digest"]
    summaries = [row for row in rows if row.kind == "summary"]
    return [Settled(row.id, row.recipient, row.state, row[-1]) for row in digests or summaries[-1:]]


def send_again(connection: Connection, number: int, now: datetime) -> None:
    """Let one settled message go out once more as it is; what became of it before is forgotten here."""
    fresh = {
        "state": "queued", "settled_at": None, "resent_at": now, "next_attempt_at": now, "unanswered": 0,
        "deaths": 0, "reply": "", "bounced_at": None, "bounce": None,
    }  # fmt: skip
    connection.execute(update(outbox).where(_columns.id == number).values(fresh))


def states_of(connection: Connection, numbers: Collection[int]) -> list[Delivery]:
    """Return how the messages with these *numbers* stand."""
    return deliveries_where(connection, _columns.id.in_(numbers))


@cache
def _overtaking() -> Select[tuple[int]]:
    """
    Return the query for runs that overtake the run `:ours`; made once, for it is asked after every message.
    """
    columns = (runs.c.send_date, runs.c.prepared_at, runs.c.is_trial)
    its = select(*columns).where(runs.c.id == bindparam("ours")).subquery()
    is_after = or_(
        runs.c.prepared_at > its.c.prepared_at,
        and_(runs.c.prepared_at == its.c.prepared_at, runs.c.id > bindparam("ours")),
    )
    is_later = and_(runs.c.send_date >= its.c.send_date, is_after, runs.c.is_trial == its.c.is_trial)
    return select(runs.c.id).where(is_later, runs.c.state != "held").limit(1)


def _drafts(connection: Connection, condition: ColumnElement[bool]) -> list[Draft]:
    query = select(
        _columns.id, _columns.run_id, _columns.recipient, _columns.edition, _columns.prepared_at,
        _columns.marked_at.is_not(None),
    )  # fmt: skip
    return [Draft(*row) for row in connection.execute(query.where(condition).order_by(_columns.id))]

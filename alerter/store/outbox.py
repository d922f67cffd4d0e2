"""Stores messages, from the moment they are prepared until their outcome is settled."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Update,
    and_,
    bindparam,
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
from alerter.domain.delivery import FAILED, Attempts, Settlement
from alerter.domain.message import Message
from alerter.store.database import is_trial
from alerter.store.moment import Moment
from alerter.store.runs import latest_before
from alerter.store.schema import outbox, runs

WAITING = ("queued", "deferred")
IN_FLIGHT = ("claimed", "marked")
_columns = outbox.c
_is_owed = _columns.settled_at.is_(None)  # literally the condition of the index on what is unsettled


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """
    A message that is ours to send while *token* holds.

    *first_prepared_at* is when a person last had it sent again, if anybody did.
    """

    id: int
    run_id: int
    message: Message
    first_prepared_at: datetime
    attempts: int
    unanswered: int
    deaths: int
    token: str

    @property
    def so_far(self) -> Attempts:
        """Return the attempts so far, this claim's included."""
        return Attempts(
            made=self.attempts, unanswered=self.unanswered, first_prepared_at=self.first_prepared_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How one message of a run stands."""

    run_id: int
    recipient: str
    state: str
    attempts: int
    reply: str


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
    is_later = and_(_is_owed, _columns.state.in_(WAITING), _columns.next_attempt_at > now)
    postponed = update(outbox).where(is_later, _is_of_our_kind(connection))
    connection.execute(postponed.values(next_attempt_at=now))


def postpone(connection: Connection, until: datetime) -> None:
    """Let nothing that waits be tried before *until*."""
    is_sooner = and_(_is_owed, _columns.state.in_(WAITING), _columns.next_attempt_at < until)
    sooner = update(outbox).where(is_sooner, _is_of_our_kind(connection))
    connection.execute(sooner.values(next_attempt_at=until))


def claim(
    connection: Connection,
    *,
    token: str,
    now: datetime,
    lease_until: datetime,
    but: Collection[int] = (),
    is_patient: bool = False,
) -> Claimed | None:
    """
    Take the next message that is due, *but* none with these numbers; None when there is none.

    The candidate is only proposed (on PostgreSQL past the rows others hold, unless it *is_patient* and
    waits for them; SQLite ignores that clause); the conditional UPDATE decides, on both.
    """
    values = {"by": token, "now": now, "until": lease_until, "but": list(but)}
    claiming = _claiming(is_patient, is_trial(connection))
    row = connection.execute(claiming, values).first()
    return None if row is None else _claimed(row, token)


def held(connection: Connection, token: str) -> Claimed | None:
    """
    Return the message that is claimed with *token*, if one is: for one who does not know if it was kept.
    """
    query = select(outbox).where(_is_owed, _columns.claim_token == token, _columns.state == "claimed")
    row = connection.execute(query).first()
    return None if row is None else _claimed(row, token)


def mark(connection: Connection, message: Claimed, now: datetime, lease_until: datetime) -> bool:
    """
    Record that the final dot is about to go out; False when the claim is no longer ours.

    Until this is durable the message is certainly not delivered; after it, its outcome
    is unknown until the reply is settled. The lease begins anew, for the wait may be a long one.
    """
    values = {**_ours(message), "now": now, "until": lease_until}
    return connection.execute(_marking(), values).first() is not None


def settle(
    connection: Connection,
    message: Claimed,
    settlement: Settlement,
    *,
    reply: str,
    now: datetime,
    expected: Sequence[str] = IN_FLIGHT,
) -> bool:
    """
    Record what became of a message; False when somebody else has settled it, or its state is not *expected*.
    """
    values = {
        **_ours(message), "became": settlement.state, "said": reply,
        "at": None if settlement.state in WAITING else now, "due": settlement.next_attempt_at,
        "more": int(settlement.is_death), "without": int(settlement.is_unanswered),
    }  # fmt: skip
    settling = _settling(tuple(expected))
    return connection.execute(settling, values).first() is not None


def abandoned(
    connection: Connection, now: datetime, is_alive: Callable[[str], bool]
) -> list[tuple[str, Claimed]]:
    """
    Return the messages in flight whose sender is gone, each with its state: `claimed` or `marked`.

    *is_alive* says of a claim's token whether its sender lives; a lease that ran out is the fallback.
    """
    query = select(outbox).where(_is_owed, _columns.state.in_(IN_FLIGHT)).order_by(_columns.id)
    return [
        (row.state, _claimed(row, row.claim_token))
        for row in connection.execute(query).all()
        if row.lease_until <= now or not is_alive(row.claim_token)
    ]


def owed(connection: Connection, *, unanswered: int = 0) -> int:
    """
    Count what is prepared and not settled: all, or what was sent *unanswered* so often and may have arrived.
    """
    condition = and_(_is_owed, _columns.unanswered >= unanswered, _is_of_our_kind(connection))
    return int(connection.execute(select(func.count()).select_from(outbox).where(condition)).scalar_one())


def failed(connection: Connection, run_id: int) -> list[Delivery]:
    """Return what of a run waits for a person, summaries too: refused, given up, or of unknown outcome."""
    return deliveries_where(connection, and_(_columns.run_id == run_id, _columns.state.in_(FAILED)))


def failed_by(connection: Connection, today: date) -> list[Delivery]:
    """Return what waits for a person: of the run that went out last, for a later one tells all of it anew."""
    last = latest_before(connection, today + ONE_DAY)
    return [] if last is None else failed(connection, last.id)


def has_in_flight(connection: Connection) -> bool:
    """Say whether anybody has a message in hand, or had one when it died."""
    query = select(_columns.id).where(_is_owed, _columns.state.in_(IN_FLIGHT)).limit(1)
    return connection.execute(query).first() is not None


def is_any_due(connection: Connection, now: datetime, *, but: Collection[int] = ()) -> bool:
    """Say whether any message is due, somebody's hold on its row notwithstanding, *but* these numbers."""
    is_due = and_(_is_due(now), _columns.id.not_in(but), _is_of_our_kind(connection))
    query = select(_columns.id).where(is_due).limit(1)
    return connection.execute(query).first() is not None


def is_in_flight(connection: Connection, run_id: int) -> bool:
    """Say whether somebody has a message of a run in hand."""
    query = select(_columns.id).where(_is_owed, _columns.run_id == run_id, _columns.state.in_(IN_FLIGHT))
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
    """Say whether every message of a run was accepted, or withdrawn because nothing was left to say."""
    is_other = _columns.state.not_in(("sent", "withdrawn"))
    query = select(_columns.id).where(_columns.run_id == run_id, is_other).limit(1)
    return connection.execute(query).first() is None


def deliveries_where(connection: Connection, condition: ColumnElement[bool]) -> list[Delivery]:
    """Return how the messages of a condition stand, by recipient."""
    columns = (_columns.run_id, _columns.recipient, _columns.state, _columns.attempts, _columns.reply)
    query = select(*columns).where(condition).order_by(_columns.recipient, _columns.id)
    return [Delivery(**row) for row in connection.execute(query).mappings()]


def _is_due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(_is_owed, _columns.state.in_(WAITING), _columns.next_attempt_at <= now)


def _is_of_our_kind(connection: Connection) -> ColumnElement[bool]:
    return _is_of_kind(is_trial(connection))


def _is_of_kind(is_trial: bool) -> ColumnElement[bool]:  # noqa: FBT001 - what it is about
    """
    Return whether a message is of a run into a folder, or of one for people: no sender takes the other's.
    """
    is_its = runs.c.is_trial.is_(true() if is_trial else false())
    return exists().where(runs.c.id == _columns.run_id, is_its)


# The statements that each message needs are made once: to make one takes longer than to carry it out.


@cache
def _claiming(is_patient: bool, is_trial: bool) -> Update:  # noqa: FBT001 - all that it depends on
    candidate = (
        select(_columns.id)
        .where(_is_due(bindparam("now", type_=Moment)), _columns.id.not_in(bindparam("but", expanding=True)))
        .where(_is_of_kind(is_trial))
        .order_by(_columns.next_attempt_at, _columns.id)
        .limit(1)
        .with_for_update(skip_locked=not is_patient)
        .scalar_subquery()
    )
    taken = (
        update(outbox)
        .where(_columns.id == candidate, _columns.state.in_(WAITING))
        .values(
            state="claimed", claim_token=bindparam("by"), lease_until=bindparam("until"),
            attempts=_columns.attempts + 1,
        )
    )  # fmt: skip
    return taken.returning(outbox)


@cache
def _marking() -> Update:
    return (
        update(outbox)
        .where(_is_ours(), _columns.state == "claimed")
        .values(state="marked", marked_at=bindparam("now"), lease_until=bindparam("until"))
        .returning(_columns.id)
    )


@cache
def _settling(expected: tuple[str, ...]) -> Update:
    due = bindparam("due", type_=Moment)
    return (
        update(outbox)
        .where(_is_ours(), _columns.state.in_(expected))
        .values(
            state=bindparam("became"), reply=bindparam("said"), claim_token=None, lease_until=None,
            settled_at=bindparam("at"), next_attempt_at=func.coalesce(due, _columns.next_attempt_at),
            unanswered=_columns.unanswered + bindparam("without"), deaths=_columns.deaths + bindparam("more"),
        )
        .returning(_columns.id)
    )  # fmt: skip


def _is_ours() -> ColumnElement[bool]:
    """Return the fence: it is this message, and the claim on it is this one."""
    return and_(_columns.id == bindparam("number"), _columns.claim_token == bindparam("held"))


def _ours(message: Claimed) -> dict[str, Any]:
    return {"number": message.id, "held": message.token}


def _claimed(row: Row[Any], token: str) -> Claimed:
    return Claimed(
        id=row.id,
        run_id=row.run_id,
        message=Message(row.recipient, row.message_id, row.subject, row.body),
        first_prepared_at=row.resent_at or row.first_prepared_at,
        attempts=row.attempts,
        unanswered=row.unanswered,
        deaths=row.deaths,
        token=token,
    )

"""Claims messages of the outbox one at a time: claimed, marked, settled, or taken over from a dead sender."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select, update

from alerter.domain.delivery import Attempts, Settlement
from alerter.domain.message import Message
from alerter.store.database import is_trial
from alerter.store.migration import is_of_our_revision
from alerter.store.moment import Moment
from alerter.store.outbox import IN_FLIGHT, WAITING, is_due, is_of_kind, is_owed
from alerter.store.prepared import Prepared
from alerter.store.schema import outbox

_columns = outbox.c
_FIELDS = (
    _columns.id, _columns.run_id, _columns.recipient, _columns.message_id, _columns.subject, _columns.body,
    func.coalesce(_columns.resent_at, _columns.first_prepared_at), _columns.attempts, _columns.unanswered,
    _columns.deaths,
)  # fmt: skip


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
    Take the next message that is due, *but* none with these numbers; None when there is none, or when another
    program has changed the schema.

    The candidate is only proposed (on PostgreSQL past the rows others hold, unless it *is_patient* and
    waits for them; SQLite ignores that clause); the conditional UPDATE decides, on both.
    """
    values = {"by": token, "now": now, "until": lease_until}
    values |= {_but(place): number for place, number in enumerate(but)}
    row = _claiming(is_patient, is_trial(connection), len(but)).first(connection, values)
    return None if row is None else _claimed(row, token)


def held(connection: Connection, token: str) -> Claimed | None:
    """
    Return the message that is claimed with *token*, if one is: for one who does not know if it was kept.
    """
    query = select(*_FIELDS).where(is_owed, _columns.claim_token == token, _columns.state == "claimed")
    row = connection.execute(query).first()
    return None if row is None else _claimed(row, token)


def mark(connection: Connection, message: Claimed, now: datetime, lease_until: datetime) -> bool:
    """
    Record that the final dot is about to go out; False when the claim is no longer ours.

    Until this is durable the message is certainly not delivered; after it, its outcome
    is unknown until the reply is settled. The lease begins anew, for the wait may be a long one.
    """
    values = {**_ours(message), "now": now, "until": lease_until}
    return _marking().changes(connection, values)


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
    return _settling(tuple(expected)).changes(connection, values)


def abandoned(
    connection: Connection, now: datetime, is_alive: Callable[[str], bool]
) -> list[tuple[str, Claimed]]:
    """
    Return the messages in flight whose sender is gone, each with its state: `claimed` or `marked`.

    *is_alive* says of a claim's token whether its sender lives; a lease that ran out is the fallback.
    """
    columns = (*_FIELDS, _columns.state, _columns.claim_token, _columns.lease_until)
    query = select(*columns).where(is_owed, _columns.state.in_(IN_FLIGHT)).order_by(_columns.id)
    return [
        (row.state, _claimed(row[: len(_FIELDS)], row.claim_token))
        for row in connection.execute(query).all()
        if row.lease_until <= now or not is_alive(row.claim_token)
    ]


# The statements that each message needs are made once: to make one takes longer than to carry it out.


@cache
def _claiming(is_patient: bool, is_trial: bool, but: int) -> Prepared:  # noqa: FBT001 - all that it depends on
    candidate = (
        select(_columns.id)
        .where(is_due(bindparam("now", type_=Moment)), is_of_our_revision)
        .where(_columns.id.not_in([bindparam(_but(place)) for place in range(but)]))
        .where(is_of_kind(is_trial))
        .order_by(_columns.next_attempt_at, _columns.id)
        .limit(1)
        .with_for_update(skip_locked=not is_patient)
        .scalar_subquery()
    )
    taken = (
        update(outbox)
        .where(_columns.id == candidate, _columns.state.in_(WAITING))
        .values(
            state="claimed", claim_token=bindparam("by"), lease_until=bindparam("until", type_=Moment),
            attempts=_columns.attempts + 1,
        )
    )  # fmt: skip
    return Prepared(taken, _FIELDS)


def _but(place: int) -> str:
    return f"but_{place}"


@cache
def _marking() -> Prepared:
    marked = (
        update(outbox)
        .where(_is_ours(), _columns.state == "claimed")
        .values(
            state="marked",
            marked_at=bindparam("now", type_=Moment),
            lease_until=bindparam("until", type_=Moment),
        )
    )
    return Prepared(marked)


@cache
def _settling(expected: tuple[str, ...]) -> Prepared:
    due = bindparam("due", type_=Moment)
    settled = (
        update(outbox)
        .where(_is_ours(), _columns.state.in_(expected))
        .values(
            state=bindparam("became"), reply=bindparam("said"), claim_token=None, lease_until=None,
            settled_at=bindparam("at", type_=Moment),
            next_attempt_at=func.coalesce(due, _columns.next_attempt_at),
            unanswered=_columns.unanswered + bindparam("without"), deaths=_columns.deaths + bindparam("more"),
        )
    )  # fmt: skip
    return Prepared(settled)


def _is_ours() -> ColumnElement[bool]:
    """Return the fence: it is this message, and the claim on it is this one."""
    return and_(_columns.id == bindparam("number"), _columns.claim_token == bindparam("held"))


def _ours(message: Claimed) -> dict[str, Any]:
    return {"number": message.id, "held": message.token}


def _claimed(row: Sequence[Any], token: str) -> Claimed:
    number, run_id, recipient, message_id, subject, body, owed_since, *counts = row
    attempts, unanswered, deaths = counts
    return Claimed(
        id=number,
        run_id=run_id,
        message=Message(recipient, message_id, subject, body),
        first_prepared_at=owed_since,
        attempts=attempts,
        unanswered=unanswered,
        deaths=deaths,
        token=token,
    )

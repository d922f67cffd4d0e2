"""Finds settled messages that a person may send again, and makes them due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select, update

from alerter.domain.address import address_key
from alerter.store.outbox import Delivery, deliveries_where
from alerter.store.schema import outbox

_columns = outbox.c


@dataclass(frozen=True, slots=True)
class Settled:
    """A message that somebody wants to see sent again: is its text still there?"""

    id: int
    recipient: str
    state: str
    has_body: bool


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
    return [Settled(row.id, row.recipient, row.state, row[-1]) for row in digests or rows[-1:]]


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

"""Stores the trail: who did what, when and how; never changed, never deleted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, func, insert, select

from alerter.domain.address import address_key
from alerter.domain.reassurance import Means
from alerter.store.database import take_turns
from alerter.store.schema import trail

Act = Literal[
    "reassured", "extended", "withdrew", "refused", "audited", "asked_link", "mailed_link", "told_directory",
    "resent", "noted", "passed_on", "on_behalf", "covered", "ended_cover", "told_absence",
]  # fmt: skip
_columns = trail.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One act: of whom, by what means, on which assessment, reassurance or message of the outbox if on any.

    *detail* tells no more than the record itself does, and never anything about a child.
    """

    at: datetime
    actor: str
    means: Means | Literal["delivery"]
    act: Act
    assessment: int | None = None
    reassurance: int | None = None
    message: int | None = None
    detail: str = ""


def take_turns_as(connection: Connection, actor: str) -> None:
    """
    Wait until no other transaction writes down acts of *actor*; called before what decides on one is read.
    """
    take_turns(connection, f"acts of {address_key(actor)}")


def append(connection: Connection, entry: Entry) -> int:
    """Write down one act; return its number."""
    row = {
        "at": entry.at, "actor": entry.actor, "means": entry.means, "act": entry.act,
        "assessment": entry.assessment, "reassurance": entry.reassurance, "message": entry.message,
        "detail": entry.detail,
    }  # fmt: skip
    return int(connection.execute(insert(trail).values(row).returning(_columns.id)).scalar_one())


def count_since(connection: Connection, actor: str, act: Act, since: datetime) -> int:
    """Count how often somebody did something from *since* on."""
    query = select(func.count()).where(
        func.lower(_columns.actor) == address_key(actor), _columns.act == act, _columns.at >= since
    )
    return int(connection.execute(query).scalar_one())


def every(connection: Connection) -> list[Entry]:
    """Return all acts, oldest first."""
    query = select(trail).order_by(_columns.id)
    return [
        Entry(
            at=row.at, actor=row.actor, means=row.means, act=row.act, assessment=row.assessment,
            reassurance=row.reassurance, message=row.message, detail=row.detail,
        )
        for row in connection.execute(query)
    ]  # fmt: skip

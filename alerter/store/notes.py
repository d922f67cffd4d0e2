"""Stores notes between two digests in the outbox, with what each tells in the trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from alerter.domain.address import address_key
from alerter.domain.message import Message
from alerter.store import outbox
from alerter.store.outbox import WAITING
from alerter.store.runs import ours
from alerter.store.schema import outbox as messages
from alerter.store.schema import runs, trail

KIND = "note"
ACT = "noted"
NEVER_ARRIVED = ("withdrawn", "superseded")
_columns = messages.c


@dataclass(frozen=True, slots=True)
class WaitingNote:
    """A note of one day that waits and was never on its way, and the numbers of its assessments."""

    id: int
    run_id: int
    day: date
    recipient: str
    numbers: frozenset[int]


def edition_of(day: date) -> int:
    """Return the edition of a run's note of one day: there is one a day and recipient."""
    return day.toordinal()


def noted(connection: Connection, run_id: int) -> set[int]:
    """Return the numbers of what the notes after one run tell of, but for notes that never went."""
    query = (
        select(trail.c.assessment)
        .join(messages, _columns.id == trail.c.message)
        .where(trail.c.act == ACT, _columns.run_id == run_id, _columns.state.not_in(NEVER_ARRIVED))
    )
    return {number for number in connection.execute(query).scalars() if number is not None}


def recipients(connection: Connection, run_id: int, day: date) -> set[str]:
    """Return the keys of whoever has a note of this *day*, whatever became of it."""
    of_day = (_columns.run_id == run_id, _columns.kind == KIND, _columns.edition == edition_of(day))
    return {
        address_key(email)
        for email in connection.execute(select(_columns.recipient).where(*of_day)).scalars()
    }


def enqueue(
    connection: Connection,
    run_id: int,
    day: date,
    contents: Sequence[tuple[Message, Mapping[int, str]]],
    now: datetime,
) -> None:
    """Put the notes of one *day* where they wait, and write down what each says of which assessment."""
    outbox.enqueue(
        connection,
        run_id,
        kind=KIND,
        edition=edition_of(day),
        messages=[message for message, _ in contents],
        now=now,
    )
    query = select(_columns.id, _columns.message_id).where(_columns.run_id == run_id, _columns.kind == KIND)
    numbers = {row.message_id: row.id for row in connection.execute(query)}
    rows = [
        {
            "at": now, "actor": message.recipient, "means": "delivery", "act": ACT, "assessment": assessment,
            "message": numbers[message.message_id], "detail": said,
        }
        for message, details in contents
        for assessment, said in details.items()
    ]  # fmt: skip
    if rows:
        connection.execute(insert(trail), rows)


def waiting(connection: Connection) -> list[WaitingNote]:
    """Return the notes that wait and were never on their way, which nobody can claim until the end."""
    is_ours = _columns.run_id.in_(select(runs.c.id).where(ours(connection)))
    query = select(_columns.id, _columns.run_id, _columns.edition, _columns.recipient).where(
        _columns.kind == KIND, _columns.settled_at.is_(None), _columns.state.in_(WAITING),
        _columns.marked_at.is_(None), is_ours,
    )  # fmt: skip
    rows = connection.execute(query.order_by(_columns.id).with_for_update()).all()
    return [
        WaitingNote(
            row.id, row.run_id, date.fromordinal(row.edition), row.recipient, _numbers(connection, row.id)
        )
        for row in rows
    ]


def withdraw(connection: Connection, note: WaitingNote, now: datetime) -> None:
    """Settle a note that is not to go: what it tells is news again on another day."""
    settled = {"state": "withdrawn", "settled_at": now}
    is_its = (_columns.id == note.id, _columns.state.in_(WAITING), _columns.marked_at.is_(None))
    connection.execute(update(messages).where(*is_its).values(settled))


def _numbers(connection: Connection, message: int) -> frozenset[int]:
    query = select(trail.c.assessment).where(trail.c.act == ACT, trail.c.message == message)
    return frozenset(connection.execute(query).scalars())

"""Stores reassurances: a manager looked, and expects the sign-off by a date."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    and_,
    exists,
    func,
    insert,
    select,
    update,
)

from alerter.domain.address import address_key
from alerter.domain.policy import Reassurance
from alerter.domain.reassurance import Means
from alerter.store import trail
from alerter.store.runs import ours
from alerter.store.schema import assessments, outbox, reassurances, runs
from alerter.store.trail import Entry

_columns = reassurances.c
_stored = assessments.c
Numbers = Collection[int] | CompoundSelect[tuple[int]]
"""Assessments by their numbers, or what selects them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One reassurance as it was recorded: its number, for which assessment, and what became of it."""

    id: int
    assessment: int
    reassurance: Reassurance
    note: str
    recorded_at: datetime
    withdrawn_at: datetime | None


def record(
    connection: Connection,
    assessment: int,
    reassurance: Reassurance,
    *,
    note: str,
    now: datetime,
    means: Means = "command",
) -> int:
    """Keep a reassurance for the assessment with this number, and enter it in the trail; return its own."""
    row = {
        "assessment": assessment, "by": reassurance.by, "given_on": reassurance.given_on,
        "expected_on": reassurance.expected_on, "reason": reassurance.reason, "note": note, "means": means,
        "recorded_at": now, "withdrawn_by": "",
    }  # fmt: skip
    statement = insert(reassurances).values(row).returning(_columns.id)
    number = int(connection.execute(statement).scalar_one())
    trail.append(
        connection,
        Entry(
            at=now,
            actor=reassurance.by,
            means=means,
            act="reassured",
            assessment=assessment,
            reassurance=number,
        ),
    )
    return number


def withdraw(connection: Connection, kept: Kept, *, by: str, means: Means, now: datetime) -> bool:
    """
    Mark a reassurance as taken back, which keeps it, and enter that in the trail; False when it already was.
    """
    statement = (
        update(reassurances)
        .where(_columns.id == kept.id, _columns.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_by=by)
        .returning(_columns.id)
    )
    if connection.execute(statement).first() is None:
        return False
    trail.append(
        connection,
        Entry(at=now, actor=by, means=means, act="withdrew", assessment=kept.assessment, reassurance=kept.id),
    )
    return True


def latest(connection: Connection, of: Numbers | None = None) -> dict[int, Reassurance]:
    """
    Return the latest reassurance of each assessment, or of those it is wanted *of*, by number.

    Each has the count of the digests sent out since.

    One that was withdrawn does not count, so that the one before it does again.
    """
    send_dates = _send_dates(connection)
    query = (
        select(reassurances).where(_columns.withdrawn_at.is_(None)).order_by(_columns.given_on, _columns.id)
    )
    if of is not None:
        query = query.where(_columns.assessment.in_(of))
    return {row.assessment: _reassurance(row, send_dates) for row in connection.execute(query)}


def recorded_by(connection: Connection, by: str, since: datetime) -> list[Kept]:
    """Return what one person recorded here from *since* on, withdrawn or not, latest first."""
    query = (
        select(reassurances)
        .where(func.lower(_columns.by) == address_key(by), _columns.recorded_at >= since, _is_ours())
        .order_by(_columns.id.desc())
    )
    return [_kept(row) for row in connection.execute(query)]


def unrecorded_imports() -> Select[tuple[int]]:
    """
    Select the open assessments, by number, whose row tells of a reassurance that is not recorded yet.

    What was withdrawn here stays so, and nothing is recorded against a word given here on the same
    day or later.
    """
    is_same = and_(
        _columns.by == _stored.reassured_by,
        _columns.given_on == _stored.reassured_on,
        _columns.expected_on == _stored.expected_on,
    )
    is_later = and_(_is_ours(), _columns.withdrawn_at.is_(None), _columns.given_on >= _stored.reassured_on)
    its = _columns.assessment == _stored.id
    return (
        select(_stored.id)
        .where(_stored.reassured_on.is_not(None), _stored.ended_on.is_(None))
        .where(_stored.vanished_sync_id.is_(None))
        .where(~exists().where(its, is_same), ~exists().where(its, is_later))
    )


def _is_ours() -> ColumnElement[bool]:
    return _columns.means != "import"


def _send_dates(connection: Connection) -> list[datetime]:
    """Return the moments at which digests went out, one for each send date."""
    sent = select(outbox.c.run_id).where(outbox.c.kind == "digest", outbox.c.state == "sent").distinct()
    query = select(func.min(runs.c.prepared_at)).where(runs.c.id.in_(sent), ours(connection))
    query = query.group_by(runs.c.send_date)
    return list(connection.execute(query).scalars())


def _reassurance(row: Row[Any], send_dates: Sequence[datetime]) -> Reassurance:
    return Reassurance(
        by=row.by, given_on=row.given_on, expected_on=row.expected_on, reason=row.reason,
        runs_since=sum(1 for sent_at in send_dates if _is_after(sent_at, row)),
    )  # fmt: skip


def _is_after(sent_at: datetime, row: Row[Any]) -> bool:
    """
    Say whether a digest went out after the word was given: of one read from an extract only the day is known.
    """
    if row.means == "import":
        return bool(sent_at.date() > row.given_on)
    return bool(sent_at > row.recorded_at)


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        id=row.id, assessment=row.assessment, reassurance=_reassurance(row, ()), note=row.note,
        recorded_at=row.recorded_at, withdrawn_at=row.withdrawn_at,
    )  # fmt: skip

"""What managers recorded: that they looked, and when they expect the sign-off."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from alerter.domain.policy import Reassurance
from alerter.store.schema import outbox, reassurances, runs

_columns = reassurances.c


def record(connection: Connection, assessment: int, given: Reassurance, *, note: str, now: datetime) -> None:
    """
    Keep a reassurance given for the assessment with this number.
    """
    row = {
        "assessment": assessment, "by": given.by, "given_on": given.given_on,
        "expected_on": given.expected_on, "reason": given.reason, "note": note, "recorded_at": now,
    }  # fmt: skip
    connection.execute(insert(reassurances).values(row))


def latest(connection: Connection) -> dict[int, Reassurance]:
    """
    Return the latest reassurance of each assessment, by its number, with the digests sent out since.
    """
    send_dates = _send_dates(connection)
    query = select(reassurances).order_by(_columns.given_on, _columns.id)
    return {row.assessment: _reassurance(row, send_dates) for row in connection.execute(query)}


def _send_dates(connection: Connection) -> list[datetime]:
    """
    Return the moments at which digests went out, one for each send date.
    """
    sent = select(outbox.c.run_id).where(outbox.c.kind == "digest", outbox.c.state == "sent").distinct()
    query = select(func.min(runs.c.prepared_at)).where(runs.c.id.in_(sent)).group_by(runs.c.send_date)
    return list(connection.execute(query).scalars())


def _reassurance(row: Row[Any], send_dates: list[datetime]) -> Reassurance:
    return Reassurance(
        by=row.by, given_on=row.given_on, expected_on=row.expected_on, reason=row.reason,
        runs_since=sum(1 for sent_at in send_dates if sent_at > row.recorded_at),
    )  # fmt: skip

"""Who was told what: the rows of each run's digests, and what climbed to service managers."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, func, insert, select

from alerter.domain.escalation import Climb
from alerter.domain.policy import Alert, Stage
from alerter.domain.progress import CHASED, Listed, weeks_running
from alerter.domain.routing import Route
from alerter.store.schema import alerts, escalations

LONGEST = 12
"""So many digests back are looked at to say how long a row has been chased: a quarter of a year."""


def record(
    connection: Connection,
    run_id: int,
    told: Sequence[tuple[int, Alert, Route]],
    climbed: Sequence[Climb] = (),
) -> None:
    """
    Keep who was told what in a run: of each row its stage, its day and both ends of a cover; what climbed.
    """
    if told:
        rows = [
            {
                "run_id": run_id, "assessment": number, "stage": alert.stage.value, "age": alert.age,
                "recipient": route.recipient.email, "covering_for": route.covered_email,
            }
            for number, alert, route in told
        ]  # fmt: skip
        connection.execute(insert(alerts), rows)
    if climbed:
        rows = [
            {
                "run_id": run_id, "assessment": each.number, "weeks": each.weeks,
                "recipient": each.to.recipient.email, "covering_for": each.to.covered_email,
            }
            for each in climbed
        ]  # fmt: skip
        connection.execute(insert(escalations), rows)


def forget_escalations(connection: Connection, run_id: int, recipients: Collection[str]) -> None:
    """
    Take back what was to be told to service managers in one run, before any of *recipients* was.
    """
    keys = [recipient.lower() for recipient in recipients]
    theirs = func.lower(escalations.c.recipient).in_(keys)
    connection.execute(delete(escalations).where(escalations.c.run_id == run_id, theirs))


def listed(connection: Connection, run_ids: Sequence[int]) -> dict[int, Listed]:
    """
    Return what the first of *run_ids*, newest first, told of, by number, with the weeks it had been chased.
    """
    columns = (alerts.c.assessment, alerts.c.stage, alerts.c.recipient, alerts.c.covering_for)
    of_last = connection.execute(select(*columns).where(alerts.c.run_id == run_ids[0])).all()
    weeks = weeks_running(run_ids, _chased(connection, run_ids))
    climbed = set(
        connection.execute(
            select(escalations.c.assessment).where(escalations.c.run_id == run_ids[0])
        ).scalars()
    )
    return {
        row.assessment: Listed(
            stage=Stage(row.stage),
            owner=row.covering_for or row.recipient,
            weeks=weeks.get(row.assessment, 0),
            is_escalated=row.assessment in climbed,
        )
        for row in of_last
    }


def _chased(connection: Connection, run_ids: Sequence[int]) -> dict[int, set[int]]:
    """
    Return which of the runs chased what the first of them chased.
    """
    stages = [stage.value for stage in CHASED]
    by_last = select(alerts.c.assessment).where(alerts.c.run_id == run_ids[0], alerts.c.stage.in_(stages))
    query = select(alerts.c.assessment, alerts.c.run_id).where(
        alerts.c.run_id.in_(run_ids), alerts.c.stage.in_(stages), alerts.c.assessment.in_(by_last)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for number, run_id in connection.execute(query):
        found[number].add(run_id)
    return found

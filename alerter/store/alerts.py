"""Stores the alerts of each run's digests, and its escalations to service managers."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select

from alerter.domain.data_exceptions import DataException
from alerter.domain.escalation import Escalation
from alerter.domain.policy import Stage
from alerter.domain.progress import CHASED, LastAlert, weeks_running
from alerter.domain.routing import Judged
from alerter.store.runs import Run, ours
from alerter.store.schema import alerts, assessments, escalations, exceptions, outbox, runs

LONGEST = 12
"""So many digests back are looked at to say how long a row has been chased: a quarter of a year."""


def record(
    connection: Connection,
    run_id: int,
    judged: Sequence[Judged],
    escalated: Sequence[Escalation] = (),
) -> None:
    """
    Store a run's alerts, each with its stage, its day and both ends of a cover, and its escalations.
    """
    if judged:
        rows = [
            {
                "run_id": run_id, "assessment": row.number, "stage": row.alert.stage.value,
                "age": row.alert.age, "recipient": row.route.recipient.email,
                "covering_for": row.route.covered_email,
            }
            for row in judged
        ]  # fmt: skip
        connection.execute(insert(alerts), rows)
    if escalated:
        rows = [
            {
                "run_id": run_id, "assessment": escalation.number, "weeks": escalation.weeks,
                "recipient": escalation.to.recipient.email, "covering_for": escalation.to.covered_email,
            }
            for escalation in escalated
        ]  # fmt: skip
        connection.execute(insert(escalations), rows)


def recipients_of(connection: Connection, run_id: int) -> dict[int, str]:
    """Return each alert's recipient in one run, listed or counted, by the assessment's number."""
    query = select(alerts.c.assessment, alerts.c.recipient).where(alerts.c.run_id == run_id)
    return {row.assessment: row.recipient for row in connection.execute(query)}


def forget(connection: Connection, run_id: int, numbers: Sequence[int]) -> None:
    """Delete a run's alerts of the assessments with these *numbers*, before any of them was sent."""
    wanted = [{"the_run": run_id, "the_assessment": number} for number in numbers]
    if wanted:
        gone = delete(alerts).where(
            alerts.c.run_id == bindparam("the_run"), alerts.c.assessment == bindparam("the_assessment")
        )
        connection.execute(gone, wanted)


def stages(connection: Connection, run_id: int) -> dict[str, int]:
    """Count a run's assessments by their stage: all that were open."""
    query = select(alerts.c.stage, func.count()).where(alerts.c.run_id == run_id).group_by(alerts.c.stage)
    return {row[0]: row[1] for row in connection.execute(query)}


def forget_escalations(connection: Connection, run_id: int, recipients: Collection[str]) -> None:
    """Delete one run's escalations to *recipients*, before any of them was sent."""
    keys = [recipient.lower() for recipient in recipients]
    theirs = func.lower(escalations.c.recipient).in_(keys)
    connection.execute(delete(escalations).where(escalations.c.run_id == run_id, theirs))


def last_alerts(connection: Connection, run_ids: Sequence[int]) -> dict[int, LastAlert]:
    """
    Return the alerts of the first of *run_ids*, newest first, by number, each with its weeks of being chased.
    """
    columns = (alerts.c.assessment, alerts.c.stage, alerts.c.recipient, alerts.c.covering_for)
    of_last = connection.execute(select(*columns).where(alerts.c.run_id == run_ids[0])).all()
    weeks = weeks_running(run_ids, _chased(connection, run_ids))
    escalated = set(
        connection.execute(
            select(escalations.c.assessment).where(escalations.c.run_id == run_ids[0])
        ).scalars()
    )
    return {
        row.assessment: LastAlert(
            stage=Stage(row.stage),
            owner=row.covering_for or row.recipient,
            weeks=weeks.get(row.assessment, 0),
            is_escalated=row.assessment in escalated,
        )
        for row in of_last
    }


def _chased(connection: Connection, run_ids: Sequence[int]) -> dict[int, set[int]]:
    """Return which of the runs chased what the first of them chased."""
    stages = [stage.value for stage in CHASED]
    by_last = select(alerts.c.assessment).where(alerts.c.run_id == run_ids[0], alerts.c.stage.in_(stages))
    query = select(alerts.c.assessment, alerts.c.run_id).where(
        alerts.c.run_id.in_(run_ids), alerts.c.stage.in_(stages), alerts.c.assessment.in_(by_last)
    )
    runs_by_number: dict[int, set[int]] = defaultdict(set)
    for number, run_id in connection.execute(query):
        runs_by_number[number].add(run_id)
    return runs_by_number


def recent_runs(connection: Connection, most: int) -> list[Run]:
    """Return the latest runs, of each send date the last one, latest first."""
    last_first = (runs.c.send_date.desc(), runs.c.attempt.desc())
    query = select(runs).where(ours(connection)).order_by(*last_first).limit(most * 2)
    by_send_date: dict[object, Run] = {}
    for row in connection.execute(query).mappings():
        by_send_date.setdefault(row["send_date"], Run(**row))
    return list(by_send_date.values())[:most]


def stages_by_team(connection: Connection, run_ids: Sequence[int]) -> dict[int, dict[str, Counter[str]]]:
    """Count what each run told of, by team and stage; the team is the one the assessment has now."""
    query = (
        select(alerts.c.run_id, assessments.c.team, alerts.c.stage, func.count())
        .join(assessments, assessments.c.id == alerts.c.assessment)
        .where(alerts.c.run_id.in_(run_ids))
        .group_by(alerts.c.run_id, assessments.c.team, alerts.c.stage)
    )
    counts: dict[int, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for run_id, team, stage, count in connection.execute(query):
        counts[run_id][team][stage] = count
    return counts


def exceptions_with_team(connection: Connection, run_id: int) -> list[tuple[DataException, str | None]]:
    """
    Return the exceptions of one run, each with its assessment's team; None where the store has no such one.
    """
    is_its = and_(
        assessments.c.assessment_id == exceptions.c.assessment_id,
        assessments.c.child_id == exceptions.c.child_id,
    )
    query = (
        select(
            exceptions.c.kind, exceptions.c.assessment_id, exceptions.c.child_id, exceptions.c.detail,
            assessments.c.team,
        )
        .select_from(exceptions.outerjoin(assessments, is_its))
        .where(exceptions.c.run_id == run_id)
        .order_by(exceptions.c.id)
    )  # fmt: skip
    return [(DataException(*row[:4]), row.team) for row in connection.execute(query)]


def deliveries_by_run(connection: Connection, run_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """Count the digests of each run by their state in the outbox."""
    query = (
        select(outbox.c.run_id, outbox.c.state, func.count())
        .where(outbox.c.run_id.in_(run_ids), outbox.c.kind == "digest")
        .group_by(outbox.c.run_id, outbox.c.state)
    )
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for run_id, state, count in connection.execute(query):
        counts[run_id][state] = count
    return counts

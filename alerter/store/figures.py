"""Figures of past runs for those who look at whole teams."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, func, select

from alerter.domain.data_exceptions import DataException
from alerter.store.runs import Run, ours
from alerter.store.schema import alerts, assessments, exceptions, outbox, runs


def recent_runs(connection: Connection, most: int) -> list[Run]:
    """
    Return the latest runs, of each send date the last one, latest first.
    """
    last_first = (runs.c.send_date.desc(), runs.c.attempt.desc())
    query = select(runs).where(ours(connection)).order_by(*last_first).limit(most * 2)
    by_send_date: dict[object, Run] = {}
    for row in connection.execute(query).mappings():
        by_send_date.setdefault(row["send_date"], Run(**row))
    return list(by_send_date.values())[:most]


def stages_by_team(connection: Connection, run_ids: Sequence[int]) -> dict[int, dict[str, Counter[str]]]:
    """
    Count what each run told of, by team and stage; the team is the one the assessment has now.
    """
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
    """
    Count the digests of each run by their state in the outbox.
    """
    query = (
        select(outbox.c.run_id, outbox.c.state, func.count())
        .where(outbox.c.run_id.in_(run_ids), outbox.c.kind == "digest")
        .group_by(outbox.c.run_id, outbox.c.state)
    )
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for run_id, state, count in connection.execute(query):
        counts[run_id][state] = count
    return counts

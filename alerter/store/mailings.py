"""Finds who was emailed what: the rows of each run's digests by recipient, and how the emails stand."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, literal, select

from alerter.domain.address import address_key
from alerter.domain.policy import Stage
from alerter.store import outbox
from alerter.store.outbox import Delivery
from alerter.store.runs import Run, ours
from alerter.store.schema import alerts, assessments, escalations, runs, trail
from alerter.store.schema import outbox as messages


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedRow:
    """
    One assessment in somebody's digest: its ids, its team today, how it stood then, and to whom it went.

    *covering_for* is the address of whom the recipient covered for, *is_escalated* says that it went to a
    service manager besides its manager.
    """

    assessment_id: str
    child_id: str
    team: str
    stage: Stage
    age: int
    recipient: str
    covering_for: str
    is_escalated: bool


def recent_runs(connection: Connection, most: int) -> list[Run]:
    """Return the latest runs, every attempt of a send date, latest first."""
    query = select(runs).where(ours(connection)).order_by(runs.c.send_date.desc(), runs.c.attempt.desc())
    return [Run(**row) for row in connection.execute(query.limit(most)).mappings()]


def run_of(connection: Connection, run_id: int) -> Run | None:
    """Return one run; None where there is none with this number."""
    row = connection.execute(select(runs).where(runs.c.id == run_id, ours(connection))).mappings().first()
    return None if row is None else Run(**row)


def rows_of(connection: Connection, run_id: int) -> list[MailedRow]:
    """Return what a run told anybody of, counted rows too, worst first for each recipient."""
    is_its_alert = and_(
        alerts.c.run_id == escalations.c.run_id, alerts.c.assessment == escalations.c.assessment
    )
    escalated = _rows(escalations, is_escalated=True).join(alerts, is_its_alert)
    queries = (_rows(alerts, is_escalated=False), escalated)
    rows = [
        MailedRow(**{**row, "stage": Stage(row["stage"])})
        for query, table in zip(queries, (alerts, escalations), strict=True)
        for row in connection.execute(query.where(table.c.run_id == run_id)).mappings()
    ]
    places = {stage: place for place, stage in enumerate(Stage)}
    return sorted(rows, key=lambda row: (row.is_escalated, places[row.stage], -row.age, row.assessment_id))


def teams_by_recipient(
    connection: Connection, run_ids: Sequence[int]
) -> Mapping[int, Mapping[str, set[str]]]:
    """Return the teams of whose assessments a run told somebody, by run and by the key of their address."""
    teams: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for table in (alerts, escalations):
        query = (
            select(table.c.run_id, table.c.recipient, assessments.c.team)
            .join(assessments, assessments.c.id == table.c.assessment)
            .where(table.c.run_id.in_(run_ids))
            .distinct()
        )
        for run_id, recipient, team in connection.execute(query):
            teams[run_id][address_key(recipient)].add(team)
    return teams


def noted(connection: Connection, run_id: int) -> list[MailedRow]:
    """Return what the notes after one run told of."""
    query = (
        select(
            assessments.c.assessment_id,
            assessments.c.child_id,
            assessments.c.team,
            trail.c.actor,
            trail.c.detail,
        )
        .select_from(trail.join(messages, messages.c.id == trail.c.message))
        .join(assessments, assessments.c.id == trail.c.assessment)
        .where(trail.c.act == "noted", messages.c.run_id == run_id)
        .order_by(trail.c.id)
    )
    rows = []
    for row in connection.execute(query):
        stage, _, age = row.detail.partition(", day ")
        rows.append(
            MailedRow(
                assessment_id=row.assessment_id, child_id=row.child_id, team=row.team, stage=Stage(stage),
                age=int(age), recipient=row.actor, covering_for="", is_escalated=False,
            )
        )  # fmt: skip
    return rows


def deliveries(connection: Connection, run_ids: Sequence[int]) -> list[Delivery]:
    """Return how every email of these runs stands, by recipient."""
    is_of_them: ColumnElement[bool] = messages.c.run_id.in_(run_ids)
    return outbox.deliveries_where(connection, is_of_them)


def _rows(table: Table, *, is_escalated: bool) -> Select[tuple[object, ...]]:
    return select(
        assessments.c.assessment_id, assessments.c.child_id, assessments.c.team, alerts.c.stage, alerts.c.age,
        table.c.recipient, table.c.covering_for, literal(is_escalated).label("is_escalated"),
    ).select_from(table.join(assessments, assessments.c.id == table.c.assessment))  # fmt: skip

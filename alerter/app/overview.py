"""The service page's figures, from the ledger and as of today; nothing here can be changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from alerter.app.rights import scope
from alerter.domain.address import address_key
from alerter.domain.data_exceptions import DataException
from alerter.domain.oversight import AgeRange, Scope, TeamStanding, age_ranges, team_standings
from alerter.domain.plan import Plan
from alerter.domain.policy import Stage
from alerter.domain.timeliness import TrackRecord
from alerter.installation.installation import Installation
from alerter.pipeline.planning import plan_on
from alerter.store import alerts as alerts_
from alerter.store import outbox
from alerter.store.outbox import Delivery
from alerter.store.runs import Run

RUNS = 13
"""A quarter of weekly runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One run as the page shows it: its counts for the teams in scope, and what became of its digests."""

    run: Run
    counts: Mapping[str, int]
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How the teams of one scope stand, and how past runs went; *runs* are latest first."""

    as_of: date
    scope: Scope
    teams: Sequence[TeamStanding]
    age_ranges: Sequence[AgeRange]
    records: Sequence[TrackRecord]
    runs: Sequence[PastRun]
    exceptions: Sequence[DataException]
    deliveries: Sequence[Delivery]


def overview(installation: Installation, email: str) -> Overview | None:
    """
    Return what *email* may look at; None where that is nothing.

    Raises:
        StoreError: The database cannot be used.
    """
    today = installation.today()
    with installation.database.read() as connection:
        plan = plan_on(connection, installation.rules, today)
        allowed = scope(installation, connection, plan, email)
        if not allowed:
            return None
        alerts = [row.alert for row in plan.judged]
        past = _past_runs(connection, allowed)
        latest = past[0].run.id if past else 0
        return Overview(
            as_of=today,
            scope=allowed,
            teams=team_standings(alerts, allowed),
            age_ranges=age_ranges(alerts, allowed),
            records=_records(plan, allowed),
            runs=past,
            exceptions=_exceptions(connection, latest, allowed),
            deliveries=_deliveries(connection, latest, plan, allowed),
        )


def _records(plan: Plan, allowed: Scope) -> tuple[TrackRecord, ...]:
    """Return how timely the teams of one scope have been together, as their digests count it."""
    records = plan.compiler.background.records
    return records.of_teams(team for team in records.teams if allowed.holds(team))


def _past_runs(connection: Connection, allowed: Scope) -> list[PastRun]:
    past = alerts_.recent_runs(connection, RUNS)
    ids = [run.id for run in past]
    by_team = alerts_.stages_by_team(connection, ids)
    outcomes = alerts_.deliveries_by_run(connection, ids)
    return [
        PastRun(
            run=run,
            counts=run.counts if allowed.is_everything else _counts(run, by_team.get(run.id, {}), allowed),
            outcomes=outcomes.get(run.id, {}),
        )
        for run in past
    ]


def _counts(run: Run, by_team: Mapping[str, Mapping[str, int]], allowed: Scope) -> dict[str, int]:
    """Return a run's counts for the teams of one scope alone."""
    stages = {
        stage.value: sum(
            counts.get(stage.value, 0) for team, counts in by_team.items() if allowed.holds(team)
        )
        for stage in Stage
        if stage is not Stage.ON_TRACK
    }
    return {"open": sum(count for team, count in run.teams.items() if allowed.holds(team)), **stages}


def _exceptions(connection: Connection, run_id: int, allowed: Scope) -> list[DataException]:
    return [
        exception
        for exception, team in alerts_.exceptions_with_team(connection, run_id)
        if allowed.is_everything or (team is not None and allowed.holds(team))
    ]


def _deliveries(connection: Connection, run_id: int, plan: Plan, allowed: Scope) -> list[Delivery]:
    """Return how the latest run's digests stand: those of the managers of the teams in scope."""
    managers = {row.route.recipient.key for row in plan.judged if allowed.holds(row.alert.assessment.team)}
    return [
        delivery
        for delivery in outbox.deliveries(connection, run_id)
        if allowed.is_everything or address_key(delivery.recipient) in managers
    ]

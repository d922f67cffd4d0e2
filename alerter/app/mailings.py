"""Who was emailed what, for those who may see it: admins all of it, others what is of their teams."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from alerter.app.rights import scope
from alerter.domain.address import address_key
from alerter.domain.oversight import Scope
from alerter.domain.policy import Stage
from alerter.installation.installation import Installation
from alerter.pipeline.planning import plan_on
from alerter.store import mailings
from alerter.store.mailings import MailedRow
from alerter.store.outbox import Delivery
from alerter.store.runs import Run

MOST_RUNS = 52
"""A year of weekly runs."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """One run, with how many of its emails in scope stand in which state; `bounced` counts beside `sent`."""

    run: Run
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Mailing:
    """
    The emails of one kind to one recipient of a run, oldest first, and the *rows* in scope that they list.

    *on_track* more are only counted in them.
    """

    recipient: str
    kind: str
    deliveries: Sequence[Delivery]
    rows: Sequence[MailedRow]
    on_track: int


@dataclass(frozen=True, slots=True)
class RunMailings:
    """The emails of one run that somebody may see, by recipient."""

    run: Run
    mailings: Sequence[Mailing]


def runs_in_scope(installation: Installation, email: str) -> list[RunOutcome] | None:
    """
    Return the latest runs with the outcomes that *email* may see; None where that is nothing.

    Raises:
        StoreError: The database cannot be used.
    """
    with installation.database.read() as connection:
        allowed = _scope(installation, connection, email)
        if not allowed:
            return None
        recent = mailings.recent_runs(connection, MOST_RUNS)
        numbers = [run.id for run in recent]
        teams = mailings.teams_by_recipient(connection, numbers)
        emails = mailings.deliveries(connection, numbers)
    counts: dict[int, Counter[str]] = {run.id: Counter() for run in recent}
    for delivery in emails:
        reached = teams.get(delivery.run_id, {}).get(address_key(delivery.recipient), set())
        if _is_visible(delivery, allowed, email, is_in_scope=any(map(allowed.holds, reached))):
            counts[delivery.run_id][_outcome(delivery)] += 1
    return [RunOutcome(run, counts[run.id]) for run in recent]


def mailings_of(installation: Installation, email: str, run_id: int) -> RunMailings | None:
    """
    Return who was emailed what by one run, as far as *email* may see it; None where there is nothing to see.

    Raises:
        StoreError: The database cannot be used.
    """
    with installation.database.read() as connection:
        allowed = _scope(installation, connection, email)
        run = mailings.run_of(connection, run_id) if allowed else None
        if run is None:
            return None
        rows = [row for row in mailings.rows_of(connection, run_id) if allowed.holds(row.team)]
        noted = [row for row in mailings.noted(connection, run_id) if allowed.holds(row.team)]
        emails = mailings.deliveries(connection, [run_id])
    rows_by_key: dict[tuple[str, str], list[MailedRow]] = {}
    for kind, mailed in (("digest", rows), ("note", noted)):
        for row in mailed:
            rows_by_key.setdefault((address_key(row.recipient), kind), []).append(row)
    deliveries: dict[tuple[str, str], list[Delivery]] = {}
    for delivery in emails:
        key = (address_key(delivery.recipient), delivery.kind)
        if _is_visible(delivery, allowed, email, is_in_scope=key in rows_by_key):
            deliveries.setdefault(key, []).append(delivery)
    return RunMailings(run, [_mailing(sent, rows_by_key.get(key, [])) for key, sent in deliveries.items()])


def _scope(installation: Installation, connection: Connection, email: str) -> Scope:
    plan = plan_on(connection, installation.rules, installation.today())
    return scope(installation, connection, plan, email)


def _is_visible(delivery: Delivery, allowed: Scope, email: str, *, is_in_scope: bool) -> bool:
    """Say whether *email* may see that a message went out: its own, and one with a row in scope."""
    is_own = address_key(delivery.recipient) == address_key(email)
    return allowed.is_everything or (delivery.kind != "summary" and (is_in_scope or is_own))


def _outcome(delivery: Delivery) -> str:
    return "bounced" if delivery.bounced_at is not None else delivery.state


def _mailing(deliveries: Sequence[Delivery], rows: Sequence[MailedRow]) -> Mailing:
    first = deliveries[0]
    listed = [row for row in rows if row.is_escalated or row.stage is not Stage.ON_TRACK]
    return Mailing(first.recipient, first.kind, deliveries, listed, len(rows) - len(listed))

"""Prepares a run, from the store to the outbox: judged, routed and written out, all in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from alerter.domain.plan import Plan, Rules
from alerter.mail.writer import Email
from alerter.pipeline.letters import Basis, WrittenPlan, run_facts, write
from alerter.pipeline.planning import plan_on
from alerter.pipeline.sync import Synced
from alerter.store import alerts, drafts, outbox, runs, syncs, views
from alerter.store.database import Database, take_turns
from alerter.store.runs import Run


@dataclass(frozen=True, slots=True)
class RunRequest:
    """
    Which run is asked for: judged *as_of* a day.

    *again* is the reason for a fresh run beside the first of the same send date, *remark* says by whom a held
    one was released.
    """

    as_of: date
    again: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class RunDraft:
    """A run as it would be entered, under the number it is expected to have: its plan, and its digests."""

    run: Run
    plan: Plan
    written: WrittenPlan


def prepare(connection: Connection, basis: Basis, request: RunRequest) -> Run | None:
    """
    Write out the run for the send date last due: ledger, alerts and messages, all or none.

    A held run is replaced under its own number. What still waits of earlier runs is overtaken and never
    sent. Return None when another process has planned this send date: its run stands.

    Raises:
        PartitionError: The digests do not add up; the transaction must not be committed.
    """
    return enter(connection, basis, draft_run(connection, basis, request))


def prepare_aside(database: Database, basis: Basis, request: RunRequest) -> Run | None:
    """
    Prepare a run as `prepare` does, in a transaction of its own that nobody waits for while it is written.

    Raises:
        PartitionError: The digests do not add up; nothing was entered.
    """
    return database.write_after(
        lambda connection: draft_run(connection, basis, request),
        lambda connection, draft: enter(connection, basis, draft),
    )


def draft_run(connection: Connection, basis: Basis, request: RunRequest) -> RunDraft:
    """
    Work out a run and write its digests, writing nothing into the store: *enter* does, while it is as it was.

    Raises:
        PartitionError: The digests do not add up.
    """
    take_turns(connection, "sync")  # no reading may be applied between two looks at the store
    plan = plan_on(connection, basis.rules, request.as_of)
    placed = _placed(connection, _drafted(connection, basis, plan), request)
    run = replace(placed, id=runs.expected_id(connection, placed))
    return RunDraft(run, plan, _written(connection, basis, plan, run))


def enter(connection: Connection, basis: Basis, draft: RunDraft) -> Run | None:
    """
    Enter a drafted run in the ledger, with its alerts and messages.

    Return None when another process has planned this send date. A run whose number is not the one expected
    has its digests written again.
    """
    take_turns(connection, "sync")
    run = _entered(connection, basis.rules, draft.run)
    if run is None:
        return None
    written = draft.written
    drafts.supersede(connection, run.id, basis.now)
    if run.id != draft.run.id:
        written = _written(connection, basis, draft.plan, run)
    alerts.record(connection, run.id, written.plan.judged, written.plan.escalations)
    runs.record_exceptions(connection, run.id, written.plan.exceptions)
    messages = [email.message for email in written.emails]
    outbox.enqueue(connection, run.id, kind="digest", edition=0, messages=messages, now=basis.now)
    return run


def hold(connection: Connection, basis: Basis, request: RunRequest, synced: Synced) -> Run | None:
    """
    Enter a run in the ledger that is held, with the reasons of its reading; nothing of that is applied.

    Return None when another process has planned this send date.
    """
    drafted = _drafted(connection, basis, plan_on(connection, basis.rules, request.as_of))
    reasons = list(synced.held_because)
    held = replace(drafted, state="held", sync_id=synced.sync.id, held_because=reasons)
    return _entered(connection, basis.rules, _placed(connection, held, request))


def emails_of(connection: Connection, basis: Basis, as_of: date) -> Sequence[Email]:
    """
    Return every digest of a run on *as_of*, as it reads and as it would be sent; nothing stays.

    Raises:
        PartitionError: The digests do not add up.
    """
    plan = plan_on(connection, basis.rules, as_of)
    return _written(connection, basis, plan, _drafted(connection, basis, plan)).emails


def _drafted(connection: Connection, basis: Basis, plan: Plan) -> Run:
    """Return the run of a plan as the ledger would hold it, but for its number."""
    rules = basis.rules
    last_sync = syncs.latest_applied(connection)
    return Run(
        id=0,
        send_date=rules.schedule.due_on_or_before(plan.window.as_of),
        attempt=0,
        reason="",
        as_of=plan.window.as_of,
        next_run=plan.window.next_run,
        state="prepared",
        held_because=[],
        moved=[move.as_plain() for move in plan.moved],
        sync_id=None if last_sync is None else last_sync.id,
        counts=plan.counts,
        teams=plan.teams,
        summarised={},
        settings=rules.settings,
        calendar=rules.calendar.fingerprint,
        prepared_at=basis.now,
    )


def _placed(connection: Connection, drafted: Run, request: RunRequest) -> Run:
    """
    Return a run in its place: a held one's, whose reason it keeps, or a further one where a reason is given.
    """
    last = runs.by_send_date(connection, drafted.send_date)
    if last is not None and (last.state == "held" or not request.again):
        attempt, why = last.attempt, last.reason
    else:
        attempt, why = runs.next_attempt(connection, drafted.send_date), ""
    reasons = (f"prepared again: {request.again}" if request.again else why, request.remark)
    return replace(drafted, attempt=attempt, reason="; ".join(reason for reason in reasons if reason))


def _entered(connection: Connection, rules: Rules, drafted: Run) -> Run | None:
    """Enter a run in the ledger; None when another process has planned its send date."""
    runs.keep(connection, rules.calendar)
    views.keep(connection, rules.calendar, rules.clocks.values())
    run_id = runs.plan(connection, drafted)
    return None if run_id is None else runs.by_id(connection, run_id)


def _written(connection: Connection, basis: Basis, plan: Plan, run: Run) -> WrittenPlan:
    last_sync = None if run.sync_id is None else syncs.by_id(connection, run.sync_id)
    return write(plan, basis, run_facts(connection, basis, run, last_sync))

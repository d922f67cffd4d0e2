"""From the store to the outbox: judged, routed and written out, all in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from alerter.domain.plan import Plan, Rules
from alerter.mail.writer import Email, Writer
from alerter.pipeline.letters import WrittenPlan, run_facts, write
from alerter.pipeline.planning import look
from alerter.store import alerts, drafts, outbox, runs, syncs
from alerter.store.database import take_turns
from alerter.store.runs import Run


@dataclass(frozen=True, slots=True)
class RunDraft:
    """A run as it would be entered, under the number it is expected to have: its plan, and its digests."""

    run: Run
    plan: Plan
    written: WrittenPlan


def prepare(
    connection: Connection,
    rules: Rules,
    writer: Writer,
    *,
    as_of: date,
    now: datetime,
    again: str = "",
    remark: str = "",
) -> Run | None:
    """
    Write out the run for the send date last due: ledger, alerts and messages, all or none.

    With *again*, a reason, a fresh run for the same send date is prepared beside the first. A held run
    is replaced under its own number; *remark* says by whom it was let go. What still waits of earlier runs
    is overtaken and never sent. Return None when another process has planned this send date: its run stands.

    Raises:
        PartitionError: The digests do not add up; the transaction must not be committed.
    """
    draft = draft_run(connection, rules, writer, as_of=as_of, now=now, again=again, remark=remark)
    return enter(connection, rules, writer, draft)


def draft_run(
    connection: Connection,
    rules: Rules,
    writer: Writer,
    *,
    as_of: date,
    now: datetime,
    again: str = "",
    remark: str = "",
) -> RunDraft:
    """
    Work out a run and write its digests, writing nothing into the store: *enter* does, while it is as it was.

    Raises:
        PartitionError: The digests do not add up.
    """
    take_turns(connection, "sync")  # no reading may be applied between two looks at the store
    plan = look(connection, rules, as_of)
    placed = _placed(connection, _drafted(connection, rules, plan, now), again, remark)
    run = replace(placed, id=runs.expected_id(connection, placed))
    return RunDraft(run, plan, _written(connection, rules, writer, plan, run))


def enter(connection: Connection, rules: Rules, writer: Writer, draft: RunDraft) -> Run | None:
    """
    Enter a drafted run in the ledger, with its alerts and messages.

    Return None when another process has planned this send date. A run whose number is not the one expected
    has its digests written again.
    """
    take_turns(connection, "sync")
    run = _entered(connection, rules, draft.run)
    if run is None:
        return None
    now, written = draft.run.prepared_at, draft.written
    drafts.supersede(connection, run.id, now)
    if run.id != draft.run.id:
        written = _written(connection, rules, writer, draft.plan, run)
    alerts.record(connection, run.id, written.plan.judged, written.plan.escalations)
    runs.record_exceptions(connection, run.id, written.plan.exceptions)
    messages = [email.message for email in written.emails]
    outbox.enqueue(connection, run.id, kind="digest", edition=0, messages=messages, now=now)
    return run


def hold(
    connection: Connection,
    rules: Rules,
    *,
    sync_id: int,
    held_because: Sequence[str],
    as_of: date,
    now: datetime,
    again: str = "",
) -> Run | None:
    """
    Enter a run in the ledger that is held, with its reasons; nothing of its extract is applied.

    Return None when another process has planned this send date.
    """
    drafted = _drafted(connection, rules, look(connection, rules, as_of), now)
    held = replace(drafted, state="held", sync_id=sync_id, held_because=list(held_because))
    return _entered(connection, rules, _placed(connection, held, again))


def emails_of(
    connection: Connection, rules: Rules, writer: Writer, *, as_of: date, now: datetime
) -> Sequence[Email]:
    """
    Return every digest of a run as on *as_of*, as it reads and as it would be sent; nothing stays.

    Raises:
        PartitionError: The digests do not add up.
    """
    plan = look(connection, rules, as_of)
    return _written(connection, rules, writer, plan, _drafted(connection, rules, plan, now)).emails


def _drafted(connection: Connection, rules: Rules, plan: Plan, now: datetime) -> Run:
    """Return the run of a plan as the ledger would hold it, but for its number."""
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
        moved=[each.as_plain() for each in plan.moved],
        sync_id=None if last_sync is None else last_sync.id,
        counts=plan.counts,
        teams=plan.teams,
        summarised={},
        settings=rules.settings,
        calendar=rules.calendar.fingerprint,
        prepared_at=now,
    )


def _placed(connection: Connection, drafted: Run, again: str, remark: str = "") -> Run:
    """
    Return a run in its place: a held one's, whose reason it keeps, or a further one where *again* says why.
    """
    last = runs.by_send_date(connection, drafted.send_date)
    if last is not None and (last.state == "held" or not again):
        attempt, why = last.attempt, last.reason
    else:
        attempt, why = runs.next_attempt(connection, drafted.send_date), ""
    said = (f"prepared again: {again}" if again else why, remark)
    return replace(drafted, attempt=attempt, reason="; ".join(words for words in said if words))


def _entered(connection: Connection, rules: Rules, drafted: Run) -> Run | None:
    """Enter a run in the ledger; None when another process has planned its send date."""
    runs.keep(connection, rules.calendar)
    run_id = runs.plan(connection, drafted)
    return None if run_id is None else runs.by_id(connection, run_id)


def _written(connection: Connection, rules: Rules, writer: Writer, plan: Plan, run: Run) -> WrittenPlan:
    last_sync = None if run.sync_id is None else syncs.by_id(connection, run.sync_id)
    return write(plan, rules, writer, run_facts(connection, writer, rules, run, last_sync, run.prepared_at))

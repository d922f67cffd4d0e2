"""What one weekly job did, and what is left of it to deliver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from alerter.domain.data_exceptions import DataException
from alerter.domain.plan import Plan, Rules
from alerter.domain.rejected import RejectedGroup, by_reason
from alerter.errors import StoreError
from alerter.installation.installation import Installation
from alerter.pipeline.deliver import Delivered
from alerter.pipeline.sync import Synced
from alerter.store import assessments, outbox, runs, syncs
from alerter.store.outbox import Delivery
from alerter.store.runs import Run
from alerter.store.syncs import Sync


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """
    What one weekly job did.

    *state* is the contract's; *run* is None for a rehearsal. *outcomes* counts the digests by
    their state in the outbox, *counts* the open assessments by stage, *failed* are its messages that wait
    for a person. *stopped* is why sending stopped early, *trouble* what kept bounces from being learnt.
    """

    state: str
    as_of: date
    next_run: date
    counts: Mapping[str, int]
    digests: int
    outcomes: Mapping[str, int]
    exceptions: Sequence[DataException]
    run: Run | None = None
    sync: Sync | None = None
    held_because: tuple[str, ...] = ()
    failed: Sequence[Delivery] = ()
    rejected: Sequence[RejectedGroup] = ()
    stopped: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryResult:
    """
    What one delivery of all that was owed did, and what is left: how many are *owed*, how many of these may
    have arrived *unanswered*, and the messages that *failed*.
    """

    delivered: Delivered
    owed: int
    unanswered: int
    failed: Sequence[Delivery]

    @property
    def unknown(self) -> int:
        """Count the messages of unknown outcome: to be sent again, or left to a person."""
        return self.unanswered + sum(delivery.state == "unknown" for delivery in self.failed)


def result_of(of: Installation, run: Run, delivered: Delivered, state: str = "") -> RunResult:
    """Return how *run* stands after a delivery; *state* is its own where it is empty."""
    with of.database.read() as connection:
        run = runs.by_id(connection, run.id)
        outcomes = runs.outcomes(connection, run.id)
        read = None if run.sync_id is None else syncs.by_id(connection, run.sync_id)
        return RunResult(
            state=state or run.state,
            as_of=run.as_of,
            next_run=run.next_run,
            counts=run.counts,
            digests=sum(outcomes.values()),
            outcomes=outcomes,
            exceptions=runs.exceptions_of(connection, run.id),
            run=run,
            sync=read,
            held_because=tuple(run.held_because),
            failed=outbox.failed(connection, run.id),
            rejected=_rejected(connection, read),
            stopped=delivered.stopped,
        )


def result_of_rehearsal(connection: Connection, rules: Rules, plan: Plan, synced: Synced | None) -> RunResult:
    """Return what a run by *plan* would do, with what was *synced* for it, if anything was."""
    read = syncs.latest_applied(connection)
    return RunResult(
        state="dry_run",
        as_of=plan.window.as_of,
        next_run=plan.window.next_run,
        counts=plan.counts,
        digests=len(plan.worth_sending(send_all_clear=rules.send_all_clear)),
        outcomes={},
        exceptions=plan.exceptions,
        sync=read,
        held_because=() if synced is None else synced.held_because,
        rejected=_rejected(connection, read),
    )


def result_of_delivery(of: Installation, delivered: Delivered) -> DeliveryResult:
    """Return what is left after a delivery, and what of the run that went out last waits for a person."""
    with of.database.read() as connection:
        return DeliveryResult(
            delivered=delivered,
            owed=outbox.owed(connection),
            unanswered=outbox.owed(connection, unanswered=1),
            failed=outbox.failed_by(connection, of.today()),
        )


def ignored_on(connection: Connection, rules: Rules, today: date) -> int | None:
    """Return how many open assessments are not chased on *today*; None where the settings ignore none."""
    since = rules.ignore_started_before
    if since is None:
        return None
    every, chased = (assessments.open_by_team(connection, today, start) for start in (None, since))
    return sum(every.values()) - sum(chased.values())


def _rejected(connection: Connection, read: Sync | None) -> list[RejectedGroup]:
    return [] if read is None else by_reason(syncs.rejected_by(connection, read.id))


def still_there(run: Run | None) -> Run:
    """
    Return *run*, which another process had planned, or was to be replaced by one of ours.

    Raises:
        StoreError: Another process has taken it away or replaced it since.
    """
    if run is None:
        raise StoreError("another process has changed this run: see `alerter status`, then try again.")
    return run

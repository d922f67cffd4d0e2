"""The weekly job on one page: sync, run, rehearse, release, deliver."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from alerter.installation.installation import Installation
from alerter.pipeline.freshness import directory_for_waiting
from alerter.pipeline.held import apply_held, hold_and_tell, releasable, release_day
from alerter.pipeline.learn_bounces import CameBack, learn_bounces
from alerter.pipeline.letters import Basis
from alerter.pipeline.outcome import (
    DeliveryResult,
    RunResult,
    result_of,
    result_of_delivery,
    result_of_rehearsal,
    still_there,
)
from alerter.pipeline.planning import plan_on, planned_for
from alerter.pipeline.prepare import RunRequest, prepare, prepare_aside
from alerter.pipeline.refusals import refuse_overtaken, refuse_too_far_ahead
from alerter.pipeline.retention import tidy
from alerter.pipeline.sending import send
from alerter.pipeline.sync import Synced, sync
from alerter.store import outbox
from alerter.store.database import take_turns
from alerter.store.runs import Run


def sync_only(of: Installation, *, is_accepted: bool = False) -> Synced:
    """
    Read the source and the directory into the store; what a gate holds leaves it as it was.

    With *is_accepted* this reading is applied whatever the gates say.

    Raises:
        SourceError: Either cannot be read; the store is as it was.
    """
    of.ensure_schema(may_make=True)
    with of.database.write() as connection, connection.begin_nested() as savepoint:
        synced = sync(connection, of, is_accepted=is_accepted, is_for_run=False)
        if synced.held_because and not is_accepted:
            savepoint.rollback()  # also of what waits for a release, which this reading would replace
    return synced


def run(of: Installation, as_of: date | None = None, *, is_synced: bool = True, again: str = "") -> RunResult:
    """
    Do the weekly job once: read, judge, write, send, tell the admins.

    A send date that has its run already is not prepared again, unless *again* gives a reason. An extract
    that looks wrong holds the run: nothing of it is applied, and the admins are told why.

    Raises:
        ConfigError: *as_of* lies too far ahead, or a later send date has its run.
        SourceError: The source or the directory cannot be read; nothing was changed.
        PartitionError: The digests do not add up; nothing was sent.
    """
    of.make_ready().ensure_schema(may_make=True)
    of.search_for_damage()
    day = as_of or of.today()
    refuse_too_far_ahead(of, day)
    came_back = learn_bounces(of)
    planned = None if again else planned_for(of.database, of.rules, day)
    if planned is not None:
        _make_due(of)
        delivered = send(of, planned, news_of=came_back.runs)
        result = result_of(of, planned, delivered, "already_done")
    else:
        refuse_overtaken(of, day)
        held = _sync_or_hold(of, as_of, again) if is_synced else None
        if held is not None:
            result = result_of(of, held, send(of), "held")
        else:
            result = _prepare_and_send(of, RunRequest(day, again), is_fresh=is_synced, news_of=came_back.runs)
    return replace(result, trouble=came_back.trouble)


def rehearse(of: Installation, as_of: date | None = None, *, is_synced: bool = True) -> RunResult:
    """
    Do the weekly job up to the sending, and leave no trace of it.

    Raises:
        SourceError: The source or the directory cannot be read.
        PartitionError: The digests do not add up.
    """
    with of.rehearse() as connection:
        synced = sync(connection, of, as_of, is_accepted=True) if is_synced else None
        plan = plan_on(connection, of.rules, as_of or of.today())
        return result_of_rehearsal(connection, of.rules, plan, synced)


def release(of: Installation, run_id: int, *, by: str, reason: str) -> RunResult:
    """
    Let a held run go: apply its extract, prepare and deliver; *by* and *reason* are recorded.

    Raises:
        ConfigError: There is no such run, it is not held, it lies too far ahead, a later send date has
            come and has its run, or its extract is not kept any more.
    """
    of.ensure_schema()
    of.search_for_damage()
    remark = f"released by {by}" + (f": {reason}" if reason else "")
    with of.database.write() as connection:
        take_turns(connection, "sync")  # what is staged must neither go meanwhile nor be applied twice
        held = releasable(connection, run_id, of.today())
        apply_held(connection, held, of.today())
        released = prepare(connection, Basis.of(of), RunRequest(release_day(of, held), remark=remark))
    return _send_prepared(of, still_there(released))


def deliver(of: Installation) -> DeliveryResult:
    """Send everything owed now, whatever its back-off; return what happened, and what is left."""
    of.ensure_schema()
    _make_due(of)
    return result_of_delivery(of, send(of, news_of=learn_bounces(of).runs))


def report_bounces(of: Installation) -> CameBack:
    """Record what came back since this was last asked, and write to the admins if anything did."""
    came_back = learn_bounces(of)
    if came_back.runs:
        send(of, news_of=came_back.runs)
    return came_back


def _make_due(of: Installation) -> None:
    with of.database.write() as connection:
        outbox.make_due(connection, of.now())


def _sync_or_hold(of: Installation, as_of: date | None, again: str) -> Run | None:
    """Read the extract and the directory into the store; return the run that they hold, if they do."""
    directory_for_waiting(of)
    with of.database.write() as connection:
        synced = sync(connection, of, as_of)
        if not synced.held_because:
            return None
        return hold_and_tell(connection, of, synced, RunRequest(as_of or of.today(), again))


def _prepare_and_send(
    of: Installation, request: RunRequest, *, is_fresh: bool, news_of: Iterable[int]
) -> RunResult:
    """Prepare a run and send it; where another process has planned the send date, send that one."""
    prepared = prepare_aside(of.database, Basis.of(of), request)
    if prepared is not None:
        return _send_prepared(of, prepared, is_fresh=is_fresh, news_of=news_of)
    planned = still_there(planned_for(of.database, of.rules, request.as_of))
    return result_of(of, planned, send(of, planned), "already_done")


def _send_prepared(
    of: Installation, prepared: Run, *, is_fresh: bool = False, news_of: Iterable[int] = ()
) -> RunResult:
    """Send the run that this command prepared, and return how it stands after it."""
    delivered = send(of, prepared, is_fresh=is_fresh, news_of=news_of)
    tidy(of)
    return result_of(of, prepared, delivered)

"""Closes a run: sets its state, and queues the admins' summary."""

from collections.abc import Iterator

from sqlalchemy import Connection

from alerter.domain.cover import conflicts
from alerter.domain.moved import Moved
from alerter.domain.plan import Rules
from alerter.domain.policy import Stage
from alerter.domain.routing import covers_in, shared_addresses
from alerter.domain.wording import counted, date_words, day_words
from alerter.mail.summary import Summary
from alerter.pipeline.letters import Basis, run_facts
from alerter.pipeline.planning import records_to_mend
from alerter.store import absences, bounces, covers, drafts, outbox, runs, syncs
from alerter.store.runs import Run


def conclude(connection: Connection, run_id: int, basis: Basis) -> Run:
    """
    Record how a run stands, and write the admins' summary when its outcomes are not the ones last told.

    While another process is sending its digests there is nothing to tell yet. A held run has not ended,
    whatever became of the word that it is held.
    """
    run = runs.lock(connection, run_id)
    if run.state == "held":
        return run
    by_state = runs.outcomes(connection, run_id)
    # With the sum it is never empty, as it is for a run of which nothing was told, or only that it is held.
    outcomes = by_state | {"digests": sum(by_state.values())}
    if came_back := bounces.bounced(connection, run_id):
        outcomes |= {"came_back": len(came_back)}
    if away := absences.of_run(connection, run_id):
        outcomes |= {"away": len(away)}
    if run.summarised != outcomes and not outbox.is_busy(connection, run_id, basis.now):
        runs.amend(connection, run_id, summarised=outcomes)
        _enqueue_summary(connection, run, basis)
    state = "done" if outbox.is_all_sent(connection, run_id) else "undelivered"
    runs.amend(connection, run_id, state=state)
    return runs.by_id(connection, run_id)


def tell_held(connection: Connection, run: Run, basis: Basis) -> None:
    """Write to the admins that *run* is held, and why."""
    _enqueue_summary(connection, run, basis)


def _enqueue_summary(connection: Connection, run: Run, basis: Basis) -> None:
    edition, is_held = outbox.editions(connection, run.id) + 1, run.state == "held"
    read = None if run.sync_id is None else syncs.by_id(connection, run.sync_id)
    summary = Summary(
        facts=run_facts(connection, basis, run, read),
        counts={stage: run.counts[stage] for stage in Stage},
        deliveries=outbox.deliveries(connection, run.id),
        exceptions=runs.exceptions_of(connection, run.id),
        rejected=[] if read is None else syncs.rejected_by(connection, read.id),
        moved=[Moved.from_plain(move) for move in run.moved],
        to_mend=records_to_mend(connection, basis.rules, run.as_of),
        settings_fingerprint=run.settings,
        held_because=run.held_because if is_held else (),
        came_back=[(message.recipient, message.bounce) for message in bounces.bounced(connection, run.id)],
        remarks=[] if is_held else list(_remarks(connection, run, basis.rules)),
        page=basis.writer.page,
    )
    messages = basis.writer.summaries(summary, edition)
    outbox.enqueue(connection, run.id, kind="summary", edition=edition, messages=messages, now=basis.now)


def _remarks(connection: Connection, run: Run, rules: Rules) -> Iterator[str]:
    """Give what the admins must know of a run beside its outcomes."""
    if run.reason:
        yield f"This run was {run.reason.rstrip('.')}."
    if overtaken := drafts.superseded(connection, run.id):
        verb = "was" if overtaken == 1 else "were"
        yield f"{counted(overtaken, 'digest')} of earlier runs {verb} never delivered; this run took over."
    for absence in absences.of_run(connection, run.id)[run.summarised.get("away", 0) :]:  # each told once
        until = day_words(absence.until, run.as_of)
        yield (
            f"{absence.manager_email} is away until {until} by an automatic reply, and nobody covers: "
            "record one with `alerter cover`."
        )
    since, ignored = rules.ignore_started_before, run.counts.get("ignored", 0)
    if since and ignored:
        were = f"{counted(ignored, 'open assessment')} began before {date_words(since)}"
        yield f"{were}: counted here alone, for they are in no digest ([source] ignore_started_before)."
    directory = syncs.directory_entries(connection)
    yield from shared_addresses(directory)
    yield from conflicts([*covers_in(directory), *covers.standing(connection)], run.as_of)

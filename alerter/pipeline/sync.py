"""From the source to the store: every row stored, collapsed or rejected, unless a gate closes."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from sqlalchemy import Connection

from alerter.domain.assessment import ROW_FIELDS, Rejected
from alerter.domain.calendar import ONE_DAY
from alerter.domain.gate import Baseline, Content, Gates, Reading, reasons_to_hold
from alerter.domain.plan import Rules
from alerter.domain.reassurance import imported_reassurance
from alerter.domain.rejected import RejectedGroup, by_reason
from alerter.domain.routing import DirectoryEntry
from alerter.installation import wiring
from alerter.installation.installation import Installation
from alerter.sources.doubts import PartlyRead
from alerter.sources.source import Source
from alerter.store import assessments, audits, reassurances, runs, staging, syncs
from alerter.store.database import take_turns
from alerter.store.runs import Run
from alerter.store.syncs import Sync

BATCH = 2000  # rows held in memory at once
CLOCK_ON = ROW_FIELDS.index("clock_on")

Gate = Callable[[Connection, Sync], list[str]]


@dataclass(frozen=True, slots=True)
class Synced:
    """
    One reading, the sentences of the gates that closed, and why rows were rejected.

    Where a gate closed nothing of the reading was applied, unless it was accepted.
    """

    sync: Sync
    held_because: tuple[str, ...] = ()
    rejected: tuple[RejectedGroup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """
    What is read: the *source*, the *directory*, and the moment; *mapping* is the fingerprint of the way.

    *on_rows* hears how many rows have been read so far.
    """

    source: Source
    directory: Iterable[DirectoryEntry]
    mapping: str
    now: datetime
    on_rows: Callable[[int], None] = lambda _rows: None


def read_in(
    connection: Connection,
    intake: Intake,
    today: date,
    gate: Gate | None = None,
    *,
    is_accepted: bool = False,
) -> Synced:
    """
    Read an intake into the store; what a *gate* holds is kept staged, not applied, unless it *is_accepted*.

    *today* is the day after which a start lies in the future. The same bytes read the same way change nothing
    and are not read again; the directory always is.

    Raises:
        SourceError: The source cannot be read; the transaction must not be committed.
    """
    take_turns(connection, "sync")
    syncs.replace_directory(connection, intake.directory, intake.now)
    _discard_staged(connection)
    extract, last = intake.source.extract, syncs.latest_applied(connection)
    if last is not None and (last.sha256, last.mapping) == (extract.sha256, intake.mapping):
        seen = syncs.seen_again(connection, last.id, extract.extracted_at, intake.now)
        return _judged(connection, seen, gate)
    sync_id = syncs.begin(
        connection,
        source_name=extract.name,
        sha256=extract.sha256,
        mapping=intake.mapping,
        extracted_at=extract.extracted_at,
        read_at=intake.now,
    )
    _stage(connection, sync_id, intake, today)
    judged = _judged(connection, syncs.by_id(connection, sync_id), gate)
    if judged.held_because and not is_accepted:
        return judged
    return replace(judged, sync=apply_staged(connection, sync_id, today))


def apply_staged(connection: Connection, sync_id: int, today: date) -> Sync:
    """Make the store say what a staged reading says, and keep the reassurances it tells of up to *today*."""
    done = staging.apply(connection, sync_id)
    syncs.finish(
        connection,
        sync_id,
        state="applied",
        stored=done.new + done.changed + done.unchanged,
        new=done.new,
        changed=done.changed,
        unchanged=done.unchanged,
        vanished=done.vanished,
    )
    applied = syncs.by_id(connection, sync_id)
    _record_imports(connection, today, applied.read_at)
    audits.note_first_score(connection, today)
    return applied


def gate_of(rules: Rules, gates: Gates, *, as_of: date, now: datetime) -> Gate:
    """
    Return the gate of one day: a staged reading against *gates*, the last run, and what the store holds.

    A reading that is in the store was judged, or accepted, when it was applied: only its time is judged anew.
    """
    since = rules.ignore_started_before

    def gate(connection: Connection, read: Sync) -> list[str]:
        reading = Reading(
            sha256=read.sha256,
            extracted_at=read.extracted_at,
            newest_start=read.newest_start,
            content=None if read.state == "applied" else _content(connection, read, as_of, since),
        )
        before = _baseline(connection, rules.schedule.due_on_or_before(as_of), as_of, since)
        return reasons_to_hold(gates, reading, before, calendar=rules.calendar, as_of=as_of, now=now)

    return gate


def _judged(connection: Connection, reading: Sync, gate: Gate | None) -> Synced:
    held_because = tuple(gate(connection, reading)) if gate else ()
    return Synced(reading, held_because, tuple(by_reason(syncs.rejected_by(connection, reading.id))))


def _content(connection: Connection, read: Sync, as_of: date, since: date | None) -> Content:
    return Content(
        teams=staging.open_by_team(connection, read.id, as_of, since),
        rows=read.rows,
        rejected=syncs.rejected_by(connection, read.id),
        reopened=staging.reopened(connection, read.id, as_of, since),
    )


def _baseline(connection: Connection, send_date: date, as_of: date, since: date | None) -> Baseline:
    """
    Return what a reading is compared with: the last run up to *send_date*, and the store as it is.

    What began before *since* counts for neither, also where the last run still told of it.
    """
    last = runs.latest_before(connection, send_date + ONE_DAY)
    figures = [] if last is None or last.sync_id is None else [_teams_of(connection, last, since)]
    if syncs.latest_applied(connection) is not None:
        figures.append(assessments.open_by_team(connection, as_of, since))
    if last is None or last.sync_id is None or last.send_date == send_date:
        return Baseline(open_by_team=figures)
    return Baseline(sha256=syncs.by_id(connection, last.sync_id).sha256, open_by_team=figures)


def _teams_of(connection: Connection, run: Run, since: date | None) -> Mapping[str, int]:
    if since is None:
        return run.teams
    return Counter(run.teams) - Counter(assessments.alerted_by_team(connection, run.id, before=since))


def _stage(connection: Connection, sync_id: int, intake: Intake, today: date) -> None:
    """Put the source's rows where they wait, one an identity, and keep what was rejected."""
    read = rejected = other_lines = 0
    newest = date.min
    rows = intake.source.row_values()
    while batch := list(islice(rows, BATCH)):
        whole = [(line, row) for line, row in batch if isinstance(row, tuple)]
        odd = [(line, row) for line, row in batch if not isinstance(row, tuple)]
        unbelievable = [row for _, row in odd if isinstance(row, Rejected)]
        partly = [(line, row) for line, row in odd if isinstance(row, PartlyRead)]
        believable = [*whole, *((line, row.values) for line, row in partly)]
        syncs.keep_unreadable(connection, sync_id, [value for _, row in partly for value in row.unreadable])
        staging.stage(connection, sync_id, believable)
        syncs.reject(connection, sync_id, unbelievable)
        starts = {row[CLOCK_ON] for _, row in believable}
        newest = max((start for start in starts if newest < start <= today), default=newest)
        rejected += len(unbelievable)
        read += len(believable) + len(unbelievable)
        other_lines += len(batch) - len(believable) - len(unbelievable)
        intake.on_rows(read)
    collapsed, contradicting = staging.collapse(connection, sync_id)
    syncs.reject(connection, sync_id, contradicting)
    rejected += len(contradicting)
    syncs.finish(
        connection,
        sync_id,
        state="staged",
        rows=read,
        rejected=rejected,
        collapsed=collapsed,
        other_lines=other_lines,
        newest_start=None if newest == date.min else newest,
    )


def _record_imports(connection: Connection, today: date, read_at: datetime) -> None:
    """
    Record the reassurances that the extract tells of, each once; what cannot be believed is for `quality`.
    """
    unrecorded = assessments.by_numbers(connection, reassurances.unrecorded_imports())
    for number, assessment in unrecorded.items():
        if (reassurance := imported_reassurance(assessment, today)) is not None:
            reassurances.record(connection, number, reassurance, note="", now=read_at, means="import")


def _discard_staged(connection: Connection) -> None:
    """Forget what an earlier, held reading left staged; this one replaces it."""
    for sync_id in syncs.staged(connection):
        staging.discard(connection, sync_id)
        syncs.finish(connection, sync_id, state="discarded")


def sync(
    connection: Connection,
    of: Installation,
    as_of: date | None = None,
    *,
    is_accepted: bool = False,
    is_for_run: bool = True,
) -> Synced:
    """
    Read the source and the directory into the store as part of a transaction, unless a gate holds them.

    With *is_accepted* they are read all the same, and the gates only say what they would have held. An
    extract that is the last run's is held only where the reading *is_for_run*.

    Raises:
        SourceError: Either cannot be read; the transaction must not be committed.
    """
    now = of.now()
    intake = Intake(
        source=wiring.source(of.settings, of.rules, now),
        directory=wiring.directory(of.settings),
        mapping=of.settings.reading_fingerprint,
        now=now,
        on_rows=of.on_rows,
    )
    gate = _gate(of, as_of, is_for_run=is_for_run)
    return read_in(connection, intake, as_of or of.today(), gate, is_accepted=is_accepted)


def _gate(of: Installation, as_of: date | None, *, is_for_run: bool) -> Gate:
    """Return the gate of *as_of*: an extract's age counts back from the schedule's time then, or from now."""
    moment = of.now() if as_of is None else of.timetable().moment(as_of)
    gates = wiring.gates(of.settings)
    gates = replace(gates, hold_unchanged=gates.hold_unchanged and is_for_run)
    return gate_of(of.rules, gates, as_of=as_of or of.today(), now=moment)

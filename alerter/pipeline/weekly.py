"""The weekly job, and its parts on their own: sync, run, rehearse, release, deliver."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from sqlalchemy import Connection

from alerter.domain.calendar import ONE_DAY
from alerter.domain.data_exceptions import DataException
from alerter.domain.rejected import RejectedGroup, by_reason
from alerter.domain.schedule import AHEAD
from alerter.errors import ConfigError, StoreError
from alerter.installation.installation import Installation
from alerter.pipeline.conclude import tell_held
from alerter.pipeline.deliver import Delivered
from alerter.pipeline.learn_bounces import CameBack, collect
from alerter.pipeline.planning import look
from alerter.pipeline.prepare import draft_run, enter, hold, prepare
from alerter.pipeline.retention import tidy
from alerter.pipeline.sending import Sending, directory_for_waiting
from alerter.pipeline.sync import Synced, apply_staged, sync_within
from alerter.store import assessments, outbox, runs, syncs
from alerter.store.database import take_turns
from alerter.store.outbox import Delivery
from alerter.store.runs import Run
from alerter.store.syncs import Sync

TOO_FAR_AHEAD = "lies more than seven days ahead, and nothing is mailed for that yet"
LOOK = "`alerter run --dry-run` and `alerter preview` may look at any day."
_NUMBER = re.compile(r"\d+")  # an extract that grows older by the hour is held for the same reason


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
class Remainder:
    """
    What is left when all that is owed was tried: how many are owed, how many may have arrived, what *failed*.
    """

    owed: int
    unanswered: int
    failed: Sequence[Delivery]

    @property
    def unknown(self) -> int:
        """Count the messages of unknown outcome: to be sent again, or left to a person."""
        return self.unanswered + sum(each.state == "unknown" for each in self.failed)


@dataclass(frozen=True, slots=True)
class Weekly:
    """The weekly job of one installation; *should_stop* is asked between two messages."""

    of: Installation
    should_stop: Callable[[], bool] = lambda: False

    def sync(self, *, is_accepted: bool = False) -> Synced:
        """
        Read the source and the directory into the store; what a gate holds leaves it as it was.

        With *is_accepted* this reading is applied whatever the gates say.

        Raises:
            SourceError: Either cannot be read; the store is as it was.
        """
        self.of.ensure_schema(may_make=True)
        with self.of.database.write() as connection, connection.begin_nested() as savepoint:
            synced = sync_within(self.of, connection, is_accepted=is_accepted, is_for_run=False)
            if synced.held_because and not is_accepted:
                savepoint.rollback()  # also of what waits for a release, which this reading would replace
        return synced

    def ignored(self) -> int | None:
        """Return how many open assessments are not chased today; None where the settings ignore none."""
        since, today = self.of.rules.ignore_started_before, self.of.today()
        if since is None:
            return None
        with self.of.database.read() as connection:
            every, chased = (assessments.open_by_team(connection, today, each) for each in (None, since))
        return sum(every.values()) - sum(chased.values())

    def run(self, as_of: date | None = None, *, is_synced: bool = True, again: str = "") -> RunResult:
        """
        Do the weekly job once: sync, prepare, deliver.

        A send date that has its run already is not prepared again, unless *again* gives a reason. An extract
        that looks wrong holds the run: nothing of it is applied, and the admins are told why.

        Raises:
            ConfigError: *as_of* lies too far ahead, or a later send date has its run.
            SourceError: The source or the directory cannot be read; nothing was changed.
            PartitionError: The digests do not add up; nothing was sent.
        """
        self.of.ensure_schema(may_make=True)
        judged_by = as_of or self.of.today()
        if judged_by > self.of.today() + AHEAD:
            raise ConfigError([f"--as-of {judged_by} {TOO_FAR_AHEAD}; {LOOK}"])
        came_back = collect(self.of)
        done = self._done(judged_by, came_back, as_of=as_of, is_synced=is_synced, again=again)
        return replace(done, trouble=came_back.trouble)

    def _done(
        self, judged_by: date, came_back: CameBack, *, as_of: date | None, is_synced: bool, again: str
    ) -> RunResult:
        if not again and (planned := self._planned(judged_by)) is not None:
            with self.of.database.write() as connection:
                outbox.make_due(connection, self.of.now())
            return self._delivered(planned, "already_done", news_of=came_back.runs)
        self._refuse_overtaken(self.of.rules.schedule.due_on_or_before(judged_by))
        if is_synced:
            directory_for_waiting(self.of)
            with self.of.database.write() as connection:
                synced = sync_within(self.of, connection, as_of=as_of)
                held = self._hold(connection, synced, judged_by, again) if synced.held_because else None
            if held is not None:
                return self._told(held)
        return self._prepared(judged_by, again=again, is_fresh=is_synced, news_of=came_back.runs)

    def rehearse(self, as_of: date | None = None, *, is_synced: bool = True) -> RunResult:
        """
        Do the weekly job up to the sending, and leave no trace of it.

        Raises:
            SourceError: The source or the directory cannot be read.
            PartitionError: The digests do not add up.
        """
        judged_by = as_of or self.of.today()
        held_because: tuple[str, ...] = ()
        with self.of.rehearse() as connection:
            if is_synced:
                held_because = sync_within(self.of, connection, as_of=as_of, is_accepted=True).held_because
            read = syncs.latest_applied(connection)
            rejected = _rejected(connection, read)
            plan = look(connection, self.of.rules, judged_by)
        digests = plan.worth_sending(send_all_clear=self.of.rules.send_all_clear)
        return RunResult(
            state="dry_run",
            as_of=judged_by,
            next_run=plan.window.next_run,
            counts=plan.counts,
            digests=len(digests),
            outcomes={},
            exceptions=plan.exceptions,
            sync=read,
            held_because=held_because,
            rejected=rejected,
        )

    def release(self, run_id: int, *, by: str, reason: str) -> RunResult:
        """
        Let a held run go: apply its extract, prepare and deliver; *by* and *reason* are recorded.

        Raises:
            ConfigError: There is no such run, it is not held, it lies too far ahead, a later send date has
                come and has its run, or its extract is not kept any more.
        """
        self.of.ensure_schema()
        with self.of.database.write() as connection:
            take_turns(connection, "sync")  # what is staged must neither go meanwhile nor be applied twice
            held = _releasable(connection, run_id, self.of.today())
            _apply_held(connection, held, self.of.today())
            said = f"released by {by}" + (f": {reason}" if reason else "")
            run = prepare(
                connection,
                self.of.rules,
                self.of.writer,
                as_of=self._release_day(held),
                now=self.of.now(),
                remark=said,
            )
        if run is None:
            raise StoreError("another process has released this run: see `alerter status`.")
        return self._delivered(run)

    def deliver(self) -> tuple[Delivered, Remainder]:
        """Send everything owed now, whatever its back-off; return what happened, and what is left."""
        self.of.ensure_schema()
        with self.of.database.write() as connection:
            outbox.make_due(connection, self.of.now())
        delivered = self._sending.send(news_of=collect(self.of).runs)
        return delivered, remainder_of(self.of)

    def deliver_due(self) -> Delivered:
        """Send what is due by its back-off: what the service does every minute."""
        return self._sending.send()

    def relieve(self) -> Delivered | None:
        """Send what dead senders left; None where there is none."""
        return self._sending.relieve()

    def learn_what_came_back(self) -> CameBack:
        """Record what came back since this was last asked, and tell the admins if anything did."""
        came_back = collect(self.of)
        if came_back.runs:
            self._sending.send(news_of=came_back.runs)
        return came_back

    @property
    def _sending(self) -> Sending:
        return Sending(self.of, self.should_stop)

    def _hold(self, connection: Connection, synced: Synced, as_of: date, again: str) -> Run | None:
        """Enter the held run, and write to the admins unless they were told the same of the same bytes."""
        before = runs.by_send_date(connection, self.of.rules.schedule.due_on_or_before(as_of))
        run = hold(
            connection,
            self.of.rules,
            sync_id=synced.sync.id,
            held_because=synced.held_because,
            as_of=as_of,
            now=self.of.now(),
            again=again,
        )
        if run is not None and not _is_told(connection, before, synced):
            tell_held(connection, run, self.of.rules, self.of.writer, self.of.now())
        return run

    def _told(self, held: Run) -> RunResult:
        """Send the admins what they are owed about a *held* run, and return how it stands."""
        delivered = self._sending.send()
        with self.of.database.read() as connection:
            return self._result(connection, held.id, "held", delivered)

    def _prepared(self, as_of: date, *, again: str, is_fresh: bool, news_of: Iterable[int]) -> RunResult:
        rules, writer = self.of.rules, self.of.writer
        run = self.of.database.write_after(
            partial(draft_run, rules=rules, writer=writer, as_of=as_of, now=self.of.now(), again=again),
            lambda connection, draft: enter(connection, rules, writer, draft),
        )
        if run is not None:
            return self._delivered(run, is_fresh=is_fresh, news_of=news_of)
        planned = self._planned(as_of)
        if planned is None:
            raise StoreError("another process withdrew the run it had planned: run the command again.")
        return self._delivered(planned, "already_done")

    def _refuse_overtaken(self, send_date: date) -> None:
        """Refuse to mail for a send date before the latest run's: those people have had the later digest."""
        with self.of.database.read() as connection:
            later = runs.later(connection, send_date)
        if later is None:
            return
        said = f"run {later.id} is for {later.send_date}, so nothing is mailed for {send_date} any more"
        if later.prepared_at > self.of.now():
            said += "; it was prepared after this machine's today, so set the clock right"
        raise ConfigError([f"{said}; {LOOK}"])

    def _planned(self, as_of: date) -> Run | None:
        with self.of.database.read() as connection:
            run = runs.by_send_date(connection, self.of.rules.schedule.due_on_or_before(as_of))
        return None if run is None or run.state == "held" else run

    def _release_day(self, held: Run) -> date:
        """Return the day a released run judges by: today, unless its send date is not the one last due."""
        today = self.of.today()
        due = self.of.rules.schedule.due_on_or_before(today)
        return today if due == held.send_date else held.as_of

    def _delivered(
        self, run: Run, state: str = "", *, is_fresh: bool = False, news_of: Iterable[int] = ()
    ) -> RunResult:
        """Send what is owed, and return how *run* stands after it."""
        delivered = self._sending.send(run, is_fresh=is_fresh, news_of=news_of)
        if not state:  # it was prepared by this command
            tidy(self.of)
        with self.of.database.read() as connection:
            return self._result(connection, run.id, state, delivered)

    def _result(self, connection: Connection, run_id: int, state: str, delivered: Delivered) -> RunResult:
        run = runs.by_id(connection, run_id)
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


def _rejected(connection: Connection, read: Sync | None) -> list[RejectedGroup]:
    return [] if read is None else by_reason(syncs.rejected_by(connection, read.id))


def _releasable(connection: Connection, run_id: int, today: date) -> Run:
    held, latest = runs.find(connection, run_id), runs.latest_come(connection, today)
    if held is None or held.state != "held":
        raise ConfigError([f"run {run_id} is not held, so there is nothing to release."])
    runs.refuse_other_kind(connection, held)
    if held.as_of > today + AHEAD:
        raise ConfigError([f"run {run_id} is as of {held.as_of}, which {TOO_FAR_AHEAD}."])
    if latest is not None and latest.send_date > held.send_date:
        raise ConfigError([f"run {run_id} was overtaken by run {latest.id}, which is for a later send date."])
    return held


def _is_told(connection: Connection, before: Run | None, synced: Synced) -> bool:
    if before is None or before.sync_id is None or before.state != "held":
        return False
    is_same_extract = syncs.by_id(connection, before.sync_id).sha256 == synced.sync.sha256
    reasons = [[_NUMBER.sub("", why) for why in held] for held in (before.held_because, synced.held_because)]
    return is_same_extract and reasons[0] == reasons[1]


def remainder_of(installation: Installation) -> Remainder:
    """Return what is left to deliver, and what of the run that went out last waits for a person."""
    with installation.database.read() as connection:
        return Remainder(
            owed=outbox.owed(connection),
            unanswered=outbox.owed(connection, unanswered=1),
            failed=failed_by(connection, installation),
        )


def failed_by(connection: Connection, installation: Installation) -> list[Delivery]:
    """Return what waits for a person: of the run that went out last, for a later one tells all of it anew."""
    last = runs.latest_before(connection, installation.today() + ONE_DAY)
    return [] if last is None else outbox.failed(connection, last.id)


def _apply_held(connection: Connection, held: Run, today: date) -> None:
    """
    Apply the extract of a held run, unless it, or a later one, was applied since.

    Raises:
        ConfigError: Another reading took its place, and was not applied either.
    """
    if held.sync_id is None:
        return
    read, last = syncs.by_id(connection, held.sync_id), syncs.latest_applied(connection)
    if read.state == "staged":
        apply_staged(connection, read.id, today)
    elif read.state == "discarded" and (last is None or last.read_at < read.read_at):
        said = f"the extract was read anew since run {held.id} was held, which was held too"
        raise ConfigError([f"{said}: read it again with `alerter run`, and release what that holds."])

"""The weekly job on one page: sync, run, rehearse, release, deliver."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from alerter.installation.installation import Installation
from alerter.pipeline.deliver import Delivered
from alerter.pipeline.freshness import directory_for_waiting
from alerter.pipeline.held import apply_held, hold_and_tell, releasable, release_day
from alerter.pipeline.learn_bounces import CameBack, collect
from alerter.pipeline.outcome import (
    Remainder,
    RunResult,
    remainder_of,
    result_of,
    result_of_rehearsal,
    still_there,
)
from alerter.pipeline.planning import plan_on, planned_for
from alerter.pipeline.prepare import RunRequest, draft_run, enter, prepare
from alerter.pipeline.refusals import refuse_overtaken, refuse_too_far_ahead
from alerter.pipeline.retention import tidy
from alerter.pipeline.sending import Sending
from alerter.pipeline.sync import Synced, sync
from alerter.store import outbox
from alerter.store.database import take_turns
from alerter.store.runs import Run


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
            synced = sync(connection, self.of, is_accepted=is_accepted, is_for_run=False)
            if synced.held_because and not is_accepted:
                savepoint.rollback()  # also of what waits for a release, which this reading would replace
        return synced

    def run(self, as_of: date | None = None, *, is_synced: bool = True, again: str = "") -> RunResult:
        """
        Do the weekly job once: read, judge, write, send, tell the admins.

        A send date that has its run already is not prepared again, unless *again* gives a reason. An extract
        that looks wrong holds the run: nothing of it is applied, and the admins are told why.

        Raises:
            ConfigError: *as_of* lies too far ahead, or a later send date has its run.
            SourceError: The source or the directory cannot be read; nothing was changed.
            PartitionError: The digests do not add up; nothing was sent.
        """
        self.of.with_parts().ensure_schema(may_make=True)
        day = as_of or self.of.today()
        refuse_too_far_ahead(self.of, day)
        came_back = collect(self.of)
        if not again and (run := self._planned(day)) is not None:
            result = self._sent_again(run, came_back.runs)
        else:
            refuse_overtaken(self.of, day)
            held = self._held(as_of, again) if is_synced else None
            if held is not None:
                result = self._told(held)
            else:
                result = self._prepared(day, again, is_fresh=is_synced, news_of=came_back.runs)
        return replace(result, trouble=came_back.trouble)

    def rehearse(self, as_of: date | None = None, *, is_synced: bool = True) -> RunResult:
        """
        Do the weekly job up to the sending, and leave no trace of it.

        Raises:
            SourceError: The source or the directory cannot be read.
            PartitionError: The digests do not add up.
        """
        with self.of.rehearse() as connection:
            synced = sync(connection, self.of, as_of, is_accepted=True) if is_synced else None
            plan = plan_on(connection, self.of.rules, as_of or self.of.today())
            return result_of_rehearsal(connection, self.of.rules, plan, synced)

    def release(self, run_id: int, *, by: str, reason: str) -> RunResult:
        """
        Let a held run go: apply its extract, prepare and deliver; *by* and *reason* are recorded.

        Raises:
            ConfigError: There is no such run, it is not held, it lies too far ahead, a later send date has
                come and has its run, or its extract is not kept any more.
        """
        self.of.ensure_schema()
        said = f"released by {by}" + (f": {reason}" if reason else "")
        with self.of.database.write() as connection:
            take_turns(connection, "sync")  # what is staged must neither go meanwhile nor be applied twice
            held = releasable(connection, run_id, self.of.today())
            apply_held(connection, held, self.of.today())
            request = RunRequest(release_day(self.of, held), self.of.now(), remark=said)
            run = prepare(connection, self.of.rules, self.of.writer, request)
        return self._sent(still_there(run))

    def deliver(self) -> tuple[Delivered, Remainder]:
        """Send everything owed now, whatever its back-off; return what happened, and what is left."""
        self.of.ensure_schema()
        self._make_due()
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

    def _make_due(self) -> None:
        with self.of.database.write() as connection:
            outbox.make_due(connection, self.of.now())

    def _planned(self, day: date) -> Run | None:
        return planned_for(self.of.database, self.of.rules, day)

    def _held(self, as_of: date | None, again: str) -> Run | None:
        """Read the extract and the directory into the store; return the run that they hold, if they do."""
        directory_for_waiting(self.of)
        with self.of.database.write() as connection:
            synced = sync(connection, self.of, as_of)
            if not synced.held_because:
                return None
            request = RunRequest(as_of or self.of.today(), self.of.now(), again)
            return hold_and_tell(connection, self.of, synced, request)

    def _prepared(self, day: date, again: str, *, is_fresh: bool, news_of: Iterable[int]) -> RunResult:
        """Prepare a run and send it; where another process has planned the send date, send that one."""
        rules, writer = self.of.rules, self.of.writer
        request = RunRequest(day, self.of.now(), again)
        run = self.of.database.write_after(
            partial(draft_run, rules=rules, writer=writer, request=request),
            lambda connection, draft: enter(connection, rules, writer, draft),
        )
        if run is not None:
            return self._sent(run, is_fresh=is_fresh, news_of=news_of)
        planned = still_there(self._planned(day))
        return result_of(self.of, planned, self._sending.send(planned), "already_done")

    def _sent(self, run: Run, *, is_fresh: bool = False, news_of: Iterable[int] = ()) -> RunResult:
        """Send the *run* that this command prepared, and return how it stands after it."""
        delivered = self._sending.send(run, is_fresh=is_fresh, news_of=news_of)
        tidy(self.of)
        return result_of(self.of, run, delivered)

    def _sent_again(self, run: Run, news_of: Iterable[int]) -> RunResult:
        """Send what is still owed of a *run* that was there already."""
        self._make_due()
        return result_of(self.of, run, self._sending.send(run, news_of=news_of), "already_done")

    def _told(self, held: Run) -> RunResult:
        """Send the admins what they are owed about a *held* run, and return how it stands."""
        return result_of(self.of, held, self._sending.send(), "held")

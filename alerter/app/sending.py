"""Sending what is owed, as one process does it: fresh, paced, and the admins told what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from alerter.app.freshness import Freshness
from alerter.app.pace import Pace, wait_until
from alerter.installation.installation import Installation
from alerter.pipeline.conclude import conclude
from alerter.pipeline.deliver import Delivered, deliver, recover
from alerter.store import outbox, runs
from alerter.store.runs import Run

OTHERS_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Sending:
    """
    The sending of one installation; *should_stop* is asked between two messages.
    """

    of: Installation
    should_stop: Callable[[], bool] = lambda: False

    def send(
        self, run: Run | None = None, *, is_fresh: bool = False, news_of: Iterable[int] = ()
    ) -> Delivered:
        """
        Send the digests that are due, then the summaries that tell the admins what came of them.

        With *run* other processes that have a message of it in hand are waited for, a while. It *is_fresh*
        when it was prepared this moment. The runs *news_of* are told of again where something is new.
        """
        transport = self.of.transport()
        freshness = Freshness(self.of, is_fresh=is_fresh)
        unanswered: set[int] = set()  # of this command, which sends nothing of unknown outcome twice
        send_due = partial(
            deliver,
            self.of.database,
            transport,
            unknown_outcome=self.of.settings.delivery.unknown_outcome,
            clock=self.of.now,
            pace=Pace(self.of.settings.email.smtp.max_per_minute).wait,
            should_stop=self.should_stop,
            freshen=freshness.look,
            is_stale=freshness.is_due,
            unanswered=unanswered,
        )
        concerned = {*news_of, *([run.id] if run else [])}
        try:
            digests = send_due()
            self._await_others(run)
            self._conclude(concerned)
            if digests.stopped:
                return digests
            summaries = send_due()
            self._await_others(run)
            self._conclude(concerned)
        finally:
            transport.close()
        return Delivered(outcomes=[*digests.outcomes, *summaries.outcomes], stopped=summaries.stopped)

    def relieve(self) -> Delivered | None:
        """
        Take over the work of senders that died, and send it; None where there was none.
        """
        taken_over = recover(self.of.database, self.of.settings.delivery.unknown_outcome, self.of.now)
        return self.send() if taken_over else None

    def _await_others(self, run: Run | None) -> None:
        """
        Wait a while for other processes that have a message of *run* in hand, so that its outcome counts.
        """
        if run is not None:
            wait_until(partial(self._is_in_no_hand, run), OTHERS_SECONDS)

    def _is_in_no_hand(self, run: Run) -> bool:
        with self.of.database.read() as connection:
            return self.should_stop() or not outbox.is_in_flight(connection, run.id)

    def _conclude(self, concerned: set[int]) -> None:
        with self.of.database.write() as connection:
            for run_id in sorted({*runs.unconcluded(connection), *concerned}):
                conclude(connection, run_id, self.of.rules, self.of.press, self.of.now())

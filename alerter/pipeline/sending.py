"""Sending what is owed, as one process does it: fresh, paced, and the admins told what came of it."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from alerter.domain.routing import DirectoryEntry
from alerter.errors import DirectoryError, MailError, SourceError
from alerter.installation.installation import Installation
from alerter.mail.short_letters import SETTLED, Notice, notices
from alerter.pipeline.conclude import conclude
from alerter.pipeline.deliver import Delivered, deliver, recover
from alerter.pipeline.renew import renew
from alerter.sources.directory import read_directory
from alerter.store import drafts, outbox, runs, syncs, trail
from alerter.store.database import take_turns
from alerter.store.runs import Run
from alerter.store.trail import Entry

POLL_SECONDS = 0.1

EVERY = timedelta(minutes=1)
HEADLINE = "the directory cannot be read"

OTHERS_SECONDS = 30


def wait_until(is_met: Callable[[], bool], seconds: float) -> bool:
    """
    Look again and again whether something *is_met*, for so many *seconds* at most; return whether it was.
    """
    end = time.monotonic() + seconds
    while not (met := is_met()) and time.monotonic() < end:
        time.sleep(POLL_SECONDS)
    return met


class Pace:
    """Waits so that no more than *per_minute* messages go out in a minute; 0 is no limit."""

    def __init__(self, per_minute: int) -> None:
        self._interval = 60 / per_minute if per_minute else 0.0
        self._next = 0.0

    def wait(self) -> None:
        """Return when the next message may go."""
        if not self._interval:
            return
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._interval


class Freshness:
    """
    Has waiting digests written anew where they are no longer right, with the directory as it is now.

    With *is_fresh* they were prepared this moment. However often it is asked, it looks once a minute.
    """

    def __init__(self, of: Installation, *, is_fresh: bool = False) -> None:
        self._of = of
        self._looked_at: datetime | None = of.now() if is_fresh else None

    def is_due(self) -> bool:
        """Say whether the last look was a minute ago, or there was none."""
        return self._looked_at is None or abs(self._of.now() - self._looked_at) >= EVERY

    def look(self) -> None:
        """
        Look at what waits, if there is anything and the last look was a minute ago.

        Raises:
            DirectoryError: The directory cannot be read; the admins know, and nothing is to be sent.
            PartitionError: The digests do not add up; nothing was written anew.
        """
        if not self.is_due():
            return
        self._looked_at = now = self._of.now()
        directory = directory_for_waiting(self._of)
        if directory is None:
            return
        with self._of.database.write() as connection:
            take_turns(connection, "sync")
            syncs.replace_directory(connection, directory)
            renew(connection, self._of.rules, self._of.writer, now)


def directory_for_waiting(of: Installation) -> list[DirectoryEntry] | None:
    """
    Return the directory as it is now, or None where no digest waits for it.

    Raises:
        DirectoryError: Digests wait, and it cannot be read: who is to have them is not known. The admins
            have been told, once for what waits.
    """
    with of.database.read() as connection:
        waiting = drafts.waiting(connection)
    if not waiting:
        return None
    try:
        return read_directory(of.settings.directory.path)
    except SourceError as error:
        said = (
            f"{error}\nWithout it nobody knows whose a digest is now; waiting: {len(waiting)}. They go once "
            "it is back, by `alerter serve` itself, else by the next `alerter deliver` or `alerter run`."
        )
        _tell_admins(of, said, since=min(draft.prepared_at for draft in waiting))
        raise DirectoryError(said) from error


def _tell_admins(of: Installation, said: str, *, since: datetime) -> None:
    """
    Send each admin one email, unless they have had it *since* then; who cannot be reached is tried next time.
    """
    notice = Notice(about="the directory", headline=HEADLINE, said=said, noticed_at=of.now())
    with of.database.read() as connection:
        messages = [
            each
            for each in notices(notice, of.writer)
            if not trail.count_since(connection, each.recipient, "told_directory", since)
        ]
    transport = of.transport()
    try:
        for message in messages:
            if transport.send(message, mark=lambda: True).state in SETTLED:
                entry = Entry(at=of.now(), actor=message.recipient, means="command", act="told_directory")
                with of.database.write() as connection:
                    trail.append(connection, entry)
    except MailError:
        return  # the exit code says it too
    finally:
        transport.close()


@dataclass(frozen=True, slots=True)
class Sending:
    """The sending of one installation; *should_stop* is asked between two messages."""

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
        """Take over the work of senders that died, and send it; None where there was none."""
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
                conclude(connection, run_id, self.of.rules, self.of.writer, self.of.now())

"""Sends what is owed, as one process does it: fresh, paced, and then the admins' summary of it."""

import time
from collections.abc import Callable, Iterable
from functools import partial

from alerter.installation.installation import Installation
from alerter.pipeline.conclude import conclude
from alerter.pipeline.deliver import Channel, Delivered, deliver, recover
from alerter.pipeline.freshness import Freshness
from alerter.pipeline.letters import Basis
from alerter.store import outbox, runs
from alerter.store.runs import Run

POLL_SECONDS = 0.1
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


def send(
    of: Installation, run: Run | None = None, *, is_fresh: bool = False, news_of: Iterable[int] = ()
) -> Delivered:
    """
    Send the digests that are due, then the summaries that tell the admins what came of them.

    With *run* other processes that have a message of it in hand are waited for, a while. It *is_fresh*
    when it was prepared this moment. The admins hear of the runs *news_of* again where something is new.
    """
    channel = _channel(of)
    freshness = Freshness(of, is_fresh=is_fresh)
    unanswered: set[int] = set()  # of this command, which sends nothing of unknown outcome twice
    concerned = {*news_of, *([run.id] if run else [])}
    try:
        digests = deliver(channel, freshness, unanswered)
        _conclude(of, run, concerned)
        if digests.stopped:
            _wait_with_all(of, digests)
            return digests
        summaries = deliver(channel, freshness, unanswered)
        _conclude(of, run, concerned)
    finally:
        channel.transport.close()
    return Delivered(outcomes=[*digests.outcomes, *summaries.outcomes], stopped=summaries.stopped)


def relieve(of: Installation) -> Delivered | None:
    """Take over the work of senders that died, and send it; None where there was none."""
    taken_over = recover(of.database, of.settings.delivery.unknown_outcome, of.now)
    return send(of) if taken_over else None


def _channel(of: Installation) -> Channel:
    return Channel(
        database=of.database,
        transport=of.transport(),
        unknown_outcome=of.settings.delivery.unknown_outcome,
        clock=of.now,
        pace=Pace(of.settings.email.max_per_minute).wait,
        should_stop=of.should_stop,
    )


def _wait_with_all(of: Installation, digests: Delivered) -> None:
    """Let the summary of what was stopped wait too, where the server asked to be left alone for a while."""
    if digests.wait:
        with of.database.write() as connection:
            outbox.postpone(connection, of.now() + digests.wait)


def _conclude(of: Installation, run: Run | None, concerned: set[int]) -> None:
    """
    Conclude the *concerned* runs and all that are open; other processes that have a message of *run* in hand
    are waited for a while, so that its outcome counts.
    """
    if run is not None:
        wait_until(partial(_is_in_no_hand, of, run), OTHERS_SECONDS)
    with of.database.write() as connection:
        for run_id in sorted({*runs.unconcluded(connection), *concerned}):
            conclude(connection, run_id, Basis.of(of))


def _is_in_no_hand(of: Installation, run: Run) -> bool:
    with of.database.read() as connection:
        return of.should_stop() or not outbox.is_in_flight(connection, run.id)

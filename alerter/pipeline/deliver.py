"""From the outbox to the recipients: claim, talk, mark, dot, settle."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from sqlalchemy import Connection

from alerter.domain.delivery import FINAL, after_death, settlement
from alerter.errors import MailDeferredError, MailStoppedError, MailThrottledError, StoreError
from alerter.pipeline.freshness import Freshness
from alerter.store import claims, drafts, outbox
from alerter.store.claims import Claimed
from alerter.store.database import PERSISTENCE_SECONDS, Database
from alerter.store.migration import require_ours
from alerter.store.senders import Sender, fresh_token, is_alive, sending
from alerter.transports.transport import Outcome, Transport

PATIENCE = 3  # messages in a row that a server does not answer for before a delivery gives up for now
SLOW_SECONDS = 30.0  # an outcome that stays unknown sooner costs no time worth giving up for
# Longer than the longest wait for a reply (RFC 5321 4.5.3.2.6: 10 minutes), by more than clocks may differ.
LEASE = timedelta(minutes=30)
# From the mark on also the hour for which a database that refuses the outcome is tried.
MARKED_LEASE = LEASE + timedelta(seconds=PERSISTENCE_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """
    What one delivery did: the outcomes in their order, and why it stopped early if it did.

    *wait* is for how long the server asked to be left alone.
    """

    outcomes: Sequence[str]
    stopped: str = ""
    wait: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """
    The outbox that is sent from, the transport, and the manner.

    *pace* waits before each message; between two *should_stop* is asked whether to leave the rest.
    """

    database: Database
    transport: Transport
    unknown_outcome: str
    clock: Callable[[], datetime]
    pace: Callable[[], None]
    should_stop: Callable[[], bool] = lambda: False
    stopwatch: Callable[[], float] = monotonic


def deliver(
    channel: Channel, freshness: Freshness | None = None, unanswered: set[int] | None = None
) -> Delivered:
    """
    Send what is due, one message at a time: claim, talk, mark, dot, settle.

    Between two messages what waits is written anew where that is due; where it is not, the next message is
    claimed as the outcome of the last is recorded. No transaction is open while talking to a server. What a
    server did not answer for is left to another command: its number goes into *unanswered*, and none there
    is sent. Where three in a row cannot be delivered, or wait long for an outcome by the *stopwatch* in vain,
    the rest is left for another time too; it is due before those three then.

    Raises:
        StoreError: The database cannot be used. Whatever was under way then is certainly not delivered,
            or has its outcome recorded, or is found `unknown` by the next delivery.
    """
    recover(channel.database, channel.unknown_outcome, channel.clock)
    with sending(channel.database) as sender:
        hand = _Hand(sender, channel, freshness, set() if unanswered is None else unanswered)
        return _send_all(channel, hand)


class _Hand:
    """What one sender claims: the *next* message, if it was claimed with the outcome of the last."""

    def __init__(
        self,
        sender: Sender,
        channel: Channel,
        freshness: Freshness | None,
        unanswered: set[int],
    ) -> None:
        self.sender = sender
        self.unanswered = unanswered
        self.next: Claimed | None = None
        self._channel = channel
        self._freshness = freshness
        self._token = ""

    def claim(self, connection: Connection, *, is_patient: bool = False) -> bool:
        """
        Claim what is due first; say whether nothing could be, though something is due.

        A claim of which nobody knows whether it was kept is looked for before another one is made.
        """
        now = self._channel.clock()
        self.next = claims.held(connection, self._token) if self._token else None
        self._token = self._token or fresh_token(self.sender.id)
        self.next = self.next or claims.claim(
            connection,
            token=self._token,
            now=now,
            lease_until=now + LEASE,
            but=self.unanswered,
            is_patient=is_patient,
        )
        return self.next is None and outbox.is_any_due(connection, now, but=self.unanswered)

    def reach(self, connection: Connection) -> None:
        """
        Claim the next message in the transaction that records an outcome, unless something comes between.
        """
        if not self._channel.should_stop() and not self._is_renewal_due():
            self.claim(connection)

    def _is_renewal_due(self) -> bool:
        return self._freshness is not None and self._freshness.is_due()

    def renew(self) -> None:
        """Have what waits written anew where that is due."""
        if self._freshness is not None:
            self._freshness.renew()

    def take(self) -> Claimed | None:
        """Return the message that is claimed for certain, if one is; the next claim is a new one."""
        message, self.next, self._token = self.next, None, ""
        return message


def _send_all(channel: Channel, hand: _Hand) -> Delivered:
    outcomes: list[str] = []
    failures = 0
    settle = partial(_settle, channel, hand)
    for message in _claims(channel, hand):
        channel.pace()
        begun = channel.stopwatch()
        try:
            outcome = channel.transport.send(message.message, mark=_marker(channel, hand, message))
        except (MailStoppedError, MailThrottledError) as error:
            settle(message, Outcome("deferred", str(error)), is_last=True, everybody_waits=error.wait)
            return Delivered(outcomes=outcomes, stopped=str(error), wait=error.wait)
        except MailDeferredError as error:
            outcome = Outcome("deferred", str(error))
            failures += 1
        else:
            is_slow = channel.stopwatch() - begun >= SLOW_SECONDS
            failures = failures + is_slow if outcome.state == "unknown" else 0
        settle(message, outcome, is_last=failures == PATIENCE)
        outcomes.append(outcome.state)
        if failures == PATIENCE:
            return Delivered(outcomes=outcomes, stopped=outcome.reply)
    return Delivered(outcomes=outcomes)


def recover(database: Database, unknown_outcome: str, clock: Callable[[], datetime]) -> int:
    """
    Take over what dead senders left: unmarked is certainly not delivered, marked is unknown.

    Return how many messages that were.
    """
    with database.read() as connection:
        if not outbox.has_in_flight(connection):
            return 0
    with database.write() as connection:
        now = clock()
        left = claims.abandoned(connection, now, partial(is_alive, connection))
        for state, message in left:
            if state == "claimed":
                _take_over(connection, message, now)
            else:
                outcome = Outcome("unknown", "the sender died before the reply")
                _record(connection, message, outcome, unknown_outcome, now, has_died=True)
        return len(left)


def _take_over(connection: Connection, message: Claimed, now: datetime) -> None:
    """Let others send a message, unless its sender lives after all and has marked it meanwhile."""
    decided = after_death(message.deaths, now)
    is_last = decided.state == "undelivered"
    reply = f"{message.deaths + 1} senders died over it, so it is not tried again" if is_last else ""
    claims.settle(connection, message, decided, reply=reply, now=now, expected=["claimed"])


def _claims(channel: Channel, hand: _Hand) -> Iterator[Claimed]:
    """
    Yield what is due, claimed, until there is no more or the sending is to stop.

    At the end what others hold only to write it anew is waited for, and what other senders left is looked
    for once more: one may have died meanwhile.
    """
    is_left = False
    take_over = partial(recover, channel.database, channel.unknown_outcome, channel.clock)
    while hand.next or not channel.should_stop():
        if not hand.next:
            hand.renew()
            hand.sender.hold_on()
            with channel.database.write() as connection:
                require_ours(connection)
                is_left = hand.claim(connection, is_patient=is_left)
        message = hand.take()
        if message is not None:
            yield message
        elif not is_left and not take_over():
            return


def _marker(channel: Channel, hand: _Hand, message: Claimed) -> Callable[[], bool]:
    def mark() -> bool:
        with hand.sender.write() as connection:
            now = channel.clock()
            return claims.mark(connection, message, now, lease_until=now + MARKED_LEASE)

    return mark


def _settle(
    channel: Channel,
    hand: _Hand,
    message: Claimed,
    outcome: Outcome,
    *,
    is_last: bool,
    everybody_waits: timedelta | None = None,
) -> None:
    """
    Record what became of a message, however long the database is away: nobody else knows it.

    Unless it *is_last*, the next one is claimed in the same transaction, if there is no trouble with it.
    Where *everybody_waits*, all others are tried no sooner than this one, nor before that time is over: else
    each of them would try the login that was refused, until the account is locked.
    """
    if outcome.state == "superseded":
        return
    if outcome.state == "unknown":
        hand.unanswered.add(message.id)

    def record(connection: Connection) -> None:
        until = _record(connection, message, outcome, channel.unknown_outcome, channel.clock())
        if everybody_waits is not None and until is not None:
            outbox.postpone(connection, max(until, channel.clock() + everybody_waits))

    if not is_last:
        try:
            with channel.database.write() as connection:
                record(connection)
                hand.reach(connection)
        except StoreError:
            hand.next = None  # whether anything of it was kept is not known
        else:
            return
    channel.database.write_at_last(record, should_stop=channel.should_stop)


def _record(
    connection: Connection,
    message: Claimed,
    outcome: Outcome,
    unknown_outcome: str,
    now: datetime,
    *,
    has_died: bool = False,
) -> datetime | None:
    """Record what is decided after an attempt; return when the message is next due, if it is."""
    is_final = outcome.state in FINAL
    decided = settlement(
        outcome.state, message.so_far, now=now, unknown_outcome=unknown_outcome,
        is_overtaken=not is_final and drafts.is_overtaken(connection, message.run_id), has_died=has_died,
    )  # fmt: skip
    claims.settle(connection, message, decided, reply=outcome.reply, now=now)
    return decided.next_attempt_at

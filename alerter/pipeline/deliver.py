"""From the outbox to the recipients: claim, talk, mark, dot, settle."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from alerter.domain.delivery import settlement
from alerter.errors import MailDeferredError, MailStoppedError
from alerter.mail.transport import Outcome, Transport
from alerter.store import outbox
from alerter.store.database import Database
from alerter.store.outbox import Claimed
from alerter.store.senders import Sender, fresh_token, is_alive, sending

PATIENCE = 3  # failures to reach the server in a row before a delivery gives up for now
LEASE = timedelta(minutes=15)  # longer than the longest wait for a reply (RFC 5321 4.5.3.2.6: 10 minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """
    What one delivery did: the outcomes in their order, and why it stopped early if it did.
    """

    outcomes: Sequence[str]
    stopped: str = ""


def deliver(
    database: Database,
    transport: Transport,
    *,
    unknown_outcome: str,
    clock: Callable[[], datetime],
    pace: Callable[[], None],
    should_stop: Callable[[], bool] = lambda: False,
) -> Delivered:
    """
    Send what is due, one message at a time: claim, talk, mark, dot, settle; *pace* waits before each.

    Between two messages *should_stop* is asked whether to leave the rest for another time.
    No transaction is open while talking to a server.
    """
    recover = partial(_recover, database, unknown_outcome, clock)
    recover()
    with sending(database) as sender:
        claims = _claims(database, sender, clock, should_stop, recover)
        marker = partial(_marker, database, sender, clock)
        return _send_all(
            database, transport, claims, marker, unknown_outcome=unknown_outcome, clock=clock, pace=pace
        )


def _send_all(
    database: Database,
    transport: Transport,
    claims: Iterator[Claimed],
    marker: Callable[[Claimed], Callable[[], bool]],
    *,
    unknown_outcome: str,
    clock: Callable[[], datetime],
    pace: Callable[[], None],
) -> Delivered:
    outcomes: list[str] = []
    failures = 0
    for message in claims:
        pace()
        try:
            outcome = transport.send(message, mark=marker(message))
            failures = 0
        except MailStoppedError as error:
            _settle(database, message, Outcome("deferred", str(error)), unknown_outcome, clock())
            return Delivered(outcomes=outcomes, stopped=str(error))
        except MailDeferredError as error:
            outcome = Outcome("deferred", str(error))
            failures += 1
        _settle(database, message, outcome, unknown_outcome, clock())
        outcomes.append(outcome.state)
        if failures == PATIENCE:
            return Delivered(outcomes=outcomes, stopped=outcome.reply)
    return Delivered(outcomes=outcomes)


def _recover(database: Database, unknown_outcome: str, clock: Callable[[], datetime]) -> int:
    """
    Take over what dead senders left: unmarked is certainly not delivered, marked is unknown.

    Return how many messages that were.
    """
    with database.write() as connection:
        now = clock()
        left = outbox.abandoned(connection, now, partial(is_alive, connection))
        for state, message in left:
            if state == "claimed":
                _put_back(connection, message, now)
            else:
                outcome = Outcome("unknown", "the sender died before the reply")
                _record(connection, message, outcome, unknown_outcome, now)
        return len(left)


def _put_back(connection: Connection, message: Claimed, now: datetime) -> None:
    """
    Let a message be sent by others, unless its sender proves to be alive and has marked it meanwhile.
    """
    outbox.settle(
        connection, message, state="queued", reply="", now=now, next_attempt_at=now, found=["claimed"]
    )


def _claims(
    database: Database,
    sender: Sender,
    clock: Callable[[], datetime],
    should_stop: Callable[[], bool],
    recover: Callable[[], int],
) -> Iterator[Claimed]:
    """
    Yield what is due, claimed, until there is no more or *should_stop* says so.

    At the end what other senders left is looked for once more: one may have died meanwhile.
    """
    while not should_stop():
        sender.hold_on()
        with database.write() as connection:
            now = clock()
            message = outbox.claim(connection, token=fresh_token(sender.id), now=now, lease_until=now + LEASE)
        if message is not None:
            yield message
        elif not recover():
            return


def _marker(
    database: Database, sender: Sender, clock: Callable[[], datetime], message: Claimed
) -> Callable[[], bool]:
    def mark() -> bool:
        sender.hold_on()
        with database.write() as connection:
            now = clock()
            return outbox.mark(connection, message, now, lease_until=now + LEASE)

    return mark


def _settle(
    database: Database, message: Claimed, outcome: Outcome, unknown_outcome: str, now: datetime
) -> None:
    if outcome.state == "superseded":
        return
    with database.write() as connection:
        _record(connection, message, outcome, unknown_outcome, now)


def _record(
    connection: Connection, message: Claimed, outcome: Outcome, unknown_outcome: str, now: datetime
) -> None:
    decided = settlement(
        outcome.state, attempts=message.attempts, was_resent=message.was_resent,
        prepared_at=message.prepared_at, now=now, unknown_outcome=unknown_outcome,
    )  # fmt: skip
    outbox.settle(
        connection, message, state=decided.state, reply=outcome.reply, now=now,
        next_attempt_at=decided.next_attempt_at, is_resend=decided.is_resend,
    )  # fmt: skip

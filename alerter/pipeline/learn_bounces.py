"""Learns which accepted messages came back: reports in a mailbox, and what GOV.UK Notify says of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from alerter.errors import MailError
from alerter.installation import wiring
from alerter.installation.installation import Installation
from alerter.mail.delivery_reports import read_bounces
from alerter.store import bounces
from alerter.store.bounces import Returned

ASKED_FOR = timedelta(days=7)
"""For so long after a message went it is asked whether it came back; Notify forgets after that."""

FAILED = ("permanent-failure", "temporary-failure", "technical-failure")


@dataclass(frozen=True, slots=True)
class CameBack:
    """The numbers of the *runs* of which something came back, and the *trouble* there was in asking."""

    runs: frozenset[int] = frozenset()
    trouble: str = ""


def learn_bounces(of: Installation) -> CameBack:
    """
    Record which messages came back since this was last asked.

    A mailbox that cannot be read keeps nobody's alert: the trouble is returned, and it is asked again.
    """
    try:
        returned = list(_returned(of))
    except MailError as error:
        return CameBack(trouble=str(error))
    if not returned:
        return CameBack()
    with of.database.write() as connection:
        runs = [bounces.record(connection, message, why, of.now()) for message, why in returned]
    return CameBack(frozenset(run for run in runs if run is not None))


def _returned(of: Installation) -> Iterator[tuple[Returned, str]]:
    """Give what came back: which message, and with which status."""
    email = of.settings.email
    inbox = wiring.inbox(email, of.now() - ASKED_FOR)
    if inbox is not None:
        for bounce in read_bounces(inbox.messages()):
            yield Returned(bounce.message_id, bounce.run, bounce.recipient), bounce.status
    if email.notify is not None and email.transport == "notify":
        yield from _returned_to_notify(of)


def _returned_to_notify(of: Installation) -> Iterator[tuple[Returned, str]]:
    notify = of.settings.email.notify
    with of.database.read() as connection:
        asked = bounces.sent_since(connection, of.now() - ASKED_FOR)
    if notify is None or not asked:
        return
    transport = wiring.notify_transport(notify)
    try:
        states = transport.states(asked).items()
        yield from ((Returned(message_id), state) for message_id, state in states if state in FAILED)
    finally:
        transport.close()

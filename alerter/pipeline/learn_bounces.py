"""Learns which accepted messages came back, and who is away: of a mailbox, and of GOV.UK Notify."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from alerter.domain.cover import is_covered
from alerter.domain.routing import covers_in
from alerter.errors import MailError
from alerter.installation import wiring
from alerter.installation.installation import Installation
from alerter.mail.absence_notes import AbsenceNote, read_absence
from alerter.mail.delivery_reports import Bounce, read_bounces
from alerter.store import absences, bounces, covers, syncs
from alerter.store.bounces import Returned

ASKED_FOR = timedelta(days=7)
"""For so long after a message went it is asked whether it came back; Notify forgets after that."""

FAILED = ("permanent-failure", "temporary-failure", "technical-failure")


@dataclass(frozen=True, slots=True)
class CameBack:
    """The numbers of the *runs* of which there is news, and the *trouble* there was in asking."""

    runs: frozenset[int] = frozenset()
    trouble: str = ""


def learn_bounces(of: Installation) -> CameBack:
    """
    Record which messages came back since this was last asked, and who is away with nobody to cover.

    A mailbox that cannot be read keeps nobody's alert: the trouble is returned, and it is asked again.
    """
    try:
        answers = list(_answers(of))
    except MailError as error:
        return CameBack(trouble=str(error))
    if not answers:
        return CameBack()
    with of.database.write() as connection:
        runs = [_recorded(connection, of, answer) for answer in answers]
    return CameBack(frozenset(run for run in runs if run is not None))


def _recorded(connection: Connection, of: Installation, answer: Bounce | AbsenceNote) -> int | None:
    """Record what is new to the admins in one answer to a message; return the run it is news of."""
    if isinstance(answer, AbsenceNote):
        return _recorded_absence(connection, of, answer)
    message = Returned(answer.message_id, answer.run, answer.recipient)
    return bounces.record(connection, message, answer.status, of.now())


def _recorded_absence(connection: Connection, of: Installation, note: AbsenceNote) -> int | None:
    message = Returned(note.message_id, note.run, note.sender)
    digest = absences.answered(connection, message, of.now() - ASKED_FOR)
    if digest is None:
        return None
    days = of.rules.calendar.working_days_between(of.today(), note.until)
    known = [*covers_in(syncs.directory_entries(connection)), *covers.standing(connection)]
    if is_covered(known, digest.recipient, days):
        return None
    return digest.run_id if absences.record(connection, digest, note.until, of.now()) else None


def _answers(of: Installation) -> Iterator[Bounce | AbsenceNote]:
    """Give what came back, and the automatic replies with the last day of an absence."""
    email = of.settings.email
    inbox = wiring.inbox(email, of.now() - ASKED_FOR)
    if inbox is not None:
        for raw in inbox.messages():
            yield from read_bounces([raw])
            if note := read_absence(raw, of.today()):
                yield note
    if email.notify is not None and email.transport == "notify":
        yield from _returned_to_notify(of)


def _returned_to_notify(of: Installation) -> Iterator[Bounce]:
    notify = of.settings.email.notify
    with of.database.read() as connection:
        asked = bounces.sent_since(connection, of.now() - ASKED_FOR)
    if notify is None or not asked:
        return
    transport = wiring.notify_transport(notify)
    try:
        states = transport.states(asked).items()
        yield from (Bounce(message_id, state, "") for message_id, state in states if state in FAILED)
    finally:
        transport.close()

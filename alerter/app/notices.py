"""Sends the admins one-off notices when the service cannot work."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from alerter.app.logs import Journal
from alerter.errors import MailError, StoreLostError
from alerter.installation.installation import Installation
from alerter.mail.short_letters import Notice, notices
from alerter.store.birth_note import note_of
from alerter.transports.transport import send_once

HEADLINE = "the database is not the one it was"
Done = TypeVar("Done")


class Notices:
    """
    What the admins are still to be told; each of them is told once, however often it is noticed.

    Nothing of it is kept: a program that is started anew notices, and tells, anew.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._noticed: set[str] = set()
        self._owed: list[Notice] = []
        self._settled: dict[str, set[str]] = {}

    def owe(self, notice: Notice) -> None:
        """Remember to tell the admins, unless they were or will be."""
        if notice.about not in self._noticed:
            self._noticed.add(notice.about)
            self._owed.append(notice)

    def send(self, installation: Installation) -> None:
        """Tell the admins what is owed to them; what cannot go now is tried again when next asked."""
        if not self._owed:
            return
        try:
            for notice in list(self._owed):
                self._send(notice, installation)
        except MailError as error:
            self._journal.warn("admins_not_told", fault=type(error).__name__, why=str(error))

    def _send(self, notice: Notice, installation: Installation) -> None:
        messages = notices(notice, installation.writer)
        has_it = self._settled.setdefault(notice.about, set())
        owed = [message for message in messages if message.recipient not in has_it]
        for message in send_once(installation.transport(), owed):
            has_it.add(message.recipient)
        if len(has_it) >= len(messages):
            self._owed.remove(notice)
            self._journal.note("admins_told", admins=len(messages))


def telling_if_lost(of: Installation, work: Callable[[], Done]) -> Done:
    """Do *work*; where it finds the database lost, the admins are told before that is raised."""
    try:
        return work()
    except StoreLostError as error:
        note = note_of(of.database)
        if note is not None and not note.is_told:
            note.write(note.installation, is_told=_tell(of, _notice(error, of, since=of.now())))
        raise


def owe_if_untold(error: StoreLostError, of: Installation, notices: Notices, *, since: datetime) -> None:
    """Have the service tell the admins of what was found lost at *since*, unless a command has."""
    note = note_of(of.database)
    if note is None or not note.is_told:
        notices.owe(_notice(error, of, since=since))


def _notice(error: StoreLostError, of: Installation, *, since: datetime) -> Notice:
    said = f"{error}\nNothing is prepared or sent until then; see docs/operations.md, Backup and restore."
    return Notice(
        about=f"the database is lost since {since.isoformat()}", headline=HEADLINE, said=said,
        noticed_at=of.now(),
    )  # fmt: skip


def _tell(of: Installation, notice: Notice) -> bool:
    """Write to each admin; say whether all of them have it."""
    messages = notices(notice, of.writer)
    try:
        return len(list(send_once(of.transport(), messages))) == len(messages)
    except MailError:
        return False

"""Tells the admins, by one email, that the database is not the one it was."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from alerter.app.notices import Notices
from alerter.errors import MailError, StoreLostError
from alerter.installation.installation import Installation
from alerter.mail.short_letters import SETTLED, Notice, letters
from alerter.store.birth_note import note_of

HEADLINE = "the database is not the one it was"
Done = TypeVar("Done")


def telling_if_lost(of: Installation, work: Callable[[], Done]) -> Done:
    """
    Do *work*; where it finds the database lost, the admins are told before that is raised.
    """
    try:
        return work()
    except StoreLostError as error:
        note = note_of(of.database)
        if note is not None and not note.is_told:
            note.write(note.installation, is_told=_tell(of, _notice(error, of, since=of.now())))
        raise


def owe_if_untold(error: StoreLostError, of: Installation, notices: Notices, *, since: datetime) -> None:
    """
    Have the service tell the admins of what was found lost at *since*, unless a command has.
    """
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
    """
    Write to each admin; say whether all of them have it.
    """
    transport = of.transport()
    try:
        outcomes = [
            transport.send(message, mark=lambda: True).state
            for message in letters(notice, of.press.stationery)
        ]
    except MailError:
        return False
    finally:
        transport.close()
    return all(state in SETTLED for state in outcomes)

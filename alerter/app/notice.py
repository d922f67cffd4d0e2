"""A word to the admins outside any run: what keeps the service from doing its work."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from alerter.app.logs import Journal
from alerter.errors import MailError
from alerter.installation.installation import Installation
from alerter.mail.message import Letterhead, Message, Rendered, build
from alerter.mail.press import Stationery

SETTLED = ("sent", "refused", "unknown")  # an unknown one may have arrived: nobody is told twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """
    What the admins must know: *about* tells two notices apart, so that each is given once.
    """

    about: str
    headline: str
    said: str
    noticed_at: datetime


class Notices:
    """
    What the admins are still to be told; each of them is told once, however often it is noticed.

    Nothing of it is kept: a program that is started anew notices, and tells, anew.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._noticed: set[str] = set()
        self._owed: list[Notice] = []
        self._told: set[tuple[str, str]] = set()

    def owe(self, notice: Notice) -> None:
        """
        Remember to tell the admins, unless they were or will be.
        """
        if notice.about not in self._noticed:
            self._noticed.add(notice.about)
            self._owed.append(notice)

    def send(self, installation: Installation) -> None:
        """
        Tell the admins what is owed to them; what cannot go now is tried again when next asked.
        """
        if not self._owed:
            return
        transport = installation.transport()
        try:
            for notice in list(self._owed):
                for message in letters(notice, installation.press.stationery):
                    if (notice.about, message.recipient) not in self._told:
                        outcome = transport.send(message, mark=lambda: True)
                        self._settle(notice, message, outcome.state)
                self._finish(notice, len(installation.press.stationery.admins))
        except MailError as error:
            self._journal.warn("admins_not_told", fault=type(error).__name__, why=str(error))
        finally:
            transport.close()

    def _settle(self, notice: Notice, message: Message, state: str) -> None:
        if state in SETTLED:
            self._told.add((notice.about, message.recipient))

    def _finish(self, notice: Notice, admins: int) -> None:
        if sum(about == notice.about for about, _ in self._told) >= admins:
            self._owed.remove(notice)
            self._journal.note("admins_told", admins=admins)


def letters(notice: Notice, stationery: Stationery) -> list[Message]:
    """
    Return *notice* as a message to each admin; the same one again has the same bytes.

    Raises:
        MailRefusedError: What was built does not read back as it was meant.
    """
    at = notice.noticed_at.astimezone(stationery.zone)
    lines = [f"{notice.headline}.", notice.said, f"Noticed on {at:%d %B %Y at %H:%M}; this is said once."]
    letterhead = Letterhead(
        sender=stationery.sender,
        installation=f"{notice.about} {at.isoformat()}",
        run=0,
        dated_at=at,
        kind="summary",
    )
    prefix = f"{stationery.subject_prefix.strip()} " if stationery.subject_prefix.strip() else ""
    rendered = Rendered(
        f"{prefix}Assessment alerts: {notice.headline}", "\n\n".join(lines) + "\n", _html(lines)
    )
    return [build(rendered, admin, letterhead) for admin in stationery.admins]


def _html(lines: list[str]) -> str:
    paragraphs = "\n".join(f"<p>{escape(line).replace(chr(10), '<br>')}</p>" for line in lines)
    return f'<!doctype html>\n<html lang="en-GB"><body>\n{paragraphs}\n</body></html>\n'

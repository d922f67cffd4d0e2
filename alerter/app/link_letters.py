"""Mails a new link to whoever asks for one and has a list: to the address itself, or to nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Self

from alerter.app.logs import Journal
from alerter.app.reassurances import own_list
from alerter.domain.message import Message
from alerter.domain.routing import Recipient
from alerter.domain.wording import counted
from alerter.errors import MailError
from alerter.installation.installation import Installation
from alerter.mail.links import Links
from alerter.mail.short_letters import LinkLine, ShortLetter, write_letter
from alerter.store import runs, trail
from alerter.store.database import installation_id
from alerter.store.trail import Entry

WITHIN = timedelta(hours=1)
MOST_WITHIN = 3  # links that one address can ask for


@dataclass(frozen=True, slots=True)
class LinkLetter:
    """A link that was asked for, ready to be sent."""

    email: str
    message: Message


def ask_link(installation: Installation, links: Links, email: str) -> LinkLetter | None:
    """
    Write down that *email* asked for a link; return the letter, or None where there is nothing to send.

    Nothing is sent to an address that has nothing to look at, or has asked three times within the
    hour. The work is the same in either case.

    Raises:
        StoreError: The database cannot be used.
    """
    now = installation.now()
    is_known = own_list(installation, email).is_anything
    with installation.database.write(is_note=True) as connection:
        trail.take_turns_as(connection, email)
        asked = trail.count_since(connection, email, "asked_link", now - WITHIN)
        number = trail.append(connection, Entry(at=now, actor=email, means="page", act="asked_link"))
        latest, database = runs.latest(connection), installation_id(connection)
        letter = _letter(
            installation,
            links.make(database, 0 if latest is None else latest.id, Recipient(email), now),
            Recipient(email),
            now,
            f"{database} link {number}",
        )
    return LinkLetter(email, letter) if is_known and asked < MOST_WITHIN else None


def send_link(installation: Installation, letter: LinkLetter) -> str:
    """
    Send a letter once, and write down what became of it; return that.

    It is not tried again: whoever does not get it asks once more, and nobody gets two for one.
    """
    transport = installation.transport()
    try:
        state = transport.send(letter.message, mark=lambda: True).state
    except MailError:
        state = "deferred"
    finally:
        transport.close()
    with installation.database.write(is_note=True) as connection:
        trail.append(
            connection,
            Entry(at=installation.now(), actor=letter.email, means="page", act="mailed_link", detail=state),
        )
    return state


def _letter(
    installation: Installation, link: str, recipient: Recipient, now: datetime, identity: str
) -> Message:
    writer, web = installation.writer, installation.settings.web
    days = counted(web.link_days if web else 0, "day")
    caution = f"It is yours alone, is good for {days}, and should not be passed on."
    letter = ShortLetter(
        subject="Assessments: your new link",
        paragraphs=[
            "You asked for a new link to your list of assessments.",
            LinkLine("Open your list", link),
            f"{caution} If you did not ask for it, tell {writer.contact}.",
        ],
        identity=identity,
        dated_at=now,
        kind="link",
    )
    return write_letter(letter, writer, recipient)


class Mailroom:
    """
    Sends one letter after the other in a thread of its own, until its `with` block ends.

    So every request for a link takes as long, whether one is sent or not.
    """

    def __init__(self, installation: Installation, journal: Journal) -> None:
        self._installation = installation
        self._journal = journal
        self._waiting: SimpleQueue[LinkLetter | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="mailroom", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.put(None)
        self._thread.join()

    def post(self, letter: LinkLetter) -> None:
        """Send *letter* as soon as those before it are out."""
        self._waiting.put(letter)

    def _work(self) -> None:
        while (letter := self._waiting.get()) is not None:
            try:
                self._journal.note("link_mailed", state=send_link(self._installation, letter))
            except Exception as error:  # noqa: BLE001 - one letter's fault must not keep the next ones in
                self._journal.warn("link_not_mailed", fault=type(error).__name__)

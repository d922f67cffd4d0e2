"""Has waiting digests written anew where they are no longer right, with the directory as it is now."""

from contextlib import suppress
from datetime import datetime, timedelta

from alerter.domain.routing import DirectoryEntry
from alerter.errors import DirectoryError, MailError, SourceError
from alerter.installation import wiring
from alerter.installation.installation import Installation
from alerter.mail.short_letters import Notice, notices
from alerter.pipeline.letters import Basis
from alerter.pipeline.notes import withdraw_stale
from alerter.pipeline.renew import renew
from alerter.store import drafts, syncs, trail
from alerter.store.database import take_turns
from alerter.store.trail import Entry
from alerter.transports.transport import send_once

EVERY = timedelta(minutes=1)
HEADLINE = "the directory cannot be read"


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

    def renew(self) -> None:
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
            syncs.replace_directory(connection, directory, now)
            basis = Basis(self._of.rules, self._of.writer, now)
            renew(connection, basis)
            withdraw_stale(connection, basis, self._of.today())


def directory_for_waiting(of: Installation) -> list[DirectoryEntry] | None:
    """
    Return the directory as it is now, or None where no digest waits for it.

    Raises:
        DirectoryError: Digests wait, and it cannot be read: who is to have them is not known. The admins
            have been told, once for what waits.
    """
    with of.database.read() as connection:
        waiting = [*drafts.waiting(connection), *drafts.waiting(connection, kind="note")]
    if not waiting:
        return None
    try:
        return wiring.directory(of.settings)
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
            message
            for message in notices(notice, of.writer)
            if not trail.count_since(connection, message.recipient, "told_directory", since)
        ]
    with suppress(MailError):  # the exit code says it too
        for message in send_once(of.transport(), messages):
            entry = Entry(at=of.now(), actor=message.recipient, means="command", act="told_directory")
            with of.database.write() as connection:
                trail.append(connection, entry)

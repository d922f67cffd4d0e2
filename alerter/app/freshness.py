"""Waiting digests looked at again before they go: is each still right, and still this person's?"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from alerter.app.installation import Installation
from alerter.domain.routing import DirectoryEntry
from alerter.errors import SourceError
from alerter.pipeline.renew import renew
from alerter.sources.directory import read_directory
from alerter.store import drafts, syncs
from alerter.store.database import take_turns

EVERY = timedelta(minutes=1)


class Freshness:
    """
    Has waiting digests written anew where they are no longer right, with the directory as it is now.

    With *is_fresh* they were prepared this moment. However often it is asked, it looks once a minute.
    """

    def __init__(self, of: Installation, *, is_fresh: bool = False) -> None:
        self._of = of
        self._looked_at: datetime | None = of.now() if is_fresh else None

    def is_due(self) -> bool:
        """
        Say whether the last look was a minute ago, or there was none.
        """
        return self._looked_at is None or abs(self._of.now() - self._looked_at) >= EVERY

    def look(self) -> None:
        """
        Look at what waits, if there is anything and the last look was a minute ago.

        A directory that cannot be read now leaves the one last read in force.

        Raises:
            PartitionError: The digests do not add up; nothing was written anew.
        """
        if not self.is_due():
            return
        self._looked_at = now = self._of.now()
        with self._of.database.read() as connection:
            if not drafts.waiting(connection):
                return
        directory = self._directory()
        with self._of.database.write() as connection:
            take_turns(connection, "sync")
            if directory is not None:
                syncs.replace_directory(connection, directory)
            renew(connection, self._of.rules, self._of.press, now)

    def _directory(self) -> Iterable[DirectoryEntry] | None:
        try:
            return read_directory(self._of.settings.directory.path)
        except SourceError:
            return None

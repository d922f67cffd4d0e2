"""Settings read again while the program runs: a broken edit keeps the last good ones."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from alerter.app.logs import Journal
from alerter.app.notices import Notices
from alerter.errors import AlerterError
from alerter.installation.installation import Installation
from alerter.mail.short_letters import Notice

Open = Callable[[Path], Installation]


class SettingsWatch:
    """Holds the installation made from the last good settings at *path*."""

    def __init__(self, path: Path, open_: Open, journal: Journal, notices: Notices) -> None:
        self._path = path
        self._open = open_
        self._journal = journal
        self._notices = notices
        self._content = _content(path)
        self._broken = ""
        self.installation = open_(path).make_ready()

    def look(self) -> None:
        """Read the settings again if the file holds anything else than it did."""
        content = _content(self._path)
        if content != self._content:
            self._content = content
            self.reread()

    def reread(self) -> None:
        """
        Read the settings again: the secrets that lie in other files may have changed alone.

        Where they cannot be used, the log says so and the admins are told, once for what stands there.
        """
        try:
            fresh = self._open(self._path).make_ready()
        except AlerterError as error:
            self._keep(error)
            return
        before = self.installation
        is_same_database = fresh.settings.database == before.settings.database
        if is_same_database:
            fresh.database.close()
            fresh = replace(fresh, database=before.database)
        else:
            before.database.close()
        self.installation = fresh
        if self._broken or fresh.settings.fingerprint != before.settings.fingerprint:
            self._journal.note("settings_read", settings=fresh.settings.fingerprint)
        self._broken = ""

    def _keep(self, error: AlerterError) -> None:
        about = sha256(f"{self._content!r} {error}".encode()).hexdigest()
        kept = self.installation.settings.fingerprint
        if about != self._broken:
            self._broken = about
            self._journal.warn("settings_broken", settings=kept, fault=type(error).__name__, why=str(error))
        self._notices.owe(
            Notice(
                about=about,
                headline="the settings cannot be used as they are now",
                said=f"The last good ones (fingerprint {kept}) stay in force until {self._path.name} is"
                f" mended; `alerter check` tries it.\nWhat is wrong:\n{error}",
                noticed_at=self.installation.now(),
            )
        )


def _content(path: Path) -> bytes | None:
    """Return what stands in the file; None where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None

"""One council's installation: its settings, the parts made from them, and its clock."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerter.config.file import load_settings
from alerter.config.settings import Settings
from alerter.domain.routing import matched
from alerter.domain.schedule import Timetable
from alerter.errors import ConfigError, SourceError
from alerter.installation import wiring
from alerter.installation.clock import now as real_now
from alerter.sources.extract import is_written_since
from alerter.store import migration, runs
from alerter.store.birth_note import file_of, is_there
from alerter.store.database import Database, belong_to, council_of, open_database

if TYPE_CHECKING:
    from alerter.domain.calendar import WorkingCalendar
    from alerter.domain.plan import Rules
    from alerter.mail.writer import Writer
    from alerter.transports.transport import Transport

LARGEST_ALWAYS_SEARCHED = 64 << 20
"""So many bytes are searched in a sixth of a second: 300,000 assessments, more than a council has."""
SEARCHED_EVERY = 4  # runs: once a month


@dataclass(frozen=True, kw_only=True)
class Installation:
    """One council's settings, and the parts made from them, which are made when they are first asked for."""

    settings: Settings
    database: Database
    zone: ZoneInfo
    clock: Callable[[ZoneInfo], datetime] = real_now
    on_rows: Callable[[int], None] = lambda _rows: None
    """Hears how many rows of a source have been read so far."""
    should_stop: Callable[[], bool] = lambda: False
    """Says between two messages whether to leave the rest."""

    @classmethod
    def open(cls, config: Path, environ: Mapping[str, str]) -> "Installation":
        """
        Open what the settings file at *config* is about; nothing is connected to yet.

        Raises:
            ConfigError: The settings cannot be used; all faults at once.
            StoreError: The database's URL or folder cannot be used.
        """
        settings = load_settings(config, environ)
        return cls(
            settings=settings,
            database=open_database(
                settings.database.url.get_secret_value(),
                allow_network_file=settings.database.allow_network_file,
                is_trial=wiring.is_trial(settings.email),
            ),
            zone=wiring.zone(settings),
        )

    @cached_property
    def calendar(self) -> "WorkingCalendar":
        """Return the council's working days."""
        return wiring.calendar(self.settings)

    @cached_property
    def rules(self) -> "Rules":
        """Return what a run is judged, routed and timed by."""
        return wiring.rules(self.settings, self.calendar)

    @cached_property
    def writer(self) -> "Writer":
        """
        Return the writer of emails.

        Raises:
            ConfigError: A template of the council's cannot be used: all faults at once.
        """
        return wiring.writer(self.settings)

    def make_ready(self) -> "Installation":
        """
        Make the rules and the writer now, so that what cannot be made is known before anything is done.

        Raises:
            ConfigError: One of them cannot be made.
        """
        _ = self.rules, self.writer
        return self

    def now(self) -> datetime:
        """Return this moment in the council's time zone."""
        return self.clock(self.zone)

    def today(self) -> date:
        """Return the council's today; never a UTC midnight's."""
        return self.now().date()

    def migrate(self, *, is_adopted: bool = False, is_searched: bool = True) -> bool:
        """
        Bring the database to the current schema; return whether anything had to be done.

        With *is_adopted* it belongs to these settings' council from now on. An embedded file is *searched*
        for damage first.

        Raises:
            ConfigError: It belongs to another council.
            StoreError: The database cannot be used, or is newer than this program.
        """
        is_changed = migration.migrate(self.database, self.now(), is_searched=is_searched)
        if is_adopted:
            with self.database.write() as connection:
                belong_to(connection, self.settings.council)
        self._require_council()
        migration.note_birth(self.database, is_adopted=is_adopted)
        return is_changed

    def ensure_schema(self, *, may_make: bool = False, is_searched: bool = False) -> None:
        """
        Make sure the schema is current: an embedded database is brought there, a server's is not touched.

        An embedded one that is not there is made only where that *may* be, and *searched* for damage where
        that is asked, or its last user was killed.

        Raises:
            ConfigError: The database belongs to another council.
            StoreLostError: There was an embedded one, and it is gone or another one now.
            StoreError: A server's schema is old; the text names the command.
        """
        if self.database.is_sqlite:
            if not may_make:
                migration.require_made(self.database)
            self.migrate(is_searched=is_searched)
        else:
            migration.require_current(self.database)
            self._require_council()

    def search_for_damage(self) -> None:
        """
        Search an embedded file for damage before anything is prepared; a large one before every fourth run.

        Between these a run rests on the pages that it reads, which SQLite looks at as it reads them: all that
        there is on a server, too.

        Raises:
            StoreError: It is damaged.
        """
        file = file_of(self.database)
        if file is None:
            return
        with self.database.read() as connection:
            last = runs.latest(connection)
            is_fourth = last is None or last.id % SEARCHED_EVERY == 0
            if is_fourth or file.stat().st_size <= LARGEST_ALWAYS_SEARCHED:
                migration.refuse_damaged(connection)

    def _require_council(self) -> None:
        """
        Refuse a database of another council; one that has met no settings yet is these settings' from now on.
        """
        ours = self.settings.council
        with self.database.read() as connection:
            council = council_of(connection)
        if council is None:
            with self.database.write() as connection:
                belong_to(connection, ours)
        elif matched(council) != matched(ours):
            said = f'council: the database belongs to "{council}" and these settings are for "{ours}"'
            mend = (
                "correct [database] url; if it is the same council by another name: alerter migrate --adopt"
            )
            raise ConfigError([f"{said}; {mend}."])

    @contextmanager
    def rehearse(self) -> Iterator[Connection]:
        """
        Open a transaction in which everything may be done, and nothing stays; no file is made for it.

        Raises:
            StoreLostError: There was an embedded one, and it is gone.
            StoreError: The database cannot be used.
        """
        migration.refuse_lost(self.database)
        if is_there(self.database):
            self.ensure_schema()
            with self.database.rehearse() as connection:
                yield connection
            return
        in_memory = open_database("sqlite://")
        migration.migrate(in_memory, self.now())
        with closing(in_memory), in_memory.rehearse() as connection:
            yield connection

    def has_other_extract(self, sha256: str, *, since: datetime) -> bool:
        """
        Say whether a file was written *since* then, and the extract is not the one of *sha256*.

        A query is not asked for this, and a file that cannot be opened is none.
        """
        of = self.settings.source
        if of.kind == "sql" or not is_written_since(of.path, since):
            return False
        try:
            return wiring.source(self.settings, self.rules, self.now()).extract.sha256 != sha256
        except SourceError:
            return False

    def transport(self) -> "Transport":
        """Return the configured way of sending; it connects when the first message goes."""
        return wiring.transport(self.settings)

    @property
    def heartbeat_url(self) -> str:
        """Return the address of the watcher outside, empty where there is none."""
        url = self.settings.schedule.heartbeat_url
        return "" if url is None else url.get_secret_value()

    def timetable(self, working: "WorkingCalendar | None" = None) -> Timetable:
        """Return the send dates with their time of day, by these *working* days where they are at hand."""
        schedule = wiring.schedule(self.settings, working or self.calendar)
        return Timetable(schedule, self.settings.schedule.time, self.zone)

"""What the store says about a week, read beside the program, and whether it adds up."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from alerter.store.database import Database, open_database
from alerter.store.migration import downgrade, schema_version
from alerter.store.schema import alerts, outbox, runs
from tests.world.council import Council

STAGES = ("overdue", "past_alert", "reassured", "approaching", "on_track")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The store of one council."""

    url: str

    @property
    def is_file(self) -> bool:
        """Say whether it is a SQLite file."""
        return self.url.startswith("sqlite")

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """Open the database, which does not wait for what is away."""
        database = open_database(self.url, patience_seconds=0)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Look into the store."""
        with self.opened() as database, database.read() as connection:
            yield connection

    def revision(self) -> str | None:
        """Return the revision of the schema."""
        with self.read() as connection:
            return schema_version(connection)

    def age(self, revision: str) -> None:
        """Take the schema back to an older *revision*."""
        with self.opened() as database:
            downgrade(database, revision)

    def runs(self) -> list[Any]:
        """Return the rows of the runs, in the order of their numbers."""
        with self.read() as connection:
            return list(connection.execute(select(runs).order_by(runs.c.id)))

    def messages(self, kind: str = "digest") -> list[Any]:
        """Return the rows of the outbox of one kind."""
        with self.read() as connection:
            return list(connection.execute(select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.id)))

    def states(self, kind: str = "digest") -> dict[str, str]:
        """Return how the last message to each recipient stands."""
        return {row.recipient: row.state for row in self.messages(kind)}

    def assert_sound(self) -> None:
        """
        Check that the file is whole, and each run's open assessments are each in one stage and told once.
        """
        with self.read() as connection:
            if connection.dialect.name == "sqlite":
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            for run in connection.execute(select(runs)).all():
                assert run.counts["open"] == sum(run.counts[stage] for stage in STAGES)
                told = select(func.count()).select_from(alerts).where(alerts.c.run_id == run.id)
                listed = run.counts["open"] - run.counts["on_track"]
                assert run.state == "held" or connection.execute(told).scalar_one() == listed


def ledger_of(council: Council) -> Ledger:
    """Return the ledger of a council, which its settings name."""
    settings = tomllib.loads((council.folder / "config.toml").read_text(encoding="utf-8"))
    url = str(settings["database"]["url"])
    file = url.removeprefix("sqlite:///")
    return Ledger(f"sqlite:///{Path(council.folder) / file}" if file != url else url)

"""What the store says about a week, read beside the program, and whether it adds up."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, func, select

from alerter.errors import StoreError
from alerter.store.database import Database, open_database
from alerter.store.migration import downgrade, schema_version
from alerter.store.schema import UNSETTLED_STATES, alerts, outbox, runs
from tests.world.council import Council

STAGES = ("overdue", "past_alert", "reassured", "approaching", "on_track")


class Ledger:
    """
    The store at *url*, opened for each look, or once for a `with` block; what is away is not waited for.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._kept: Database | None = None

    def __enter__(self) -> Self:
        self._kept = open_database(self.url, patience_seconds=0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._kept is not None
        self._kept.close()

    @property
    def is_file(self) -> bool:
        """Say whether it is a SQLite file."""
        return self.url.startswith("sqlite")

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """Give the database."""
        if self._kept is not None:
            yield self._kept
            return
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
        """Return the rows of the outbox of one kind, or all of them where none is named."""
        query = select(outbox).order_by(outbox.c.id)
        with self.read() as connection:
            return list(connection.execute(query.where(outbox.c.kind == kind) if kind else query))

    def states(self, kind: str = "digest") -> dict[str, str]:
        """Return how the last message to each recipient stands."""
        return {row.recipient: row.state for row in self.messages(kind)}

    def outcomes(self) -> dict[str, str]:
        """Return the state of each message by its Message-ID."""
        with self.read() as connection:
            rows = connection.execute(select(outbox.c.message_id, outbox.c.state)).all()
        return {row.message_id: row.state for row in rows}

    def unsettled(self) -> dict[str, str]:
        """Return the state of each message that is still owed."""
        return {each: state for each, state in self.outcomes().items() if state in UNSETTLED_STATES}

    def is_settled(self) -> bool:
        """Say whether nothing is owed."""
        return not self.unsettled()

    def is_delivered(self) -> bool:
        """Say whether there is a plan, and nothing of it is owed any more."""
        states = set(self.outcomes().values())
        return bool(states) and not states & set(UNSETTLED_STATES)

    def marked(self) -> set[str]:
        """Return the messages whose dot may have gone out, and whose outcome nobody has written down yet."""
        return {message_id for message_id, state in self.outcomes().items() if state == "marked"}

    def is_marked(self, message_id: str) -> bool | None:
        """Say whether a message has been marked; None while the database is away."""
        query = select(outbox.c.marked_at).where(outbox.c.message_id == message_id)
        try:
            with self.read() as connection:
                return connection.execute(query).scalar() is not None
        except StoreError:
            return None

    def listed(self) -> int:
        """Return how many alerts there are, over all runs."""
        with self.read() as connection:
            return int(connection.execute(select(func.count()).select_from(alerts)).scalar_one())

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

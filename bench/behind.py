"""
Whole commands behind ever more history, on SQLite and PostgreSQL: the weekly job, and `status` after it.

    python -m bench.behind [ROUNDS SIZE...]

The week is the same for each history: an extract of 2,000 open assessments, 300 of them listed, 120 digests
to a mail server. Every command is a process of its own, the histories in turns, the weekly job on a fresh
copy of its database. A longer history is one of more years.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from alerter.store.database import open_database
from bench import caseload, council, history, stores
from bench.commands import Command
from bench.mail_sink import MailSink
from bench.rounds import Contender, Rounds, processor_ratio, ratio, timed
from tests.world.postgres import PostgresServer

SIZES = (10_000, 1_000_000)
ROUNDS = 3
GOAL = 1.1
RUN, STATUS = "alerter run", "alerter status"
HEAD = """\
| behind | command | seconds | processor | ratio | processor's ratio | rounds | peak, MB | ratio | goal |
|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|"""


@dataclass(frozen=True, slots=True)
class History:
    """So many assessments in a database, which is copied to be worked on, and settings for it in a folder."""

    size: int
    folder: Path
    server: PostgresServer | None = None

    @property
    def name(self) -> str:
        """Return the name of the database that is kept."""
        return f"history_{self.size}"

    @property
    def url(self) -> str:
        """Return the URL of the database that is worked on."""
        if self.server is None:
            return "sqlite:///alerter.db"
        return self.server.url.set(database=f"{self.name}_now").render_as_string(hide_password=False)

    def make(self, port: int) -> None:
        """Make the history, and the folder of a council that has it."""
        self.folder.mkdir()
        caseload.settle(self.folder, 0, 0, port, url=self.url)
        caseload.write_extract(self.folder, history.open_rows())
        if self.server is None:
            kept = open_database(stores.sqlite_url(self.folder, self.name))
        else:
            kept = open_database(self.server.create(self.name))
        history.make_history(kept, self.size)
        kept.close()

    def ready(self, command: str) -> Command:
        """Return a command: the weekly job on a fresh copy, or `status` on what the job has left."""
        if command == STATUS:
            return Command(
                self.folder, ("-m", "alerter", "status"), may_end=(0, 1)
            )  # 1: the week is long past
        if self.server is None:
            caseload.put_store(self.folder, self.folder / f"{self.name}.db")
        else:
            self.server.create(f"{self.name}_now", template=self.name)
        return Command(self.folder, ("-m", "alerter", "run", "--as-of", council.AS_OF.isoformat()))

    def remove(self) -> None:
        """Remove its databases from the server."""
        if self.server is not None:
            for name in (self.name, f"{self.name}_now"):
                self.server.drop(name)


def contenders(histories: Sequence[History]) -> Iterator[tuple[str, Contender]]:
    """Yield each command behind each history, under the name of both."""
    for past in histories:
        for command in (RUN, STATUS):
            yield f"{past.size} {command}", partial(past.ready, command)


def measure(store: str, histories: Sequence[History], sink: MailSink, rounds: int) -> None:
    """Print the table of one database; stop when a run has not sent what the week holds."""

    def check(name: str) -> None:
        digests = len(sink.take()) - 1  # and the admins' summary
        if name.endswith(RUN) and digests != council.TEAMS:
            sys.exit(f"{store}, {name}: {digests} digests were sent.")

    for past in histories:
        past.make(sink.port)
    try:
        taken = timed(dict(contenders(histories)), rounds, check)
    finally:
        for past in histories:
            past.remove()
    print(f"\n{store}: {rounds} interleaved rounds; {history.OPEN:,} open, {council.TEAMS} digests\n\n{HEAD}")
    for command in (RUN, STATUS):
        for past in histories:
            print(_row(taken, past.size, histories[0].size, command))


def _row(taken: Rounds, size: int, first: int, command: str) -> str:
    name, to = f"{size} {command}", f"{first} {command}"
    seconds = median(cost.seconds for cost in taken[name])
    processor = median(cost.processor for cost in taken[name])
    peak, peak_of_first = (median(cost.peak_mb for cost in taken[who]) for who in (name, to))
    of_processor, rounds = processor_ratio(taken, name, to)
    cells = (
        f"{size:,}", command, f"{seconds:.2f}", f"{processor:.2f}", f"{ratio(taken, name, to)[0]:.2f}",
        f"{of_processor:.2f}", rounds, f"{peak:.0f}", f"{peak / peak_of_first:.2f}",
        f"{GOAL}" if size == SIZES[-1] else "",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def main(rounds: int = ROUNDS, *sizes: int) -> None:
    """Print a table for each database, every history as a multiple of the shortest."""
    chosen = sizes or SIZES
    with tempfile.TemporaryDirectory() as name, MailSink() as sink, stores.postgresql() as server:
        folder = Path(name)
        measure("SQLite", [History(size, folder / f"file_{size}") for size in chosen], sink, rounds)
        if server is None:
            print(f"\n{stores.NO_POSTGRESQL}.")
        else:
            on_server = [History(size, folder / f"server_{size}", server) for size in chosen]
            measure("PostgreSQL", on_server, sink, rounds)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

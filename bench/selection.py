"""
The weekly preparation behind ever more history, on SQLite and PostgreSQL; and the open assessments alone.

    python -m bench.selection [ROUNDS SIZE...]

Each measurement is a process of its own, the sizes in turns. A longer history is one of more years; the last
line has the largest but one in ten years, so that more was signed off this year, too.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import click
from sqlalchemy import Connection

from alerter.store import assessments
from alerter.store.database import open_database
from bench import council, stores
from bench.history import OPEN, make_history

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
TARGET = 1_000_000
BUSY_YEARS = 10
ROUNDS = 3
TIMES = 3  # in one process
NAMES = ("id", *assessments.ROW_FIELDS)
BY_HAND = f"SELECT {', '.join(NAMES)} FROM assessments WHERE ended_on IS NULL ORDER BY clock_on"  # noqa: S608 - ours
COVERED = ", ".join(("clock_on", *(name for name in NAMES if name != "clock_on")))
COVERING = f"CREATE INDEX by_hand ON assessments ({COVERED}) WHERE ended_on IS NULL"
DATES = tuple(place for place, name in enumerate(NAMES) if name.endswith(("_on", "_until")))


@dataclass(slots=True)
class History:
    """One history: its size, over how many years it is spread, where it is, and what was measured of it."""

    size: int
    years: float | None = None
    url: str = ""
    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)

    @property
    def database(self) -> str:
        """Return the name of its database."""
        return f"history_{self.size}" + (f"_in_{self.years:g}" if self.years else "")

    @property
    def name(self) -> str:
        """Return what it is called in the table."""
        return f"{self.size:,}" + (f" in {self.years:g} years" if self.years else "")

    @property
    def goal(self) -> str:
        """Return what is asked of it."""
        return "1.2; 1.1 and 150 MB" if self.size == TARGET and not self.years else ""

    def measure(self, times: int) -> None:
        """Prepare the week so many *times*, in a process of its own."""
        command = [sys.executable, "-m", "bench.weekly", self.url, str(times)]
        done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - ourselves
        said = json.loads(done.stdout)
        self.seconds.append(median(said["seconds"]))
        self.peaks.append(said["peak_mb"])


def main(rounds: int = ROUNDS, *sizes: int, times: int = TIMES) -> None:
    """
    Print a Markdown table for each database, every history as a multiple of the shortest.

    In each round a history is prepared so many *times* by one process.
    """
    chosen = sizes or SIZES
    with tempfile.TemporaryDirectory() as folder:
        histories = _histories(chosen)
        for each in histories:
            each.url = stores.sqlite_url(Path(folder), each.database)
        _measure("SQLite", rounds, times, histories)
    with stores.postgresql() as server:
        if server is None:
            click.echo(f"\n{stores.NO_POSTGRESQL}.")
            return
        histories = _histories(chosen)
        try:
            for each in histories:
                each.url = server.create(each.database)
            _measure("PostgreSQL", rounds, times, histories)
        finally:
            for each in histories:
                server.drop(each.database)


def by_hand(connection: Connection) -> list[tuple[Any, ...]]:
    """Return the open assessments as the driver gives them, with dates as dates: what anybody would write."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(BY_HAND)
        is_text = connection.dialect.name == "sqlite"
        return [_dated(row) for row in cursor.fetchall()] if is_text else list(cursor.fetchall())
    finally:
        cursor.close()


def times_by_hand(url: str, rounds: int) -> list[float]:
    """Return for each round how many times as long our open assessments take as the same rows by hand."""
    ratios = []
    with _opened(url) as database, database.rehearse() as connection:
        connection.exec_driver_sql(COVERING)
        for _ in range(rounds * TIMES):
            hand, listed = _timed(lambda: by_hand(connection))
            ours, found = _timed(lambda: assessments.open_on(connection, council.AS_OF))
            if len(listed) != len(found) or len(found) != OPEN:
                raise RuntimeError("the two do not find the same")
            ratios.append(ours / hand)
    return ratios


def _histories(sizes: Sequence[int]) -> list[History]:
    busy = TARGET if TARGET in sizes else max(sizes)
    return [*(History(size) for size in sizes), History(busy, BUSY_YEARS)]


def _measure(store: str, rounds: int, times: int, histories: list[History]) -> None:
    for each in histories:
        with _opened(each.url) as database:
            make_history(database, each.size, each.years)
    for _ in range(rounds):
        for each in histories:
            each.measure(times)
    busy = histories[-1]
    hand = times_by_hand(busy.url, rounds)
    click.echo(
        f"\n{store}: {rounds} rounds; {OPEN:,} open, {council.LISTED} listed, {council.TEAMS} digests\n\n"
        "| history | seconds | times the first | rounds' ratios | peak, MB | times the first | goals |\n"
        "|---|---:|---:|---|---:|---:|---|"
    )
    for each in histories:
        click.echo(_line(each, histories[0]))
    click.echo(
        f"\nThe {OPEN:,} open assessments as values, of {busy.name}: {median(hand):.1f} times the same rows "
        f"by hand from a covering partial index (rounds {min(hand):.1f} to {max(hand):.1f}; goal 2)."
    )


def _line(each: History, first: History) -> str:
    ratios = [one / other for one, other in zip(each.seconds, first.seconds, strict=True)]
    peak = median(each.peaks)
    cells = (
        each.name,
        f"{median(each.seconds):.2f}",
        f"{median(ratios):.2f}",
        f"{min(ratios):.2f} to {max(ratios):.2f}",
        f"{peak:.0f}",
        f"{peak / median(first.peaks):.2f}",
        each.goal,
    )
    return f"| {' | '.join(cells)} |"


@contextmanager
def _opened(url: str) -> Iterator[Any]:
    database = open_database(url)
    yield database
    database.close()


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    begin = perf_counter()
    answer = call()
    return perf_counter() - begin, answer


def _dated(row: tuple[Any, ...]) -> tuple[Any, ...]:
    cells = list(row)
    for place in DATES:
        if cells[place] is not None:
            cells[place] = date.fromisoformat(cells[place])
    return tuple(cells)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

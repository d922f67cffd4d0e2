"""
The way of an extract into the store, against the shortest way of the same columns into the same database.

    python -m bench.sync [ROWS [ROUNDS [ROWS_FOR_MEMORY]]]

That is `csv` and `executemany` on SQLite, `csv` and `COPY` on PostgreSQL (the server named by
ALERTER_TEST_DATABASE_URL, or a temporary one where it is installed); its table has the same primary key.
"""

import csv
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random

import psycopg
from sqlalchemy.engine import make_url

sys.path.insert(0, str(Path(__file__).parents[1]))

from alerter.store.database import open_database
from alerter.store.migration import migrate
from bench.reading import NOW, peak_of_child, read_extract
from bench.rounds import HEAD, Cost, cost_of, row
from tests.world.postgres import PostgresCluster, PostgresServer, debian_binaries

COLUMNS = ("assessment_id", "child_id", "started_on", "authorised_on", "team", "worker")
KEY = "PRIMARY KEY (assessment_id, child_id)"
LARGER = 10
NAME = f"alerter_bench_{os.getpid()}"
FIRST, AGAIN, CHANGED = "first sync", "the same bytes again", "one row changed"


@dataclass(frozen=True, slots=True)
class Contest:
    """
    One kind of database: its *name*, the *shortest* way's name and deed, and how a new one is made.

    *fresh* gives the URL of a database without tables, which is gone afterwards.
    """

    name: str
    shortest: str
    bare: Callable[[Path, str], None]
    fresh: Callable[[], AbstractContextManager[str]]


def write_extract(path: Path, rows: int) -> None:
    """Write an extract of *rows* assessments, one in twenty of them open."""
    rng = Random(81)  # noqa: S311 - the same rows for everyone, not a secret
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            start = date(2026, 11, 20) - timedelta(days=rng.randrange(700))
            end = "" if number % 20 == 0 else start + timedelta(days=rng.randrange(70))
            team, worker = rng.randrange(12), rng.randrange(150)
            writer.writerow((f"A-{number}", 50_000 + number, start, end, f"Team {team}", f"W. {worker}"))


def write_changed(extract: Path, changed: Path) -> None:
    """Write *extract* again with another worker in its last row."""
    *same, last = extract.read_text(encoding="utf-8").splitlines(keepends=True)
    changed.write_text("".join((*same, last.replace("W. ", "X. "))), encoding="utf-8")


def executemany(path: Path, url: str) -> None:
    """Do what is left on SQLite when nothing is checked: read the cells, insert the cells."""
    with sqlite3.connect(Path(str(make_url(url).database))) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"CREATE TABLE bare ({', '.join(COLUMNS)}, {KEY})")
        connection.executemany("INSERT INTO bare VALUES (?, ?, ?, ?, ?, ?)", _cells(path))
    connection.close()


def copy(path: Path, url: str) -> None:
    """Do the same on PostgreSQL, which has to be told that a blank is no date."""
    kinds = (f"{name} {'date' if name.endswith('_on') else 'varchar'}" for name in COLUMNS)
    with psycopg.connect(url.replace("+psycopg", "")) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({', '.join(kinds)}, {KEY})")
        with cursor.copy("COPY bare FROM STDIN") as rows:
            for cells in _cells(path):
                rows.write_row([cell or None for cell in cells])


def one_round(contest: Contest, extract: Path, changed: Path) -> dict[str, Cost]:
    """Return what the shortest way cost, a first sync, one of the same bytes, and one with a row changed."""
    with contest.fresh() as url:
        shortest = cost_of(partial(contest.bare, extract, url))
        database = open_database(url)
        migrate(database, NOW)
        files = {FIRST: extract, AGAIN: extract, CHANGED: changed}
        syncs = {name: cost_of(partial(read_extract, path, database)) for name, path in files.items()}
        database.close()
        return {contest.shortest: shortest, **syncs}


def contests() -> Iterator[Contest]:
    """Give the databases there are; while the last one is in use its server runs."""
    yield Contest("SQLite", "csv and raw executemany", executemany, _new_file)
    with _server() as server:
        if server is None:
            print("PostgreSQL is not installed: left out.\n")
        else:
            yield Contest("PostgreSQL", "csv and COPY", copy, lambda: _new_database(server))


def compare(contest: Contest, extract: Path, changed: Path, rounds: int) -> None:
    """Print the table of one database: medians, and each as a multiple of what it is measured against."""
    measured = [one_round(contest, extract, changed) for _ in range(rounds)]
    taken = {name: [costs[name] for costs in measured] for name in measured[0]}
    print(f"{contest.name}; the first sync against the shortest way, the others against the first sync\n")
    print(HEAD, row(taken, contest.shortest, contest.shortest), sep="\n")
    print(row(taken, FIRST, contest.shortest, "6 (better 4)"), row(taken, AGAIN, FIRST, "0.35"), sep="\n")
    print(row(taken, CHANGED, FIRST), end="\n\n")


def compare_memory(folder: Path, rows: int) -> None:
    """Print the peak of a process that reads *rows*, and of one that reads ten times as many."""
    peaks = []
    for count in (rows, rows * LARGER):
        write_extract(folder / "memory.csv", count)
        peaks.append(peak_of_child(folder / "memory.csv"))
    print("\n| rows | peak of the process, MB | ratio | goal |\n|---:|---:|---:|---:|")
    print(f"| {rows:,} | {peaks[0] / 1024:.0f} | 1.0 | |")
    print(f"| {rows * LARGER:,} | {peaks[1] / 1024:.0f} | {peaks[1] / peaks[0]:.2f} | 1.1 |")


def main(rows: int = 100_000, rounds: int = 5, rows_for_memory: int = 100_000) -> None:
    """Print a Markdown table for the time and one for the memory."""
    with tempfile.TemporaryDirectory() as name:
        extract, changed = Path(name) / "assessments.csv", Path(name) / "changed.csv"
        write_extract(extract, rows)
        write_changed(extract, changed)
        print(f"{rounds} rounds, {rows:,} rows; medians\n")
        for contest in contests():
            compare(contest, extract, changed, rounds)
        compare_memory(Path(name), rows_for_memory)


def _cells(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


@contextmanager
def _new_file() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'alerter.db'}"


@contextmanager
def _new_database(server: PostgresServer) -> Iterator[str]:
    yield server.create(NAME)
    server.drop(NAME)


@contextmanager
def _server() -> Iterator[PostgresServer | None]:
    binaries = debian_binaries()
    if url := os.environ.get("ALERTER_TEST_DATABASE_URL"):
        yield PostgresServer(make_url(url))
    elif binaries is None:
        yield None
    else:
        cluster = PostgresCluster(binaries)
        cluster.start()
        yield cluster.server
        cluster.remove()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

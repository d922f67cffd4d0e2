"""The way of an extract into the store, against `csv` and raw `sqlite3.executemany` of the same columns."""

import csv
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter

from alerter.domain.policy import Clock
from alerter.pipeline.sync import sync
from alerter.sources.source import open_source
from alerter.store.database import Database, open_database
from alerter.store.migration import migrate

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
COLUMNS = ("assessment_id", "child_id", "started_on", "authorised_on", "team", "worker")
CLOCKS = {"core": Clock(type="core", label="Core assessment", working_days=35, alert_after=25)}


def write_extract(path: Path, rows: int) -> None:
    """
    Write an extract of *rows* assessments, one in twenty of them open.
    """
    rng = Random(81)  # noqa: S311 - the same rows for everyone, not a secret
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            start = date(2026, 11, 20) - timedelta(days=rng.randrange(700))
            end = "" if number % 20 == 0 else start + timedelta(days=rng.randrange(70))
            team, worker = rng.randrange(12), rng.randrange(150)
            writer.writerow((f"A-{number}", 50_000 + number, start, end, f"Team {team}", f"W. {worker}"))


def raw(path: Path, folder: Path) -> None:
    """
    Do what is left when nothing is checked: read the cells, insert the cells.
    """
    with sqlite3.connect(folder / "raw.db") as connection, path.open(encoding="utf-8", newline="") as file:
        connection.execute("PRAGMA journal_mode=WAL")
        key = "PRIMARY KEY (assessment_id, child_id)"
        connection.execute(f"CREATE TABLE assessments ({', '.join(COLUMNS)}, {key})")
        reader = csv.reader(file)
        next(reader)
        connection.executemany("INSERT INTO assessments VALUES (?, ?, ?, ?, ?, ?)", reader)


def ours(path: Path, database: Database) -> None:
    """
    Read the extract into the store as every run does.
    """
    with database.write() as connection:
        sync(
            connection, open_source("csv", path, {}, CLOCKS), [], mapping="m", today=NOW.date(), now=NOW
        )  # fmt: skip


def seconds(timed: Callable[[], object]) -> float:
    """
    Return how long one call took.
    """
    begin = perf_counter()
    timed()
    return perf_counter() - begin


def one_round(path: Path) -> tuple[float, float, float]:
    """
    Return the seconds of the raw way, of the first sync, and of a second one of the same bytes.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = open_database(f"sqlite:///{folder / 'alerter.db'}")
        migrate(database, NOW)
        bare = seconds(lambda: raw(path, folder))
        first = seconds(lambda: ours(path, database))
        again = seconds(lambda: ours(path, database))
        database.close()
        return bare, first, again


def main(rows: int = 100_000, rounds: int = 5) -> None:
    """
    Print a Markdown table of medians, and each as a multiple of what it is measured against.
    """
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "assessments.csv"
        write_extract(path, rows)
        measured = [one_round(path) for _ in range(rounds)]
    bare, first, again = (statistics.median(column) for column in zip(*measured, strict=True))
    ratios = sorted(each[1] / each[0] for each in measured)
    print(f"{rounds} rounds, {rows:,} rows, SQLite; medians\n")
    print("| what | seconds | ratio | rounds' ratios | goal |")
    print("|---|---:|---:|---:|---:|")
    print(f"| csv and raw executemany | {bare:.2f} | 1.0 | | |")
    spread = f"{ratios[0]:.1f} to {ratios[-1]:.1f}"
    print(f"| first sync | {first:.2f} | {first / bare:.1f} | {spread} | 6 (better 4) |")
    print(f"| the same bytes again | {again:.3f} | {again / first:.2f} of the first | | 0.35 |")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

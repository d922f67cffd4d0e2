"""
One reading of an extract into the store, as every run does it, and the most memory it takes.

    python -m bench.reading EXTRACT FOLDER

reads into a new SQLite store and prints its own peak in KiB.
"""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from alerter.domain.policy import Clock
from alerter.pipeline.sync import Intake, read_in
from alerter.sources.source import open_source
from alerter.store.database import Database, open_database
from alerter.store.migration import migrate
from bench.memory import peak_kib

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
CLOCKS = {"core": Clock(type="core", label="Core assessment", working_days=35, alert_after=25)}
ROOT = Path(__file__).resolve().parents[1]


def peak_of_child(extract: Path) -> int:
    """Return the peak of a process of its own that reads *extract*, in KiB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.reading", str(extract), folder]
        return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)  # noqa: S603 - ours


def read_extract(extract: Path, database: Database) -> None:
    """Read *extract* into the store as every run does."""
    with database.write() as connection:
        source = open_source("csv", extract, {}, CLOCKS)
        read_in(connection, Intake(source=source, directory=[], mapping="m", now=NOW), NOW.date())


if __name__ == "__main__":
    store = open_database(f"sqlite:///{Path(sys.argv[2]) / 'alerter.db'}")
    migrate(store, NOW)
    read_extract(Path(sys.argv[1]), store)
    print(peak_kib())

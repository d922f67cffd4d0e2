"""`docs/fault-matrix.md`: what was broken, by which test, on which database, and what came of it."""

import platform
import re
import sqlite3
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.matrix import EXPECTED, TABLES, Fault
from tests.faults.roster import Entry, entries
from tests.world.postgres import debian_binaries

DOCUMENT = Path(__file__).parents[2] / "docs" / "fault-matrix.md"
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
NO_DATABASE = "-"
COLUMNS = "| # | what is broken | must end as | test | on | outcome |"


@dataclass(slots=True)
class Shown:
    """What the tests of one row came to: each outcome, the databases, and what was not shown, if anything."""

    outcomes: set[str] = field(default_factory=set)
    databases: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)

    def words(self) -> str:
        """Return the outcome in words."""
        missing = "; ".join(sorted(self.missing))
        if FAILED in self.outcomes:
            return "**failed**"
        if PASSED not in self.outcomes:
            return f"cannot run here: {missing}" if missing else "**not run**"
        return f"passed in part: {missing}" if missing else PASSED


def document(shown: Mapping[int, Shown]) -> str:
    """Return the whole document."""
    found = {entry.number: entry for entry in entries()}
    legend = [f"- **{letter}**: {words}" for letter, words in EXPECTED.items()]
    lines = ["# The fault matrix", "", _preface(), "", *legend]
    for table in TABLES:
        lines += ["", f"## {table.title}", "", COLUMNS, "|---|---|---|---|---|---|"]
        lines += [_row(fault, found.get(fault.number), shown.get(fault.number)) for fault in table.faults]
    return "\n".join([*lines, ""])


def _preface() -> str:
    return (
        "Written by `make faults`, which breaks each of these on purpose (`tests/faults/`). "
        f"Last written on {platform.system()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {_postgresql()}. What each row must end as:"
    )


def _postgresql() -> str:
    binaries = debian_binaries()
    if binaries is None:
        return "without a PostgreSQL of its own"
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - Debian's own
    version = re.search(r"\d+\.\d+", said.stdout)
    return f"PostgreSQL {version[0] if version else 'of an unknown version'}"


def _row(fault: Fault, entry: Entry | None, shown: Shown | None) -> str:
    test, databases, outcome = "none", NO_DATABASE, "**not shown**"
    if entry is not None and entry.reason:
        outcome = f"cannot run here: {entry.reason}"
    elif entry is not None:
        seen = shown or Shown()
        test, outcome = f"`{entry.name}`", seen.words()
        databases = ", ".join(sorted(seen.databases, reverse=True)) or NO_DATABASE
    return f"| {fault.number} | {fault.words} | {fault.expected} | {test} | {databases} | {outcome} |"

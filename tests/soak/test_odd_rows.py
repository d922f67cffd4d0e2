"""
Random rows with faults: no assessment with a child and a believable start is lost.

A row is drawn as what it means, and written with whatever a council might write instead. What must be open is
counted from the meanings alone: 2,000 rows in the suite, 100,000 under `make soak`.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from alerter.domain.policy import Clock
from alerter.pipeline.sync import Intake, read_in
from alerter.sources.source import open_source
from alerter.store import assessments, syncs
from alerter.store.database import Database, open_database
from alerter.store.migration import migrate
from tests.world.size import size

FILES, ROWS = size(2, 100), 1_000
AS_OF = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
CLOCKS = {
    "core": Clock(type="core", label="Core assessment", working_days=35, alert_after=25),
    "single": Clock(
        type="single", label="Single", working_days=45, alert_after=35, starts_from="referred_on"
    ),
}
ENDS = ("authorised_on", "cancelled_on", "closed_on")
DATES = ("started_on", "referred_on", *ENDS, "review_on", "worker_away_until", "submitted_on", "expected_on")
HEADINGS = ("assessment_id", "child_id", "type", *DATES, "manager_email", "audit_score", "team", "notes")
ODD = (
    "TBC", "after half-term", "31/02/2026", "see notes", "?", "#REF!", "01/13/2026x", "12/2026", "1899-05-04",
    "0026-10-12", "yes", "99/99/9999", "Q3", "x" * 200, "as agreed on 12/10/2026",
)  # fmt: skip
BLANK = ("", "", "", "NULL", "N/A", "-", "1900-01-01", "01/01/1900", "2300-01-01", "9999-12-31", "\u00a0")
WRITINGS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S", "%d-%b-%Y", "%d %B %Y", "%Y%m%d")
STRAY = (
    ("Total", "812"), ("(812 rows affected)",), ("-" * 40,), HEADINGS, ("Sub total", "", "", "", "", "North"),
    (), ("",) * len(HEADINGS), ("Run by: jsmith 30/11/2026 07:31",), ("#TYPE System.Data.DataRow",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """
    Cells as they are written, the identity they have if the row is believable, and how many values are not.
    """

    cells: tuple[str, ...]
    key: tuple[str, str] | None
    is_open: bool = False
    odd: int = 0


def written(random: Random, on: date | None) -> str:
    """Write a date, or that there is none."""
    return on.strftime(random.choice(WRITINGS)) if on else random.choice(BLANK)


def drawn(random: Random, number: int) -> Row:
    """Draw one row, of which each cell but those of the child, the type and the clock's start may be odd."""
    child, type_ = f"{500_000 + number}", random.choice(["core", "CORE", "Core assessment", "single"])
    start_name = "referred_on" if type_ == "single" else "started_on"
    start = AS_OF - timedelta(days=random.randrange(400))
    meant: dict[str, date | None] = dict.fromkeys(DATES)
    for end in random.sample(ENDS, random.choice([0, 0, 0, 1, 1, 2])):
        meant[end] = start + timedelta(days=random.choice([-40, -1, 0, 3, 30, 60, 500]))
    meant["review_on"] = start + timedelta(days=10)
    meant[start_name] = start
    cells = {name: written(random, on) for name, on in meant.items()}
    cells |= {
        "assessment_id": f"A-{number}",
        "child_id": child,
        "type": type_,
        "team": "North",
        "notes": "seen",
    }
    cells |= {"audit_score": random.choice(["", "82", "82%", "-"]), "manager_email": ""}
    odd = [
        name for name in (*DATES, "audit_score", "manager_email", "assessment_id") if random.random() < 0.08
    ]
    odd = [name for name in odd if name != start_name]
    for name in odd:
        meant[name] = None
        cells[name] = "1.07E+07" if name == "assessment_id" else random.choice(ODD)
    begun = max(on for on in (start, meant["started_on"]) if on is not None)
    is_open = not any(on is not None and begun <= on <= AS_OF for on in (meant[end] for end in ENDS))
    reference = f"{child}/{start.isoformat()}" if "assessment_id" in odd else f"A-{number}"
    return spoilt(
        random,
        Row(tuple(cells[name] for name in HEADINGS), (reference, child), is_open, len(odd)),
        start_name,
    )


def spoilt(random: Random, row: Row, start_name: str) -> Row:
    """Return *row*, or one in twelve as one that no one can believe."""
    cells = dict(zip(HEADINGS, row.cells, strict=True))
    match random.randrange(72):
        case 0:
            cells["child_id"] = random.choice(["", "NULL", "1.07E+07"])
        case 1:
            cells[start_name] = random.choice(["", "TBC", "31/12/1989", "1900-01-01"])
        case 2:
            cells["type"] = random.choice(["adult", "", "Carer"])
        case 3:
            return Row((*row.cells, ""), None)
        case 4:
            return Row((*row.cells[:-1], "Kim", " aged 7"), None)
        case 5:
            return Row(row.cells[: random.randrange(3, len(HEADINGS))], None)
        case _:
            return row
    return Row(tuple(cells.values()), None)


def write(path: Path, random: Random) -> tuple[list[Row], int]:
    """Write an extract at *path*; return its rows, and how many lines between them are no records."""
    rows = [drawn(random, number) for number in range(ROWS)]
    rows += random.sample(rows, ROWS // 50)
    lines = [row.cells for row in rows]
    stray = random.choices(STRAY, k=random.randrange(20))
    for line in stray:
        lines.insert(random.randrange(1, len(lines)), line)
    with path.open("w", encoding=random.choice(["utf-8", "utf-8-sig", "utf-16"]), newline="") as file:
        writer = csv.writer(file, delimiter=random.choice(",;\t|"))
        writer.writerows([HEADINGS, *lines])
    return rows, len(stray)


def database_in(folder: Path) -> Database:
    """Return a new store."""
    database = open_database(f"sqlite:///{folder / 'alerter.db'}")
    migrate(database, NOW)
    return database


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(FILES))
def test_no_believable_row_is_lost(tmp_path: Path, seed: int) -> None:
    """
    What is open in the store is what the meanings leave open; every row and every odd value is accounted for.
    """
    rows, stray = write(tmp_path / "x.csv", Random(f"odd rows {seed}"))  # noqa: S311 - the same each time
    database = database_in(tmp_path)
    with database.write() as connection:
        source = open_source("csv", tmp_path / "x.csv", {}, CLOCKS)
        read = read_in(connection, Intake(source=source, directory=[], mapping="m", now=NOW), AS_OF).sync
        found = {each.key for each in assessments.open_on(connection, AS_OF).values()}
        unreadable = len(syncs.unreadable_in(connection, read.id))
    database.close()
    believable = Counter(row for row in rows if row.key)
    assert {row.key for row in believable if row.is_open} == found
    assert read.stored == len(believable)
    assert read.collapsed == believable.total() - len(believable)
    assert (read.rejected, read.other_lines) == (len(rows) - believable.total(), stray)
    assert unreadable == sum(row.odd for row in rows if row.key)

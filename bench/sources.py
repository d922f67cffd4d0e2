"""
Compare reading a workbook, a CSV file and a census with the bare libraries, side by side in one process.

    python bench/sources.py [ROUNDS]

The rows are made up once. Rounds are interleaved, so that no contender profits from a
quiet minute. Before anything is timed, each has to give every row.
"""

import csv
import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from xml.etree.ElementTree import iterparse

from python_calamine import CalamineWorkbook

sys.path.insert(0, str(Path(__file__).parents[1]))

from alerter.domain.policy import Clock
from alerter.sources.columns import ASSESSMENT_COLUMNS
from alerter.sources.source import open_source
from tests.sources.workbooks import xlsx

CLOCKS = {"core": Clock(type="core", label="Core assessment", working_days=35, alert_after=25)}
FIRST = date(2025, 1, 6)


def made_up(count: int) -> list[list[object]]:
    """
    Return *count* rows with every column, the usual ones filled: ids, one of forty teams, dates of two years.
    """
    random = Random(20261123)  # noqa: S311 - the same rows for everyone, not a secret
    rows: list[list[object]] = [list(ASSESSMENT_COLUMNS)]
    for number in range(count):
        start = FIRST + timedelta(days=random.randrange(650))
        filled: dict[str, object] = {
            "assessment_id": f"A-{number}",
            "child_id": 100_000 + number,
            "type": "core",
            "team": f"Assessment team {number % 40}",
            "worker": f"Worker {number % 300}",
            "audit_score": number % 100,
            "started_on": start,
            "referred_on": start - timedelta(days=1),
            "authorised_on": start + timedelta(days=random.randrange(80)) if number % 10 else None,
            "review_on": start + timedelta(days=35),
        }
        rows.append([filled.get(name) for name in ASSESSMENT_COLUMNS])
    return rows


def write_csv(path: Path, rows: list[list[object]]) -> None:
    """Write *rows* as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def write_census(path: Path, count: int) -> None:
    """Write a census of *count* children with one assessment each."""
    child = (
        "<Child><ChildIdentifiers><LAchildID>{0}</LAchildID><UPN>x</UPN></ChildIdentifiers><CINdetails>"
        "<CINreferralDate>2026-10-01</CINreferralDate><Assessments><AssessmentActualStartDate>2026-10-05"
        "</AssessmentActualStartDate><FactorsIdentifiedAtAssessment><AssessmentFactors>2A</AssessmentFactors>"
        "</FactorsIdentifiedAtAssessment></Assessments></CINdetails></Child>\n"
    )
    with path.open("w", encoding="utf-8") as file:
        file.write("<Message><Children>")
        file.writelines(child.format(number) for number in range(count))
        file.write("</Children></Message>")


def bare_workbook(path: Path) -> int:
    """Take every row out of the workbook with python-calamine alone, from the name of the file."""
    return sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()) - 1


def bare_csv(path: Path) -> int:
    """Take every row out of the file with the standard library alone."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def bare_census(path: Path) -> int:
    """Take every assessment out of the census with the standard library's tree, piece by piece."""
    count = 0
    for _, element in iterparse(path):  # noqa: S314 - made here
        if element.tag == "Child":
            count += len(element.findall("CINdetails/Assessments"))
            element.clear()
    return count


def rows_of(kind: str, path: Path) -> int:
    """Open the file as a source and take its rows as they are, to its end: looked over, found, unchanged."""
    return sum(1 for _ in open_source(kind, path, {}, CLOCKS).table.read())


def values_of(kind: str, path: Path) -> int:
    """Open the file as a source and make an assessment of each row."""
    return sum(1 for _ in open_source(kind, path, {}, CLOCKS).rows())


def timed(contenders: dict[str, Callable[[], int]], rows: int, rounds: int) -> dict[str, float]:
    """Return the median seconds of each contender over *rounds*."""
    for name, run in contenders.items():
        if (count := run()) != rows:
            sys.exit(f"{name} gives {count} rows of {rows}.")
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            began = perf_counter()
            run()
            taken[name].append(perf_counter() - began)
    return {name: median(times) for name, times in taken.items()}


def main(rows: int = 20_000, rounds: int = 5) -> None:
    """
    Print a Markdown table: for each kind of file the milliseconds, and their ratio to the bare library's.
    """
    print(f"{rounds} interleaved rounds, {rows:,} rows; median ms per file\n")
    print("| file | who | median | times the library |")
    print("|---|---|---:|---:|")
    with TemporaryDirectory() as folder:
        for kind, (path, library, bare) in files(Path(folder), rows).items():
            taken = timed(
                {
                    library: partial(bare, path),
                    "alerter, rows": partial(rows_of, kind, path),
                    "alerter, assessments": partial(values_of, kind, path),
                },
                rows,
                rounds,
            )
            for name, seconds in taken.items():
                print(f"| {kind} | {name} | {seconds * 1000:,.0f} | {seconds / taken[library]:,.2f} |")


def files(folder: Path, rows: int) -> dict[str, tuple[Path, str, Callable[[Path], int]]]:
    """Write one file of each kind; return it with the bare library that reads it."""
    made = made_up(rows)
    book = xlsx(folder / "x.xlsx", {"Assessments": made})
    table, census = folder / "x.csv", folder / "x.xml"
    write_csv(table, made)
    write_census(census, rows)
    return {
        "workbook": (book, "python-calamine", bare_workbook),
        "csv": (table, "csv", bare_csv),
        "cin-census": (census, "ElementTree", bare_census),
    }


if __name__ == "__main__":
    main(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else 7)

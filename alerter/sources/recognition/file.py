"""Opens an extract of which nothing is known: its kind, sheet, heading line, delimiter and encoding."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alerter.errors import UnrecognisedError
from alerter.sources.annex_a.headings import wanted_of_list_4
from alerter.sources.annex_a.joined import open_annex_a
from alerter.sources.census import open_census
from alerter.sources.columns import HEADING_ROWS
from alerter.sources.csv_file import open_csv
from alerter.sources.extract import choose_file, opening
from alerter.sources.recognition.headings import AllColumns
from alerter.sources.table import Table
from alerter.sources.workbook.book import COMPOUND_START, WORKBOOK_SUFFIXES, ZIP_START, open_book
from alerter.sources.workbook.sheet_table import listed, open_workbook

START = 512
_MARKS = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """
    An extract as it was recognised.

    *columns* are by canonical name where the kind itself tells them (Annex A, census), else there are none.
    Only a workbook with several sheets has a *sheet* to be named.
    """

    kind: str
    table: Table
    sheet: str = ""
    columns: Mapping[str, int] | None = None


def open_unknown(path: Path, headings: AllColumns | None = None) -> OpenedFile:
    """
    Open the extract that *path* stands for, whatever kind it is.

    Raises:
        SourceError: It cannot be opened or read.
        UnrecognisedError: It can, but no heading line is in it, or several sheets could be the one.
    """
    headings = headings or AllColumns()
    file = choose_file(path)
    with opening(file), file.open("rb") as opened:
        start = opened.read(START)
    if start.startswith((ZIP_START, COMPOUND_START)) or file.suffix.lower() in WORKBOOK_SUFFIXES:
        return _workbook(file, headings)
    if start.lstrip(_MARKS).startswith(b"<"):
        table = open_census(file)
        return OpenedFile("cin-census", table, columns=table.columns.indexes)
    table = open_csv(file, headings)
    _check(table, headings)
    return _annex_a(file) if _is_list_4(table.columns.headings) else OpenedFile("csv", table)


def _workbook(file: Path, headings: AllColumns) -> OpenedFile:
    ranks: dict[str, tuple[int, int]] = {}
    with open_book(file) as book:
        for sheet in book.sheets():
            head = sheet.head()
            if any(map(_is_list_4, head)):
                return _annex_a(file)
            if (index := headings.heading_row(head)) is not None:
                ranks[sheet.name] = headings.rank(head[index])
    best = max(ranks.values(), default=(0, 0))
    likest = [name for name, rank in ranks.items() if rank[0] == best[0]]
    if len(ranks) > 1 and len(likest) > 1:
        likest = [name for name, rank in ranks.items() if rank == best]
        if best[0] or len(likest) > 1:
            raise UnrecognisedError(
                f"{file.name}: each of the sheets {listed(likest)} could hold the assessments: "
                "save the right one as a workbook of its own."
            )
    if not likest:
        raise _no_headings(file.name)
    table = open_workbook(file, headings, likest[0])
    _check(table, headings)
    return OpenedFile("workbook", table, sheet=likest[0] if len(ranks) > 1 else "")


def _annex_a(file: Path) -> OpenedFile:
    table = open_annex_a(file, {}, {})
    return OpenedFile("annex-a", table, columns=table.columns.indexes)


def _is_list_4(row: object) -> bool:
    return isinstance(row, list | tuple) and wanted_of_list_4({}).is_heading(row)


def _check(table: Table, headings: AllColumns) -> None:
    if not headings.is_heading(table.columns.headings):
        raise _no_headings(table.extract.name)


def _no_headings(name: str) -> UnrecognisedError:
    return UnrecognisedError(
        f"{name}: no heading line in the first {HEADING_ROWS} rows: export it again with one."
    )

"""Finds the lists of one Annex A: sheets of a workbook, or CSV files of a folder."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from alerter.errors import SourceError
from alerter.sources.annex_a.headings import wanted_of_list_3, wanted_of_list_6
from alerter.sources.columns import WantedColumns
from alerter.sources.csv_file import CSV_SUFFIXES, open_csv
from alerter.sources.extract import Extract, FileStamp, choose_file, fingerprint, opening
from alerter.sources.table import Table
from alerter.sources.workbook.book import WORKBOOK_SUFFIXES, open_book
from alerter.sources.workbook.sheet_table import (
    SheetTable,
    listed,
    matching_sheets,
    named_sheet,
    only_sheet,
)

REFERRALS, ASSESSMENTS, CONFERENCES, CHILDREN_IN_NEED = 3, 4, 5, 6
"""Ofsted's numbers of the lists."""
_NUMBER = re.compile(r"list[ _-]*(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lists:
    """
    The lists in use: the *own* one whose rows are read, and Lists 3 and 6 where there is one of each.

    *number* is that of the own one, 4 or 5. *stamps* are of the files they come from, taken before the first
    byte was read.
    """

    number: int
    extract: Extract
    own: SheetTable | Table
    referrals: SheetTable | Table | None
    children_in_need: SheetTable | Table | None
    stamps: Mapping[Path, FileStamp]


def find_lists(path: Path, wanted: WantedColumns, sheet: str, number: int) -> Lists:
    """
    Return the lists in the workbook, the CSV file or the folder that *path* stands for.

    In a folder the newest workbook counts; where there is none, the newest CSV file of each list,
    by the number in its name ("Ofsted List 4 - Assessments.csv").

    Raises:
        SourceError: Nothing fits, a file cannot be read, or the list of this *number* is missing or twice.
    """
    if path.is_dir():
        with opening(path):
            files = [file for file in path.iterdir() if not file.name.startswith((".", "~$"))]
        suffixes = {file.suffix.lower() for file in files}
        if suffixes.isdisjoint(WORKBOOK_SUFFIXES):
            return _of_csv_files(_newest_by_number(path, number), wanted, number)
    file = choose_file(path, WORKBOOK_SUFFIXES)
    if file.suffix.lower() in CSV_SUFFIXES:
        return _of_csv_files({number: file}, wanted, number)
    return _of_workbook(file, wanted, sheet, number)


def _of_workbook(path: Path, wanted: WantedColumns, sheet: str, number: int) -> Lists:
    stamp = FileStamp.of(path)
    sha256 = fingerprint(path)
    with open_book(path) as book:
        owns, threes, sixes = matching_sheets(book, [wanted, wanted_of_list_3(), wanted_of_list_6()])
        own = named_sheet(book, wanted, sheet) if sheet else only_sheet(book, wanted, owns)
    notes = [f'List {number} from the sheet "{own.sheet.name}"', *_doubled(REFERRALS, threes)]
    extract = Extract(
        name=path.name,
        sha256=sha256,
        extracted_at=stamp.written_at,
        size=stamp.size,
        notes=(*notes, *_doubled(CHILDREN_IN_NEED, sixes)),
        headings=own.columns.headings,
    )
    return Lists(number, extract, own, _single(threes), _single(sixes), {path: stamp})


def _of_csv_files(files: Mapping[int, Path], wanted: WantedColumns, own: int) -> Lists:
    """Return the lists in *files*, by number. The extract is the *own* list's, but for its fingerprint."""
    stamps = {path: FileStamp.of(path) for path in files.values()}
    others = {REFERRALS: wanted_of_list_3(), CHILDREN_IN_NEED: wanted_of_list_6()}
    tables = {
        number: open_csv(files[number], columns)
        for number, columns in ({own: wanted} | others).items()
        if number in files
    }
    together = "".join(table.extract.sha256 for table in tables.values())
    extract = replace(tables[own].extract, sha256=hashlib.sha256(together.encode()).hexdigest())
    others_read = (tables.get(REFERRALS), tables.get(CHILDREN_IN_NEED))
    return Lists(own, extract, tables[own], *others_read, stamps)


def _newest_by_number(folder: Path, own: int) -> dict[int, Path]:
    """Return the newest CSV file of each list in *folder*, by the list's number."""
    by_number: dict[int, Path] = {}
    with opening(folder):
        files = [file for file in folder.iterdir() if file.suffix.lower() in CSV_SUFFIXES and file.is_file()]
        for file in sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name)):
            if match := _NUMBER.search(file.stem):
                by_number[int(match[1])] = file
    if own not in by_number:
        raise SourceError(
            f"neither a workbook nor a CSV file with List {own} in its name was found in {folder} "
            "(a folder): put the Annex A there, or correct the path."
        )
    return by_number


def _single(tables: Sequence[SheetTable]) -> SheetTable | None:
    return tables[0] if len(tables) == 1 else None


def _doubled(number: int, tables: Sequence[SheetTable]) -> list[str]:
    if not tables or _single(tables):
        return []
    names = listed(table.sheet.name for table in tables)
    return [f"List {number} not used, because more than one sheet could be it: {names}"]

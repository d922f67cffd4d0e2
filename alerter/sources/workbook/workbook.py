"""Any workbook with one row per assessment: .xlsx, .xls and .ods."""

from pathlib import Path

from alerter.sources.columns import WantedColumns
from alerter.sources.extract import Extract, FileStamp, fingerprint
from alerter.sources.table import Rows, Table
from alerter.sources.workbook.book import open_book
from alerter.sources.workbook.sheet_table import find_sheet


def open_workbook(path: Path, wanted: WantedColumns, sheet: str = "") -> Table:
    """
    Return the table in the workbook at *path*: on the sheet so called, or on the only one with the headings.

    The sheet is read into memory at once; its lines are the sheet's row numbers.

    Raises:
        SourceError: The workbook cannot be read; or no sheet, or more than one, has the headings;
            or a formula has no stored result. Reading the rows raises it when the file has changed
            meanwhile.
    """
    stamp = FileStamp.of(path)
    sha256 = fingerprint(path)
    with open_book(path) as book:
        found = find_sheet(book, wanted, sheet)

    def read() -> Rows:
        yield from found.read()
        stamp.check_unchanged(path)

    extract = Extract(
        name=path.name,
        sha256=sha256,
        extracted_at=stamp.written_at,
        size=stamp.size,
        notes=(f'read from the sheet "{found.sheet.name}"',),
        headings=found.columns.headings,
    )
    return Table(extract, found.columns, read)

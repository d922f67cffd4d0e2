"""Turns a workbook into a table: the one sheet with the headings, its cells as they were meant."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerter.errors import SourceError
from alerter.sources.columns import (
    DATE_COLUMNS,
    HEADING_ROWS,
    Headings,
    Located,
    below,
    normalised,
)
from alerter.sources.extract import Extract, FileStamp, fingerprint
from alerter.sources.slipped import Cells
from alerter.sources.table import DateColumns, Rows, Table
from alerter.sources.workbook.book import Book, Sheet, open_book
from alerter.sources.workbook.meanings import Suspect, meanings_of

MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A sheet in which the wanted columns were found, with *heading_index* rows above the headings."""

    sheet: Sheet
    columns: Located
    heading_index: int
    is_1904: bool

    def read(self) -> Iterator[tuple[int, Cells]]:
        """
        Give each row below the headings, with its number in the sheet.

        Raises:
            SourceError: At its end, of a column of dates in which day and month were swapped.
        """
        known = DateColumns(self.columns, self._rows)
        names = [name for name in DATE_COLUMNS if name in self.columns.indexes]
        suspects = [Suspect(self.columns.indexes[name], known[name]) for name in names]
        for line, cells in self._rows():
            if suspects:
                suspects = [suspect for suspect in suspects if not suspect.is_cleared_by(cells)]
            yield line, cells
        for suspect in suspects:
            suspect.check(self.sheet.where)

    def _rows(self) -> Iterator[tuple[int, Cells]]:
        meanings = meanings_of(self.sheet, self.columns, self.heading_index, is_1904=self.is_1904)
        for index, cells in enumerate(self.sheet.rows()):
            if index > self.heading_index:
                for column, meaning in meanings:
                    cells[column] = meaning(index, cells[column])
                yield index + 1, cells


def find_sheet(book: Book, wanted: Headings, sheet_name: str = "") -> SheetTable:
    """
    Return the sheet called *sheet_name*, or without one the only sheet with the required headings.

    Raises:
        SourceError: There is no such sheet, or none or several have the headings, or it lacks a
            column, or it has a formula without a result in one.
    """
    if sheet_name:
        return named_sheet(book, wanted, sheet_name)
    (tables,) = matching_sheets(book, [wanted])
    return only_sheet(book, wanted, tables)


def matching_sheets(book: Book, wanted: Sequence[Headings]) -> list[list[SheetTable]]:
    """
    Return, for each of *wanted*, every sheet that has its required headings.

    Raises:
        SourceError: A sheet that has them cannot be read, or has one of them twice, or a formula
            without a result under one.
    """
    tables_of_each: list[list[SheetTable]] = [[] for _ in wanted]
    for sheet in book.sheets():
        head = sheet.head()
        for columns, tables in zip(wanted, tables_of_each, strict=True):
            index = columns.heading_row(head)
            if index is not None and columns.is_heading(head[index]):
                tables.append(_located(book, sheet, index, head[index], columns))
    return tables_of_each


def only_sheet(book: Book, wanted: Headings, tables: Sequence[SheetTable]) -> SheetTable:
    """
    Return the one sheet among those *tables*.

    Raises:
        SourceError: There is none, or more than one.
    """
    if len(tables) == 1:
        return tables[0]
    if tables:
        raise SourceError(
            f"{book.file_name}: the sheets {listed(table.sheet.name for table in tables)} all have the "
            "headings wanted; name one of them as source.sheet."
        )
    nearest = max(book.sheets(), key=lambda sheet: _rank(sheet, wanted))
    try:
        return _as_it_is(book, nearest, wanted)
    except SourceError as fault:
        if len(book.names) == 1:
            raise
        others = f" If it is another of its sheets, name it as source.sheet: {listed(book.names)}."
        raise SourceError(f"{fault}{others}") from None


def _rank(sheet: Sheet, wanted: Headings) -> tuple[int, int]:
    head = sheet.head()
    index = wanted.heading_row(head)
    return (-1, -1) if index is None else wanted.rank(head[index])


def named_sheet(book: Book, wanted: Headings, sheet_name: str) -> SheetTable:
    """
    Return the sheet called *sheet_name*, whatever else the workbook has.

    Raises:
        SourceError: There is no such sheet, or it lacks a column.
    """
    key = normalised(sheet_name)
    for sheet in book.sheets():
        if normalised(sheet.name) == key:
            return _as_it_is(book, sheet, wanted)
    raise SourceError(
        f'{book.file_name} has no sheet "{sheet_name}"; its sheets are {listed(book.names)}: '
        "correct source.sheet."
    )


def listed(names: Iterable[str]) -> str:
    """Return the names of sheets for a sentence."""
    known = list(names)
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return ", ".join(f'"{name}"' for name in known[:MOST_NAMED]) + more


def _as_it_is(book: Book, sheet: Sheet, wanted: Headings) -> SheetTable:
    """Return the *sheet* that must be the one, so that a missing column is named."""
    head = sheet.head()
    index = wanted.heading_row(head)
    if index is None:
        raise SourceError(
            f"{sheet.where} has no heading line in its first {HEADING_ROWS} rows: export it again."
        )
    return _located(book, sheet, index, head[index], wanted)


def _located(book: Book, sheet: Sheet, index: int, headings: Cells, wanted: Headings) -> SheetTable:
    columns = wanted.locate(headings, sheet.where, f"row {index + 1}")
    table = SheetTable(sheet, columns, index, book.is_1904)
    if wanted.needs_results:
        _check_results(table)
    return table


def _check_results(table: SheetTable) -> None:
    for name, column in table.columns.indexes.items():
        row = table.sheet.flaws.unvalued.get(column, -1)
        if row > table.heading_index:
            raise SourceError(
                f"{table.sheet.where}, row {row + 1}: a formula under "
                f'"{table.columns.heading_of(name)}" has no stored result; '
                "open the workbook in Excel and save it, then run again."
            )


def open_workbook(path: Path, wanted: Headings, sheet: str = "") -> Table:
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
        table = find_sheet(book, wanted, sheet)

    def read() -> Rows:
        yield from table.read()
        stamp.check_unchanged(path)

    extract = Extract(
        name=path.name,
        sha256=sha256,
        extracted_at=stamp.written_at,
        size=stamp.size,
        notes=(f'read from the sheet "{table.sheet.name}"{below(table.heading_index + 1)}',),
        headings=table.columns.headings,
    )
    return Table(extract, table.columns, read)

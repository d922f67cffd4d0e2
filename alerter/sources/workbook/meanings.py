"""Corrects cells that calamine gives otherwise than a person sees them, and refuses swapped dates."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from alerter.errors import SourceError
from alerter.sources.columns import DATE_COLUMNS, Located
from alerter.sources.dates import (
    EXCEL_EPOCH,
    FIRST_SERIAL,
    LAST_SERIAL,
    DateColumn,
    MonthFirstError,
    UnreadableDateError,
)
from alerter.sources.score import percent
from alerter.sources.slipped import Cells
from alerter.sources.workbook.book import Sheet, Value
from alerter.sources.workbook.survey import Area

DAYS_TO_1904 = (date(1904, 1, 1) - EXCEL_EPOCH).days
SCORE = "audit_score"
MONTHS = 12
ENOUGH_SWAPPED = 3
"""So many of each are no chance any more."""

Meaning = Callable[[int, Value], Value]
"""From the number of a row, the first being 0, and its cell to what the cell means."""


def meanings_of(
    sheet: Sheet, columns: Located, heading_index: int, *, is_1904: bool
) -> list[tuple[int, Meaning]]:
    """Return the wanted columns in which some cell means something else than it holds, with its meaning."""
    return [
        (column, meaning)
        for name, column in columns.indexes.items()
        for meaning in _of_column(sheet, name, column, heading_index, is_1904=is_1904)
    ]


def _of_column(
    sheet: Sheet, name: str, column: int, heading_index: int, *, is_1904: bool
) -> Iterator[Meaning]:
    is_date = name in DATE_COLUMNS
    if is_date and is_1904:
        yield lambda _, cell: _from_1904(cell)
    if is_date and (errors := sheet.flaws.errors.get(column)):
        yield errors.get
    if noughts := _rows(sheet.flaws.noughts, column, sheet.last_row):
        yield lambda row, cell: "" if row in noughts else cell
    if name == SCORE and (percents := _rows(sheet.flaws.percents, column, sheet.last_row)):
        yield lambda row, cell: _as_percent(cell) if row in percents else cell
    merged = [area for area in sheet.merged() if area.left == column and area.top > heading_index]
    if tops := _tops(merged, sheet.last_row):
        yield _Merged(tops)


class _Merged:
    """Gives the cell at the top of merged ones for each row they span."""

    def __init__(self, tops: dict[int, int]) -> None:
        self._tops = tops
        self._row = -1
        self._cell: Value = ""

    def __call__(self, row: int, cell: Value) -> Value:
        """Return what the *cell* in *row* shows; a row above it was blank if it was not asked for."""
        top = self._tops.get(row)
        if top is None:
            self._row, self._cell = row, cell
            return cell
        return self._cell if top == self._row else ""


def _rows(areas: Iterable[Area], column: int, last_row: int) -> frozenset[int]:
    """Return the rows in which one of the *areas* covers *column*."""
    return frozenset(
        row
        for area in areas
        if area.left <= column <= area.right
        for row in range(area.top, min(area.bottom, last_row) + 1)
    )


def _tops(merged: Iterable[Area], last_row: int) -> dict[int, int]:
    """Return the top row for each row below it that the *merged* cells of one column span, each row once."""
    tops: dict[int, int] = {}
    done = -1
    for area in sorted(merged, key=lambda area: area.top):
        bottom = min(area.bottom, last_row)
        tops |= dict.fromkeys(range(max(area.top, done) + 1, bottom + 1), area.top)
        done = max(done, bottom)
    return tops


def _as_percent(cell: Value) -> Value:
    return percent(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else cell


def _from_1904(cell: Value) -> Value:
    """Return the number of a day counted from 1904 as one counted from 1900."""
    if not isinstance(cell, int | float) or isinstance(cell, bool):
        return cell
    serial = cell + DAYS_TO_1904
    return serial if FIRST_SERIAL <= serial <= LAST_SERIAL else cell


class Suspect:
    """
    A column that may have been swapped: what could be a month first became a date, and the rest stayed text.

    *index* is where it stands in a row.
    """

    def __init__(self, index: int, column: DateColumn) -> None:
        self._index = index
        self._column = column
        self._texts = self._cells = 0

    def is_cleared_by(self, cells: Cells) -> bool:
        """
        Say whether the row's date, a text with a day up to 12 or a cell with a later one, was not swapped.
        """
        cell = cells[self._index]
        if cell == "":
            return False
        try:
            on = self._column.read(cell)
        except (UnreadableDateError, MonthFirstError):
            return False
        if on is None:
            return False
        is_text = isinstance(cell, str)
        self._texts += is_text
        self._cells += not is_text
        return is_text != (on.day > MONTHS)

    def check(self, where: str) -> None:
        """
        Refuse a column that nothing has cleared; *where* names the sheet.

        Raises:
            SourceError: It has three or more of each.
        """
        if min(self._texts, self._cells) >= ENOUGH_SWAPPED:
            raise SourceError(
                f'{where}: the column "{self._column.heading}" has dates with day and month swapped: its '
                f"{self._texts} dates that are text all have a day above {MONTHS}, its {self._cells} others "
                "none, as when a spreadsheet with US settings opens a British file; export it as YYYY-MM-DD."
            )

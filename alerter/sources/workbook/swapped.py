"""Recognises columns of dates in which a spreadsheet with US settings swapped day and month."""

from alerter.errors import SourceError
from alerter.sources.dates import DateColumn, MonthFirstError, UnreadableDateError
from alerter.sources.slipped import Cells

MONTHS = 12
ENOUGH = 3
"""So many of each are no chance any more."""


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
        if min(self._texts, self._cells) >= ENOUGH:
            raise SourceError(
                f'{where}: the column "{self._column.heading}" has dates with day and month swapped: its '
                f"{self._texts} dates that are text all have a day above {MONTHS}, its {self._cells} others "
                "none, as when a spreadsheet with US settings opens a British file; export it as YYYY-MM-DD."
            )

"""Rows whose cells are not under their headings, for want of quotation marks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from alerter.sources.columns import Located
from alerter.sources.lines import filled, is_blank, is_no_record

Cells = Sequence[object]


@dataclass(frozen=True, slots=True)
class Slipped:
    """
    A row with another number of cells than there are *headings*: none of its *cells* can be believed.
    """

    cells: Cells
    headings: int

    @property
    def sentence(self) -> str:
        """
        Return why the row is rejected.

        >>> Slipped(["A-1", "7", "x"], 2).sentence
        '3 cells for 2 headings; a cell with a delimiter in it needs quotation marks'
        """
        what = "delimiter" if len(self.cells) > self.headings else "line break"
        counts = f"{len(self.cells)} cells for {self.headings} headings"
        return f"{counts}; a cell with a {what} in it needs quotation marks"


class Fit:
    """
    Fits the rows of one file to its headings where they have another number of cells.

    That is only where all rows have that number: a delimiter too many at the end of each, with nothing
    behind it, or the last columns left out of each. *rows* gives them all, when the first one differs.
    """

    def __init__(self, columns: Located, rows: Callable[[], Iterable[Cells]]) -> None:
        self._columns = columns
        self._rows = rows
        self._width = len(columns.headings)

    def of(self, cells: Cells) -> Cells | Slipped:
        """
        Return *cells* as many as there are headings, or the row as one that has slipped.
        """
        if not is_blank(cells) and len(cells) != self._agreed:
            return Slipped(cells, self._width)
        return [*cells[: self._width], *[""] * (self._width - len(cells))]

    @cached_property
    def _agreed(self) -> int:
        """
        Return the number of cells that all rows have; that of the headings where they do not agree.
        """
        agreed = None
        for cells in self._rows():
            if is_blank(cells) or is_no_record(cells, self._columns) or len(filled(cells)) == 1:
                continue
            agreed = len(cells) if agreed is None else agreed
            if len(cells) != agreed or not is_blank(cells[self._width :]):
                return self._width
        return self._width if agreed is None else agreed

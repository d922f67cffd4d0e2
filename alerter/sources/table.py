"""A table at the border: headings found, rows not yet believed. What every reader makes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from alerter.sources.columns import Located
from alerter.sources.dates import DateColumn
from alerter.sources.extract import Extract

Cells = Sequence[object]
Rows = Iterator[tuple[int, Cells]]


@dataclass(frozen=True, slots=True)
class Table:
    """
    Rows of cells under located columns.

    *read* starts from the first row after the headings and gives each row that is not blank
    with the line a person finds it on; a row may be shorter or longer than the headings.
    """

    extract: Extract
    columns: Located
    read: Callable[[], Rows]


def no_rows() -> Rows:
    """
    Give none of the rows of a table that need not be read for its dates.
    """
    return iter(())


class DateColumns(dict[str, DateColumn]):
    """
    The columns of dates of one table by name, each made when it is first asked for.

    *read* gives the table's rows, for the dates that only a whole column can tell.
    """

    def __init__(
        self,
        columns: Located,
        read: Callable[[], Rows] = no_rows,
        latest_year: int = date.max.year,
    ) -> None:
        super().__init__()
        self._columns = columns
        self._read = read
        self._latest_year = latest_year

    def __missing__(self, name: str) -> DateColumn:
        """
        Make the column called canonically *name*.
        """
        column = DateColumn(
            name, self._columns.heading_of(name), lambda: self._cells(name), self._latest_year
        )
        self[name] = column
        return column

    @property
    def notes(self) -> tuple[str, ...]:
        """
        Return what is to be said of how the columns were read so far.
        """
        return tuple(note for column in self.values() for note in column.notes)

    def _cells(self, name: str) -> Iterator[object]:
        """
        Give the cells of one column, but not of rows that have slipped.
        """
        index = self._columns.indexes.get(name, -1)
        width = len(self._columns.headings)
        return (cells[index] for _, cells in self._read() if 0 <= index < len(cells) <= width)


def fitted(cells: Cells, width: int) -> Cells | None:
    """
    Return *cells* with exactly *width* of them, or None where one too many is not blank.

    >>> fitted(["a"], 2), fitted(["a", "b", ""], 2), fitted(["a", "b", "c"], 2)
    (['a', ''], ['a', 'b'], None)
    """
    if len(cells) <= width:
        return [*cells, *[""] * (width - len(cells))]
    if any(cell is not None and str(cell).strip() for cell in cells[width:]):
        return None
    return cells[:width]

"""A table as every reader gives it: headings found, rows not yet believed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from alerter.sources.columns import Located
from alerter.sources.dates import DateColumn
from alerter.sources.extract import Extract
from alerter.sources.slipped import Cells, Slipped

Rows = Iterator[tuple[int, Cells | Slipped]]


@dataclass(frozen=True, slots=True)
class Table:
    """
    Rows of cells under located columns.

    *read* starts from the first row after the headings and gives each with the line a person finds it on: as
    many cells as there are headings, or a row that has slipped.
    """

    extract: Extract
    columns: Located
    read: Callable[[], Rows]


def no_rows() -> Rows:
    """Give none of the rows of a table that need not be read for its dates."""
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
        """Make the column called canonically *name*."""
        column = DateColumn(
            name, self._columns.heading_of(name), lambda: self._cells(name), self._latest_year
        )
        self[name] = column
        return column

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what is to be said of how the columns were read so far."""
        return tuple(note for column in self.values() for note in column.notes)

    def _cells(self, name: str) -> Iterator[object]:
        """Give the cells of one column, but not of rows that have slipped."""
        index = self._columns.indexes.get(name, -1)
        return (cells[index] for _, cells in self._read() if index >= 0 and not isinstance(cells, Slipped))

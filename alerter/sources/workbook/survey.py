"""What is known of a workbook before calamine opens it, and what calamine does not tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alerter.errors import SourceError

MOST_CELLS = 30_000_000
"""calamine keeps every cell between the first and the last filled one, empty or not: two filled
cells at opposite corners of a sheet would take half a terabyte, and end the process."""

FEW_ROWS, ROWS_PER_CELL = 100_000, 10
BYTES_PER_CELL = 32


@dataclass(frozen=True, slots=True)
class Area:
    """
    A rectangle of cells, all counted from 0, the last row and the last column in it.
    """

    top: int
    left: int
    bottom: int
    right: int

    def covers(self, row: int, column: int) -> bool:
        """
        Say whether the cell lies in it.
        """
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True, slots=True)
class Flaws:
    """
    What calamine does not tell of one sheet's cells; all counted from 0.

    *unvalued* gives, for a column with formulas whose result was never stored, the last row with one.
    *errors* gives, by column and row, an error such as `#REF!`, which calamine gives as empty. *percents* are
    numbers shown as percentages, *noughts* formulas that come to 0, and *merged* cells shown as one.
    """

    unvalued: Mapping[int, int] = field(default_factory=dict)
    errors: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    percents: Sequence[Area] = ()
    noughts: Sequence[Area] = ()
    merged: Sequence[Area] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """
    A workbook looked over: whether it counts days from 1904, and the *flaws* of its sheets by name.

    *weight* is how many bytes its cells may come to because of where they stand.
    """

    is_1904: bool = False
    flaws: Mapping[str, Flaws] = field(default_factory=dict)
    weight: int = 0


def check_extent(where: str, rows: int, columns: int, filled: int) -> None:
    """
    Refuse a sheet whose last filled cell lies too far out; *where* names the file, and the sheet if known.

    Raises:
        SourceError: The rectangle from the first cell to the last is larger than any table, or has
            far more rows than the sheet has cells *filled*.
    """
    if rows * columns > MOST_CELLS or rows > FEW_ROWS + ROWS_PER_CELL * filled:
        raise SourceError(
            f"{where}: something stands as far out as row {rows} and column {columns}; "
            "delete the rows and columns beyond the table, and save it again."
        )


def twice(where: str, row: int) -> SourceError:
    """
    Return the fault of a sheet in which calamine would keep one of two cells; *row* is counted from 0.
    """
    return SourceError(
        f"{where}: row {row + 1} stands there twice or out of order, so some of its cells would be lost; "
        "open the workbook in Excel and save it again."
    )

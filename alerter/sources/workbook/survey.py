"""What is known of a workbook before calamine opens it, and what calamine does not tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from alerter.errors import SourceError

MOST_CELLS = 30_000_000
"""calamine keeps every cell between the first and the last filled one, empty or not: two filled
cells at opposite corners of a sheet would take half a terabyte, and end the process."""

FEW_ROWS, ROWS_PER_CELL = 100_000, 10
BYTES_PER_CELL = 32


@dataclass(frozen=True, slots=True)
class Flaws:
    """
    Cells of one sheet that calamine gives as empty though they are not; all counted from 0.

    *unvalued* gives, for a column with formulas whose result was never stored, the last row with one.
    *errors* gives, by column and row, an error such as `#REF!`.
    """

    unvalued: Mapping[int, int] = field(default_factory=dict)
    errors: Mapping[int, Mapping[int, str]] = field(default_factory=dict)


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

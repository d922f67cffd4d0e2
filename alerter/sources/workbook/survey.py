"""What is known of a workbook before calamine opens it, and what calamine does not tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from alerter.errors import SourceError

MOST_CELLS = 30_000_000
"""calamine keeps every cell between the first and the last filled one, empty or not: two filled
cells at opposite corners of a sheet would take half a terabyte, and end the process."""


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
    """

    is_1904: bool = False
    flaws: Mapping[str, Flaws] = field(default_factory=dict)


def check_extent(where: str, rows: int, columns: int) -> None:
    """
    Refuse a sheet whose last filled cell lies too far out; *where* names the file, and the sheet if known.

    Raises:
        SourceError: The rectangle from the first cell to the last is larger than any table.
    """
    if rows * columns > MOST_CELLS:
        raise SourceError(
            f"{where}: something stands as far out as row {rows} and column {columns}; "
            "delete the rows and columns beyond the table, and save it again."
        )

"""A table at the border: headings found, rows not yet believed. What every reader makes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from alerter.sources.columns import Located
from alerter.sources.extract import Extract

Cells = Sequence[object]


@dataclass(frozen=True, slots=True)
class Table:
    """
    Rows of cells under located columns.

    *read* starts from the first row after the headings and gives each row that is not blank
    with the line a person finds it on; a row may be shorter or longer than the headings.
    """

    extract: Extract
    columns: Located
    read: Callable[[], Iterator[tuple[int, Cells]]]


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

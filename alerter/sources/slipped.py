"""Recognises rows whose cells are not under their headings, for want of quotation marks."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from alerter.sources.columns import Located
from alerter.sources.lines import filled, is_blank, is_no_record

Cells = Sequence[object]

FOLDED = 4096
"""Ids kept before they are folded into what they have in common; memory stays flat."""
_ALONE = re.compile(r"(?!\d+-\w+-\d)(?=\D*\d)[A-Za-z0-9_-]{1,20}", re.ASCII)
"""An id in a file without any other: short, one word, with a digit, and no date."""


@dataclass(frozen=True, slots=True)
class Slipped:
    """A row with another number of cells than there are *headings*: none of its *cells* can be believed."""

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
        """Return *cells* as many as there are headings, or the row as one that has slipped."""
        if not is_blank(cells) and len(cells) != self._agreed:
            return Slipped(cells, self._width)
        return [*cells[: self._width], *[""] * (self._width - len(cells))]

    @cached_property
    def _agreed(self) -> int:
        """Return the number of cells that all rows have; that of the headings where they do not agree."""
        agreed = None
        for cells in self._rows():
            if is_blank(cells) or is_no_record(cells, self._columns) or len(filled(cells)) == 1:
                continue
            agreed = len(cells) if agreed is None else agreed
            if len(cells) != agreed or not is_blank(cells[self._width :]):
                return self._width
        return self._width if agreed is None else agreed


class IdShape:
    """
    Learns from the ids of sound rows how long they are and of which kinds of characters.

    >>> shape = IdShape()
    >>> shape.learn("A-17"), shape.looks_alike("B-190"), shape.looks_alike("Sam"), shape.looks_alike("Sam, 7")
    (None, True, False, False)
    """

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._lengths: set[int] = set()
        self._characters: set[str] = set()

    def learn(self, text: str) -> None:
        """Take in the id of a sound row."""
        self._seen.append(text)
        if len(self._seen) >= FOLDED:
            self._fold()

    def looks_alike(self, text: str) -> bool:
        """
        Say whether *text* is built as the ids seen so far, give or take one character.

        It has no kind of character that none of them has, and a digit where any of them has one.
        """
        self._fold()
        if not self._lengths:
            return _ALONE.fullmatch(text) is not None
        known, own = _kinds(self._characters), _kinds(text)
        is_as_long = min(self._lengths) - 1 <= len(text) <= max(self._lengths) + 1
        return bool(text) and is_as_long and own <= known and ("digit" in own or "digit" not in known)

    def is_text(self, text: str) -> bool:
        """Say whether *text* is words: with blanks, or without a digit, which no id seen so far is."""
        self._fold()
        known, own = _kinds(self._characters), _kinds(text)
        return bool(text) and "digit" in known and ("digit" not in own or (" " in own and " " not in known))

    def _fold(self) -> None:
        self._lengths.update(map(len, self._seen))
        self._lengths.discard(0)
        self._characters.update(*self._seen)
        self._seen.clear()


def _kinds(characters: "set[str] | str") -> set[str]:
    """Return the kinds of *characters*: digits, letters, and each other one by itself."""
    return {"digit" if char.isdigit() else "letter" if char.isalpha() else char for char in characters}

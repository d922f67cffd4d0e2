"""Reads one sheet of an .xlsx cell by cell, for what calamine does not report."""

import re
from collections.abc import Mapping
from typing import IO

from alerter.sources.markup import LocalNames, feed, new_parser
from alerter.sources.workbook.survey import Area, twice

NOT_AVAILABLE = "#N/A"
"""The one error that stands for no value."""

LETTERS = 26
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")
MOST_SPILLED = 100
"""More array formulas side by side than any sheet has columns that are wanted."""


class SheetCells:
    """
    One sheet read cell by cell: how far its filled cells reach, and what is wrong with some.

    *where* is what an operator calls it, and *percents* are the styles that show a percentage.
    """

    def __init__(self, where: str, percents: frozenset[str]) -> None:
        self._where = where
        self._percent_styles = percents
        self.rows = self.columns = self.filled = 0
        self.unvalued: dict[int, int] = {}
        self.errors: dict[int, dict[int, str]] = {}
        self.percents: list[Area] = []
        self.noughts: list[Area] = []
        self._row = self._column = -1
        self._place = (-1, -1)
        self._spilled: list[Area] = []
        self._kind = self._style = ""
        self._is_formula = self._has_value = False
        self._text: list[str] = []
        self._names = LocalNames({"row", "c", "f", "v", "is"})

    def read(self, file: IO[bytes]) -> None:
        """
        Read the sheet's XML to its end.

        Raises:
            ValueError: It is no sheet's XML.
            SourceError: A cell does not stand behind the one before it.
        """
        parser = new_parser()

        def start(name: str, attributes: Mapping[str, str]) -> None:
            match self._names[name]:
                case "row":
                    self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
                    self._column = -1
                case "c":
                    self._begin(attributes)
                case "f":
                    self._begin_formula(attributes)
                case "v" | "is":
                    self._has_value = True
                    parser.CharacterDataHandler = self._text.append

        def end(name: str) -> None:
            match self._names[name]:
                case "c":
                    self._end()
                case "v" | "is":
                    parser.CharacterDataHandler = None

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        for _ in feed(parser, file):
            pass

    def _begin(self, attributes: Mapping[str, str]) -> None:
        before = self._place
        self._column += 1
        if "r" in attributes:
            place = _PLACE.fullmatch(attributes["r"].upper())
            if place is None:
                raise ValueError("a cell that does not say where it is")
            self._column = letters_as_number(place[1]) - 1
            self._row = int(place[2]) - 1
        self._place = self._row, self._column
        if self._place <= before:
            raise twice(self._where, self._row)
        self._kind = attributes.get("t", "")
        self._style = attributes.get("s", "0")
        self._is_formula = self._has_value = False
        self._text.clear()

    def _end(self) -> None:
        value = "".join(self._text)
        if value:
            self.filled += 1
            self.rows = max(self.rows, self._row + 1)
            self.columns = max(self.columns, self._column + 1)
        if value and self._style in self._percent_styles:
            self.percents.append(Area(self._row, self._column, self._row, self._column))
        if self._is_nought(value):
            self.noughts.append(Area(self._row, self._column, self._row, self._column))
        if self._kind == "e" and value != NOT_AVAILABLE:
            self.errors.setdefault(self._column, {})[self._row] = value
        # Excel stores an empty text as a result (t="str"); every other result has something in it.
        is_empty_text = self._kind == "str" and self._has_value
        if self._is_formula and not value and not is_empty_text:
            self.unvalued[self._column] = self._row

    def _begin_formula(self, attributes: Mapping[str, str]) -> None:
        """
        Remember how far the results of an array formula reach: the other cells do not say that they are some.
        """
        self._is_formula = True
        places = _PLACE.findall(attributes.get("ref", "").upper()) if attributes.get("t") == "array" else []
        if not places:
            return
        (left, top), (right, bottom) = places[0], places[-1]
        area = Area(int(top) - 1, letters_as_number(left) - 1, int(bottom) - 1, letters_as_number(right) - 1)
        self._spilled = [*(spilled for spilled in self._spilled if spilled.bottom >= self._row), area][
            -MOST_SPILLED:
        ]

    def _is_nought(self, value: str) -> bool:
        if self._kind not in {"", "n"} or not value or value.strip("0."):
            return False
        return self._is_formula or any(area.covers(*self._place) for area in self._spilled)


def letters_as_number(letters: str) -> int:
    """
    Return the number of the column called *letters*, the first being 1.

    >>> letters_as_number("A"), letters_as_number("AA"), letters_as_number("XFD")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters:
        number = number * LETTERS + ord(letter) - ord("A") + 1
    return number

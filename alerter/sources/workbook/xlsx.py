"""Excel's XML workbooks (.xlsx), looked over: how far a sheet reaches, and which of its cells say nothing."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import IO
from zipfile import ZipFile

from alerter.sources.markup import LocalNames, feed, local, new_parser
from alerter.sources.workbook.archive import CHUNK, check_whole
from alerter.sources.workbook.survey import BYTES_PER_CELL, FEW_ROWS, MOST_CELLS, Flaws, Survey, check_extent

PACKAGE = "_rels/.rels"
"""Where an Office file says which of its parts is the document."""
NOT_AVAILABLE = "#N/A"
"""The one error that stands for no value."""

LETTERS = 26
NEAR = (100_000, LETTERS)
"""Rows and columns that need no closer look."""
_FAR = re.compile(rb' r=".(?:[A-Za-z]|[0-9]{6})')
"""A reference beyond them: two letters, a letter and six digits, or seven digits."""
_ROW_OF = re.compile(rb' r="[A-Za-z]*([0-9]+)')
_COLUMN_OF = re.compile(rb' r="([A-Za-z]+)')
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")
_NOT_PLAIN = (b"<f", b't="e"', b":row", b"<!")
"""Formulas, errors, elements with a prefix, and a document type."""


def document_of(opened: ZipFile) -> str:
    """
    Return the part of an Office file that is its workbook, in lower case.

    Raises:
        LookupError, ValueError: The file does not say.
    """
    content = _part(opened, PACKAGE)
    (target,) = (
        attributes["target"]
        for name, attributes in _elements(content)
        if name == "relationship" and attributes["type"].endswith("/officeDocument")
    )
    return _path("", target).lower()


def survey_xlsx(opened: ZipFile, document: str, file_name: str) -> Survey:
    """
    Look over every sheet of the workbook in the archive *opened*, whose workbook is the part *document*.

    A sheet of plain cells is only searched for a few byte strings, at a fraction of the time
    that reading it takes; one with formulas, errors or far cells is read cell by cell.

    Raises:
        SourceError: A sheet reaches too far out.
        BadZipFile, LookupError, ValueError: A part is missing or is not what it should be.
    """
    folder, _, name = document.rpartition("/")
    is_1904, sheets = _sheets(_part(opened, document))
    targets = _targets(_part(opened, f"{folder}/_rels/{name}.rels"), folder)
    parts = _parts(opened)
    plain: set[str] = set()
    read: set[str] = set()
    flaws = {}
    weight = 0
    for name, relation in sheets.items():
        part = parts[targets[relation].lower()]
        if part in plain or _is_plain(opened, part):
            plain.add(part)
            continue
        read.add(part)
        cells = _Cells()
        with opened.open(part) as file:
            cells.read(file)
        check_extent(f'{file_name}, sheet "{name}"', cells.rows, cells.columns, cells.filled)
        flaws[name] = Flaws(cells.unvalued, cells.errors)
        weight += cells.rows * cells.columns * BYTES_PER_CELL
    check_whole(opened, but=plain | read)
    return Survey(is_1904, flaws, weight)


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


def _sheets(workbook: bytes) -> tuple[bool, dict[str, str]]:
    """
    Return whether days are counted from 1904, and the sheets' names with their relations.
    """
    is_1904 = False
    sheets = {}
    for name, attributes in _elements(workbook):
        if name == "workbookpr":
            is_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "sheet":
            sheets[attributes["name"]] = attributes["id"]
    return is_1904, sheets


def _targets(relations: bytes, folder: str) -> dict[str, str]:
    """
    Return the parts that the relations of a document in *folder* lead to, by id.
    """
    return {
        attributes["id"]: _path(folder, attributes["target"])
        for name, attributes in _elements(relations)
        if name == "relationship"
    }


def _path(folder: str, target: str) -> str:
    """
    Return where a relation's *target* lies, from the root of the archive; it is seen from *folder*.
    """
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")


def _parts(opened: ZipFile) -> dict[str, str]:
    """
    Return the names of the archive's parts by what they are looked up as: in lower case, with `/`.
    """
    return {name.replace("\\", "/").lower(): name for name in opened.namelist()}


def _part(opened: ZipFile, name: str) -> bytes:
    return opened.read(_parts(opened)[name])


def _elements(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = new_parser()
    parser.StartElementHandler = lambda name, attributes: found.append(
        (local(name), {local(key): value for key, value in attributes.items()})
    )
    for _ in feed(parser, BytesIO(content)):
        yield from found
        found.clear()


def _is_plain(opened: ZipFile, part: str) -> bool:
    """
    Say whether a sheet is certain to hold nothing but values, in a rectangle of acceptable size.
    """
    rows, columns = NEAR
    filled = 0
    with opened.open(part) as file:
        for piece in _pieces(file):
            if any(odd in piece for odd in _NOT_PLAIN):
                return False
            filled += piece.count(b"<v")
            if _FAR.search(piece):
                rows = max([rows, *map(int, set(_ROW_OF.findall(piece)))])
                found = {letters.decode().upper() for letters in set(_COLUMN_OF.findall(piece))}
                columns = max([columns, *map(letters_as_number, found)])
    return rows * columns <= MOST_CELLS and rows <= FEW_ROWS + filled


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """
    Give a sheet's XML in pieces that end where an element begins.
    """
    rest = b""
    while chunk := file.read(CHUNK):
        rest += chunk
        cut = rest.rfind(b"<")
        yield rest[:cut]
        rest = rest[cut:]
    yield rest


class _Cells:
    """
    One sheet read cell by cell: how far its filled cells reach, and what is wrong with some.
    """

    def __init__(self) -> None:
        self.rows = self.columns = self.filled = 0
        self.unvalued: dict[int, int] = {}
        self.errors: dict[int, dict[int, str]] = {}
        self._row = self._column = -1
        self._kind = ""
        self._is_formula = self._has_value = False
        self._text: list[str] = []
        self._names = LocalNames({"row", "c", "f", "v", "is"})

    def read(self, file: IO[bytes]) -> None:
        """
        Read the sheet's XML to its end.

        Raises:
            ValueError: It is no sheet's XML.
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
                    self._is_formula = True
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
        self._column += 1
        if "r" in attributes:
            place = _REFERENCE.fullmatch(attributes["r"].upper())
            if place is None:
                raise ValueError("a cell that does not say where it is")
            self._column = letters_as_number(place[1]) - 1
            self._row = int(place[2]) - 1
        self._kind = attributes.get("t", "")
        self._is_formula = self._has_value = False
        self._text.clear()

    def _end(self) -> None:
        value = "".join(self._text)
        if value:
            self.filled += 1
            self.rows = max(self.rows, self._row + 1)
            self.columns = max(self.columns, self._column + 1)
        if self._kind == "e" and value != NOT_AVAILABLE:
            self.errors.setdefault(self._column, {})[self._row] = value
        # Excel stores an empty text as a result (t="str"); every other result has something in it.
        is_empty_text = self._kind == "str" and self._has_value
        if self._is_formula and not value and not is_empty_text:
            self.unvalued[self._column] = self._row

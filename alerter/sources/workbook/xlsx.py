"""Surveys Excel's XML workbooks (.xlsx): how far a sheet reaches, and which cells are damaged."""

import posixpath
import re
from collections.abc import Iterator
from io import BytesIO
from typing import IO
from zipfile import ZipFile

from alerter.sources.markup import feed, local, new_parser
from alerter.sources.workbook.styles import percent_styles
from alerter.sources.workbook.survey import (
    BYTES_PER_CELL,
    CHUNK,
    FEW_ROWS,
    MOST_CELLS,
    Flaws,
    Survey,
    check_extent,
    check_whole,
    part_key,
)
from alerter.sources.workbook.xlsx_cells import LETTERS, SheetCells, letters_as_number

PACKAGE = "_rels/.rels"
"""Where an Office file says which of its parts is the document."""
NEAR = (100_000, LETTERS)
"""Rows and columns that need no closer look."""
_FAR = re.compile(rb' r=".(?:[A-Za-z]|[0-9]{6})')
"""A reference beyond them: two letters, a letter and six digits, or seven digits."""
_ROW_OF = re.compile(rb' r="[A-Za-z]*([0-9]+)')
_COLUMN_OF = re.compile(rb' r="([A-Za-z]+)')
_ROW = re.compile(rb'<row(?=[\s>/])[^>]*?(?:\sr="([0-9]+)"[^>]*)?>(?:\s*<c\s[^>]*?r="[A-Za-z]+([0-9]+)")?')
"""A row with its number, and the number in the reference of its first cell."""
_NOT_PLAIN = (b"<f", b't="e"', b":row", b"<!", b"='")
"""Formulas, errors, elements with a prefix, a document type, and attributes in single quotes."""


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
        SourceError: A sheet reaches too far out, or has a row twice.
        BadZipFile, LookupError, ValueError: A part is missing or is not what it should be.
    """
    folder, _, name = document.rpartition("/")
    is_1904, sheets = _sheets(_part(opened, document))
    relations = _part(opened, f"{folder}/_rels/{name}.rels")
    targets = _targets(relations, folder)
    parts = _parts(opened)
    percents = _percents(opened, relations, folder)
    plain: set[str] = set()
    read: set[str] = set()
    flaws = {}
    weight = 0
    for name, relation in sheets.items():
        part = parts[targets[relation].lower()]
        if part in plain or _is_plain(opened, part, percents):
            plain.add(part)
            continue
        read.add(part)
        where = f'{file_name}, sheet "{name}"'
        cells = SheetCells(where, percents)
        with opened.open(part) as file:
            cells.read(file)
        check_extent(where, cells.rows, cells.columns, cells.filled)
        flaws[name] = Flaws(cells.unvalued, cells.errors, cells.percents, cells.noughts)
        weight += cells.rows * cells.columns * BYTES_PER_CELL
    check_whole(opened, but=plain | read)
    return Survey(is_1904, flaws, weight)


def _sheets(workbook: bytes) -> tuple[bool, dict[str, str]]:
    """Return whether days are counted from 1904, and the sheets' names with their relations."""
    is_1904 = False
    sheets = {}
    for name, attributes in _elements(workbook):
        if name == "workbookpr":
            is_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "sheet":
            if attributes["name"] in sheets:
                raise ValueError("two sheets of one name")
            sheets[attributes["name"]] = attributes["id"]
    return is_1904, sheets


def _targets(relations: bytes, folder: str) -> dict[str, str]:
    """Return the parts that the relations of a document in *folder* lead to, by id."""
    all_attributes = [attributes for name, attributes in _elements(relations) if name == "relationship"]
    targets = {attributes["id"]: _path(folder, attributes["target"]) for attributes in all_attributes}
    if len(targets) < len(all_attributes):
        raise ValueError("two relations of one id")
    return targets


def _percents(opened: ZipFile, relations: bytes, folder: str) -> frozenset[str]:
    """Return the styles of cells that show a number as a percentage."""
    for name, attributes in _elements(relations):
        if name == "relationship" and attributes.get("type", "").endswith("/styles"):
            return percent_styles(_elements(_part(opened, _path(folder, attributes["target"]).lower())))
    return frozenset()


def _path(folder: str, target: str) -> str:
    """Return where a relation's *target* lies, from the root of the archive; it is seen from *folder*."""
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")


def _parts(opened: ZipFile) -> dict[str, str]:
    """Return the names of the archive's parts by what they are looked up as: in lower case, with `/`."""
    return {part_key(name): name for name in opened.namelist()}


def _part(opened: ZipFile, name: str) -> bytes:
    return opened.read(_parts(opened)[name])


def _elements(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    elements: list[tuple[str, dict[str, str]]] = []
    parser = new_parser()
    parser.StartElementHandler = lambda name, attributes: elements.append(
        (local(name), {local(key): value for key, value in attributes.items()})
    )
    for _ in feed(parser, BytesIO(content)):
        yield from elements
        elements.clear()


def _is_plain(opened: ZipFile, part: str, percents: frozenset[str]) -> bool:
    """
    Say whether a sheet is certain to hold nothing but values, in order, in a rectangle of acceptable size.
    """
    rows, columns = NEAR
    filled = last = 0
    odd = (*_NOT_PLAIN, *(f' s="{style}"'.encode() for style in percents))
    if "0" in percents:  # the style of cells that name none
        return False
    with opened.open(part) as file:
        for piece in _pieces(file):
            if any(mark in piece for mark in odd):
                return False
            row = _last_row(piece, last)
            if row is None:
                return False
            last = row
            filled += piece.count(b"<v")
            if _FAR.search(piece):
                rows = max([rows, *map(int, set(_ROW_OF.findall(piece)))])
                columns_used = {letters.decode().upper() for letters in set(_COLUMN_OF.findall(piece))}
                columns = max([columns, *map(letters_as_number, columns_used)])
    return rows * columns <= MOST_CELLS and rows <= FEW_ROWS + filled


def _last_row(piece: bytes, last: int) -> int | None:
    """
    Return the number of the last row in a *piece* of a sheet; None where rows after *last* are not in order.
    """
    if b' r="' not in piece:
        return last + piece.count(b"<row")
    for number, first in _ROW.findall(piece):
        row = int(number or last + 1)
        if row <= last or (first and int(first) != row):
            return None
        last = row
    return last


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Give a sheet's XML in pieces that end where an element begins."""
    rest = b""
    while chunk := file.read(CHUNK):
        rest += chunk
        cut = rest.rfind(b"<")
        yield rest[:cut]
        rest = rest[cut:]
    yield rest

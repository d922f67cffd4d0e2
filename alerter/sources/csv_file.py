"""Reads CSV as councils export it: four delimiters, three encodings, titles above the headings."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path

from alerter.errors import SourceError
from alerter.sources.columns import HEADING_ROWS, Headings, below
from alerter.sources.extract import Extract, FileStamp, fingerprint, opening
from alerter.sources.fixed_width import Widths, widths_in
from alerter.sources.slipped import Fit
from alerter.sources.table import Rows, Table

CHUNK = 1 << 20
_LABELS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "cp1252"}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

CSV_SUFFIXES = (".csv", ".txt", ".tsv")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
SAMPLE = 1 << 16
"""Characters looked at for the heading line."""


def label_of(encoding: str) -> str:
    """Return what an operator calls *encoding*."""
    return _LABELS[encoding]


def encoding_of(path: Path) -> str:
    """
    Return the codec that reads all of the file: UTF-8, UTF-16 by its mark, or else cp1252.

    Excel's plain "CSV" is cp1252; one byte that is no UTF-8 decides it for the whole file.

    Raises:
        SourceError: The file cannot be read, is a workbook, has NUL bytes, or is in none of the
            three encodings; the text names the line.
    """
    with opening(path), path.open("rb") as file:
        start = file.read(4)
    if start.startswith(_WORKBOOKS):
        raise SourceError(f"{path.name} is a workbook, not CSV: set source.kind, or save it as CSV UTF-8.")
    encoding = _marked(start)
    fault = _first_fault(path, encoding)
    if fault is not None and encoding == "utf-8":
        encoding = "cp1252"
        fault = _first_fault(path, encoding)
    if fault is not None:
        raise SourceError(
            f"{path.name}, line {fault}: bytes that are not {label_of(encoding)}; save it as CSV UTF-8."
        )
    return encoding


def _marked(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"


def _first_fault(path: Path, encoding: str) -> int | None:
    """Return the line of the first byte that *encoding* does not know, if there is one."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with opening(path), path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                text = decoder.decode(chunk)
                if "\0" in text:
                    line += text[: text.index("\0")].count("\n")
                    raise SourceError(
                        f"{path.name}, line {line}: a NUL byte; this is no text file. Export it again."
                    )
                line += text.count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].decode(encoding, "replace").count("\n")
    return None


@dataclass(frozen=True, slots=True)
class _Heading:
    """The heading row under one delimiter, or in columns of fixed width: which row it is, and its cells."""

    delimiter: str | Widths
    index: int
    line: int
    cells: list[str]


def open_csv(path: Path, wanted: Headings) -> Table:
    """
    Return the table in the file at *path*; its rows are read when they are asked for, one at a time.

    Raises:
        SourceError: The file cannot be read or decoded, has no heading line, or lacks a
            column. Reading the rows raises it for a quotation mark that is never closed, a cell
            longer than 128 KB, and a file that changed meanwhile.
    """
    stamp = FileStamp.of(path)
    sha256 = fingerprint(path)
    encoding = encoding_of(path)
    heading = _find_heading(path, encoding, wanted)
    columns = wanted.locate(heading.cells, path.name, f"line {heading.line}")

    def records() -> Iterator[tuple[int, list[str]]]:
        with opening(path), path.open(encoding=encoding, newline="") as file:
            yield from islice(_records(file, heading.delimiter, path.name), heading.index + 1, None)

    def read() -> Rows:
        width = len(columns.headings)
        fit = Fit(columns, lambda: (cells for _, cells in records()))
        for line, cells in records():
            yield line, cells if len(cells) == width else fit.of(cells)
        stamp.check_unchanged(path)

    extract = Extract(
        name=path.name,
        sha256=sha256,
        extracted_at=stamp.written_at,
        size=stamp.size,
        notes=(f"read as {label_of(encoding)}, {_label(heading.delimiter)}{below(heading.line)}",),
        headings=columns.headings,
    )
    return Table(extract, columns, read)


def _find_heading(path: Path, encoding: str, wanted: Headings) -> _Heading:
    """
    Return the heading row under the delimiter that shows most of the wanted columns, or else most cells.
    """
    with opening(path), path.open(encoding=encoding, newline="") as file:
        sample = file.read(SAMPLE)
    best: _Heading | None = None
    most = (-1, -1)
    delimiters: list[str | Widths] = [*DELIMITERS, *widths_in(sample)]
    for delimiter in delimiters:
        records = list(_readable(sample, delimiter, path.name))
        index = wanted.heading_row([cells for _, cells in records])
        if index is None:
            continue
        line, cells = records[index]
        if (rank := wanted.rank(cells)) > most:
            best, most = _Heading(delimiter, index, line, cells), rank
    if best is None:
        raise _no_heading(sample, path.name)
    return best


def _label(delimiter: str | Widths) -> str:
    return "columns of fixed width" if isinstance(delimiter, Widths) else DELIMITERS[delimiter]


def _readable(sample: str, delimiter: str | Widths, name: str) -> Iterator[tuple[int, list[str]]]:
    """Give the first rows of *sample*, as far as they can be read under *delimiter*."""
    try:
        yield from islice(_records(StringIO(sample, newline=""), delimiter, name), HEADING_ROWS)
    except SourceError:
        return


def _no_heading(sample: str, name: str) -> SourceError:
    try:
        list(islice(_records(StringIO(sample, newline=""), ",", name), HEADING_ROWS))
    except SourceError as error:
        return error
    return SourceError(f"{name} has no heading line in its first {HEADING_ROWS} rows: export it again.")


def _records(lines: Iterable[str], delimiter: str | Widths, name: str) -> Iterator[tuple[int, list[str]]]:
    """Give each record with the physical line it begins on."""
    if isinstance(delimiter, Widths):
        yield from delimiter.records(lines)
        return
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            raise SourceError(
                f"{name}, line {line}: a cell is longer than 128 KB; "
                "most likely a quotation mark is never closed: correct it or export the file again."
            ) from None
        raise SourceError(
            f"{name}, line {line}: a quotation mark is not closed, or not doubled inside a cell; "
            "correct the cell or export the file again."
        ) from None

"""
Excel's older workbooks (.xls), looked over.

The stream `Workbook` of a compound file holds records as in [MS-XLS], each with a type and a
length of two bytes. Formulas always have results there.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from alerter.errors import SourceError
from alerter.sources.extract import opening
from alerter.sources.workbook.archive import damaged, encrypted
from alerter.sources.workbook.compound_file import CompoundFile
from alerter.sources.workbook.survey import BYTES_PER_CELL, Survey, check_extent

DATE_MODE = 0x22
FILE_PASSWORD = 0x2F
CELLS = frozenset({0x06, 0x7E, 0xBD, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E})
"""FORMULA, RK, MULRK, RSTRING, LABELSST, NUMBER, LABEL, BOOLERR: records that fill cells."""
MANY_CELLS = 0xBD


def survey_xls(path: Path) -> Survey:
    """
    Look over the workbook at *path*.

    Raises:
        SourceError: It is encrypted, cut off or damaged, or a sheet reaches too far out.
    """
    with opening(path):
        content = path.read_bytes()
    try:
        return _survey(CompoundFile(content), path.name)
    except (struct.error, IndexError, ValueError):
        raise damaged(path) from None


def _survey(compound: CompoundFile, name: str) -> Survey:
    streams = compound.streams()
    if "EncryptedPackage" in streams:
        raise encrypted(name)
    stream = streams.get("Workbook") or streams.get("Book")
    if stream is None:
        raise SourceError(f"{name} is an Office file, but no workbook: set source.path to the workbook.")
    is_1904 = False
    rows = columns = filled = 0
    for kind, data in _records(compound.read(*stream)):
        if kind == FILE_PASSWORD:
            raise encrypted(name)
        if kind == DATE_MODE:
            is_1904 = data[:1] == b"\1"
        elif kind in CELLS:
            row, column = struct.unpack_from("<HH", data)
            if kind == MANY_CELLS:
                column = struct.unpack_from("<H", data, len(data) - 2)[0]
            rows, columns, filled = max(rows, row + 1), max(columns, column + 1), filled + 1
    check_extent(name, rows, columns, filled)
    return Survey(is_1904, weight=rows * columns * BYTES_PER_CELL)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """
    Give the records of the stream, each as its type and its content.
    """
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length

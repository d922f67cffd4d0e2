"""Workbooks of before 2007 (.xls), made up record by record as in [MS-XLS] and [MS-CFB]."""

import struct
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from tests.sources.workbooks import EPOCH, EPOCH_1904, Formula, Rows, Spanned, Styled, merges

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR = 512
SMALL = 4096
IN_HEADER = 109
END, FREE, TABLE, MORE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFC


def xls(
    path: Path,
    sheets: Mapping[str, Rows],
    *,
    is_1904: bool = False,
    more: bytes = b"",
    is_small: bool = False,
) -> Path:
    """Write *sheets* to *path* as Excel 97 would; *more* records follow the cells of each sheet."""
    packed = small_compound if is_small else compound
    epoch = EPOCH_1904 if is_1904 else EPOCH
    bodies = [_xls_sheet(rows, epoch, more) for rows in sheets.values()]
    head = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    head += record(0x22, struct.pack("<H", is_1904))
    head += record(0x41E, struct.pack("<HHB", 164, 5, 0) + b"0.0 %") + record(
        0x41E, struct.pack("<HHB", 165, 4, 0) + b'0"%"'
    )
    head += b"".join(record(0xE0, _format(number)) for number in (0, 14, 9, 164, 165))
    bounds = [struct.pack("<IHBB", 0, 0, len(name), 0) + name.encode("latin-1") for name in sheets]
    at = len(head) + sum(len(bound) + 4 for bound in bounds) + 4
    for bound, body in zip(bounds, bodies, strict=True):
        head += record(0x85, struct.pack("<I", at) + bound[4:])
        at += len(body)
    path.write_bytes(packed("Workbook", head + record(0x0A) + b"".join(bodies)))
    return path


def compound(name: str, stream: bytes) -> bytes:
    """
    Return a compound file with one stream; a long one needs more of the table than fits into the header.
    """
    stream = stream.ljust(SMALL, b"\0")
    sectors = _sectors(stream)
    tables = -(-(len(sectors) // SECTOR + 3) * 4 // SECTOR) + 1
    count = len(sectors) // SECTOR
    more = int(tables > IN_HEADER)
    table = [*range(1, count), END, END, *[TABLE] * tables, *[MORE] * more]
    table += [FREE] * (tables * SECTOR // 4 - len(table))
    places = [*range(count + 1, count + 1 + tables)]
    directory = _entry("Root Entry", 5, END, 0) + _entry(name, 2, 0, len(stream))
    overflow = [*places[IN_HEADER:], *[FREE] * (SECTOR // 4 - 1 - len(places[IN_HEADER:])), END][: 128 * more]
    return (
        _header(count, places, END, count + 1 + tables if more else END)
        + sectors
        + _sectors(directory)
        + _numbers(table)
        + _numbers(overflow)
    )


def small_compound(name: str, stream: bytes) -> bytes:
    """Return a compound file with one stream so short that it lies in the small sectors of the root's."""
    inside = _sectors(
        b"".join(
            bytes([0xEE]) * 64 + stream[at : at + 64].ljust(64, b"\0") for at in range(0, len(stream), 64)
        )
    )
    count, pieces = len(inside) // SECTOR, -(-len(stream) // 64)
    small_table = [number for piece in range(pieces) for number in (FREE, 2 * piece + 3)]
    small_table[-1] = END
    table = [*range(1, count), END, END, END, TABLE]
    directory = _entry("Root Entry", 5, 0, len(inside)) + _entry(name, 2, 1, len(stream))
    padded = [*small_table, *[FREE] * (SECTOR // 4 - len(small_table))]
    return (
        _header(count, [count + 2], count + 1, END)
        + inside
        + _sectors(directory)
        + _numbers(padded)
        + _numbers([*table, *[FREE] * (SECTOR // 4 - len(table))])
    )


def _header(directory: int, places: list[int], small_table: int, more: int) -> bytes:
    first = places[:IN_HEADER]
    numbers = [
        0,
        len(places),
        directory,
        0,
        SMALL,
        small_table,
        int(small_table != END),
        more,
        int(more != END),
    ]
    return (
        struct.pack("<8s16x5H6x", MAGIC, 0x3E, 3, 0xFFFE, 9, 6)
        + _numbers(numbers)
        + _numbers([*first, *[FREE] * (IN_HEADER - len(first))])
    )


def _sectors(content: bytes) -> bytes:
    return content + b"\0" * (-len(content) % SECTOR)


def _numbers(numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _xls_sheet(rows: Rows, epoch: date, more: bytes) -> bytes:
    found = record(0x809, struct.pack("<HHHHII", 0x600, 16, 0, 0, 0, 0))
    for index, row in enumerate(rows):
        for column, cell in enumerate(row):
            found += _cell(index, column, cell.cell if isinstance(cell, Spanned) else cell, epoch)
    if areas := merges(rows):
        places = (struct.pack("<HHHH", top, bottom, column, column) for top, bottom, column in areas)
        found += record(0xE5, struct.pack("<H", len(areas)) + b"".join(places))
    return found + more + record(0x0A)


def _cell(index: int, column: int, cell: object, epoch: date) -> bytes:
    match cell:
        case None:
            return b""
        case str():
            text = struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")
            return record(0x204, struct.pack("<HHH", index, column, 0) + text)
        case date():
            return record(0x203, struct.pack("<HHHd", index, column, 1, (cell - epoch).days))
        case Styled():
            return record(0x203, struct.pack("<HHHd", index, column, cell.style, cell.number))
        case Formula():  # it always comes to 0 here
            return record(0x06, struct.pack("<HHHdHIHB", index, column, 0, 0, 0, 0, 1, 0x16))
        case _:
            return record(0x203, struct.pack("<HHHd", index, column, 0, cell))


def record(kind: int, content: bytes = b"") -> bytes:
    """Return one record of the stream."""
    return struct.pack("<HH", kind, len(content)) + content


def _format(number: int) -> bytes:
    return struct.pack("<HH16x", 0, number)


def _entry(name: str, kind: int, first: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII36xIQ", text, len(text), kind, 1, FREE, FREE, 1 if kind == 5 else FREE, first, size
    )

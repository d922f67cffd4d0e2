"""
Surveys Excel's older workbooks (.xls).

The stream `Workbook` of a compound file holds records as in [MS-XLS], each with a type and a
length of two bytes. Formulas always have results there.
"""

import struct
from collections.abc import Collection, Iterator
from pathlib import Path

from alerter.errors import SourceError
from alerter.sources.extract import opening
from alerter.sources.workbook.styles import BUILT_IN, is_percent
from alerter.sources.workbook.survey import (
    BYTES_PER_CELL,
    Area,
    Flaws,
    Survey,
    check_extent,
    damaged,
    encrypted,
    twice,
)

HEADER = 512
FIRST_MARK = 0xFFFFFFFA
"""Sector numbers from here on are marks: the end of a chain, or free, or part of the table itself."""
TABLES_IN_HEADER = 109
ENTRY = 128
ROOT = 5
SMALL = 4096
SMALL_SECTOR = 64

BEGIN, END = 0x809, 0x0A
EXCEL_97, WORKSHEET = 0x600, 0x10
DATE_MODE = 0x22
SHEET, FORMAT, STYLE = 0x85, 0x41E, 0xE0
FORMULA = 0x06
FILE_PASSWORD = 0x2F
CELLS = frozenset({0x06, 0x7E, 0xBD, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E})
"""FORMULA, RK, MULRK, RSTRING, LABELSST, NUMBER, LABEL, BOOLERR: records that fill cells."""
MANY_CELLS = 0xBD


class CompoundFile:
    """
    A compound file in memory.

    Raises:
        ValueError, IndexError, struct.error: It is damaged or cut off; any method may raise them.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        (shift,) = struct.unpack_from("<H", content, 0x1E)
        if shift not in {9, 12}:
            raise ValueError("no compound file")
        self._size = 1 << shift
        self._table = self._numbers(self._table_sectors())
        self._directory = self._chain(self._header(0x30))
        small_table = self._chain(self._header(0x3C)) if self._header(0x3C) < FIRST_MARK else b""
        self._small_table = struct.unpack(f"<{len(small_table) // 4}I", small_table)

    def streams(self) -> dict[str, tuple[int, int]]:
        """Return the streams by name: for each its first sector and its size."""
        return {name: place for name, _, place in self._entries()}

    def read(self, first: int, size: int) -> bytes:
        """Return the stream of *size* bytes that begins at sector *first*."""
        if size >= SMALL:
            return self._chain(first)[:size]
        small_stream = next(self._chain(place[0]) for _, kind, place in self._entries() if kind == ROOT)
        sectors = _followed(first, self._small_table)
        pieces = (small_stream[at * SMALL_SECTOR : (at + 1) * SMALL_SECTOR] for at in sectors)
        return b"".join(pieces)[:size]

    def _entries(self) -> Iterator[tuple[str, int, tuple[int, int]]]:
        for at in range(0, len(self._directory) - ENTRY + 1, ENTRY):
            length, kind = struct.unpack_from("<HB", self._directory, at + 64)
            name = self._directory[at : at + max(0, length - 2)].decode("utf-16-le")
            yield name, kind, struct.unpack_from("<II", self._directory, at + 116)

    def _header(self, at: int) -> int:
        number: int = struct.unpack_from("<I", self._content, at)[0]
        return number

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._content):
            raise ValueError("cut off")
        return self._content[start : start + self._size]

    def _table_sectors(self) -> list[int]:
        """
        Return where the table of sectors lies: the first places stand in the header, the rest in a chain.
        """
        sectors = list(struct.unpack_from(f"<{TABLES_IN_HEADER}I", self._content, 0x4C))
        following = self._header(0x44)
        while (
            following < FIRST_MARK and len(sectors) * self._size <= len(self._content) + HEADER * self._size
        ):
            *more, following = struct.unpack(f"<{self._size // 4}I", self._sector(following))
            sectors += more
        return [sector for sector in sectors if sector < FIRST_MARK]

    def _numbers(self, sectors: list[int]) -> tuple[int, ...]:
        joined = b"".join(map(self._sector, sectors))
        return struct.unpack(f"<{len(joined) // 4}I", joined)

    def _chain(self, first: int) -> bytes:
        return b"".join(map(self._sector, _followed(first, self._table)))


def _followed(first: int, table: tuple[int, ...]) -> Iterator[int]:
    """
    Give the sectors of the chain that begins at *first*.

    Raises:
        ValueError: The chain comes back to itself.
    """
    sector = first
    for _ in range(len(table) + 1):
        if sector >= FIRST_MARK:
            return
        yield sector
        sector = table[sector]
    raise ValueError("a chain without end")


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
    globals_ = _Globals()
    sheets: dict[int, _Cells] = {}
    within: list[_Cells | None] = []  # a chart may lie within a sheet
    for at, kind, data in _records(compound.read(*stream)):
        if kind == FILE_PASSWORD:
            raise encrypted(name)
        if kind == BEGIN:
            version, part = struct.unpack_from("<HH", data)
            globals_.has_wide_texts |= version == EXCEL_97
            within.append(sheets.setdefault(at, _Cells(name)) if part == WORKSHEET else None)
        elif kind == END:
            del within[-1:]
        elif kind in CELLS:
            if within and (cells := within[-1]) is not None:
                cells.add(kind, data, globals_.percents)
        else:
            globals_.add(kind, data)
    rows = max((cells.rows for cells in sheets.values()), default=0)
    columns = max((cells.columns for cells in sheets.values()), default=0)
    check_extent(name, rows, columns, sum(len(cells.places) for cells in sheets.values()))
    flaws = {
        called: Flaws(percents=sheets[at].percents, noughts=sheets[at].noughts)
        for at, called in globals_.names.items()
        if at in sheets
    }
    return Survey(globals_.is_1904, flaws, weight=rows * columns * BYTES_PER_CELL)


class _Globals:
    """
    What the records before the sheets say: the sheets' names by where they begin, and the percentage formats.
    """

    def __init__(self) -> None:
        self.is_1904 = self.has_wide_texts = False
        self.names: dict[int, str] = {}
        self.percents: set[int] = set()
        self._formats = set(BUILT_IN)
        self._styles = 0

    def add(self, kind: int, data: bytes) -> None:
        """Take in a record that is no cell."""
        if kind == DATE_MODE:
            self.is_1904 = data[:1] == b"\1"
        elif kind == SHEET and self.has_wide_texts:
            self.names[struct.unpack_from("<I", data)[0]] = _text(data[7:], data[6])
        elif kind == FORMAT and self.has_wide_texts:
            if is_percent(_text(data[4:], struct.unpack_from("<H", data, 2)[0])):
                self._formats.add(struct.unpack_from("<H", data)[0])
        elif kind == STYLE:
            if struct.unpack_from("<H", data, 2)[0] in self._formats:
                self.percents.add(self._styles)
            self._styles += 1


class _Cells:
    """
    The cells of one sheet: where they are, which show a percentage, and which are formulas that come to 0.
    """

    def __init__(self, file_name: str) -> None:
        self.rows = self.columns = 0
        self.places: set[int] = set()
        self.percents: list[Area] = []
        self.noughts: list[Area] = []
        self._file_name = file_name

    def add(self, kind: int, data: bytes, percents: Collection[int]) -> None:
        """
        Take in a record of one cell or, side by side, of many.

        Raises:
            SourceError: One of them has been there already.
        """
        row, first = struct.unpack_from("<HH", data)
        last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind == MANY_CELLS else first
        for column in range(first, last + 1):
            if (place := row << 16 | column) in self.places:
                raise twice(self._file_name, row)
            self.places.add(place)
            (style,) = struct.unpack_from("<H", data, 4 + 6 * (column - first))
            if style in percents:
                self.percents.append(Area(row, column, row, column))
        if kind == FORMULA and struct.unpack_from("<d", data, 6)[0] == 0:
            self.noughts.append(Area(row, first, row, first))
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, last + 1)


def _text(data: bytes, length: int) -> str:
    """Return a text of *length* characters behind the byte that says how wide they are."""
    return (
        data[1 : 1 + 2 * length].decode("utf-16-le")
        if data[0] & 1
        else data[1 : 1 + length].decode("latin-1")
    )


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give the records of the stream, each with where it begins, its type and its content."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length

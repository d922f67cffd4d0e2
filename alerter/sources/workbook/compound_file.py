"""
Office's compound files, as in [MS-CFB]: a small file system of sectors, read far enough to get a stream out.
"""

import struct
from collections.abc import Iterator

HEADER = 512
FIRST_MARK = 0xFFFFFFFA
"""Sector numbers from here on are marks: the end of a chain, or free, or part of the table itself."""
TABLES_IN_HEADER = 109
ENTRY = 128
ROOT = 5
SMALL = 4096
SMALL_SECTOR = 64


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
        """
        Return the streams by name: for each its first sector and its size.
        """
        return {name: place for name, _, place in self._entries()}

    def read(self, first: int, size: int) -> bytes:
        """
        Return the stream of *size* bytes that begins at sector *first*.
        """
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
        found = list(struct.unpack_from(f"<{TABLES_IN_HEADER}I", self._content, 0x4C))
        following = self._header(0x44)
        while following < FIRST_MARK and len(found) * self._size <= len(self._content) + HEADER * self._size:
            *more, following = struct.unpack(f"<{self._size // 4}I", self._sector(following))
            found += more
        return [sector for sector in found if sector < FIRST_MARK]

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

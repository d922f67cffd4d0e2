"""
Checks a workbook before calamine opens it, and holds what calamine does not report of its cells.

A file of a few kilobytes can unpack to gigabytes in many ways: one long text that a hundred thousand cells
share, a row repeated a million times. A native library that runs out of memory ends its process, and that
must not be the one that sends. So all but small workbooks are first read by a process of their own.
"""

import os
import subprocess
import sys
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from alerter.errors import SourceError
from alerter.sources.extract import opening

MOST_CELLS = 30_000_000
"""calamine keeps every cell between the first and the last filled one, empty or not: two filled
cells at opposite corners of a sheet would take half a terabyte, and end the process."""

FEW_ROWS, ROWS_PER_CELL = 100_000, 10
BYTES_PER_CELL = 32

LARGEST_INSIDE = 1 << 30
LARGEST_RATIO = 100
ALWAYS_FINE = 2 << 20
"""Unpacked bytes up to which no ratio is a danger."""
CHUNK = 1 << 20
MEGABYTE = 1 << 20
SMALL = 16 << 10
"""Bytes, unpacked, of a workbook that can be dangerous only by cells far out or repeated."""
HEAVY = 64 * MEGABYTE
"""Bytes that the cells of a small workbook may come to before it is tried out first."""
PATIENCE_SECONDS = 900
REFUSED = 10
"""The exit code of a trial that cannot read the workbook."""
_USED_PARTS = (".xml", ".rels", ".bin")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, all counted from 0, the last row and the last column in it."""

    top: int
    left: int
    bottom: int
    right: int

    def covers(self, row: int, column: int) -> bool:
        """Say whether the cell lies in it."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True, slots=True)
class Flaws:
    """
    What calamine does not tell of one sheet's cells; all counted from 0.

    *unvalued* gives, for a column with formulas whose result was never stored, the last row with one.
    *errors* gives, by column and row, an error such as `#REF!`, which calamine gives as empty. *percents* are
    numbers shown as percentages, *noughts* formulas that come to 0, and *merged* cells shown as one.
    """

    unvalued: Mapping[int, int] = field(default_factory=dict)
    errors: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    percents: Sequence[Area] = ()
    noughts: Sequence[Area] = ()
    merged: Sequence[Area] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """
    A workbook looked over: whether it counts days from 1904, and the *flaws* of its sheets by name.

    *weight* is how many bytes its cells may come to because of where they stand.
    """

    is_1904: bool = False
    flaws: Mapping[str, Flaws] = field(default_factory=dict)
    weight: int = 0


def check_extent(where: str, rows: int, columns: int, filled: int) -> None:
    """
    Refuse a sheet whose last filled cell lies too far out; *where* names the file, and the sheet if known.

    Raises:
        SourceError: The rectangle from the first cell to the last is larger than any table, or has
            far more rows than the sheet has cells *filled*.
    """
    if rows * columns > MOST_CELLS or rows > FEW_ROWS + ROWS_PER_CELL * filled:
        raise SourceError(
            f"{where}: something stands as far out as row {rows} and column {columns}; "
            "delete the rows and columns beyond the table, and save it again."
        )


def twice(where: str, row: int) -> SourceError:
    """Return the fault of a sheet in which calamine would keep one of two cells; *row* is counted from 0."""
    return SourceError(
        f"{where}: row {row + 1} stands there twice or out of order, so some of its cells would be lost; "
        "open the workbook in Excel and save it again."
    )


def is_small(path: Path) -> bool:
    """
    Say whether the workbook at *path* is too small, unpacked, for more than a glance.

    Raises:
        SourceError: The file cannot be read.
    """
    with opening(path):
        try:
            with ZipFile(path) as archive:
                inside = sum(member.file_size for member in archive.infolist())
        except (BadZipFile, ValueError, NotImplementedError):
            inside = 0
        return max(inside, path.stat().st_size) <= SMALL


def try_out(path: Path) -> None:
    """
    Let a process of its own read the workbook at *path*, in memory and time that grow with the file's size.

    Raises:
        SourceError: It refused the workbook, or did not come to the end of it.
    """
    command = [sys.executable, "-P", "-m", "alerter.sources.workbook", str(path)]
    try:
        ended = subprocess.run(  # noqa: S603 - this Python, on the file of the settings
            command,
            env={**os.environ, "PYTHONUTF8": "1", "RUST_BACKTRACE": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_much(path) from None
    if ended.returncode == REFUSED:
        raise SourceError(ended.stdout)
    if ended.returncode != 0:
        raise _too_much(path)


@contextmanager
def archive(path: Path) -> Iterator[ZipFile]:
    """
    Open the workbook at *path* as the zip archive it is, after looking at what it would unpack to.

    Raises:
        SourceError: It is cut off or damaged, here or in what the caller reads from it; or it unpacks
            to more than 1 GB, or to more than 100 times its size, as a zip bomb does; or has a part twice.
    """
    with opening(path):
        try:
            with ZipFile(path) as opened:
                _check_size(opened, path)
                _check_names(opened, path)
                yield opened
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, LookupError, ValueError):
            raise damaged(path) from None


def damaged(path: Path) -> SourceError:
    """Return the fault of a workbook that is not what its own contents say."""
    return SourceError(
        f"{path.name} is cut off or damaged, or still being written: "
        "run again when it is complete, or open it in Excel and save it again."
    )


def encrypted(file_name: str) -> SourceError:
    """Return the fault of a workbook that asks for a password."""
    return SourceError(f"{file_name} is protected by a password: save it without one.")


def part_key(name: str) -> str:
    """Return what the part called *name* is looked up as: in lower case, with `/`."""
    return name.replace("\\", "/").lower()


def check_whole(opened: ZipFile, but: Collection[str] = ()) -> None:
    """
    Unpack everything that calamine may, *but* what was unpacked already: no part may be longer than it says.

    Raises:
        BadZipFile: A part has not the size or the checksum it should.
    """
    for member in opened.infolist():
        if member.filename not in but and member.filename.lower().endswith(_USED_PARTS):
            with opened.open(member) as part:
                while part.read(CHUNK):
                    pass


def _check_size(opened: ZipFile, path: Path) -> None:
    inside = sum(member.file_size for member in opened.infolist())
    if inside > LARGEST_INSIDE:
        raise SourceError(
            f"{path.name} would unpack to more than 1 GB, which no extract does: "
            "save the sheet with the assessments in a workbook of its own."
        )
    if inside > ALWAYS_FINE and inside > LARGEST_RATIO * path.stat().st_size:
        raise SourceError(
            f"{path.name} would unpack to more than {LARGEST_RATIO} times its size, as a zip bomb does: "
            "if it is a genuine extract, delete the empty rows below the table and save it again."
        )


def _check_names(opened: ZipFile, path: Path) -> None:
    names = [part_key(name) for name in opened.namelist() if name.lower().endswith(_USED_PARTS)]
    if len(set(names)) < len(names):
        raise SourceError(
            f"{path.name} has one of its parts twice, so that one of the two would be lost: "
            "open it in Excel and save it again."
        )


def _too_much(path: Path) -> SourceError:
    return SourceError(
        f"{path.name} takes more memory or time than any extract of its size, so it was not read: "
        "save the sheet with the assessments, and nothing else, in a workbook of its own."
    )

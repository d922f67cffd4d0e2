"""The zip archive that a workbook is: whole, and no larger inside than a workbook can be."""

import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from alerter.errors import SourceError
from alerter.sources.extract import opening

LARGEST_INSIDE = 1 << 30
LARGEST_RATIO = 100
ALWAYS_FINE = 2 << 20
"""Unpacked bytes up to which no ratio is a danger."""
CHUNK = 1 << 20
_USED_PARTS = (".xml", ".rels", ".bin")


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
    """
    Return the fault of a workbook that is not what its own contents say.
    """
    return SourceError(
        f"{path.name} is cut off or damaged, or still being written: "
        "run again when it is complete, or open it in Excel and save it again."
    )


def encrypted(file_name: str) -> SourceError:
    """
    Return the fault of a workbook that asks for a password.
    """
    return SourceError(f"{file_name} is protected by a password: save it without one.")


def part_key(name: str) -> str:
    """
    Return what the part called *name* is looked up as: in lower case, with `/`.
    """
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

"""
A workbook read to its end by a process of its own, which may not use much, before ours relies on it.

A few kilobytes can say in many ways that they are gigabytes: one long text that a hundred thousand cells
share, a row repeated a million times. A native library that runs out of memory over them takes its process
with it, and that must not be the one that sends.
"""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from alerter.errors import SourceError
from alerter.sources.extract import opening

MEGABYTE = 1 << 20
MEMORY, MEMORY_PER_BYTE = 192 * MEGABYTE, 64
"""What reading may take beside the interpreter: so much, and so much for each byte of the file."""
SECONDS, SECONDS_PER_MEGABYTE = 2, 4
PATIENCE_SECONDS = 900
SMALL = 16 << 10
"""Bytes, unpacked, in which there is no room for a danger but by cells far out or repeated."""
HEAVY = 64 * MEGABYTE
REFUSED = 10


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
    command = [sys.executable, "-P", "-m", "alerter.sources.workbook.trial", str(path)]
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


def _too_much(path: Path) -> SourceError:
    return SourceError(
        f"{path.name} takes more memory or time than any extract of its size, so it was not read: "
        "save the sheet with the assessments, and nothing else, in a workbook of its own."
    )


def _limit(size: int) -> None:
    """Let this process use no more than a file of *size* bytes needs; Windows has no such limits."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    memory = _in_use(resource.getpagesize()) + MEMORY + MEMORY_PER_BYTE * size
    seconds = SECONDS + SECONDS_PER_MEGABYTE * size // MEGABYTE
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _in_use(page_size: int) -> int:
    """Return how many bytes of address space this process has; on other systems than Linux a fair guess."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * page_size
    except OSError:
        return 512 * MEGABYTE


def _main(path: Path) -> int:
    from alerter.sources.workbook.book import open_tried  # noqa: PLC0415 - it imports this module

    _limit(path.stat().st_size)
    try:
        with open_tried(path) as book:
            for sheet in book.sheets():
                for _ in sheet.rows():
                    pass
    except SourceError as error:
        sys.stdout.write(str(error))
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1])))

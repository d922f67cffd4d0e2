"""
Tries a workbook out in a process with little memory and time, before this process reads it.

A file of a few kilobytes can unpack to gigabytes in many ways: one long text that a hundred thousand cells
share, a row repeated a million times. A native library that runs out of memory ends its process, and that
must not be the one that sends.
"""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from alerter.errors import SourceError
from alerter.sources.extract import opening
from alerter.sources.workbook.survey import REFUSED, SMALL

PATIENCE_SECONDS = 900


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


def _too_much(path: Path) -> SourceError:
    return SourceError(
        f"{path.name} takes more memory or time than any extract of its size, so it was not read: "
        "save the sheet with the assessments, and nothing else, in a workbook of its own."
    )

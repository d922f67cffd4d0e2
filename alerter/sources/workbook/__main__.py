"""
Reads one workbook to its end, in a process that may use only the memory and time that its size allows.

`survey.try_out` starts it. It exits with 0 if the workbook can be read; with `REFUSED`, and the reason on
standard output, if not; and any other way if it ran out of memory or time.
"""

import sys
from pathlib import Path

from alerter.errors import SourceError
from alerter.sources.workbook.book import open_tried
from alerter.sources.workbook.survey import MEGABYTE, REFUSED

MEMORY, MEMORY_PER_BYTE = 192 * MEGABYTE, 64
"""Bytes that reading may take beside the interpreter: a fixed number, and a number per byte of the file."""
SECONDS, SECONDS_PER_MEGABYTE = 2, 4


def main(path: Path) -> int:
    """Return the exit code: 0, or `REFUSED` for a workbook that cannot be read."""
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


if sys.platform == "win32":

    def _limit(_size: int) -> None:
        """Do nothing: Windows has no such limits."""

else:
    import resource

    def _limit(size: int) -> None:
        """Let this process use no more than a file of *size* bytes needs."""
        memory = _in_use(resource.getpagesize()) + MEMORY + MEMORY_PER_BYTE * size
        seconds = SECONDS + SECONDS_PER_MEGABYTE * size // MEGABYTE
        for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))

    def _in_use(page_size: int) -> int:
        """Return how many bytes of address space this process has; a fair guess where it is not Linux."""
        try:
            return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * page_size
        except OSError:
            return 512 * MEGABYTE


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""The most memory that this process has had."""

import re
import resource
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_kib() -> int:
    """
    Return the peak in KiB.

    `getrusage` counts it at least as high as that of the process that started this one, so on Linux that of
    the address space is taken (`VmHWM`).
    """
    peak = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text()) if STATUS.exists() else None
    return int(peak[1]) if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

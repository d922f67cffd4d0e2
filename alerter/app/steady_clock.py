"""A clock that nobody sets, and that goes on while the machine sleeps."""

import time
from datetime import timedelta


def steady() -> timedelta:
    """
    Return how long this machine has been up, as far as two readings can be compared.

    Linux counts sleep in CLOCK_BOOTTIME, macOS in CLOCK_MONOTONIC, and Windows has one such clock only.
    """
    clock = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    seconds = time.monotonic() if clock is None else time.clock_gettime(clock)
    return timedelta(seconds=seconds)

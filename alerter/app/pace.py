"""How fast messages may follow each other, where the mail server sets a limit."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.1


def wait_until(is_met: Callable[[], bool], seconds: float) -> bool:
    """
    Look again and again whether something *is_met*, for so many *seconds* at most; return whether it was.
    """
    end = time.monotonic() + seconds
    while not (met := is_met()) and time.monotonic() < end:
        time.sleep(POLL_SECONDS)
    return met


class Pace:
    """
    Waits so that no more than *per_minute* messages go out in a minute; 0 is no limit.
    """

    def __init__(self, per_minute: int) -> None:
        self._interval = 60 / per_minute if per_minute else 0.0
        self._next = 0.0

    def wait(self) -> None:
        """
        Return when the next message may go.
        """
        if not self._interval:
            return
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._interval

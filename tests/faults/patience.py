"""How long the tests wait for what must come, on a machine that may be slow."""

from collections.abc import Callable
from threading import Event

PATIENCE_SECONDS = 300
POLL_SECONDS = 0.02


def until(condition: Callable[[], bool]) -> None:
    """Wait until *condition* holds, not for ever."""
    pause = Event()
    for _ in range(int(PATIENCE_SECONDS / POLL_SECONDS)):
        if condition():
            return
        pause.wait(POLL_SECONDS)
    raise AssertionError("waited in vain")

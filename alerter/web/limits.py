"""How often one client may ask: a window that slides, kept in memory."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

MOST_CLIENTS = 10_000


@dataclass(slots=True)
class Limit:
    """
    At most *most* times *within* a stretch for each client; *now* tells the time.

    It guards one process against a flood. What must not be had too often in all is counted in the database.
    """

    most: int
    within: timedelta
    now: Callable[[], datetime]
    _asked: dict[str, deque[datetime]] = field(init=False, default_factory=dict)
    _lock: Lock = field(init=False, default_factory=Lock)

    def allows(self, client: str) -> bool:
        """
        Say whether *client* may ask once more, and count that it did.
        """
        with self._lock:
            at = self.now()
            times = self._asked.setdefault(client, deque())
            while times and times[0] <= at - self.within:
                times.popleft()
            is_allowed = len(times) < self.most
            if is_allowed:
                times.append(at)
            if len(self._asked) > MOST_CLIENTS:
                self._forget(at)
            return is_allowed

    def _forget(self, at: datetime) -> None:
        """
        Forget whoever has not asked lately; if that is nobody, everybody, so that memory stays bounded.
        """
        lately = {
            client: times for client, times in self._asked.items() if times and times[-1] > at - self.within
        }
        self._asked = lately if len(lately) <= MOST_CLIENTS else {}

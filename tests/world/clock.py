"""A clock whose hands a test moves."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Hands:
    """
    The hands of a clock: *at* is what the wall shows, and the steady clock goes with it unless it jumps.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._steady = timedelta(days=2)

    def __call__(self, zone: ZoneInfo) -> datetime:
        """Return what the wall shows, in *zone*."""
        return self.at.astimezone(zone)

    def move(self, at: datetime) -> None:
        """Let time pass until *at*."""
        self._steady += at - self.at
        self.at = at

    def jump(self, by: timedelta) -> None:
        """Set the wall clock forward or back; no time passes."""
        self.at += by

    def steady(self) -> timedelta:
        """Return what the clock that nobody sets shows."""
        return self._steady

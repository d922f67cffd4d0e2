"""The clock: nothing else in the package knows what time it is."""

import sys
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

TOLERANCE = timedelta(minutes=10)
CONFIRMED_AFTER = timedelta(hours=1)


def now(zone: ZoneInfo) -> datetime:
    """Return this moment in *zone*."""
    return datetime.now(zone)  # noqa: TID251 - the one place that reads the clock


def steady() -> timedelta:
    """
    Return how long this machine has been up, as far as two readings can be compared.

    Linux counts sleep in CLOCK_BOOTTIME, macOS in CLOCK_MONOTONIC, and Windows has one such clock only.
    """
    if sys.platform == "win32":
        seconds = time.monotonic()
    else:
        seconds = time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
    return timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockWatch:
    """
    What was last believed of the wall clock, and what it has said since if it has jumped.

    A *lead* is the wall clock's reading less the steady clock's: it stays what it is while nobody sets
    the wall clock, through sleep as well. *new_lead* is where a jump has taken it, and *jumped_at* the
    steady clock's reading then. Down-time is no jump: a watch begins with the program.
    """

    lead: timedelta
    new_lead: timedelta | None = None
    jumped_at: timedelta = timedelta(0)

    @classmethod
    def begin(cls, now: datetime, steady: timedelta) -> "ClockWatch":
        """Believe the wall clock as it is now."""
        return cls(lead=_lead(now, steady))

    @property
    def is_believed(self) -> bool:
        """Say whether the wall clock may be planned by."""
        return self.new_lead is None

    def looked(self, now: datetime, steady: timedelta) -> "ClockWatch":
        """
        Return what to believe after one more look at both clocks.

        A jump of more than ten minutes is not believed until the clock is back, or has gone on
        steadily from where it jumped to for an hour. Smaller corrections are followed.
        """
        lead = _lead(now, steady)
        if abs(lead - self.lead) <= TOLERANCE:
            return ClockWatch(lead=lead)
        if self.new_lead is None or abs(lead - self.new_lead) > TOLERANCE:
            return replace(self, new_lead=lead, jumped_at=steady)
        return ClockWatch(lead=lead) if steady - self.jumped_at >= CONFIRMED_AFTER else self


def _lead(now: datetime, steady: timedelta) -> timedelta:
    return timedelta(seconds=now.timestamp()) - steady

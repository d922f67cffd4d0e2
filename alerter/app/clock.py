"""The clock: nothing else in the package knows what time it is."""

from datetime import datetime
from zoneinfo import ZoneInfo


def now(zone: ZoneInfo) -> datetime:
    """
    Return this moment in *zone*.
    """
    return datetime.now(zone)  # noqa: TID251 - the one place that reads the clock

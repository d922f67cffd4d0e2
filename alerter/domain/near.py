"""Near misses: a place in the extract that the directory spells a little otherwise."""

from collections.abc import Iterable
from difflib import get_close_matches

from alerter.domain.routing import DirectoryEntry, matched

LIKENESS = 0.8


def near_miss(place: str, entries: Iterable[DirectoryEntry]) -> str:
    """
    Return the team or worker of the directory most like *place*, or "" where nothing comes close.

    >>> near_miss("Duty & Assesment", [DirectoryEntry(line=2, team="Duty & Assessment")])
    'Duty & Assessment'
    """
    known = {matched(name): name for entry in entries for name in (entry.team, entry.worker) if name}
    close = get_close_matches(matched(place), known, n=1, cutoff=LIKENESS)
    return known[close[0]] if close else ""

"""How long assessments took: DfE's duration bands, and the quartiles in whole days."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

LONGEST = 10**9
BANDS = (
    ("Same day", 0), ("1-10", 10), ("11-20", 20), ("21-30", 30), ("31-40", 40),
    ("41-45", 45), ("46-50", 50), ("51-60", 60), ("61+", LONGEST),
)  # fmt: skip
"""DfE's bands (Characteristics of children in need, table C2), each by its last working day."""
FIRST_QUARTER, HALF, THIRD_QUARTER = Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)


@dataclass(frozen=True, slots=True)
class Quartiles:
    """
    The working days by which a quarter, a half and three quarters of the assessments were authorised.
    """

    first: int
    median: int
    third: int


def band_of(days: int) -> str:
    """
    Return the band that a duration falls in.

    >>> band_of(0), band_of(35), band_of(45), band_of(46), band_of(400)
    ('Same day', '31-40', '41-45', '46-50', '61+')
    """
    return next(name for name, last in BANDS if days <= last)


def bands(durations: Iterable[int]) -> dict[str, int]:
    """
    Count *durations* by band, the empty ones too.
    """
    counts = Counter(band_of(days) for days in durations)
    return {name: counts[name] for name, _ in BANDS}


def quartiles(durations: Iterable[int]) -> Quartiles | None:
    """
    Return the quartiles of *durations* in whole days; None where there are none.

    The smallest duration that at least that share has reached; where the share comes to a whole number of
    assessments, the mean of that one and the next, half a day rounded up. That is how all 4,245
    quartiles of councils in DfE's table 2014 to 2024 lie in the bands beside them.

    >>> quartiles([1, 2, 3, 4, 9])
    Quartiles(first=2, median=3, third=4)
    >>> quartiles([1, 2, 3, 4])
    Quartiles(first=2, median=3, third=4)
    """
    ordered = sorted(durations)
    if not ordered:
        return None
    return Quartiles(*(_reached(ordered, share) for share in (FIRST_QUARTER, HALF, THIRD_QUARTER)))


def _reached(ordered: Sequence[int], share: Fraction) -> int:
    count = share * len(ordered)
    place = ceil(count)
    if count != place:
        return ordered[place - 1]
    return (ordered[place - 1] + ordered[place] + 1) // 2

"""Target arithmetic: what is still allowed to be late, and what the year can still come to."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from alerter.domain.timeliness import HUNDRED, Timeliness


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """
    What a target leaves, after *so_far* and with *further* sign-offs expected.

    *late* is how many of the further ones may be late and the target still be met; None where it cannot be
    met even if none is. *in_a_row* is how many must follow in time, one after another, to be at the target
    again; 0 where it is met now, None where a target of 100 can no longer be met.
    """

    so_far: Timeliness
    further: int
    target_percent: float
    late: int | None
    in_a_row: int | None

    @property
    def is_met(self) -> bool:
        """
        Say whether the target is met by what is signed off so far.
        """
        return self.in_a_row == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnds:
    """
    What the year comes to with the open ones that are late or flagged signed off next.

    *overdue* are late whatever happens. *best* is with each of the *flagged* in time, *worst* with none.
    """

    overdue: int
    flagged: int
    best: Timeliness
    worst: Timeliness


def headroom(so_far: Timeliness, further: int, target_percent: float) -> Headroom:
    """
    Return what the target leaves, in whole assessments and exact fractions.

    >>> left = headroom(Timeliness(100, 80), 100, 81)
    >>> left.late, left.in_a_row
    (18, 6)
    """
    share = Fraction(str(target_percent)) / HUNDRED
    late = floor(so_far.in_time + further - share * (so_far.authorised + further))
    return Headroom(
        so_far=so_far,
        further=further,
        target_percent=target_percent,
        late=min(late, further) if late >= 0 else None,
        in_a_row=_in_a_row(so_far, share),
    )


def year_ends(so_far: Timeliness, *, overdue: int, flagged: int) -> YearEnds:
    """
    Return what the year comes to if every flagged assessment finishes in time, or none does.

    >>> ends = year_ends(Timeliness(100, 85), overdue=4, flagged=16)
    >>> ends.best.in_time, ends.worst.in_time, ends.best.authorised
    (101, 85, 120)
    """
    authorised = so_far.authorised + overdue + flagged
    return YearEnds(
        overdue=overdue,
        flagged=flagged,
        best=Timeliness(authorised, so_far.in_time + flagged),
        worst=Timeliness(authorised, so_far.in_time),
    )


def _in_a_row(so_far: Timeliness, share: Fraction) -> int | None:
    short = share * so_far.authorised - so_far.in_time
    if short <= 0:
        return 0
    return ceil(short / (1 - share)) if share < 1 else None

"""Target arithmetic, checked against trying every number."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.timeliness import Timeliness
from alerter.statistics.panel import headroom, year_ends

FIGURES = st.integers(0, 60).flatmap(
    lambda authorised: st.builds(Timeliness, st.just(authorised), st.integers(0, authorised))
)
APRIL = date(2026, 4, 1)
TARGETS = st.sampled_from([0, 50, 81, 87.5, 90, 100])


def meets(in_time: int, authorised: int, target: float) -> bool:
    """Say whether a year of so many meets the target; an empty one does."""
    return in_time * 100 >= Fraction(target) * authorised


@given(so_far=FIGURES, further=st.integers(0, 40), target=TARGETS)
def test_late_is_the_most_that_may_be(so_far: Timeliness, further: int, target: float) -> None:
    """So many late still meet the target, and one more does not; None where even none at all is too many."""
    left = headroom(so_far, further, target, APRIL)
    possible = [
        late
        for late in range(further + 1)
        if meets(so_far.in_time + further - late, so_far.authorised + further, target)
    ]
    assert left.late == (max(possible) if possible else None)


@given(so_far=FIGURES, target=TARGETS)
def test_in_a_row_is_the_fewest_that_mend_it(so_far: Timeliness, target: float) -> None:
    """So many in time reach the target again, and one fewer does not; a target of 100 once missed is gone."""
    left = headroom(so_far, 0, target, APRIL)
    assert left.is_met == meets(so_far.in_time, so_far.authorised, target)
    if left.in_a_row is None:
        assert target == 100
        assert so_far.late
    else:
        assert meets(so_far.in_time + left.in_a_row, so_far.authorised + left.in_a_row, target)
        if left.in_a_row:
            fewer = left.in_a_row - 1
            assert not meets(so_far.in_time + fewer, so_far.authorised + fewer, target)


@pytest.mark.parametrize(("flagged", "best", "worst"), [(16, 101, 85), (0, 85, 85)])
def test_the_year_ends_between_two_figures(flagged: int, best: int, worst: int) -> None:
    """Overdue ones are late either way; the flagged are all in time, or none is."""
    ends = year_ends(Timeliness(100, 85), overdue=4, flagged=flagged)
    assert ends.best == Timeliness(104 + flagged, best)
    assert ends.worst == Timeliness(104 + flagged, worst)

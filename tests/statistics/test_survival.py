"""The curve of how long assessments take, against counting by hand."""

import pytest

from alerter.statistics.forecast import FEWEST_AT_RISK, Curve, Life, kaplan_meier


def test_without_anything_open_it_is_the_share_signed_off() -> None:
    """Of 40, ten on day 1, ten on day 2, twenty on day 3: a quarter, a third, all."""
    lives = [Life(None, day, is_signed=True) for day in (1, 2, 3, 3) for _ in range(10)]
    assert kaplan_meier(lives).chances == (0, pytest.approx(1 / 4), pytest.approx(1 / 3), 1)


def test_what_is_open_counts_for_as_long_as_it_was_seen() -> None:
    """Twenty last seen open on day 1 are at risk then, and on day 2 no longer."""
    lives = [Life(None, 1, is_signed=False)] * 20 + [Life(None, 2, is_signed=True)] * 20
    lives += [Life(None, 1, is_signed=True)] * 10
    assert kaplan_meier(lives).chances == (0, pytest.approx(10 / 50), 1)


def test_what_came_into_sight_late_counts_from_then_on() -> None:
    """Twenty already two days old when the year began say nothing of their first two days."""
    lives = [Life(None, 1, is_signed=True)] * 10 + [Life(None, 3, is_signed=True)] * 10
    lives += [Life(2, 3, is_signed=True)] * 20
    assert kaplan_meier(lives).chances == (0, pytest.approx(1 / 2), 0, 1)


def test_a_day_nobody_was_watched_has_no_chance() -> None:
    """Between those who left early and those who came late there may be a gap."""
    lives = [Life(None, 0, is_signed=True)] * 10 + [Life(2, 3, is_signed=True)] * 10
    assert kaplan_meier(lives).chances == (1, 0, 0, 1)


def test_the_oldest_are_taken_together() -> None:
    """Where fewer than ten were ever that old, the chance is that of the last days before and beyond."""
    lives = [Life(None, 1, is_signed=True)] * FEWEST_AT_RISK + [Life(None, 5, is_signed=True)] * 2
    curve = kaplan_meier(lives)
    assert len(curve.chances) == 2
    assert curve.chance(2) == curve.chance(500) == pytest.approx(12 / (12 + 12 + 2 * 4))


def test_nothing_known_is_no_chance() -> None:
    """Without a single life there is a curve, and nothing on it."""
    assert kaplan_meier([]) == Curve((), 0.0)
    assert kaplan_meier([]).chance(3) == 0

"""The forecast put to the test: its interval holds what it promises, and a guess is beaten."""

from datetime import date
from functools import cache
from random import Random

import pytest

from alerter.demo.staff import make_staff
from alerter.demo.workload import make_workload
from alerter.domain.periods import month_of
from alerter.statistics.back_test import AT_FIRST, BackTest, Outlook, Trial, back_test, outlook
from alerter.statistics.forecast import Course, course_of
from tests.domain.borough import AS_OF, LIMIT, Away, courses
from tests.world.assessments import CORE, calendar_of

DIPS: dict[str, tuple[int, float, tuple[Away, ...]]] = {
    "busy, two dips": (
        1,
        5.8,
        ((date(2024, 11, 1), date(2024, 12, 15)), (date(2026, 1, 10), date(2026, 3, 1))),
    ),
    "small, one dip": (2, 2.0, ((date(2025, 6, 1), date(2025, 6, 30)),)),
    "middling, long dips": (
        3,
        3.0,
        ((date(2024, 3, 1), date(2024, 4, 30)), (date(2025, 9, 1), date(2025, 10, 31))),
    ),
}


@cache
def northmere() -> tuple[Course, ...]:
    """Return the demonstration's borough as courses."""
    rng = Random(2009)  # noqa: S311 - the demonstration's own seed
    workload = make_workload(rng, make_staff(rng, AS_OF), calendar_of(), AS_OF)
    return tuple(course_of(CORE, each, AS_OF) for each in workload)


@cache
def made_up(name: str) -> tuple[Course, ...]:
    """Return one borough with a staffing dip."""
    return tuple(courses(*DIPS[name]))


@cache
def trials_of(name: str) -> BackTest:
    """Return a borough's back-test, made once."""
    found = northmere() if name == "Northmere" else made_up(name)
    return back_test(calendar_of(), LIMIT, found, AS_OF)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["Northmere", *DIPS])
def test_the_interval_holds_what_it_promises(name: str) -> None:
    """Over at least 24 months it held within 8 points of 80 %."""
    done = trials_of(name)
    assert done.months >= 24
    assert done.coverage == pytest.approx(80, abs=8)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["Northmere", *DIPS])
def test_the_same_as_last_month_is_beaten(name: str) -> None:
    """The expected figure misses by less, on average, than last month's does."""
    done = trials_of(name)
    assert done.error is not None
    assert done.naive_error is not None
    assert done.error < done.naive_error


def test_nothing_of_the_future_is_used() -> None:
    """A trial is the same whatever became of the assessments after the day it was made."""
    last = trials_of("small, one dip").trials[60]
    known = [each for each in made_up("small, one dip") if each.started_on <= last.month.last]
    again = back_test(calendar_of(), LIMIT, known, AS_OF).trials
    expected = [
        trial.expected for trial in again if (trial.made_on, trial.ahead) == (last.made_on, last.ahead)
    ]
    assert expected == [last.expected]


@pytest.mark.no_cover
def test_the_same_input_gives_the_same_forecast() -> None:
    """Nothing is drawn at random."""
    found = made_up("small, one dip")
    assert outlook(calendar_of(), LIMIT, found, AS_OF) == outlook(calendar_of(), LIMIT, found, AS_OF)


@pytest.mark.no_cover
def test_the_outlook_is_this_month_and_the_next_three() -> None:
    """What is signed off this month already stands fast, so that its interval is the narrowest."""
    found = outlook(calendar_of(), LIMIT, made_up("busy, two dips"), AS_OF)
    assert found is not None
    assert [month.month.name for month, _, _ in found.months] == ["2026-11", "2026-12", "2027-01", "2027-02"]
    widths = [high - low for _, low, high in found.months]
    assert widths[0] == min(widths)
    assert all(low <= month.expected <= high for month, low, high in found.months)


def test_fewer_than_sixty_finished_cannot_be_forecast() -> None:
    """With 59 nothing is said, and nothing was tried; with 60 there is an outlook."""
    signed = [each for each in made_up("small, one dip") if each.is_signed]
    assert outlook(calendar_of(), LIMIT, signed[:59], AS_OF) is None
    assert back_test(calendar_of(), LIMIT, signed[:59], AS_OF) == BackTest(())
    few = outlook(calendar_of(), LIMIT, signed[-60:], AS_OF)
    assert isinstance(few, Outlook)


def test_an_empty_back_test_tells_nothing() -> None:
    """No coverage and no error come of no trials."""
    assert (BackTest(()).coverage, BackTest(()).error, BackTest(()).naive_error) == (None, None, None)


def test_intervals_begin_half_as_wide_again_as_chance() -> None:
    """Until eight misses are known, nobody knows how far this service's months differ."""
    first = trials_of("small, one dip").trials[0]
    assert first.is_held == (first.low <= first.actual <= first.high)
    spread = abs(first.expected - first.actual) / first.miss
    assert first.high - first.expected == pytest.approx(1.2816 * AT_FIRST * spread)


def test_a_trial_is_one_month_seen_from_its_eve() -> None:
    """The first month ahead begins the day after; the naive figure is that of the month before."""
    trial: Trial = trials_of("busy, two dips").trials[-1]
    eve = trial.made_on
    assert month_of(eve).last == eve
    assert trial.month.first > eve

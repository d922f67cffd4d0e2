"""The wall clock against one that nobody sets."""

from datetime import UTC, datetime, timedelta

import pytest

from alerter.installation.clock import ClockWatch

BEGIN = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def after(watch: ClockWatch, minutes: float, *, ahead: timedelta = timedelta(0)) -> ClockWatch:
    """Look at both clocks so many minutes after the beginning, the wall clock being *ahead*."""
    steady = timedelta(days=3) + minutes * MINUTE
    return watch.looked(BEGIN + minutes * MINUTE + ahead, steady)


@pytest.fixture
def watch() -> ClockWatch:
    """Begin to watch."""
    return ClockWatch.begin(BEGIN, timedelta(days=3))


@pytest.mark.parametrize("ahead", [10 * MINUTE, -10 * MINUTE, 3 * MINUTE])
def test_a_correction_of_up_to_ten_minutes_is_followed(watch: ClockWatch, ahead: timedelta) -> None:
    """And the next one is counted from there: many small ones are no jump."""
    for step in range(1, 20):
        watch = after(watch, step, ahead=step * ahead)
        assert watch.is_believed


@pytest.mark.parametrize("ahead", [11 * MINUTE, -11 * MINUTE, timedelta(days=1), timedelta(weeks=-1)])
def test_a_jump_is_not_believed_until_the_clock_is_back(watch: ClockWatch, ahead: timedelta) -> None:
    """For 59 minutes it is not; once it is back, at once."""
    for minute in range(1, 60):
        watch = after(watch, minute, ahead=ahead)
        assert not watch.is_believed
    assert after(watch, 60).is_believed


def test_a_jump_is_confirmed_by_an_hour_of_steadiness(watch: ClockWatch) -> None:
    """The hour counts from the first look after the jump; then the new time is the one to go by."""
    day = timedelta(days=1)
    watch = after(watch, 5, ahead=day)
    assert not after(watch, 64, ahead=day).is_believed
    watch = after(watch, 65, ahead=day)
    assert watch.is_believed
    assert after(watch, 66, ahead=day).is_believed
    assert not after(watch, 67).is_believed


def test_a_second_jump_begins_the_hour_anew(watch: ClockWatch) -> None:
    """A clock that wanders is never confirmed."""
    for hop in range(1, 10):
        watch = after(watch, 30 * hop, ahead=timedelta(hours=hop))
        assert not watch.is_believed


def test_sleep_and_a_long_pause_are_no_jump(watch: ClockWatch) -> None:
    """Both clocks go on while the machine sleeps."""
    assert after(watch, 60 * 24 * 6).is_believed

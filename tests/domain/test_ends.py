"""Ends drawn at random: an assessment is open as long as no end lies between its start and that day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.data_exceptions import of_open
from tests.world.assessments import AS_OF, assessment

EPOCH = date(1990, 1, 1)
DAYS = st.integers(0, 20_000)
NEAR = st.none() | DAYS | st.integers(13_400, 13_600)  # around AS_OF, which is day 13,475
KINDS = {
    "authorised_on": ("authorised_before_start", "authorised_in_future"),
    "cancelled_on": ("ended_before_start", "ended_in_future"),
    "closed_on": ("ended_before_start", "ended_in_future"),
}


def on(days: int | None) -> date | None:
    """Return the day so many days after 1 January 1990."""
    return None if days is None else EPOCH + timedelta(days=days)


@given(clock=DAYS, started=NEAR, ends=st.tuples(NEAR, NEAR, NEAR))
def test_open_by_arithmetic_on_whole_numbers(
    clock: int, started: int | None, ends: tuple[int | None, int | None, int | None]
) -> None:
    """Independent of dates: days are whole numbers, and each end that cannot be has its kind."""
    today = (AS_OF - EPOCH).days
    begun = clock if started is None else max(clock, started)
    made = assessment(
        EPOCH + timedelta(days=clock),
        started_on=on(started),
        **{name: on(end) for name, end in zip(KINDS, ends, strict=True)},
    )
    is_ended = any(end is not None and begun <= end <= today for end in ends)
    assert made.is_open(AS_OF) is not is_ended
    expected = {
        KINDS[name][end >= begun]
        for name, end in zip(KINDS, ends, strict=True)
        if end is not None and (end < begun or end > today)
    }
    found = [each.kind for each in of_open([made], AS_OF) if each.kind != "start_in_future"]
    assert (set(found), len(found)) == (expected, len(expected))

"""One assessment: when it ended, if anything believable says so."""

from datetime import timedelta

import pytest

from tests.world.assessments import assessment, day

START = day("Mon 2026-10-05")
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ends", "ended_on"),
    [
        ({}, None),
        ({"authorised_on": START}, START),
        ({"authorised_on": START - ONE_DAY}, None),
        ({"authorised_on": START + ONE_DAY}, START + ONE_DAY),
        ({"cancelled_on": START + ONE_DAY}, START + ONE_DAY),
        ({"closed_on": START + ONE_DAY}, START + ONE_DAY),
        ({"cancelled_on": START + 2 * ONE_DAY, "closed_on": START + ONE_DAY}, START + ONE_DAY),
        ({"authorised_on": START + ONE_DAY, "closed_on": START + 2 * ONE_DAY}, START + ONE_DAY),
        ({"authorised_on": START - ONE_DAY, "closed_on": START + 2 * ONE_DAY}, START + 2 * ONE_DAY),
        ({"cancelled_on": START - ONE_DAY}, None),
        ({"closed_on": START - ONE_DAY}, None),
        ({"closed_on": START}, START),
        ({"cancelled_on": START - ONE_DAY, "closed_on": START + ONE_DAY}, START + ONE_DAY),
        ({"review_on": START + ONE_DAY}, None),
    ],
)
def test_ended_on_is_the_first_believable_end(ends: dict[str, object], ended_on: object) -> None:
    """
    A sign-off, a cancellation or a closure ends it; none of them before the start, a planned review never.
    """
    assert assessment(START, **ends).ended_on == ended_on


def test_open_until_the_day_it_ended() -> None:
    """Signed off on a day, it is open the day before and no longer open on the day itself."""
    signed = assessment(START, authorised_on=day("Fri 2026-11-20"))
    assert signed.is_open(day("Thu 2026-11-19"))
    assert not signed.is_open(day("Fri 2026-11-20"))
    assert assessment(START).is_open(day("Fri 2026-11-20"))


@pytest.mark.parametrize(
    ("referred", "started", "authorised", "is_before"),
    [
        (START, None, START, False),
        (START, None, START - ONE_DAY, True),
        (START, START + 2 * ONE_DAY, START + ONE_DAY, True),
        (START, START + 2 * ONE_DAY, START + 2 * ONE_DAY, False),
        (START, START - 2 * ONE_DAY, START - ONE_DAY, True),
        (START, START, None, False),
    ],
)
def test_sign_off_before_the_start(
    referred: object, started: object, authorised: object, *, is_before: bool
) -> None:  # fmt: skip
    """It lies before the start when it is before the clock's day, or before the assessment itself began."""
    each = assessment(clock_on=referred, referred_on=referred, started_on=started, authorised_on=authorised)
    assert each.is_authorised_before_start is is_before


def test_only_ids_show() -> None:
    """What a log or a traceback prints of an assessment is its ids."""
    each = assessment(START, team="Duty", worker="W. Orker", manager_email="m@council.example", audit_score=7)
    assert repr(each) == "Assessment(assessment_id='A-1', child_id='71')"

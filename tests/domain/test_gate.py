"""The gate: what each limit lets through, what it holds, and what it says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerter.domain.gate import Before, Gates, Reading, reasons_to_hold
from alerter.errors import CalendarRangeError
from tests.domain.made_up import AS_OF, calendar_of, day

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ONE_DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
GATES = Gates()
OPEN = {"Duty": 10, "Court": 8, "": 2}
READING = Reading(sha256="new", extracted_at=NOW, teams=OPEN, newest_start=AS_OF)
BEFORE = Before(sha256="old", teams=OPEN)
OFF = Gates(max_age_hours=0, max_shrink_percent=0, max_quiet_days=0, hold_unchanged=False)


def reasons(reading: Reading, gates: Gates = GATES, before: Before | None = None) -> list[str]:
    """
    Return why the run for 23 November 2026 would be held.
    """
    return reasons_to_hold(gates, reading, before, calendar=calendar_of(), as_of=AS_OF, now=NOW)


def shrunk(before: Mapping[str, int], now: Mapping[str, int], percent: int = 50) -> list[str]:
    """
    Return why an extract with *now* open would be held after one with *before*.
    """
    gates = replace(GATES, max_shrink_percent=percent)
    return reasons(replace(READING, teams=now), gates, Before(sha256="old", teams=before))


def test_limits_unless_the_council_says_otherwise() -> None:
    """
    Three days, half, thirty working days, and never the same bytes twice.
    """
    assert Gates(max_age_hours=72, max_shrink_percent=50, max_quiet_days=30, hold_unchanged=True) == GATES


def test_sound_extract_is_not_held() -> None:
    """
    Fresh, busy, changed and as large as before, it passes; the first one has nothing to be compared with.
    """
    assert reasons(READING) == reasons(READING, before=BEFORE) == []


@pytest.mark.parametrize(
    ("age", "held"),
    [
        (timedelta(hours=72), []),
        (timedelta(hours=72) + SECOND, ["the extract is 73 hours old (max_age_hours is 72)"]),
        (timedelta(hours=73), ["the extract is 73 hours old (max_age_hours is 72)"]),
        (timedelta(days=30), ["the extract is 720 hours old (max_age_hours is 72)"]),
        (-timedelta(hours=1), []),
    ],
)
def test_old_extract_is_held(age: timedelta, held: list[str]) -> None:
    """
    72 hours old it passes, a second later it does not; a file from the future is not old.
    """
    reading = replace(READING, extracted_at=NOW - age)
    assert reasons(reading) == held
    assert reasons(reading, replace(GATES, max_age_hours=0)) == []


@pytest.mark.parametrize(
    ("newest", "held"),
    [
        ("Mon 2026-10-12", []),
        ("Sun 2026-10-11", ["nothing has started for 31 working days (max_quiet_days is 30)"]),
        ("Fri 2026-10-09", ["nothing has started for 31 working days (max_quiet_days is 30)"]),
    ],
)
def test_quiet_extract_is_held(newest: str, held: list[str]) -> None:
    """
    With the newest start 30 working days back it passes, with 31 it does not; weekends are not counted.
    """
    reading = replace(READING, newest_start=day(newest))
    assert reasons(reading) == held
    assert reasons(reading, replace(GATES, max_quiet_days=0)) == []


def test_no_start_at_all_is_not_quiet() -> None:
    """
    Where nothing has started yet there is no day to count from.
    """
    assert reasons(replace(READING, newest_start=None)) == []


def test_start_beyond_the_years_known_is_no_guess() -> None:
    """
    A newest start that cannot be counted from stops.
    """
    with pytest.raises(CalendarRangeError):
        reasons(replace(READING, newest_start=day("Fri 1989-12-29")))


def test_nothing_open_is_held() -> None:
    """
    An extract without any open assessment is held, and no limit turns that off.
    """
    assert reasons(replace(READING, teams={}), OFF) == ["the extract has no open assessment"]


def test_unchanged_extract_is_held() -> None:
    """
    The same bytes as at the last run are held, unless the council allows them.
    """
    same = replace(BEFORE, sha256=READING.sha256)
    assert reasons(READING, before=same) == ["the extract is byte for byte the last run's (hold_unchanged)"]
    assert reasons(READING, replace(GATES, hold_unchanged=False), same) == []


@pytest.mark.parametrize(
    ("before", "now", "percent", "held"),
    [
        (100, 50, 50, []),
        (100, 49, 50, ["open assessments fell from 100 to 49 (max_shrink_percent is 50)"]),
        (3, 1, 50, ["open assessments fell from 3 to 1 (max_shrink_percent is 50)"]),
        (2, 1, 50, []),
        (100, 99, 1, []),
        (100, 98, 1, ["open assessments fell from 100 to 98 (max_shrink_percent is 1)"]),
        (100, 1, 100, []),
        (100, 1, 0, []),
        (100, 300, 50, []),
        (0, 100, 50, []),
    ],
)
def test_shrinking_over_all(before: int, now: int, percent: int, held: list[str]) -> None:
    """
    Falling by the limit passes, by more does not; 100 and 0 let all pass. Rows without a team are no team.
    """
    assert shrunk({"": before}, {"": now}, percent) == held


@pytest.mark.parametrize(
    ("before", "now", "percent", "held"),
    [
        (5, 2, 50, ["team 'Court' fell from 5 open assessments to 2"]),
        (4, 0, 50, []),
        (10, 5, 50, []),
        (10, 4, 50, ["team 'Court' fell from 10 open assessments to 4"]),
        (10, 0, 99, ["team 'Court' fell from 10 open assessments to 0"]),
        (10, 0, 100, []),
        (10, 0, 0, []),
    ],
)
def test_shrinking_in_a_team(before: int, now: int, percent: int, held: list[str]) -> None:
    """
    A team of five or more may not fall by more than the limit, though over all nothing is missed.
    """
    left = {"Court": now, "Duty": 200} if now else {"Duty": 200}
    assert shrunk({"Court": before, "Duty": 200}, left, percent) == held


def test_teams_that_fell_are_named_in_order() -> None:
    """
    Each has its sentence, whatever order the extract has them in.
    """
    held = shrunk({"North": 9, "East": 6, "": 200}, {"": 200})
    assert held == [
        "team 'East' fell from 6 open assessments to 0", "team 'North' fell from 9 open assessments to 0",
    ]  # fmt: skip


def test_new_spelling_is_no_empty_team() -> None:
    """
    A team is compared by what the directory would take for its name, its several spellings added up.
    """
    before = {"Duty & Assessment": 6, "duty and assessment": 4}
    assert shrunk(before, {"DUTY AND\u00a0ASSESSMENT": 3, "Duty & Assessment": 2}) == []
    assert shrunk(before, {"Duty and Assessment": 4, "": 6}) == [
        "team 'duty and assessment' fell from 10 open assessments to 4"
    ]


def test_every_gate_speaks() -> None:
    """
    All reasons are given at once; with every gate off there is none.
    """
    reading = Reading(
        sha256="old", extracted_at=NOW - 9 * ONE_DAY, teams={"Duty": 1}, newest_start=day("Thu 2026-08-06")
    )
    assert len(reasons(reading, before=BEFORE)) == 6
    assert reasons(reading, OFF, BEFORE) == []


@settings(max_examples=200, deadline=None)
@given(
    before=st.dictionaries(st.sampled_from(["", "A", "B", "C"]), st.integers(0, 12)),
    now=st.dictionaries(st.sampled_from(["", "A", "B", "C"]), st.integers(0, 12)),
    percent=st.integers(0, 100),
)
def test_wider_limit_holds_no_more(before: dict[str, int], now: dict[str, int], percent: int) -> None:
    """
    What passes one limit passes every wider one, and an extract never shrank against itself.
    """
    wider = shrunk(before, now, 100)
    assert len(wider) <= len(shrunk(before, now, percent or 1)) or not percent
    assert [reason for reason in shrunk(before, before, percent) if "fell" in reason] == []

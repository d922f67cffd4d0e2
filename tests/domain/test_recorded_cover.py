"""Covers from the directory and those recorded here: what was recorded last counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.cover import Cover, conflicts, standing
from alerter.domain.routing import DirectoryEntry, Recipient, Router
from tests.world.assessments import assessment

ON = date(2026, 11, 23)
READ_AT = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
LATER, EARLIER = READ_AT + timedelta(days=2), READ_AT - timedelta(days=2)
MANAGER, ANNA, BELA = "m@council.example", "anna@council.example", "bela@council.example"
LINE = DirectoryEntry(
    line=2, team="North", manager_name="M. Away", manager_email=MANAGER, cover_email=ANNA,
    cover_from=ON, cover_until=ON, cover_read_at=READ_AT,
)  # fmt: skip
DAYS, HOURS = st.integers(0, 9), st.integers(0, 5)
RECORDED = Cover(
    manager_email=MANAGER.upper(), cover_email=BELA, first=ON, last=ON + timedelta(days=9), recorded_at=LATER,
    recorded_by="admin",
)  # fmt: skip


def recipient(line: DirectoryEntry, *covers: Cover, on: date = ON) -> str:
    """Return who is written to about an assessment of North."""
    router = Router([line], Recipient("f@council.example"), ("council.example",), on, covers)
    return router.route(assessment(ON, team="North")).recipient.email


@pytest.mark.parametrize(
    ("recorded", "stands_in"),
    [
        (RECORDED, BELA),
        (replace(RECORDED, recorded_at=EARLIER), ANNA),
        (replace(RECORDED, cover_email=MANAGER), MANAGER),
        (replace(RECORDED, first=ON + timedelta(days=1)), ANNA),
        (replace(RECORDED, manager_email="other@council.example"), ANNA),
    ],
)
def test_what_was_recorded_last_counts(recorded: Cover, stands_in: str) -> None:
    """Of the directory's cover, which counts from its first reading, and one recorded here."""
    assert recipient(LINE, recorded) == stands_in


def test_recorded_cover_stands_in_alone_and_in_a_chain() -> None:
    """Without a directory's cover, on its days only; who covers may be covered in turn."""
    bare = replace(LINE, cover_email="", cover_from=None, cover_until=None)
    assert recipient(bare, RECORDED) == BELA
    assert recipient(bare, RECORDED, on=ON - timedelta(days=1)) == MANAGER
    assert recipient(bare, RECORDED, on=ON + timedelta(days=10)) == MANAGER
    next_one = replace(RECORDED, manager_email=BELA, cover_email=ANNA)
    assert recipient(bare, RECORDED, next_one) == ANNA
    back = replace(next_one, cover_email=MANAGER)
    assert recipient(bare, RECORDED, back) == "f@council.example"


def test_covers_that_differ_are_told() -> None:
    """For one manager and day, where one at least was recorded here; routing tells of the directory's own."""
    named = LINE.cover
    assert named is not None
    (sentence,) = conflicts([named, RECORDED], ON)
    assert sentence == (
        "two covers say different things for one day: anna@council.example for m@council.example "
        "from 2026-11-23 until 2026-11-23 (directory line 2), and bela@council.example for M@COUNCIL.EXAMPLE "
        "from 2026-11-23 until 2026-12-02 (recorded by admin); the one recorded later counts, "
        "bela@council.example."
    )
    assert conflicts([named, RECORDED], ON + timedelta(days=1)) == []
    assert conflicts([named, replace(RECORDED, cover_email=ANNA)], ON) == []
    assert conflicts([named, replace(named, cover_email=BELA, line=3)], ON) == []


@given(st.lists(st.tuples(st.sampled_from([ANNA, BELA, MANAGER]), DAYS, DAYS, HOURS), max_size=6), DAYS)
def test_standing_covers_are_the_latest_that_hold(records: list[tuple[str, int, int, int]], day: int) -> None:
    """Against a plain walk through the records in their order."""
    covers = [
        Cover(
            manager_email=MANAGER, cover_email=email, first=ON + timedelta(days=first),
            last=ON + timedelta(days=last), recorded_at=READ_AT + timedelta(hours=hour),
        )
        for email, first, last, hour in records
    ]  # fmt: skip
    expected: list[str] = []
    for hour in range(6):
        now = [email for email, first, last, at in records if at == hour and first <= day <= last]
        expected = now or expected
    found = [cover.cover_email for cover in standing(covers, ON + timedelta(days=day))]
    assert found == [email for email in expected if email != MANAGER]

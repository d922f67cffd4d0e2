"""Legacy records that nobody closed: counted for the admins, and chased nowhere."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.gate import Gates
from alerter.pipeline.planning import plan_on, records_to_mend
from alerter.pipeline.sync import gate_of
from alerter.store import runs
from tests.world.stored_council import AS_OF, NOW, Council, row, rules

SINCE = date(2026, 9, 1)
WEEK = timedelta(days=7)
GATES = Gates(max_age_hours=0, max_quiet_days=0, hold_unchanged=False)
LEGACY = [row(f"A-9{number}", started_on="2026-08-31") for number in range(30)]


@pytest.fixture
def choosy(council: Council) -> Council:
    """Return a council that ignores what began before September 2026."""
    return replace(council, rules=rules(ignore_started_before=SINCE))


def test_they_are_counted_in_the_summary_alone(choosy: Council) -> None:
    """
    In no stage, no digest and no exception, whatever is wrong with them; the first day of the key is chased.
    """
    odd = row("A-8", child_id="91", started_on="2026-08-31", cancelled_on="2020-01-01", closed_on="?")
    choosy.read([row("A-1"), row("A-2", started_on="2026-09-01"), odd, *LEGACY])
    run = choosy.week()
    assert (run.counts["open"], run.counts["overdue"], run.counts["ignored"]) == (2, 1, 31)
    with choosy.database.read() as connection:
        assert runs.exceptions_of(connection, run.id) == []
        assert records_to_mend(connection, choosy.rules, AS_OF) == []
    (digest,) = choosy.letters()
    assert "A-9" not in digest.text
    assert "A-8" not in digest.text
    (summary,) = choosy.letters("summary")
    said = (
        "31 open assessments began before 1 September 2026: counted here alone, for they are in no digest "
        "([source] ignore_started_before)."
    )
    assert said in " ".join(summary.text.split())
    assert "A-9" not in summary.text


def test_without_any_there_is_nothing_to_say(choosy: Council) -> None:
    """The count is there, and the summary has no sentence about it."""
    choosy.read([row("A-1")])
    assert choosy.week().counts["ignored"] == 0
    (summary,) = choosy.letters("summary")
    assert "ignore_started_before" not in summary.text


def test_what_is_gone_of_them_is_no_exception(choosy: Council) -> None:
    """A council that clears its old records up hears nothing of each, be they vanished or only missing."""
    choosy.read([row("A-1"), *LEGACY])
    choosy.week()
    choosy.read([row("A-1"), *LEGACY[1:], row("", child_id="")])
    choosy.read([row("A-1"), *LEGACY[2:]])
    choosy.read([row("A-1"), row("", child_id="")])
    run = choosy.week(AS_OF + WEEK, NOW + WEEK)
    with choosy.database.read() as connection:
        assert runs.exceptions_of(connection, run.id) == []


def test_they_are_outside_every_gate(council: Council, choosy: Council) -> None:
    """
    Neither do they make a loss look small, nor is it a loss when the key is set, nor a growth when it goes.
    """
    council.read([row("A-1"), row("A-2"), *LEGACY])
    council.week()
    gate = gate_of(choosy.rules, GATES, as_of=AS_OF + WEEK, now=NOW + WEEK)
    assert choosy.read([row("A-1"), row("A-2"), row("A-3"), *LEGACY], gate=gate).held_because == ()
    choosy.week(AS_OF + WEEK, NOW + WEEK)
    after = {"as_of": AS_OF + 2 * WEEK, "now": NOW + 2 * WEEK}
    (held,) = choosy.read([row("A-1"), *LEGACY], gate=gate_of(choosy.rules, GATES, **after)).held_because
    assert "fell from 3 to 1" in held
    (empty,) = choosy.read(LEGACY, gate=gate_of(choosy.rules, GATES, **after)).held_because[:1]
    assert "no open assessment" in empty
    loose = gate_of(council.rules, GATES, **after)
    assert council.read([row("A-1"), row("A-2"), row("A-3"), *LEGACY], gate=loose).held_because == ()


@given(days=st.lists(st.integers(-5, 200), max_size=12), cut=st.integers(-5, 200))
def test_every_other_one_is_in_one_digest(council: Council, days: list[int], cut: int) -> None:
    """Open is ignored and chased together, and the digests partition what is chased, which `look` proves."""
    since = AS_OF - timedelta(days=cut)
    choosy = replace(council, rules=rules(ignore_started_before=since))
    starts = [AS_OF - timedelta(days=each) for each in days]
    choosy.read([row(f"A-{n}", started_on=start.isoformat()) for n, start in enumerate(starts)])
    with choosy.database.read() as connection:
        counts = plan_on(connection, choosy.rules, AS_OF).counts
    assert counts["open"] == sum(start >= since for start in starts)
    assert counts["ignored"] == sum(start < since for start in starts)

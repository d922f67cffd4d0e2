"""The quality audit: the form, what a row says of it, and the sign-offs without one."""

from dataclasses import replace
from datetime import date

import pytest

from alerter.domain.audit_standing import AuditStanding, audit_standing, latest_audit, unaudited
from alerter.domain.policy import Alert
from alerter.domain.quality_audit import Audit, Criterion, fill_in
from alerter.statistics.tables import first_audits
from tests.world.assessments import CORE, aged, assessment, day, judged

GATED = replace(CORE, audit_pass_mark=80)
FORM = (
    Criterion(key="a", name="Child seen", description="Seen alone.", weight=60),
    Criterion(key="b", name="Plan", description="Actions with dates.", weight=40),
)
FRIDAY = day("Fri 2026-11-20")


def alert(days: int, audit: Audit | None = None, *, is_gated: bool = True, **facts: object) -> Alert:
    """Return an open assessment *days* old, judged, with an audit on record."""
    found = judged(aged(days, **facts))
    return replace(found, clock=GATED if is_gated else CORE, audit=audit)


@pytest.mark.parametrize(
    ("score", "standing"),
    [
        (None, None),
        (79, AuditStanding("returned", 79, 80)),
        (80, AuditStanding("passed", 80, 80)),
    ],
)
def test_below_the_mark_it_is_returned(score: int | None, standing: AuditStanding | None) -> None:
    """At the mark it has passed; nothing is said where there is no score."""
    assert audit_standing(alert(31, audit_score=score)) == standing


def test_without_a_pass_mark_the_score_stands_alone() -> None:
    """A council without the gate sees the number its case system tells."""
    assert audit_standing(alert(31, is_gated=False, audit_score=74)) == AuditStanding("scored", 74)


@pytest.mark.parametrize(
    ("audit", "score", "is_waiting"),
    [
        (None, None, True),
        (Audit(score=74, by="a@council.example", audited_on=date(2026, 11, 18)), None, True),
        (Audit(score=74, by="a@council.example", audited_on=FRIDAY), None, False),
        (None, 74, False),  # the extract's score has no day, so it is taken for the answer
    ],
)
def test_what_was_handed_in_waits_until_it_is_audited(
    audit: Audit | None, score: int | None, *, is_waiting: bool
) -> None:
    """An audit before the day it was handed in, the last time, does not end the waiting."""
    found = audit_standing(alert(31, audit, submitted_on=FRIDAY, audit_score=score))
    waiting, returned = AuditStanding("waiting", since=FRIDAY), AuditStanding("returned", 74, 80)
    assert found == (waiting if is_waiting else returned)


def test_an_audit_recorded_here_wins_over_the_extract() -> None:
    """It has a day and a name."""
    recorded = Audit(score=90, by="a@council.example", audited_on=FRIDAY)
    each = assessment(audit_score=74)
    assert latest_audit(each, recorded) == recorded
    assert latest_audit(each, None) == Audit(score=74)
    assert latest_audit(assessment(), None) is None


def test_signed_off_without_a_passing_audit() -> None:
    """
    No score, or one below the mark, is told; a passing one of either kind, or a type without a mark, is not.
    """
    start, signed = day("Mon 2026-10-05"), day("Mon 2026-11-09")
    rows = {
        1: assessment(start, assessment_id="none", authorised_on=signed),
        2: assessment(start, assessment_id="below", authorised_on=signed, audit_score=79),
        3: assessment(start, assessment_id="passed", authorised_on=signed, audit_score=80),
        4: assessment(start, assessment_id="recorded", authorised_on=signed, audit_score=79),
        5: assessment(start, assessment_id="other", type="initial", authorised_on=signed),
        6: assessment(start, assessment_id="gone", type="gone", authorised_on=signed),
        7: assessment(start, assessment_id="slip", authorised_on=day("Fri 2026-10-02")),
    }
    clocks = {"core": GATED, "initial": CORE}
    found = unaudited(rows, {4: Audit(score=81)}, clocks)
    assert [each.assessment_id for each in found] == ["none", "below"]


def test_first_audits_by_band() -> None:
    """Each score is in one band, and the rate is of those that have one."""
    found = first_audits([0, 59, 60, 79, 80, 100], 80)
    assert found.by_band == {"0-59": 2, "60-69": 1, "70-79": 1, "80-89": 1, "90-100": 1}
    assert (found.audited, found.passed, found.percent) == (6, 2, pytest.approx(100 / 3))
    assert first_audits([], 80).percent is None


@pytest.mark.parametrize("points", ["", "x", "-1", "61", "7.5", "\u0663"])
def test_points_must_be_whole_and_within_the_weight(points: str) -> None:
    """What is no number from 0 to the weight is named with its criterion, and adds nothing to the score."""
    filled = fill_in(FORM, {"a": points, "b": " 40 "})
    assert filled.faults == ("a (Child seen): give 0 to 60 points.",)
    assert (filled.score, filled.points) == (40, {"b": 40})

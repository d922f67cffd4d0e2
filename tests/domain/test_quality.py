"""Records to mend: what a child's assessments say that cannot all be true."""

from datetime import date
from typing import Any

import pytest

from alerter.domain.assessment import Assessment
from alerter.domain.data_exceptions import DataException, quality_faults
from alerter.domain.routing import DirectoryEntry, near_miss

AS_OF = date(2026, 11, 23)
START = date(2026, 10, 5)


def row(assessment_id: str = "A-1", child_id: str = "7", start: date = START, **changed: Any) -> Assessment:
    """Return an assessment that started on *start*, with what is *changed*."""
    usual = {"type": "core", "clock_on": start, "started_on": start, "team": "Duty"}
    return Assessment(assessment_id=assessment_id, child_id=child_id, **{**usual, **changed})


@pytest.mark.parametrize(
    ("changed", "field", "rule"),
    [
        ({"start": date(2026, 11, 24)}, "started_on", ""),
        ({"referred_on": date(2026, 10, 6)}, "started_on", "1103"),
        ({"authorised_on": date(2026, 10, 4)}, "authorised_on", "8608"),
        ({"authorised_on": date(2026, 11, 24)}, "authorised_on", "8696"),
        ({"closed_on": date(2026, 11, 2)}, "closed_on", "8867"),
        ({"closed_on": date(2026, 10, 4), "authorised_on": date(2026, 11, 2)}, "closed_on", "8565"),
        ({"closed_on": date(2026, 11, 24)}, "closed_on", ""),
        ({"cancelled_on": date(2026, 10, 4)}, "cancelled_on", ""),
        ({"cancelled_on": date(2026, 11, 24)}, "cancelled_on", ""),
    ],
)
def test_each_rule_names_the_field_to_mend(changed: dict[str, Any], field: str, rule: str) -> None:
    """One fault, one field, and the census guide's number where there is one."""
    (fault,) = quality_faults([row(**changed)], AS_OF)
    assert (fault.field, fault.rule) == (field, rule)
    assert (rule in fault.sentence) or rule == "8696"


def test_a_closed_one_whose_sign_off_does_not_count_was_never_signed_off() -> None:
    """
    A sign-off before the start or still to come leaves the closure without one, and both are to be mended.
    """
    for signed, kind in (
        (date(2026, 10, 4), "authorised_before_start"),
        (date(2026, 11, 24), "authorised_in_future"),
    ):
        found = quality_faults([row(authorised_on=signed, closed_on=date(2026, 11, 2))], AS_OF)
        assert [each.kind for each in found] == [kind, "closed_but_open"]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"start": AS_OF},
        {"referred_on": START},
        {"authorised_on": START},
        {"authorised_on": AS_OF},
        {"closed_on": AS_OF, "authorised_on": date(2026, 11, 2)},
        {"closed_on": date(2026, 11, 2), "cancelled_on": date(2026, 11, 2)},
        {"closed_on": START, "authorised_on": START},
    ],
)
def test_what_can_be_is_no_fault(changed: dict[str, Any]) -> None:
    """The last day before each fault begins."""
    assert quality_faults([row(**changed)], AS_OF) == []


def test_two_open_for_one_child_are_both_named() -> None:
    """Siblings under one id are two children, and no fault."""
    found = quality_faults([row("A-1"), row("A-2"), row("A-3", "8"), row("A-3", "9")], AS_OF)
    assert [(each.assessment.assessment_id, each.rule) for each in found] == [
        ("A-1", "8896"),
        ("A-2", "8896"),
    ]


def test_a_start_within_another_assessment_is_named() -> None:
    """On the day the other ended it is none: one may follow the other."""
    ended = row("A-1", authorised_on=date(2026, 11, 2))
    within = row("A-2", start=date(2026, 10, 30))
    after = row("A-3", "7", start=date(2026, 11, 2))
    assert [each.rule for each in quality_faults([ended, within], AS_OF)] == ["8863Q"]
    assert quality_faults([ended, after], AS_OF) == []


def test_faults_come_by_team() -> None:
    """A team's list is one block; a fault reads as a line of its manager's digest."""
    wrong = {"authorised_on": date(2026, 10, 4)}
    found = quality_faults(
        [row("A-9", "1", team="duty", **wrong), row("A-1", "2", team="Court", **wrong)], AS_OF
    )
    assert [each.assessment.team for each in found] == ["Court", "duty"]
    assert found[0].as_exception() == DataException(
        "authorised_before_start",
        "A-1",
        "2",
        "the sign-off is dated before the start (DfE 8608): it does not count",
    )


def test_a_near_miss_is_a_name_and_nothing_like_it_is_none() -> None:
    """A slip of one letter finds its team; another word finds nothing."""
    entries = [DirectoryEntry(line=2, team="Duty & Assessment"), DirectoryEntry(line=3, worker="P. Adeyemi")]
    assert near_miss("duty and Assesment", entries) == "Duty & Assessment"
    assert near_miss("P. Adeyemmi", entries) == "P. Adeyemi"
    assert near_miss("Leaving care", entries) == ""

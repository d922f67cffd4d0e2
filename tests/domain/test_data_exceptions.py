"""What the data say that cannot be: each kind, found or not found."""

from datetime import date, timedelta

import pytest

from alerter.domain.assessment import Assessment, Rejected
from alerter.domain.data_exceptions import (
    SENTENCES,
    DataException,
    of_closed,
    of_directory,
    of_missing,
    of_open,
    of_rejected,
    of_unaudited,
    of_unknown_type,
    of_unreached,
    of_vanished,
)
from tests.world.assessments import AS_OF, assessment, entry

ONE_DAY = timedelta(days=1)
START = AS_OF - timedelta(days=14)


def kinds(*assessments: Assessment) -> list[tuple[str, str, str]]:
    """Return the kind, assessment and child of each exception among open *assessments*."""
    return [(each.kind, each.assessment_id, each.child_id) for each in of_open(assessments, AS_OF)]


@pytest.mark.parametrize(
    ("start", "authorised_on", "found"),
    [
        (START, None, []),
        (AS_OF, None, []),
        (START, AS_OF, []),
        (AS_OF + ONE_DAY, None, ["start_in_future"]),
        (START, START - ONE_DAY, ["authorised_before_start"]),
        (START, AS_OF + ONE_DAY, ["authorised_in_future"]),
        (AS_OF + ONE_DAY, AS_OF, ["start_in_future", "authorised_before_start"]),
        (AS_OF + 2 * ONE_DAY, AS_OF + ONE_DAY, ["start_in_future", "authorised_before_start"]),
        (AS_OF + ONE_DAY, AS_OF + ONE_DAY, ["start_in_future", "authorised_in_future"]),
    ],
)
def test_dates_that_cannot_be(start: date, authorised_on: date | None, found: list[str]) -> None:
    """A start or a sign-off tomorrow, and a sign-off before the start, are exceptions; today is not."""
    each = assessment(start, authorised_on=authorised_on)
    assert kinds(each) == [(kind, "A-1", "71") for kind in found]


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ({"cancelled_on": START - ONE_DAY}, ["ended_before_start"]),
        ({"closed_on": START - ONE_DAY}, ["ended_before_start"]),
        ({"cancelled_on": START - ONE_DAY, "closed_on": START - ONE_DAY}, ["ended_before_start"]),
        ({"cancelled_on": AS_OF + ONE_DAY}, ["ended_in_future"]),
        (
            {"cancelled_on": START - ONE_DAY, "closed_on": AS_OF + ONE_DAY},
            ["ended_before_start", "ended_in_future"],
        ),
    ],
)
def test_cancellations_and_closures_that_cannot_be(ends: dict[str, date], found: list[str]) -> None:
    """Each kind once, however many of the dates it is about: the sentence names both."""
    assert kinds(assessment(START, **ends)) == [(kind, "A-1", "71") for kind in found]


def test_sign_off_before_the_assessment_began() -> None:
    """
    Where the referral starts the clock, a sign-off between referral and start is still before the start.
    """
    each = assessment(START, referred_on=START, started_on=START + 3 * ONE_DAY, authorised_on=START + ONE_DAY)
    assert kinds(each) == [("authorised_before_start", "A-1", "71")]


def test_two_open_for_one_child() -> None:
    """Both are named, and each time they are more than two, all."""
    two = [assessment(START), assessment(START, assessment_id="A-2")]
    assert kinds(*two) == [("duplicate_open", "A-1", "71"), ("duplicate_open", "A-2", "71")]
    assert len(kinds(*two, assessment(START, assessment_id="A-3"))) == 3


def test_siblings_under_one_id_are_no_duplicates() -> None:
    """Two children with one assessment id are two assessments; one of them may be a duplicate by itself."""
    siblings = [assessment(START), assessment(START, child_id="72")]
    assert kinds(*siblings) == []
    again = assessment(START, assessment_id="A-2", child_id="72")
    assert kinds(*siblings, again) == [("duplicate_open", "A-1", "72"), ("duplicate_open", "A-2", "72")]


def test_sentences_name_fields_and_never_a_child() -> None:
    """Every kind that is found on an assessment has a sentence, and no sentence holds an id or a date."""
    each = assessment(AS_OF + ONE_DAY, assessment_id="A-4711", child_id="88213", authorised_on=AS_OF)
    found = [
        *of_open([each, assessment(START, assessment_id="A-4712", child_id="88213")], AS_OF),
        *of_open([assessment(START, authorised_on=AS_OF + ONE_DAY)], AS_OF),
        *of_open([assessment(START, cancelled_on=START - ONE_DAY, closed_on=AS_OF + ONE_DAY)], AS_OF),
        *of_closed([each]),
        *of_vanished([each]),
        *of_missing([each]),
        *of_unknown_type([each]),
        *of_unaudited([each]),
    ]
    assert {exception.kind for exception in found} == SENTENCES.keys()
    for exception in found:
        assert exception.detail == SENTENCES[exception.kind]
        assert not {"4711", "88213", "2026"} & set(exception.detail.replace("-", " ").split())


def test_closed_vanished_and_unknown_carry_their_ids() -> None:
    """Each assessment handed in makes one exception, in its order."""
    pair = [assessment(START), assessment(START, child_id="72")]
    for of_kind, kind in (
        (of_closed, "closed_but_open"),
        (of_vanished, "vanished"),
        (of_missing, "missing"),
        (of_unknown_type, "unknown_type"),
    ):
        assert of_kind(pair) == [DataException(kind, "A-1", child, SENTENCES[kind]) for child in ("71", "72")]


def test_rejected_rows_with_a_kind() -> None:
    """A missing start and an unknown type are exceptions with their line; any other rejection is none."""
    rejected = [
        Rejected(4, "has no started_on", "start_missing", "A-1", "71"),
        Rejected(5, "has no child_id"),
        Rejected(6, "type names no configured type", "unknown_type"),
    ]
    assert of_rejected(rejected) == [
        DataException("start_missing", "A-1", "71", "line 4: has no started_on"),
        DataException("unknown_type", "", "", "line 6: type names no configured type"),
    ]


def test_who_was_not_reached_is_an_exception_about_no_child() -> None:
    """A digest that came back is told by its address, its run and the status; no assessment is named."""
    found = of_unreached("n.okafor@council.example", 7, "5.1.1")
    assert (found.kind, found.assessment_id, found.child_id) == ("bounced", "", "")
    assert found.detail.startswith(
        "the digest of run 7 for n.okafor@council.example came back (5.1.1): nobody"
    )


def test_a_line_of_the_directory_with_a_fault() -> None:
    """Named by its line alone, and about no assessment; a line without a fault is none."""
    found = of_directory([entry(2), entry(3, fault="cover_from is after cover_until")])
    assert found == [
        DataException("bad_directory_line", "", "", "directory line 3: cover_from is after cover_until")
    ]

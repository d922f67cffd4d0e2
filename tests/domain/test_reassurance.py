"""A manager's word: what can be recorded, what an extract may tell, and the hour for undoing it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from alerter.domain.assessment import Assessment
from alerter.domain.data_exceptions import quality_faults
from alerter.domain.policy import Reassurance
from alerter.domain.reassurance import (
    LONGEST_NOTE,
    UNDO_WITHIN,
    Fault,
    Reasons,
    faults_of,
    imported_reassurance,
    is_reassurance_doubtful,
    may_withdraw,
)

TODAY = date(2026, 11, 23)  # a Monday
ONE_DAY = timedelta(days=1)
REASONS = Reasons({"absence": "worker absence", "other": "other"})
GIVEN = Reassurance(by="n.okafor@council.example", given_on=TODAY, expected_on=TODAY, reason="absence")
STARTED = date(2026, 10, 12)
TOLD = Assessment(
    assessment_id="A-1", child_id="7", type="core", clock_on=STARTED,
    reassured_on=date(2026, 11, 16), reassured_by="N. Okafor", expected_on=date(2026, 11, 27),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("absence", "absence"), ("ABSENCE", "absence"), ("Worker  absence ", "absence"),
        ("", None), ("holiday", None),
    ],
)  # fmt: skip
def test_reason_is_known_by_code_or_label(text: str, code: str | None) -> None:
    """Case and blanks do not matter, in a code or in a label."""
    assert REASONS.code_of(text) == code


def test_code_configured_no_longer_is_its_own_label() -> None:
    """What was recorded under older settings can still be shown."""
    assert [REASONS.label_of(code) for code in ("absence", "flood")] == ["worker absence", "flood"]
    assert REASONS.listed == "absence (worker absence), other (other)"


@pytest.mark.parametrize(
    ("given", "note", "faults"),
    [
        (GIVEN, "", []),
        (replace(GIVEN, reason=""), "x" * LONGEST_NOTE, []),
        (replace(GIVEN, given_on=TODAY + ONE_DAY, expected_on=TODAY + ONE_DAY), "", [Fault.LOOKED_IN_FUTURE]),
        (replace(GIVEN, expected_on=TODAY - ONE_DAY), "", [Fault.EXPECTED_BEFORE_LOOKING]),
        (replace(GIVEN, reason="flood"), "", [Fault.UNKNOWN_REASON]),
        (GIVEN, "x" * (LONGEST_NOTE + 1), [Fault.NOTE_TOO_LONG]),
        (GIVEN, "two\nlines", [Fault.NOTE_NOT_ONE_LINE]),
    ],
)
def test_what_can_be_recorded(given: Reassurance, note: str, faults: list[Fault]) -> None:
    """Dates in order, a known reason or none, and a note of one short line."""
    assert faults_of(given, note, REASONS, TODAY) == faults


RECORDED_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("by", "after", "may"),
    [
        ("N.Okafor@council.example", timedelta(0), True),
        ("n.okafor@council.example", UNDO_WITHIN, True),
        ("n.okafor@council.example", UNDO_WITHIN + timedelta(seconds=1), False),
        ("n.okafor@council.example", -timedelta(seconds=1), False),
        ("s.lindqvist@council.example", timedelta(0), False),
    ],
)
def test_only_its_giver_undoes_it_and_within_the_hour(by: str, after: timedelta, *, may: bool) -> None:
    """The hour counts from the recording; whoever else asks is refused."""
    assert may_withdraw(GIVEN, RECORDED_AT, by=by, now=RECORDED_AT + after) is may


def test_word_of_the_extract_is_taken_as_told() -> None:
    """Who looked may be named in whatever way the case system does."""
    assert imported_reassurance(TOLD, TODAY) == Reassurance(
        by="N. Okafor", given_on=date(2026, 11, 16), expected_on=date(2026, 11, 27)
    )
    assert not is_reassurance_doubtful(TOLD, TODAY)


@pytest.mark.parametrize(
    "told",
    [
        replace(TOLD, reassured_by=""),
        replace(TOLD, reassured_on=None),
        replace(TOLD, expected_on=None),
        replace(TOLD, reassured_on=STARTED - ONE_DAY),
        replace(TOLD, reassured_on=TODAY + ONE_DAY),
        replace(TOLD, expected_on=date(2026, 11, 15)),
    ],
)
def test_word_that_cannot_be_believed_is_to_mend(told: Assessment) -> None:
    """Incomplete, before the start, in the future, expected before it was looked at: it does not count."""
    assert imported_reassurance(told, TODAY) is None
    (fault,) = quality_faults([told], TODAY)
    assert (fault.kind, fault.field, fault.rule) == ("reassurance_not_believed", "reassured_on", "")
    assert fault.sentence == "the extract's reassurance is incomplete or out of order: it does not count"


def test_no_word_is_no_fault() -> None:
    """The columns are optional, and an ended assessment needs no word any more."""
    silent = replace(TOLD, reassured_by="", reassured_on=None, expected_on=None)
    ended = replace(TOLD, reassured_by="", authorised_on=TODAY)
    assert quality_faults([silent], TODAY) == quality_faults([ended], TODAY) == []

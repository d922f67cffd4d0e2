"""Each row becomes an assessment or says in a sentence why not, and never whose it is."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from alerter.config.reporting import REASONS
from alerter.domain.assessment import Assessment, Rejected, UnreadableValue, assessment_of
from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.sources.columns import ASSESSMENT_COLUMNS, DATE_COLUMNS, Located
from alerter.sources.doubts import PartlyRead
from alerter.sources.lines import NoRecord
from alerter.sources.rows import NO_ADDRESS, RowReader
from alerter.sources.slipped import Slipped
from tests.sources.reading import read_row

CORE = Clock(type="core", label="Core assessment", working_days=35, alert_after=25)
SINGLE = Clock(
    type="single", label="Single assessment", working_days=45, alert_after=35, starts_from="referred_on"
)
FIFTH = date(2026, 10, 5)
GOOD = {"assessment_id": "A-77", "child_id": "88213", "type": "core", "started_on": "2026-10-05"}


def reader(*clocks: Clock, headings: dict[str, str] | None = None) -> RowReader:
    """Return a reader of a file that has every canonical column, in order."""
    named = tuple((headings or {}).get(name, name) for name in ASSESSMENT_COLUMNS)
    located = Located(named, {name: index for index, name in enumerate(ASSESSMENT_COLUMNS)})
    return RowReader("extract.csv", located, {clock.type: clock for clock in clocks or (CORE,)})


def read(*clocks: Clock, **cells: object) -> Assessment | Rejected | NoRecord:
    """Read a good row with some cells changed, on line 5."""
    row = [(GOOD | cells).get(name, "") for name in ASSESSMENT_COLUMNS]
    return read_row(reader(*clocks), 5, row)


def accepted(*clocks: Clock, **cells: object) -> Assessment:
    """Read a row that must be believed."""
    value = read(*clocks, **cells)
    assert isinstance(value, Assessment)
    return value


def rejected(*clocks: Clock, **cells: object) -> Rejected:
    """Read a row that must not be believed."""
    value = read(*clocks, **cells)
    assert isinstance(value, Rejected)
    assert value.line == 5
    return value


def test_every_column_arrives_under_its_own_name() -> None:
    """Seventeen cells become seventeen fields, and none another's."""
    assert accepted(
        referred_on="01/10/2026",
        authorised_on="2026-11-02",
        cancelled_on="2026-11-03",
        closed_on="2026-11-04",
        review_on="2026-10-20",
        worker_away_until="2026-11-30",
        team=" Duty\u00a0 team ",
        worker="P. Novak",
        manager_email="p.novak@council.example",
        audit_score="85",
    ) == Assessment(
        assessment_id="A-77",
        child_id="88213",
        type="core",
        clock_on=FIFTH,
        started_on=FIFTH,
        referred_on=date(2026, 10, 1),
        authorised_on=date(2026, 11, 2),
        cancelled_on=date(2026, 11, 3),
        closed_on=date(2026, 11, 4),
        review_on=date(2026, 10, 20),
        worker_away_until=date(2026, 11, 30),
        team="Duty team",
        worker="P. Novak",
        manager_email="p.novak@council.example",
        audit_score=85,
    )


def test_columns_the_file_lacks_are_blank() -> None:
    """Two columns are an assessment; its reference is the child and the start."""
    located = Located(("child_id", "started_on"), {"child_id": 0, "started_on": 1})
    assert read_row(RowReader("x.csv", located, {"core": CORE}), 2, ["88213", "05/10/2026"]) == Assessment(
        assessment_id="88213/2026-10-05", child_id="88213", type="core", clock_on=FIFTH, started_on=FIFTH
    )


def test_the_clock_starts_from_its_own_column() -> None:
    """A type counted from the referral takes the referral's date, and makes its reference from it."""
    found = accepted(CORE, SINGLE, assessment_id="", type="single", referred_on="2026-10-01")
    assert (found.clock_on, found.started_on, found.assessment_id) == (
        date(2026, 10, 1),
        FIFTH,
        "88213/2026-10-01",
    )


@pytest.mark.parametrize("type_", ["core", "CORE ", "Core assessment", "core\u00a0 ASSESSMENT"])
def test_a_type_is_named_by_key_or_label(type_: str) -> None:
    """Case and runs of blanks do not matter."""
    assert accepted(CORE, SINGLE, type=type_).type == "core"


def test_a_key_comes_before_another_types_label() -> None:
    """Where one type's label is another's key, the key is meant."""
    odd = Clock(type="other", label="core", working_days=10, alert_after=7)
    assert accepted(odd, CORE, type="core").type == "core"


@pytest.mark.parametrize("type_", ["", "NULL", " "])
def test_a_blank_type_is_the_only_one_there_is(type_: str) -> None:
    """With one clock nothing needs to be said; with two, guessing would be believing."""
    assert accepted(type=type_).type == "core"
    assert rejected(CORE, SINGLE, type=type_) == Rejected(
        5, "type is blank; the types are core, single", "unknown_type", "A-77", "88213"
    )


def test_an_unknown_type_is_rejected_without_repeating_it() -> None:
    """The cell may hold anything, so the sentence names what would have been right."""
    assert rejected(type="Carer's assessment") == Rejected(
        5, "type names no configured type; the types are core", "unknown_type", "A-77", "88213"
    )


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("", "has no started_on"),
        ("1900-01-01", "has no started_on"),
        ("TBC", "started_on is no date that can be read; write YYYY-MM-DD or DD/MM/YYYY"),
        ("31/12/1989", "started_on is before 1990 and cannot be believed"),
    ],
)
def test_a_start_that_cannot_be_believed_is_start_missing(start: str, reason: str) -> None:
    """Without its start an assessment has no clock, so the row is told and keeps its ids."""
    assert rejected(started_on=start) == Rejected(5, reason, "start_missing", "A-77", "88213")
    assert accepted(started_on="1990-01-01").clock_on == date(1990, 1, 1)


def partly(**cells: object) -> tuple[Assessment, list[UnreadableValue]]:
    """Read a row of which something must count as blank."""
    value = reader().read(5, [(GOOD | cells).get(name, "") for name in ASSESSMENT_COLUMNS])
    assert isinstance(value, PartlyRead)
    return assessment_of(value.values), list(value.unreadable)


@pytest.mark.parametrize("name", [name for name in DATE_COLUMNS if name != "started_on"])
@pytest.mark.parametrize("cell", ["after half-term", "31/12/1989", "31/02/2026", True, 12345.0, "#REF!"])
def test_any_other_unbelievable_date_is_blank_and_named(name: str, cell: object) -> None:
    """The row is kept as if nothing stood there; line and column are told, the value is not."""
    assert partly(**{name: cell}) == (accepted(), [UnreadableValue(5, name, name, "A-77", "88213")])


def test_every_odd_value_of_a_row_is_named() -> None:
    """
    All optional columns at once; only the manager's address leaves a trace, so that nobody else is asked.
    """
    odd = dict.fromkeys(DATE_COLUMNS[1:], "TBC") | {
        "assessment_id": "1.07E+07", "audit_score": "82 points", "manager_email": "a@c.example; b@c.example",
    }  # fmt: skip
    found, values = partly(**odd)
    assert found == replace(accepted(assessment_id=""), manager_email=NO_ADDRESS)
    assert sorted(value.field for value in values) == sorted(odd)
    assert {value.key for value in values} == {("88213/2026-10-05", "88213")}


def test_the_clocks_own_date_is_named_first() -> None:
    """Of two unreadable dates the one without which there is no clock is told."""
    assert rejected(started_on="TBC", referred_on="TBC").kind == "start_missing"
    assert rejected(SINGLE, type="", started_on="TBC", referred_on="TBC").reason.startswith("referred_on")


def test_a_sign_off_before_the_start_is_for_the_rules_to_judge() -> None:
    """It is kept, because the contract makes it an exception and the assessment open."""
    assert accepted(authorised_on="2026-09-01").is_authorised_before_start


@pytest.mark.parametrize("child", ["", " ", "NULL", "-1", "\u200b"])
def test_a_row_without_a_child_is_rejected(child: str) -> None:
    """Identity needs the child; the assessment's id is kept for whoever looks it up."""
    assert rejected(child_id=child) == Rejected(5, "has no child_id", "", "A-77", "")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            {"child_id": "1.07E+07"},
            (
                "child_id was turned into a number in scientific notation (as 1.07E+07); "
                "export the column as text"
            ),
        ),
        ({"child_id": "x" * 65}, "child_id has more than 64 characters"),
    ],
)
def test_a_mangled_id_is_rejected_and_not_carried_on(cells: dict[str, str], reason: str) -> None:
    """The mangled id is blank, the other one is kept."""
    kept = {"assessment_id": "A-77", "child_id": "88213"} | dict.fromkeys(cells, "")
    assert rejected(**cells) == Rejected(5, reason, "", **kept)


@pytest.mark.parametrize(
    ("score", "points"),
    [
        ("", None),
        ("N/A", None),
        (None, None),
        ("0", 0),
        (0, 0),
        ("79.9", 79),
        ("100", 100),
        (87.0, 87),
        ("100.0", 100),
        ("85%", 85),
        ("79.9 %", 79),
    ],
)
def test_an_audit_score_is_whole_points_rounded_down(score: object, points: int | None) -> None:
    """Rounding never lifts a score over a pass mark."""
    assert accepted(audit_score=score).audit_score == points


@pytest.mark.parametrize(
    "score", ["101", "100.5", "-5", "850%", "good", "82 points", "1e1", "nan ish", 1000, "٨٥"]
)
def test_any_other_audit_score_is_blank_and_named(score: object) -> None:
    """A score outside 0 to 100 is no score."""
    found, (value,) = partly(audit_score=score)
    assert (found.audit_score, value.field) == (None, "audit_score")


@pytest.mark.parametrize("mangled", ["1.07E+07", "x" * 65, True, FIFTH])
def test_an_assessment_id_that_cannot_be_believed_is_blank(mangled: object) -> None:
    """The reference is then the child and the start."""
    found, (value,) = partly(assessment_id=mangled)
    assert found == accepted(assessment_id="")
    assert value == UnreadableValue(5, "assessment_id", "assessment_id", "88213/2026-10-05", "88213")


def test_a_reason_names_the_heading_of_the_councils_own_file() -> None:
    """Whoever reads the sentence finds the column by what the file calls it."""
    own = reader(headings={"child_id": "Person ID", "started_on": "Start"})
    row = ["A-77", "", "core", *[""] * 4, "2026-10-05", *[""] * 11]
    assert read_row(own, 5, row) == Rejected(5, 'has no child_id ("Person ID")', "", "A-77", "")
    row[1:8] = ["88213", "core", *[""] * 4, "x"]
    assert read_row(own, 5, row) == Rejected(
        5,
        'started_on ("Start") is no date that can be read; write YYYY-MM-DD or DD/MM/YYYY',
        "start_missing",
        "A-77",
        "88213",
    )


@pytest.mark.parametrize(
    "cells", [{}, {"child_id": ""}, {"type": "adult"}, {"started_on": "TBC"}, {"assessment_id": "x" * 65}]
)
def test_a_month_first_date_refuses_the_file_whatever_else_the_row_is(cells: dict[str, str]) -> None:
    """Even a row that would be rejected proves its column month first; the value is not told."""
    with pytest.raises(SourceError) as caught:
        read(authorised_on="05/25/2026", **cells)
    assert str(caught.value) == (
        'extract.csv, line 5: the column "authorised_on" has a date with the month first, '
        "so none of its dates can be trusted; export it as YYYY-MM-DD or DD/MM/YYYY."
    )


def test_a_row_that_has_slipped_leaves_its_line_and_its_counts() -> None:
    """Not even an id is kept, however much it looks like one."""
    more, fewer = Slipped(["A-77", "88213", "x"], 2), Slipped(["A-77", "88213"], 4)
    assert read_row(reader(), 5, more) == Rejected(
        5, "3 cells for 2 headings; a cell with a delimiter in it needs quotation marks"
    )
    assert read_row(reader(), 5, fewer) == Rejected(
        5, "2 cells for 4 headings; a cell with a line break in it needs quotation marks"
    )


def test_values_of_a_workbook_or_a_database_are_read_as_they_come() -> None:
    """Numbers, dates and moments mean what their text would."""
    found = accepted(
        assessment_id=77.0,
        child_id=88213,
        started_on=datetime(2026, 10, 5, 9, 30),  # noqa: DTZ001 - a workbook's dates have no zone
        authorised_on=date(2026, 11, 2),
        team=12,
    )
    assert (found.assessment_id, found.child_id, found.clock_on, found.team) == ("77", "88213", FIFTH, "12")


def test_nothing_read_can_break_a_line_of_an_email() -> None:
    """Ids, teams, workers and addresses are on one line."""
    found = accepted(
        assessment_id="A\r\nBcc: x",
        team="T\x1b[31m",
        worker="W\u2028V\u202e",
        reassured_by="m@c.example\r\nCc: y",
    )
    assert (found.assessment_id, found.team, found.worker, found.reassured_by) == (
        "A Bcc: x",
        "T [31m",
        "W V",
        "m@c.example Cc: y",
    )


def test_a_word_of_the_case_system_arrives_with_its_row() -> None:
    """Who looked, when, and until when."""
    told = accepted(reassured_on="16/11/2026", reassured_by=" N. Okafor", expected_on="2026-11-27")
    assert (told.reassured_on, told.reassured_by, told.expected_on) == (
        date(2026, 11, 16), "N. Okafor", date(2026, 11, 27),
    )  # fmt: skip


def test_a_reassurance_that_cannot_be_read_stays_incomplete() -> None:
    """What can be read of it is kept, so that `quality` finds the rest missing."""
    told, (value,) = partly(reassured_on="soon", reassured_by="N. Okafor", expected_on="2026-11-27")
    assert (told.reassured_on, told.reassured_by, told.expected_on) == (
        None, "N. Okafor", date(2026, 11, 27),
    )  # fmt: skip
    assert value.field == "reassured_on"


def test_a_month_first_date_condemns_the_words_column_too() -> None:
    """As for every column of dates."""
    with pytest.raises(SourceError, match="a date with the month first"):
        read(reassured_on="11/27/2026")


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("section_47", "section_47"),
        (" Section 47  ENQUIRY", "section_47"),
        ("looked after, or being considered", "looked_after"),
        ("mother of J. fell ill", "other"),
        ("N/A", ""),
        ("", ""),
    ],
)
def test_a_reason_is_one_of_the_settings_or_other(cell: str, kept: str) -> None:
    """By key or by words, without case; what it says otherwise is never kept."""
    located = Located(
        ("child_id", "started_on", "reason", "submitted_on"),
        {"child_id": 0, "started_on": 1, "reason": 2, "submitted_on": 3},
    )
    own = RowReader("x.csv", located, {"core": CORE}, REASONS)
    value = read_row(own, 2, ["88213", "2026-10-05", cell, "20/11/2026"])
    assert isinstance(value, Assessment)
    assert (value.reason, value.submitted_on) == (kept, date(2026, 11, 20))

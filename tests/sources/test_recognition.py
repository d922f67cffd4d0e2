"""What the values of a column say against its heading, and for one whose heading says nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from alerter.sources.recognition.mapping import ColumnMapping
from alerter.sources.recognition.recognise import recognise
from alerter.sources.recognition.synonyms import column_called
from tests.sources.workbooks import Formula, xlsx
from tests.world.exports import READ_ON, Case, caseload, delimited

Cell = Callable[[Case], object]

PLAN: Cell = lambda case: case.due  # noqa: E731 - one of many short cells
BASE: dict[str, Cell] = {
    "Child ID": lambda case: case.child,
    "Assessment start date": lambda case: case.started,
    "Authorised date": lambda case: case.authorised,
    "Team": lambda case: case.team,
}


def mapping_of(tmp_path: Path, columns: dict[str, Cell]) -> ColumnMapping:
    """Return what is made of an export with these columns."""
    rows = [[cell(case) for cell in columns.values()] for case in caseload()]
    return recognise(delimited(tmp_path / "extract.csv", [list(columns), *rows])).mapping


def later(days: int) -> Callable[[Case], date]:
    """Return the day so long after the start."""
    return lambda case: case.started + timedelta(days=days)


def sparse(name: str) -> Cell:
    """Return what is blank in one of three records."""
    return lambda case: getattr(case, name) if case.number % 3 else ""


def test_a_sign_off_beside_the_managers_decision_is_asked_for(tmp_path: Path) -> None:
    """The one could be the worker's; a heading that names the manager itself is taken."""
    decided = {"Team Manager Decision Date": lambda case: case.authorised}
    columns = {name: cell for name, cell in BASE.items() if name != "Authorised date"} | decided
    asked = mapping_of(tmp_path, columns | {"Signed Off Date": BASE["Authorised date"]})
    candidates = [column.heading for column in asked.open["authorised_on"].candidates]
    assert candidates == ["Signed Off Date", "Team Manager Decision Date"]
    told = mapping_of(tmp_path, columns | {"TM Sign Off": BASE["Authorised date"]})
    assert told.taken["authorised_on"].column.heading == "TM Sign Off"


def test_a_number_of_days_is_no_candidate_for_the_childs_id(tmp_path: Path) -> None:
    """Reports count the working days for which each is open; only the real id is proposed."""
    columns = {name: cell for name, cell in BASE.items() if name != "Child ID"}
    columns |= {"Reg": lambda case: case.child, "Working Days Open": lambda case: case.number % 60}
    candidates = mapping_of(tmp_path, columns).open["child_id"].candidates
    assert [column.heading for column in candidates] == ["Reg"]


@pytest.mark.parametrize(
    ("heading", "name"),
    [("Child's ID (LCS)", "child_id"), ("Mosaic Child ID", "child_id"), ("Form Instance", "assessment_id")],
)
def test_ids_by_the_case_systems_name(heading: str, name: str) -> None:
    """The child's id with the system's name in it, and the form's without "id"."""
    assert column_called(heading) == name


@pytest.mark.parametrize(
    ("name", "heading", "cell", "because"),
    [
        ("child_id", "Child ID", lambda case: case.gender, "not all ids"),
        ("child_id", "Child ID", sparse("child"), "often blank"),
        ("child_id", "Child ID", lambda case: case.born, "not all ids"),
        ("assessment_id", "Assessment ID", lambda case: case.note, "not all ids"),
        ("started_on", "Assessment start date", lambda _: "", "it is blank"),
        ("started_on", "Assessment start date", sparse("started"), "often blank"),
        ("started_on", "Assessment start date", lambda case: case.type, "no heading and no values"),
        ("started_on", "Assessment start date", PLAN, "lie in the future"),
        ("authorised_on", "Authorised date", PLAN, "lie in the future"),
        ("authorised_on", "Authorised date", lambda _: "Yes", "no heading and no values"),
        ("authorised_on", "Authorised date", lambda case: case.started, "never blank"),
        ("authorised_on", "Authorised date", lambda case: case.authorised and case.born, "before the start"),
        ("cancelled_on", "Cancelled date", sparse("born"), "before the start"),
        ("referred_on", "Referral date", lambda case: min(READ_ON, later(1)(case)), "after the start"),
        ("assessment_id", "Form ID", lambda case: f"F{len(case.type)}", "repeat as those of types"),
        ("reason", "Reason", lambda case: case.note, "not the reasons that are known"),
        ("team", "Team", lambda case: case.started, "no names"),
        ("team", "Team", lambda case: case.note, "do not repeat"),
        ("worker", "Worker", lambda _: "w@council.example", "no names"),
        ("type", "Assessment type", lambda case: case.note, "do not repeat as types do"),
        ("type", "Type", lambda case: "Core" if case.number % 3 == 0 else "No", "not the names"),
        ("manager_email", "Manager email", lambda case: case.name, "not all addresses"),
        ("audit_score", "Audit score", lambda case: case.name, "not all scores"),
    ],
)  # fmt: skip
def test_values_object_to_a_heading(
    tmp_path: Path, name: str, heading: str, cell: Cell, because: str
) -> None:
    """The column is left open, and the reason says what is in the way."""
    mapping = mapping_of(tmp_path, {**BASE, heading: cell})
    assert name not in mapping.taken
    assert because in mapping.open[name].because


def test_what_councils_do_fill_in_is_taken(tmp_path: Path) -> None:
    """Addresses, scores and cancellations that are what their headings say, blank ones too."""
    cells: dict[str, Cell] = {
        "Manager email": lambda case: f"m{len(case.team)}@council.example",
        "Audit score": lambda case: 82 if case.authorised else "",
        "Cancelled date": lambda _: "",
        "Internal review date": later(14),
    }
    taken = mapping_of(tmp_path, BASE | cells).taken
    assert {name: taken[name].column.heading for name in ("manager_email", "audit_score")} == {
        "manager_email": "Manager email", "audit_score": "Audit score",
    }  # fmt: skip
    assert taken["cancelled_on"].because == "all blank"
    assert taken["review_on"].because == "dates, none blank"


def test_dates_that_stand_for_none_are_blank(tmp_path: Path) -> None:
    """A sign-off of 1 January 1900 is none, and makes no column one that is never blank."""
    column: Cell = lambda case: case.authorised or "01/01/1900"  # noqa: E731 - as above
    assert "authorised_on" in mapping_of(tmp_path, {**BASE, "Authorised date": column}).taken


@pytest.mark.parametrize(
    "heading", ["Due", "Target completion", "Date of birth", "Next review", "Last visit"]
)
def test_plans_and_other_events_are_no_candidates(tmp_path: Path, heading: str) -> None:
    """However their dates lie, they are not among what the sign-off could be."""
    columns = {**BASE, "Completed": BASE["Authorised date"], heading: BASE["Authorised date"]}
    del columns["Authorised date"]
    candidates = [column.heading for column in mapping_of(tmp_path, columns).open["authorised_on"].candidates]
    assert candidates == ["Completed"]


def test_two_columns_of_one_name_are_both_asked_for(tmp_path: Path) -> None:
    """Nobody knows which is meant; of one that has its own name nobody asks."""
    twice = {**BASE, "Manager sign-off": BASE["Authorised date"]}
    left = mapping_of(tmp_path, twice).open["authorised_on"]
    assert left.because == "more than one column is called so"
    assert [column.heading for column in left.candidates] == ["Authorised date", "Manager sign-off"]
    own = {**twice, "authorised_on": BASE["Authorised date"]}
    assert mapping_of(tmp_path, own).taken["authorised_on"].column.heading == "authorised_on"


def test_a_general_heading_counts_where_no_other_could_be_meant(tmp_path: Path) -> None:
    """Beside another column of the same dates "Start date" is asked for; without it, it is the start."""
    columns = {
        "Start date" if heading == "Assessment start date" else heading: BASE[heading] for heading in BASE
    }
    assert mapping_of(tmp_path, columns).taken["started_on"].column.heading == "Start date"
    left = mapping_of(tmp_path, {**columns, "Opened": later(-1)}).open["started_on"]
    assert [column.heading for column in left.candidates] == ["Start date", "Opened"]
    left = mapping_of(tmp_path, {**columns, "Assessment date": later(-1)}).open["started_on"]
    assert [column.heading for column in left.candidates] == ["Start date", "Assessment date"]


def test_a_large_file_is_looked_at_from_end_to_end(tmp_path: Path) -> None:
    """Of more records than are looked at, one in two or in four counts, so that old ones do not decide."""
    rows = [
        (number, "2020-01-06", "2020-02-03" if number < 40_000 else "", "North") for number in range(50_000)
    ]
    path = delimited(tmp_path / "extract.csv", [list(BASE), *rows])
    column = recognise(path).mapping.taken["authorised_on"].column
    assert 20_000 <= len(column.cells) <= 40_000
    assert 0.75 < column.dated_share < 0.85


def test_a_formula_without_a_result_under_another_heading_does_no_harm(tmp_path: Path) -> None:
    """Ages are formulas in many workbooks; the reader of the wanted columns refuses those it needs."""
    rows = [[*(cell(case) for cell in BASE.values()), Formula()] for case in caseload()]
    path = xlsx(tmp_path / "extract.xlsx", {"Data": [[*BASE, "Age"], *rows]})
    assert recognise(path).mapping.taken.keys() == {"child_id", "started_on", "authorised_on", "team"}

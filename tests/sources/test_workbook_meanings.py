"""A cell of a workbook is read as what it shows: a percentage, a merged cell, a link to nothing."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.assessment import Assessment, Rejected
from alerter.sources.workbook.styles import is_percent
from tests.sources.old_workbooks import xls
from tests.sources.reading import accepted, opened, values
from tests.sources.workbooks import MAIN, Fault, Formula, Rows, Spanned, Styled, ods, sheet_xml, xlsx

FIFTH = date(2026, 10, 5)
MAKERS: dict[str, Callable[..., Path]] = {".xlsx": xlsx, ".ods": ods, ".xls": xls}
NOUGHT = {
    ".xlsx": Formula("<v>0</v>"),
    ".ods": Formula(kind=' office:value-type="float" office:value="0"'),
    ".xls": Formula(),
}
NONE = date(1899, 12, 30)
STYLE = ' s="1"'


@pytest.fixture(params=MAKERS)
def kind(request: pytest.FixtureRequest) -> str:
    """Return the ending of a workbook, once for each kind of it."""
    return str(request.param)


def read(folder: Path, kind: str, rows: Rows) -> list[Assessment]:
    """Return the assessments of a sheet, none of which may be rejected."""
    return accepted(opened("workbook", MAKERS[kind](folder / f"extract{kind}", {"S": rows})))


@given(points=st.lists(st.integers(0, 100), min_size=1, max_size=20))
def test_a_percentage_is_its_points(kind: str, points: list[int]) -> None:
    """Each score shown as 82 % is 82 points, whatever the binary fraction makes of 0.82."""
    rows = [
        ("child_id", "started_on", "audit_score"),
        *((n, FIFTH, Styled(p / 100)) for n, p in enumerate(points)),
    ]
    with TemporaryDirectory() as folder:
        found = read(Path(folder), kind, rows)
    assert [assessment.audit_score for assessment in found] == points


@pytest.mark.parametrize("make", [xlsx, xls])
def test_a_format_of_the_council_and_cells_without_one(tmp_path: Path, make: Callable[..., Path]) -> None:
    """`0.0 %` shows a percentage; a quoted sign, a text and a plain number beside it are what they are."""
    cells = [Styled(0.825, 3), Styled(82, 4), "82%", 82, Styled(1), None]
    rows = [("child_id", "started_on", "audit_score"), *((n, FIFTH, cell) for n, cell in enumerate(cells))]
    found = accepted(opened("workbook", make(tmp_path / f"x.{make.__name__}", {"S": rows})))
    assert [assessment.audit_score for assessment in found] == [82, 82, 82, 82, 100, None]


def test_cells_without_a_style_of_their_own(tmp_path: Path) -> None:
    """The first style is theirs, and may show a percentage too."""
    styles = (
        f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="10"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    rows = [("child_id", "started_on", "audit_score"), (1, FIFTH, 0.29)]
    path = xlsx(tmp_path / "x.xlsx", {"S": rows}, more={"xl/styles.xml": styles.encode()})
    assert accepted(opened("workbook", path))[0].audit_score == 29


def test_only_a_score_is_read_as_a_percentage(tmp_path: Path, kind: str) -> None:
    """An id in such a cell keeps its digits."""
    assert read(tmp_path, kind, [("child_id", "started_on"), (Styled(88213), FIFTH)])[0].child_id == "88213"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("0%", True),
        ("0.00%;[Red]-0.00%", True),
        ("0 %", True),
        ('0" %"', False),
        ("0_%", False),
        ("0*%", False),
        ("@", False),
    ],
)
def test_formats_that_show_a_percentage(code: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """A sign that is quoted, escaped, a blank's width or a filling is only there to be seen."""
    assert is_percent(code) is expected


@given(spans=st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1, max_size=8), data=st.data())
def test_a_merged_cell_counts_for_each_row_it_spans(
    kind: str, spans: list[tuple[int, bool]], data: st.DataObject
) -> None:
    """Teams merged at random over rows, with blank rows between: each row has the team it shows."""
    rows: list[list[object]] = [["Open assessments"], [], ["team", "child_id", "started_on"]]
    teams: list[str] = []
    for number, (rows_spanned, is_merged) in enumerate(spans):
        team = f"Team {number}"
        for row in range(rows_spanned):
            first = Spanned(team, rows_spanned) if is_merged and rows_spanned > 1 else team
            below = None if is_merged else team
            rows.append([below if row else first, len(teams), FIFTH])
            teams.append(team)
        if data.draw(st.booleans()):
            rows.append([])
    with TemporaryDirectory() as folder:
        found = read(Path(folder), kind, rows)
    assert [assessment.team for assessment in found] == teams


def test_any_wanted_column_may_be_merged(tmp_path: Path, kind: str) -> None:
    """Siblings may share a start, a worker and an assessment id; an empty merged cell stays empty."""
    rows = [
        ("assessment_id", "child_id", "started_on", "worker", "authorised_on"),
        (Spanned("A-1", 2), 1, Spanned(FIFTH, 2), Spanned("Sam Hill", 2), Spanned(None, 3)),
        (None, 2, None, None, None),
        ("A-2", 3, FIFTH, None, None),
    ]
    found = read(tmp_path, kind, rows)
    assert [each.assessment_id for each in found] == ["A-1", "A-1", "A-2"]
    assert [each.worker for each in found] == ["Sam Hill", "Sam Hill", ""]
    assert [each.authorised_on for each in found] == [None] * 3


def test_a_merged_cell_above_the_first_row_is_no_value(tmp_path: Path, kind: str) -> None:
    """A heading over two rows is not the team of the first, and what a blank row has is not passed on."""
    rows = [
        (Spanned("team", 2), "child_id", "started_on"),
        (None, "1", FIFTH),
        ("North", "2", FIFTH),
        (Spanned(None, 2), None, None),
        (None, "3", FIFTH),
    ]
    assert [assessment.team for assessment in read(tmp_path, kind, rows)] == ["", "North", ""]


def test_a_link_to_an_empty_cell_is_blank(tmp_path: Path, kind: str) -> None:
    """A formula that comes to 0 is no id, team, worker, score or date; a 0 that was typed stays one."""
    nought = NOUGHT[kind]
    rows = [
        ("child_id", "started_on", "authorised_on", "assessment_id", "team", "worker", "type", "audit_score"),
        (1, FIFTH, nought, nought, nought, nought, nought, nought),
        (2, FIFTH, 0, 0, 0, 0, None, 0),
    ]
    linked, typed = read(tmp_path, kind, rows)
    assert (linked.assessment_id, linked.team, linked.worker, linked.audit_score) == (
        "1/2026-10-05",
        "",
        "",
        None,
    )
    assert (typed.assessment_id, typed.team, typed.worker, typed.audit_score) == ("0", "0", "0", 0)
    assert linked.authorised_on is typed.authorised_on is None


def test_a_date_cell_of_day_nought_is_blank(tmp_path: Path, kind: str) -> None:
    """An empty cell linked into a column of dates shows 00/01/1900, and is none."""
    rows = [("child_id", "started_on", "authorised_on"), (1, FIFTH, NONE), (2, FIFTH, date(1899, 12, 31))]
    assert [assessment.authorised_on for assessment in read(tmp_path, kind, rows)] == [None, None]


def test_cells_that_an_array_formula_fills(tmp_path: Path) -> None:
    """The other cells of a range linked at once do not say that they are formulas."""
    cell = '<c r="{}{}"{}>{}<v>{}</v></c>'.format
    array = '<f t="array" ref="C2:C4">Sheet2!C2:C4</f>'
    head = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for letter, name in zip("ABC", ("child_id", "started_on", "team"), strict=True)
    )
    rows = [
        f'<row r="{row}">{cell("A", row, "", "", row)}{cell("B", row, STYLE, "", 46300)}'
        f"{cell('C', row, '', array if row == 2 else '', 0)}</row>"
        for row in (2, 3, 4, 5)
    ]
    part = sheet_xml(f'<row r="1">{head}</row>{"".join(rows)}')
    path = xlsx(tmp_path / "x.xlsx", {"S": []}, more={"xl/worksheets/sheet1.xml": part})
    assert [assessment.team for assessment in accepted(opened("workbook", path))] == ["", "", "", "0"]


def test_a_table_that_begins_in_the_third_column(tmp_path: Path) -> None:
    """Blank columns on the left shift neither an error, nor a percentage, nor a merged cell."""
    rows = [
        [],
        [None, None, "team", "child_id", "started_on", "authorised_on", "audit_score"],
        [None, None, Spanned("North", 2), 1, FIFTH, None, Styled(0.82)],
        [None, None, None, 2, FIFTH, Fault("#REF!"), Styled(0.74)],
    ]
    sound, faulty = values(opened("workbook", xlsx(tmp_path / "x.xlsx", {"S": rows})))
    assert isinstance(sound, Assessment)
    assert (sound.team, sound.child_id, sound.audit_score) == ("North", "1", 82)
    assert isinstance(faulty, Rejected) or faulty.team == "North"

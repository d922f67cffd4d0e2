"""A row with another number of cells than headings is rejected whole, unless all rows of the file have it."""

from pathlib import Path

import pytest

from alerter.domain.assessment import Assessment, Rejected
from tests.sources.reading import opened

HEADINGS = "assessment_id,child_id,started_on,team"
ONE, TWO = "A-1,50001,12/10/2026,North", "A-2,50002,20/10/2026,South"


def read(path: Path, *lines: str, heading: str = HEADINGS) -> list[str]:
    """Return each row's child, or why it is rejected."""
    path.write_text("\n".join([heading, *lines]), encoding="utf-8")
    values = [value for _, value in opened("csv", path).rows()]
    assert all(
        (value.assessment_id, value.child_id) == ("", "") for value in values if isinstance(value, Rejected)
    )
    return [value.child_id if isinstance(value, Assessment) else value.reason[:22] for value in values]


FIVE, THREE = "5 cells for 4 headings", "3 cells for 4 headings"
FILES = {
    "text behind the last column": ([ONE, f"{TWO},more"], ["50001", FIVE]),
    "a blank behind the last column of one": ([ONE, f"{TWO},"], ["50001", FIVE]),
    "a blank behind the last column of the first": ([f"{ONE},", TWO], [FIVE, "50002"]),
    "a blank behind the last column of all": ([f"{ONE},", f"{TWO}, "], ["50001", "50002"]),
    "of all but a footer": ([f"{ONE},", f"{TWO},", "(2 rows affected)", "Total,2", ""], ["50001", "50002"]),
    "text behind one of all": ([f"{ONE},", f"{TWO},x"], [FIVE, FIVE]),
    "two blanks behind one": ([f"{ONE},", f"{TWO},,"], [FIVE, "6 cells for 4 headings"]),
    "one cell too few in one": ([ONE, "A-2,50002,20/10/2026"], ["50001", THREE]),
    "one cell too few in all": (["A-1,50001,12/10/2026", "A-2,50002,20/10/2026"], ["50001", "50002"]),
    "too few and too many": (["A-1,50001,12/10/2026", f"{TWO},"], [THREE, FIVE]),
    "an unquoted name": (["A-1,50001,12/10/2026,North, West"], [FIVE]),
}


@pytest.mark.parametrize("name", FILES)
def test_cells_and_headings(tmp_path: Path, name: str) -> None:
    """What all rows have in common is the export's way; what one has alone has moved its cells."""
    lines, expected = FILES[name]
    assert read(tmp_path / "x.csv", *lines) == expected


def test_an_unquoted_line_break_leaves_nothing_of_the_text(tmp_path: Path) -> None:
    """Both halves of the row are rejected by their lines, and the ids in them are not kept."""
    heading = "assessment_id,child_id,notes,started_on,team"
    lines = [
        "A-1,50001,Seen,12/10/2026,North",
        "A-2,50002,Home visit 2 Nov.",
        "Kim said so, Sam is 7,20/10/2026,South",
    ]
    assert read(tmp_path / "x.csv", *lines, heading=heading) == [
        "50001", "3 cells for 5 headings", "4 cells for 5 headings",
    ]  # fmt: skip


def test_the_rest_of_a_broken_row_is_no_assessment(tmp_path: Path) -> None:
    """It may have as many cells as headings, and a start; but words stand where the others have ids."""
    heading = "assessment_id,child_id,notes,started_on,team"
    halves = ["A-2,50002,Home visit.", "Kim Sample,Sam,spoke,12/10/2026,North"]
    odd = ["T-9,50009,x,TBC,North", "T-10,50010,x,12/10/2026,North"]
    path = tmp_path / "x.csv"
    path.write_text("\n".join([heading, "A-1,50001,x,12/10/2026,North", *halves, *odd]), encoding="utf-8")
    values = [value for _, value in opened("csv", path).rows()]
    assert [each.child_id for each in values if isinstance(each, Assessment)] == ["50001", "50010"]
    rejected = {each.line: each for each in values if isinstance(each, Rejected)}
    assert rejected[4].reason.startswith("words where ids should be")
    assert (rejected[4].assessment_id, rejected[4].child_id) == ("", "")
    assert rejected.keys() == {3, 4, 5}


def test_a_lists_row_of_annex_a_that_has_slipped(tmp_path: Path) -> None:
    """
    List 4 gets columns on its right from the other lists; a row with as many more cells has slipped too.
    """
    heading = "Child Unique ID,Continuous Assessment Start Date,Continuous Assessment Date of Authorisation"
    path = tmp_path / "List 4.csv"
    path.write_text(f"{heading}\n50001,12/10/2026,\n50002,x,12/10/2026,,,\n", encoding="utf-8")
    kept, slipped = [value for _, value in opened("annex-a", path).rows()]
    assert isinstance(kept, Assessment)
    assert slipped == Rejected(
        3, "6 cells for 3 headings; a cell with a delimiter in it needs quotation marks"
    )

"""Lines that are no records are known by what they lack; a record that lacks something is still told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.assessment import Assessment, Rejected
from alerter.sources.lines import NO_RECORD, NoRecord
from tests.sources.reading import opened
from tests.sources.workbooks import xlsx

HEADINGS = ["assessment_id", "child_id", "started_on", "authorised_on", "team", "worker", "audit_score"]
GOOD = [
    ["A-1", "50001", "12/10/2026", "", "Assessment North", "Sam Hill", ""],
    ["A-12", "50002", "20/10/2026", "", "Assessment South", "Ann Low", "82"],
]

STRAY = {
    "blank": ["", "", "", "", "", "", ""],
    "blanks of every kind": [" ", "\u00a0", "\t", "\u200b", "", "", ""],
    "words for nothing": ["NULL", "N/A", "-", "", "", "", ""],
    "dashes under each heading": ["-------------", "--------", "----", "---", "----", "---", "-"],
    "one line of dashes": ["----------------------------------------", "", "", "", "", "", ""],
    "headings again": HEADINGS,
    "headings again, in capitals": [heading.upper() for heading in HEADINGS],
    "total": ["Total", "", "", "", "", "", "2"],
    "totals": ["Totals:", "2", "", "", "", "", ""],
    "sub total": ["Sub total", "2", "", "", "Assessment North", "", ""],
    "grand total": ["Grand Total", "3", "", "", "", "", ""],
    "total of a team": ["", "2", "", "", "Assessment North Total", "", ""],
    "count of a team": ["", "2", "", "", "Assessment North Count", "", ""],
    "total that would be a date": ["Total", "50001", "", "12/10/2026", "", "", ""],
    "count": ["Count", "812", "", "", "", "", ""],
    "number of": ["Number of assessments", "812", "", "", "", "", ""],
    "records": ["Records: 812", "", "", "", "", "", ""],
    "a count in words": ["812 assessments", "", "", "", "", "", ""],
    "rows affected": ["(812 rows affected)", "", "", "", "", "", ""],
    "one row affected": ["(1 row affected)", "", "", "", "", "", ""],
    "rows selected": ["1,812 rows selected.", "", "", "", "", "", ""],
    "page": ["Page 1 of 12", "", "", "", "", "", ""],
    "end of report": ["", "", "", "", "End of report", "", ""],
    "type": ["#TYPE System.Data.DataRow", "", "", "", "", "", ""],
    "who ran it": ["Run by: jsmith  30/11/2026 07:31", "", "", "", "", "", ""],
    "a label and a date": ["Report date", "", "30/11/2026", "", "", "", ""],
    "a label and a date, month first": ["Total", "", "11/30/2026", "", "", "", ""],
    "a label and a name": ["Printed by", "", "", "", "", "J. Smith", ""],
    "a marking": ["OFFICIAL-SENSITIVE", "", "", "", "", "", ""],
    "a team's name as a heading": ["", "", "", "", "Assessment North", "", ""],
    "a clock": ["Completion time: 2026-11-30T07:31:00.0000000+00:00", "", "", "", "", "", ""],
}

RECORDS = {
    "no start": (["A-3", "50003", "", "", "North", "Sam Hill", ""], "start_missing", "A-3", "50003"),
    "an unreadable start": (["A-3", "50003", "TBC", "", "", "", ""], "start_missing", "A-3", "50003"),
    "a child alone": (["", "50003", "", "", "", "", ""], "start_missing", "", "50003"),
    "ids alone": (["A-3", "50003", "", "", "", "", ""], "start_missing", "A-3", "50003"),
    "an assessment alone": (["A-3", "", "", "", "", "", ""], "", "A-3", ""),
    "no child": (["A-3", "", "12/10/2026", "", "Assessment North", "Sam Hill", ""], "", "A-3", ""),
    "a start alone": (["", "", "12/10/2026", "", "", "", ""], "", "", ""),
    "no ids": (["", "", "12/10/2026", "", "Assessment North", "Sam Hill", ""], "", "", ""),
    "no ids and no start": (["", "", "", "", "Assessment North", "Sam Hill", ""], "", "", ""),
    "a mangled child": (["A-3", "1.07E+07", "12/10/2026", "", "", "", ""], "", "A-3", ""),
    "text for ids": (
        ["Mother Kim Sample", "Sam aged 7", "", "", "spoke", "of it", ""], "start_missing", "", "",
    ),
    "a worker called Count": (["A-3", "50003", "", "", "", "S. Count", ""], "start_missing", "A-3", "50003"),
}  # fmt: skip


def found_in(path: Path, *lines: list[str]) -> list[object]:
    """Return what lines are between two sound rows, as a CSV file and as a workbook: the same."""
    rows = [HEADINGS, GOOD[0], *lines, GOOD[1]]
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    path.with_suffix(".csv").write_text(text, encoding="utf-8")
    as_csv = [found for _, found in opened("csv", path.with_suffix(".csv")).row_values()]
    xlsx(path.with_suffix(".xlsx"), {"S": rows})
    as_workbook = [found for _, found in opened("workbook", path.with_suffix(".xlsx")).row_values()]
    others = [each for each in as_csv if not isinstance(each, tuple)]
    assert len(as_csv) - len(others) == 2
    assert [each for each in as_workbook if isinstance(each, Rejected)] == [
        each for each in others if isinstance(each, Rejected)
    ]
    return others


@pytest.mark.parametrize("name", STRAY)
def test_a_line_that_is_no_record(tmp_path: Path, name: str) -> None:
    """It is neither stored nor rejected, wherever it stands, in a file and in a workbook."""
    assert found_in(tmp_path / "x", STRAY[name]) == [NO_RECORD]


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_lacks_something(tmp_path: Path, name: str) -> None:
    """It is rejected with its reason, and with such ids as look like the others."""
    cells, kind, assessment_id, child_id = RECORDS[name]
    (row,) = found_in(tmp_path / "x", cells)
    assert isinstance(row, Rejected)
    assert (row.line, row.kind, row.assessment_id, row.child_id) == (3, kind, assessment_id, child_id)


@pytest.mark.parametrize(
    "line", ["(812 rows affected)", "Grand Total,3", "-----", "Page 1 of 3", "----,---", ""]
)
def test_a_short_line_that_is_no_record(tmp_path: Path, line: str) -> None:
    """A footer has as many cells as it likes."""
    path = tmp_path / "x.csv"
    rows = [",".join(row) for row in [HEADINGS, *GOOD]]
    path.write_text("\n".join([*rows[:2], line, rows[2], line]), encoding="utf-8")
    found = [value for _, value in opened("csv", path).row_values()]
    assert [isinstance(each, NoRecord) for each in found] == [False, True, False] + [True] * bool(line)


WORDS = st.text(st.characters(categories=["L", "Nd", "Zs", "P"]), max_size=30)


@given(prose=WORDS)
def test_any_words_beside_sound_rows_lose_none_of_them(
    tmp_path_factory: pytest.TempPathFactory, prose: str
) -> None:
    """
    Whatever stands alone in a line, the rows around it are read, and nothing of it is kept but an id's like.
    """
    path = tmp_path_factory.getbasetemp() / "prose.csv"
    quoted = prose.replace('"', '""')
    lines = [",".join(HEADINGS), ",".join(GOOD[0]), f'"{quoted}",,,,,,', ",".join(GOOD[1])]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = [value for _, value in opened("csv", path).rows()]
    assert [each.child_id for each in found if isinstance(each, Assessment)] == ["50001", "50002"]
    kept = [each.assessment_id for each in found if isinstance(each, Rejected)]
    assert all(len(each) <= 5 and any(char.isdigit() for char in each) for each in kept)

"""Text in columns of fixed width: cut where the dashes below the headings end."""

from pathlib import Path

from alerter.domain.assessment import Rejected
from tests.sources.reading import accepted, opened, values

TEXT = """\
Changed database context to 'cases'.
assessment_id child_id started_on team
------------- -------- ---------- ------------------
A-1           50001    2026-10-12 North, and the rest
A-2           50002    2026-11-16 NULL

(2 rows affected)
"""


def test_cells_stand_below_their_dashes(tmp_path: Path) -> None:
    """Commas part nothing, the last column runs to the end, count and blank line are no records."""
    path = tmp_path / "sqlcmd.txt"
    path.write_text(TEXT, encoding="utf-8", newline="\r\n")
    source = opened("csv", path)
    rows = [(row.assessment_id, row.child_id, row.team) for row in accepted(source)]
    assert rows == [("A-1", "50001", "North, and the rest"), ("A-2", "50002", "")]
    assert source.extract.notes == ("read as UTF-8, columns of fixed width, headings on line 2",)


def test_a_text_across_the_end_of_a_column_rejects_its_line(tmp_path: Path) -> None:
    """A line that was wrapped or is wider than its columns has slipped: nothing of it is believed."""
    path = tmp_path / "sqlcmd.txt"
    path.write_text(TEXT.replace("A-2           50002", "A-2 with a text 50002"), encoding="utf-8")
    rejected = [value for value in values(opened("csv", path)) if isinstance(value, Rejected)]
    assert [(row.line, row.assessment_id, row.child_id) for row in rejected] == [(5, "", "")]

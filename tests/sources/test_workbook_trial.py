"""Workbooks that a process of its own reads first: what it could not read never reaches ours."""

from datetime import date, timedelta
from pathlib import Path

from tests.sources.old_workbooks import record, xls
from tests.sources.reading import accepted, opened, refusal
from tests.sources.workbooks import MAIN, ods, sheet_xml, xlsx

HEADING = ("child_id", "started_on", "team")
TOO_MUCH = " takes more memory or time than any extract of its size, so it was not read: "
FIFTH = date(2026, 10, 5)


def test_one_text_in_many_cells_is_not_read(tmp_path: Path) -> None:
    """Six kilobytes that would be two gigabytes."""
    cells = '<row><c t="s"><v>0</v></c></row>' * 60_000
    strings = f'<sst xmlns="{MAIN}"><si><t>{"x" * 30_000}</t></si></sst>'.encode()
    parts = {"xl/worksheets/sheet1.xml": sheet_xml(cells), "xl/sharedStrings.xml": strings}
    path = xlsx(tmp_path / "x.xlsx", {"S": []}, more=parts)
    assert refusal("workbook", path).startswith(f"x.xlsx{TOO_MUCH}")


def test_a_small_file_with_a_cell_far_out_or_repeated_is_not_read(tmp_path: Path) -> None:
    """
    What is too small for a bomb is looked over only, and then still not believed where it says it is large.
    """
    path = xls(tmp_path / "x.xls", {"S": [HEADING]}, more=record(0x203, b"\xff\xff\xff\0\0\0" + bytes(8)))
    assert refusal("workbook", path).startswith(f"x.xls{TOO_MUCH}")
    rows = (
        '<table:table-row table:number-rows-repeated="60000"><table:table-cell office:value-type="string">'
        f"<text:p>{'x' * 8_000}</text:p></table:table-cell></table:table-row>"
    )
    path = ods(tmp_path / "x.ods", {"S": [HEADING]}, more=rows)
    assert refusal("workbook", path).startswith(f"x.ods{TOO_MUCH}")


def test_a_large_extract_is_read(tmp_path: Path) -> None:
    """Ten thousand rows, each cell another: the limits grow with the file."""
    rows = [[f"{number}", FIFTH + timedelta(days=number % 30), f"Team {number}"] for number in range(10_000)]
    path = xlsx(tmp_path / "x.xlsx", {"S": [HEADING, *rows]})
    assert len(accepted(opened("workbook", path))) == 10_000


def test_what_the_trial_refuses_is_refused_in_its_words(tmp_path: Path) -> None:
    """The sentence is the one of the reader, whichever process said it."""
    rows = [[f"{number}", FIFTH, "x" * 100] for number in range(500)]
    path = xlsx(tmp_path / "x.xlsx", {"S": [HEADING, *rows]}, more={"xl/styles.xml": b"<styleSheet"})
    assert refusal("workbook", path).startswith("x.xlsx is cut off or damaged")

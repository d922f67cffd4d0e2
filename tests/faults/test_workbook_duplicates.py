"""Fault matrix, row 116: workbooks in which something stands twice."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from alerter.errors import SourceError
from tests.sources.old_workbooks import record, xls
from tests.sources.reading import accepted, opened, refusal
from tests.sources.workbooks import MAIN, OFFICE, RELATIONSHIPS, ods, sheet_xml, xlsx, zipped

HEADING = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>child_id</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>started_on</t></is></c></row>'
)
PART = "xl/worksheets/sheet1.xml"
ROWS = [("child_id", "started_on"), ("1", date(2026, 10, 5)), ("2", date(2026, 10, 6))]
TWICE = "row {} stands there twice or out of order, so some of its cells would be lost"
ONE_PART_TWICE = "has one of its parts twice, so that one of the two would be lost"


def sheet(folder: Path, numbers: list[int], *, is_told: bool = True) -> Path:
    """
    Write a workbook with a child in a row of each of *numbers*, in this order; *is_told* by the row itself.
    """
    number = ' r="{}"' if is_told else ""
    rows = "".join(
        f'<row{number.format(n)}><c r="A{n}"><v>{place + 500}</v></c><c r="B{n}"><v>46300</v></c></row>'
        for place, n in enumerate(numbers)
    )
    return xlsx(folder / "x.xlsx", {"S": []}, more={PART: sheet_xml(HEADING + rows)})


def children(path: Path) -> list[str] | None:
    """Return the children in a workbook, None where it is refused."""
    try:
        return [assessment.child_id for assessment in accepted(opened("workbook", path))]
    except SourceError:
        return None


def again(path: Path, name: str, content: bytes) -> Path:
    """Add a part to the archive under a name that it has, in another case."""
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def linked(folder: Path, sheets: str, relations: str) -> Path:
    """Write a workbook with two sheets of assessments, which lists *sheets* by *relations*."""
    relation = f'<Relationship Id="{{}}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{{}}.xml"/>'
    listed = "".join(relation.format(*each.split("=")) for each in relations.split())
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
    links = f'<Relationships xmlns="{RELATIONSHIPS}">{listed}</Relationships>'
    more = {"xl/workbook.xml": book.encode(), "xl/_rels/workbook.xml.rels": links.encode()}
    return xlsx(folder / "x.xlsx", {"S": ROWS, "T": ROWS}, more=more)


@pytest.mark.parametrize("is_told", [True, False])
def test_fault_116_rows_and_sheets_twice(tmp_path: Path, is_told: bool) -> None:  # noqa: FBT001 - a parameter
    """
    Rows numbered at random are all read or the file is refused, told by the rows or by their cells alone.
    """
    rng = Random(116)  # noqa: S311 - the same numbers for everyone, not a secret
    outcomes = []
    for _ in range(60):
        numbers = [rng.randint(2, 12) for _ in range(rng.randint(1, 4))]
        numbers = sorted(numbers) if rng.random() < 0.7 else numbers
        found = children(sheet(tmp_path, numbers, is_told=is_told))
        assert found in (None, [str(place + 500) for place in range(len(numbers))])
        outcomes.append((found is None, numbers == sorted(set(numbers))))
    assert set(outcomes) == {(True, False), (False, True)}
    assert TWICE.format(7) in refusal("workbook", sheet(tmp_path, [6, 7, 7, 8], is_told=is_told))


def test_attributes_in_single_quotes(tmp_path: Path) -> None:
    """XML knows them too, and a row that is there twice in them is no other."""
    path = sheet(tmp_path, [6, 7, 7])
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    zipped(path, parts | {PART: parts[PART].replace(b'"', b"'")})
    assert TWICE.format(7) in refusal("workbook", path)


def test_a_row_in_two_pieces_is_read_whole(tmp_path: Path) -> None:
    """Two rows of one number that share no cell lose nothing."""
    halves = '<row r="2"><c r="A2"><v>7</v></c></row><row r="2"><c r="B2"><v>46300</v></c></row>'
    path = xlsx(tmp_path / "x.xlsx", {"S": []}, more={PART: sheet_xml(HEADING + halves)})
    assert children(path) == ["7"]


@pytest.mark.parametrize("make", [xlsx, ods])
def test_a_part_that_is_there_twice(tmp_path: Path, make: Callable[..., Path]) -> None:
    """Which of the two a reader takes is chance, so neither is taken, however its name is written."""
    path = make(tmp_path / "x.book", {"S": ROWS})
    name = PART if make is xlsx else "content.xml"
    assert ONE_PART_TWICE in refusal("workbook", again(path, name.upper(), b"<a/>"))


def test_sheets_and_relations_of_one_name(tmp_path: Path) -> None:
    """
    Two sheets of one name, and two relations of one id, are refused; two sheets of one part are one to name.
    """
    two = '<sheet name="S" sheetId="1" r:id="a"/><sheet name="{}" sheetId="2" r:id="{}"/>'
    for name, relations in (("S", "a=1 b=2"), ("T", "a=1 a=2 b=2")):
        path = linked(tmp_path, two.format(name, "b"), relations)
        assert "is cut off or damaged" in refusal("workbook", path)
    path = linked(tmp_path, two.format("T", "b"), "a=1 b=1")
    assert "name one of them as source.sheet" in refusal("workbook", path)
    assert len(accepted(opened("workbook", path, sheet="T"))) == 2
    assert "is cut off or damaged" in refusal("workbook", ods(tmp_path / "x.ods", {"S": ROWS}, more=SECOND))


def test_a_cell_of_an_old_workbook_twice(tmp_path: Path) -> None:
    """The second record of a cell would overwrite the first."""
    more = record(0x203, bytes([1, 0, 0, 0, 0, 0]) + bytes(8))
    assert TWICE.format(2) in refusal("workbook", xls(tmp_path / "x.xls", {"S": ROWS}, more=more))


SECOND = '</table:table><table:table table:name="S"><table:table-row/>'

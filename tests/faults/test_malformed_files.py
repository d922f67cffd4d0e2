"""Fault matrix, rows 81 to 87: files that are not what they seem."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from alerter.domain.assessment import Rejected
from alerter.errors import SourceError
from tests.faults.hostile_files import BOMBS
from tests.faults.limited_reader import read_limited
from tests.sources.reading import accepted, opened, refusal, values
from tests.sources.workbooks import Formula, sheet_xml, xlsx
from tests.world.council import ADMINS
from tests.world.office import AS_OF, EXTRACTED_AT, NEXT, NORTH, Office, open_ids, row

HEADING = ("child_id", "started_on", "authorised_on", "team")
FIFTH = date(2026, 10, 5)
HEAD = b"child_id,started_on,team\n"
BROKEN_CSV = {
    "a quote that is never closed": HEAD + b'1,2026-10-05,"Duty\n2,2026-10-05,Duty\n3,2026-10-05,Duty\n',
    "a field of 128 KB": HEAD + b"1,2026-10-05," + b"x" * 140_000 + b"\n",
    "NUL": HEAD + b"1,2026-10-05,Du\0ty\n",
    "cp1252 under a UTF-8 mark": b"\xef\xbb\xbf" + HEAD + b"1,2026-10-05,Caf\xe9\n",
}


def test_fault_081_dates_of_other_lands(tmp_path: Path) -> None:
    """
    Month first condemns the file, 1904 workbooks are counted from 1904, and a year of two digits is read
    where only one reading is left: beside a named month.
    """
    path = tmp_path / "x.csv"
    path.write_bytes(HEAD + b"1,05/10/2026,Duty\n2,10/25/2026,Duty\n")
    assert refusal("csv", path).startswith('x.csv, line 3: the column "started_on" has a date with the month')
    path.write_bytes(HEAD + b"1,05/10/26,Duty\n2,5 Oct 26,Duty\n3,2026-10-05,Duty\n")
    (rejected,) = (value for value in values(opened("csv", path)) if isinstance(value, Rejected))
    assert rejected.line == len(HEAD.splitlines()) + 1
    for is_1904 in (False, True):
        book = xlsx(tmp_path / "x.xlsx", {"S": [HEADING, ["1", FIFTH], ["2", "05/10/2026"]]}, is_1904=is_1904)
        assert {each.started_on for each in accepted(opened("workbook", book))} == {FIFTH}


def test_fault_082_formula_without_a_value(tmp_path: Path) -> None:
    """A sign-off that is a formula nobody calculated reads as blank in other readers: the file is refused."""
    book = xlsx(
        tmp_path / "x.xlsx", {"S": [HEADING, ["1", FIFTH, None, "Duty"], ["2", FIFTH, Formula(), "D"]]}
    )
    assert "formula" in refusal("workbook", book)
    whole = Formula("<v>46300</v>")
    book = xlsx(tmp_path / "x.xlsx", {"S": [HEADING, ["1", FIFTH, None, "Duty"], ["2", FIFTH, whole, "D"]]})
    assert [each.authorised_on is None for each in accepted(opened("workbook", book))] == [True, False]


def test_fault_083_lying_dimension(tmp_path: Path) -> None:
    """A sheet that says it has two rows is read to its end."""
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{number}</t></is></c>'
        f'<c r="B{number}"><v>46300</v></c></row>'
        for number in range(2, 3_002)
    )
    first = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for letter, name in zip("AB", HEADING, strict=False)
    )
    sheet = sheet_xml(f'<row r="1">{first}</row>{rows}').replace(
        b"<sheetData>", b'<dimension ref="A1:B2"/><sheetData>'
    )
    book = xlsx(tmp_path / "x.xlsx", {"S": []}, more={"xl/worksheets/sheet1.xml": sheet})
    assert len(accepted(opened("workbook", book))) == 3_000


@pytest.mark.parametrize("fault", BROKEN_CSV)
def test_fault_084_broken_csv(desk: Office, fault: str) -> None:
    """
    The whole file is refused with its line, what was known stays as it was, and nobody is sent an all-clear.
    """
    desk.extract(row("A-1"))
    weekly = desk.weekly()
    weekly.run(AS_OF)
    (desk.folder / "extract.csv").write_bytes(BROKEN_CSV[fault])
    with pytest.raises(SourceError, match=r"extract\.csv, line \d+: "):
        weekly.run(NEXT)
    assert open_ids(weekly) == ["A-1"]
    assert len(desk.sent(NORTH["manager_email"])) == 1
    assert len(desk.sent(ADMINS)) == 1


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda rows: rows[:2], "fell from 6 to 2"),
        (lambda _rows: [], "no open assessment"),
        (lambda rows: rows, "byte for byte the last run's"),
    ],
    ids=["cut short", "empty", "last week's again"],
)
def test_fault_085_implausible_extract(
    desk: Office, make: Callable[[list[dict[str, object]]], list[dict[str, object]]], why: str
) -> None:
    """The run is held and the admins are told why; nothing is applied, and no manager reads "0 due"."""
    rows = [row(f"A-{number}") for number in range(6)]
    desk.extract(*rows)
    weekly = desk.weekly(source__hold_unchanged=True, source__max_shrink_percent=50)
    assert weekly.run(AS_OF).state == "done"
    desk.extract(*make(rows), at=EXTRACTED_AT)
    held = weekly.run(NEXT)
    assert held.state == "held"
    assert why in "; ".join(held.held_because)
    assert len(open_ids(weekly)) == 6
    assert len(desk.sent(NORTH["manager_email"])) == 1
    assert why in desk.summaries()[-1]


XML = b"<Message><Children><Child><ChildIdentifiers><LAchildID>%b</LAchildID></ChildIdentifiers></Child>"
DOCTYPES = {
    "billion laughs": b"<!DOCTYPE x [<!ENTITY a '0123456789'>%b]>"
    % b"".join(b"<!ENTITY %c '%b'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)),
    "quadratic": b"<!DOCTYPE x [<!ENTITY a '%b'>]>" % (b"x" * 50_000),
    "external entity": b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    "external DTD": b"<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'>",
    "empty DTD": b"<!DOCTYPE Message>",
}


def test_fault_086_xml_with_a_dtd(tmp_path: Path, migrated_file: Path) -> None:
    """Whatever a document type declares, the file is refused for having one, before any of it is expanded."""
    files = []
    for number, doctype in enumerate(DOCTYPES.values()):
        path = tmp_path / f"{number}.xml"
        path.write_bytes(doctype + XML % (b"&a;" * 1000) + b"</Children></Message>")
        files.append(("cin-census", path))
    for reading in read_limited(files, migrated_file):
        assert reading.fault() == ""
        assert "document type (DTD)" in reading.said


def test_fault_087_workbook_bomb(tmp_path: Path, migrated_file: Path) -> None:
    """
    A few kilobytes that would be gigabytes are refused within 2 s of CPU and 256 MB, the interpreter's apart.
    """
    files = []
    for number, make in enumerate(BOMBS):
        folder = tmp_path / str(number)
        folder.mkdir()
        files.append(("workbook", make(folder)))
    assert max(path.stat().st_size for _, path in files) < 500_000
    for (_, path), reading in zip(files, read_limited(files, migrated_file), strict=True):
        assert reading.fault() == "", path
        assert reading.is_refused, path

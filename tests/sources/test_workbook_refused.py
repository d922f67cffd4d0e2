"""Files that are no workbook, or one that nobody should open: refused as a whole, in a sentence."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from alerter.sources.extract import LARGEST
from tests.sources.old_workbooks import compound, record, xls
from tests.sources.reading import opened, refusal
from tests.sources.workbooks import Rows, ods, package, sheet_xml, xlsx

HEADING = ("child_id", "started_on", "authorised_on", "team")
FIFTH = date(2026, 10, 5)
MAKERS: dict[str, Callable[..., Path]] = {".xlsx": xlsx, ".ods": ods, ".xls": xls}
DAMAGED = (
    " is cut off or damaged, or still being written: "
    "run again when it is complete, or open it in Excel and save it again."
)


@pytest.fixture(params=MAKERS)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Mapping[str, Rows]], Path]:
    """Return what writes sheets to a workbook, once for each kind of it."""
    make = MAKERS[request.param]
    return lambda sheets: make(tmp_path / f"extract{request.param}", sheets)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", " is empty: export it again."),
        (
            b"\xef\xbb\xbf <html><table/></html>",
            " is a web page or XML under a workbook's name: open it in Excel",
        ),
        (b"child_id,started_on\n", ' is text, not a workbook: set source.kind = "csv", or save it as .xlsx.'),
        (b"\x00\x01\x02", " is no workbook that can be read: open it in Excel and save it as .xlsx."),
        (b"PK\x03\x04 cut off", DAMAGED),
        (b"\xd0\xcf\x11\xe0" + bytes(700), DAMAGED),
        (compound("EncryptedPackage", b"x"), " is protected by a password: save it without one."),
        (compound("Workbook", record(0x2F, bytes(6))), " is protected by a password: save it without one."),
        (
            compound("WordDocument", b"x"),
            " is an Office file, but no workbook: set source.path to the workbook.",
        ),
        (compound("Workbook", record(0x203, b"\0")), DAMAGED),
    ],
)
def test_files_that_are_no_workbook(tmp_path: Path, content: bytes, sentence: str) -> None:
    """What a file is decides, whatever it is called."""
    path = tmp_path / "x.xls"
    path.write_bytes(content)
    assert refusal("workbook", path).startswith(f"x.xls{sentence}")


def test_zip_archives_that_are_no_workbook(tmp_path: Path) -> None:
    """A zipped extract, a binary workbook, and workbooks that lack a part or whose part is no XML."""
    path = tmp_path / "x.xlsx"
    for parts, sentence in (
        ({"extract.csv": "a,b"}, " is a zip archive, but no workbook: unpack it, or correct source.path."),
        ({"_rels/.rels": package("xl/workbook.bin")}, " is a binary workbook (.xlsb): save it as .xlsx."),
        ({"_rels/.rels": package("xl/workbook.xml")}, DAMAGED),
        ({"_rels/.rels": "<Relationships/>"}, DAMAGED),
        ({"_rels/.rels": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, DAMAGED),
        ({"content.xml": "<a>"}, DAMAGED),
    ):
        with ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        assert refusal("workbook", path) == f"x.xlsx{sentence}"


def test_a_workbook_cut_off_anywhere_is_refused(book: Callable[[Mapping[str, Rows]], Path]) -> None:
    """A copy that is still going on looks like this."""
    path = book({"S": [HEADING, ["1", FIFTH]]})
    whole = path.read_bytes()
    for share in (0.2, 0.5, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert refusal("workbook", path) == path.name + DAMAGED


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """By what the archive says it would unpack to, or else by a part that is longer than it says."""
    path = tmp_path / "x.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(40 << 20))
    assert refusal("workbook", path).startswith(
        "x.xlsx would unpack to more than 100 times its size, as a zip bomb"
    )
    bomb = xlsx(
        path, {"S": [HEADING, ["1", FIFTH]]}, more={"xl/sharedStrings.xml": bytes(1 << 20)}
    ).read_bytes()
    path.write_bytes(bomb.replace((1 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    assert refusal("workbook", path) == "x.xlsx" + DAMAGED
    with ZipFile(path, "w", ZIP_STORED) as archive:
        archive.writestr("a", b"x")
    claimed = path.read_bytes().replace((1).to_bytes(4, "little") * 2, (2 << 30).to_bytes(4, "little") * 2)
    path.write_bytes(claimed)
    assert refusal("workbook", path).startswith(
        "x.xlsx would unpack to more than 1 GB, which no extract does"
    )


@pytest.mark.parametrize("kind", ["csv", "workbook", "annex-a", "cin-census"])
def test_a_file_of_more_than_2_gb_is_refused_unread(tmp_path: Path, kind: str) -> None:
    """It is the wrong file, or one whose export never ended."""
    path = tmp_path / "x.dat"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    assert refusal(kind, path) == (
        "x.dat is larger than 2 GB, which no extract is: "
        "export only what is open or was finished in recent years."
    )


def test_a_workbook_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """What was read so far may be half of one and half of another."""
    path = xlsx(tmp_path / "x.xlsx", {"S": [HEADING, ["1", FIFTH]]})
    rows = opened("workbook", path).rows()
    next(rows)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(Exception, match=r"x\.xlsx changed while it was read, so it is still being written"):
        list(rows)


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1234567"><c><v>1</v></c></row>',
        '<row r="x"><c r="QQ"><v>1</v></c></row>',
        '<row r="1"><c r="QQ"><f>1</f></c></row>',
        '<row r="1"><c r="A99999999999"><v>1</v></c></row>',
        '<row r="1"><c r="DXFD10485762"><v>1</v></c></row>',
    ],
)
def test_places_that_no_sheet_has(tmp_path: Path, row: str) -> None:
    """Found by damaging files: each is a sentence, and none of them takes the process with it."""
    path = xlsx(tmp_path / "x.xlsx", {"S": []}, more={"xl/worksheets/sheet1.xml": sheet_xml(row)})
    assert refusal("workbook", path).startswith("x.xlsx")

"""Files made to hurt whoever reads them: by hand, and by damage to whole ones at random."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from tests.sources.old_workbooks import compound, record, xls
from tests.sources.test_fuzz import MAKERS, damage
from tests.sources.workbooks import MAIN, ods, sheet_xml, xlsx

Make = Callable[[Path], tuple[str, Path]]
HEAD = b"child_id,started_on,team\n"
MEGABYTE = 1 << 20
TOP = (
    '<row><c t="inlineStr"><is><t>child_id</t></is></c><c t="inlineStr"><is><t>started_on</t></is></c>'
    '<c t="inlineStr"><is><t>team</t></is></c></row>'
)
CENSUS = b"<Message><Children>%b</Children></Message>"


def _book(folder: Path, rows: str, **parts: bytes) -> Path:
    """Write a workbook whose sheet holds the XML of *rows* under a heading."""
    more = {"xl/worksheets/sheet1.xml": sheet_xml(TOP + rows)}
    more |= {f"xl/{name}.xml": content for name, content in parts.items()}
    return xlsx(folder / "x.xlsx", {"S": []}, more=more)


def _strings(text: str) -> bytes:
    return f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>{text}</t></si></sst>'.encode()


def _zeros(folder: Path) -> Path:
    path = folder / "x.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(100 * MEGABYTE))
    return path


def _understated(folder: Path) -> Path:
    """Write a bomb whose directory says that it is small."""
    size = 80 * MEGABYTE
    path = _book(folder, "", sharedStrings=bytes(size))
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    return path


WORKBOOKS: dict[str, Callable[[Path], Path]] = {
    "zeros, 100 MB of them": _zeros,
    "80 MB that claim to be 1 kB": _understated,
    "empty rows, 60 MB": lambda folder: _book(folder, "<row/>" * (60 * MEGABYTE // 6)),
    "empty cells, 1.5 MB": lambda folder: _book(folder, f"<row>{'<c/>' * (3 * MEGABYTE // 8)}</row>"),
    "empty rows, 1.5 MB": lambda folder: _book(folder, "<row/>" * (3 * MEGABYTE // 12)),
    "rows of formulas, 1.5 MB": lambda folder: _book(folder, "<row><c><f/></c></row>" * (3 * MEGABYTE // 44)),
    "one text of 3 MB a thousand times": lambda folder: _book(
        folder, '<row><c t="s"><v>0</v></c></row>' * 1000, sharedStrings=_strings("x" * 3 * MEGABYTE)
    ),
    "one text of 30 kB in 60,000 cells": lambda folder: _book(
        folder, '<row><c t="s"><v>0</v></c></row>' * 60_000, sharedStrings=_strings("x" * 30_000)
    ),
    "a cell at the far corner": lambda folder: _book(
        folder, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "a cell in the millionth row": lambda folder: _book(
        folder, '<row r="1000000"><c r="A1000000"><v>1</v></c></row>'
    ),
    "a column number beyond all": lambda folder: _book(
        folder, '<row r="2"><c r="ZZZZZZZZ2"><v>1</v></c></row>'
    ),
    "tags nested 200,000 deep": lambda folder: _book(folder, "<row><c><is>" + "<r>" * 200_000),
    "one tag of 3 MB": lambda folder: _book(folder, f'<row a="{"x" * 3 * MEGABYTE}"/>'),
    "laughs": lambda folder: xlsx(
        folder / "x.xlsx",
        {"S": []},
        more={
            "xl/worksheets/sheet1.xml": b"<!DOCTYPE a [<!ENTITY a '0123456789'><!ENTITY b '%b'>]>%b"
            % (b"&a;" * 1000, sheet_xml(TOP + "<row><c><v>&b;</v></c></row>" * 1000))
        },
    ),
    "laughs in the strings": lambda folder: _book(
        folder,
        '<row><c t="s"><v>0</v></c></row>',
        sharedStrings=b"<!DOCTYPE a [<!ENTITY a '0123456789'>]>" + _strings("&a;" * 100_000),
    ),
    "5,000 sheets": lambda folder: xlsx(
        folder / "x.xlsx",
        {"S": []},
        more={
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets>'.encode()
            + b'<sheet name="S" sheetId="1" id="rId1"/>' * 5_000
            + b"</sheets></workbook>"
        },
    ),
}
REPEATED = (
    '<table:table-row table:number-rows-repeated="%d"><table:table-cell table:number-columns-repeated="%d" '
    'office:value-type="string"><text:p>%s</text:p></table:table-cell></table:table-row>'
)
SHEETS: dict[str, Callable[[Path], Path]] = {
    "rows repeated a billion times": lambda folder: _ods(folder, REPEATED % (10**9, 1, "x")),
    "cells repeated a billion times": lambda folder: _ods(folder, REPEATED % (1, 10**9, "x")),
    "a million rows of 30 kB": lambda folder: _ods(folder, REPEATED % (10**6, 1, "x" * 30_000)),
    "20,000 rows of 30 kB": lambda folder: _ods(folder, REPEATED % (20_000, 1, "x" * 30_000)),
    "tags nested 200,000 deep": lambda folder: _ods(folder, "<table:table-row>" * 200_000),
}
OLD: dict[str, Callable[[Path], Path]] = {
    "a record of strings beyond its end": lambda folder: _written(
        folder / "x.xls", compound("Workbook", record(0xFC, b"\xff" * 8))
    ),
    "a string of 30 kB in 20,000 cells": lambda folder: xls(
        folder / "x.xls",
        {"S": [["child_id", "started_on"], ["1", 46300.0]]},
        more=b"".join(
            record(0x204, row.to_bytes(2, "little") + bytes(4) + b"\xb8\x0b\x00" + b"x" * 3000)
            for row in range(2, 2000)
        ),
    ),
    "a cell in row 65,536": lambda folder: xls(
        folder / "x.xls",
        {"S": [["child_id", "started_on"]]},
        more=record(0x203, b"\xff\xff\xff\x00\x00\x00" + bytes(8)),
    ),
}
TEXTS: dict[str, bytes] = {
    "no end of a quote": HEAD + b'1,"' + b"x\n" * 50_000,
    "a cell of 5 MB": HEAD + b"1," + b"x" * 5 * MEGABYTE,
    "a heading of 100,000 columns": b"child_id,started_on," + b"x," * 100_000 + b"\n1,2026-10-05\n",
    "a million commas": HEAD + b"," * 1_000_000 + b"\n",
    "a million empty lines": HEAD + b"\n" * 1_000_000,
    "sixty thousand quotes": HEAD + b'""' * 60_000 + b"\n",
    "NUL": HEAD + b"1,\0,x\n",
    "nothing but NUL": bytes(MEGABYTE),
    "half of UTF-16": HEAD.decode().encode("utf-16")[:-1],
    "surrogates": HEAD + b"1,2026-10-05,\xed\xa0\x80\n",
    "every control character": HEAD + b"1,2026-10-05," + bytes(set(range(1, 32)) - {10, 13}) + b"\n",
    "numbers without end": HEAD + b"9" * 100_000 + b"," + b"9" * 100_000 + b",x\n",
    "dates of no calendar": HEAD + b"1,2026-13-45,x\n2,9999-99-99,x\n3,1e400,x\n4,\xe2\x88\x9e,x\n",
    "formulas": HEAD + b"=cmd|'/c calc'!A1,2026-10-05,@SUM(1)\n-1,2026-10-05,+1\n",
    "the same row 5,000 times": HEAD + b"1,2026-10-05,x\n" * 5_000,
    "2,000 rows that contradict each other": HEAD
    + b"".join(b"1,2026-10-05,T%d\n" % number for number in range(2_000)),
    "5,000 rows without a start": HEAD + b"1,,x\n" * 5_000,
}
MARKUP: dict[str, bytes] = {
    "nested 500,000 deep": b"<a>" * 500_000,
    "nested and closed": b"<a>" * 100_000 + b"</a>" * 100_000,
    "one text of 9 MB": CENSUS % (b"<Child><LAchildID>" + b"x" * 9 * MEGABYTE + b"</LAchildID></Child>"),
    "100,000 attributes": b"<Message " + b" ".join(b"a%d='x'" % n for n in range(100_000)) + b"/>",
    "a comment without end": b"<Message><!--" + b"x" * 3 * MEGABYTE,
    "DTD": b"<!DOCTYPE a [<!ENTITY b 'c'>]><Message/>",
    "an encoding of its own": b"<?xml version='1.0' encoding='utf-7'?><Message/>",
    "10,000 children without a start": CENSUS
    % (
        b"<Child><ChildIdentifiers><LAchildID>1</LAchildID></ChildIdentifiers><CINdetails><Assessments/>"
        b"</CINdetails></Child>" * 10_000
    ),
    "text alone": b"x" * MEGABYTE,
}

BOMBS = tuple(
    {**WORKBOOKS, **SHEETS, **OLD}[name]
    for name in (
        "80 MB that claim to be 1 kB", "empty rows, 60 MB", "one text of 30 kB in 60,000 cells",
        "a cell at the far corner", "20,000 rows of 30 kB", "a cell in row 65,536",
    )
)  # fmt: skip
"""What would be gigabytes if it were read."""


def by_hand() -> Iterator[Make]:
    """Give every file that was thought out."""
    for make in (*WORKBOOKS.values(), *SHEETS.values(), *OLD.values()):
        yield _making(make)
    for kind, suffix, contents in (("csv", "csv", TEXTS), ("cin-census", "xml", MARKUP)):
        for content in contents.values():
            yield _writing(kind, suffix, content)


def at_random(number: int) -> Make:
    """Return what makes the damaged file with this *number*, the same one each time."""
    name = list(MAKERS)[number % len(MAKERS)]
    kind, make = MAKERS[name]

    def damaged(folder: Path) -> tuple[str, Path]:
        path = folder / f"x.{name}"
        make(path)
        damage(path, Random(f"hostile {number}"))  # noqa: S311 - the same each time is the point
        return kind, path

    return damaged


def _making(make: Callable[[Path], Path]) -> Make:
    return lambda folder: ("workbook", make(folder))


def _writing(kind: str, suffix: str, content: bytes) -> Make:
    return lambda folder: (kind, _written(folder / f"x.{suffix}", content))


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _ods(folder: Path, more: str) -> Path:
    return ods(folder / "x.ods", {"S": [["child_id", "started_on", "team"]]}, more=more)

"""Workbooks in every shape councils save them, and those that are refused as a whole."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from alerter.domain.assessment import Rejected
from alerter.sources.lines import NoRecord
from tests.sources.old_workbooks import record, xls
from tests.sources.reading import accepted, opened, refusal, values
from tests.sources.workbooks import Fault, Formula, Rows, ods, package, sheet_xml, xlsx

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


def test_titles_blank_rows_and_row_numbers(book: Callable[[Mapping[str, Rows]], Path]) -> None:
    """Headings are found below a title, blank rows are no records, and a line is what the sheet calls it."""
    path = book(
        {"Report": [["Weekly report"], [], HEADING, [], [88213.0, FIFTH], [None, " "], ["007", FIFTH]]}
    )
    source = opened("workbook", path)
    assert [(line, value.child_id, value.started_on) for line, value in source.rows()] == [  # type: ignore[union-attr]
        (5, "88213", FIFTH),
        (7, "007", FIFTH),
    ]
    assert [line for line, found in source.row_values() if isinstance(found, NoRecord)] == [4, 6]
    assert source.extract.notes == ('read from the sheet "Report", headings on line 3',)
    assert source.extract.name == path.name


def test_dates_as_cells_numbers_and_text(book: Callable[[Mapping[str, Rows]], Path]) -> None:
    """A date cell, its number without the format, with a time, and either as text are the same day."""
    starts = [FIFTH, 46300, 46300.75, "46300", "05/10/2026", "2026-10-05 00:00:00", "2026-Oct-05 00:00:00"]
    found = accepted(
        opened("workbook", book({"S": [HEADING, *([n, start] for n, start in enumerate(starts))]}))
    )
    assert [assessment.started_on for assessment in found] == [FIFTH] * len(starts)


@pytest.mark.parametrize("make", [xlsx, xls])
def test_days_counted_from_1904(tmp_path: Path, make: Callable[..., Path]) -> None:
    """In a workbook made on an old Macintosh a number is four years and a day later, formatted or not."""
    rows = [HEADING, ["1", FIFTH], ["2", 46300 - 1462], ["3", 99991231]]
    first, second, third = values(opened("workbook", make(tmp_path / "x", {"S": rows}, is_1904=True)))
    assert [first.started_on, second.started_on] == [FIFTH, FIFTH]  # type: ignore[union-attr]
    assert third == Rejected(4, "has no started_on", "start_missing", "", "3")


def test_the_sheet_with_the_headings_is_found_or_named(book: Callable[[Mapping[str, Rows]], Path]) -> None:
    """Guidance and other lists come first in real workbooks; the name is compared as headings are."""
    sheets = {"Guidance": [["How to fill it in"]], "Core ": [HEADING, ["1", FIFTH]], "Empty": []}
    assert len(accepted(opened("workbook", book(sheets)))) == 1
    twice = book(sheets | {"Old": [HEADING, ["2", FIFTH]]})
    assert [row.child_id for row in accepted(opened("workbook", twice, sheet="old"))] == ["2"]


def test_no_sheet_or_two_are_refused_with_their_names(book: Callable[[Mapping[str, Rows]], Path]) -> None:
    """Taking the first of two would be a guess."""
    two = book({"A": [HEADING], "B": [HEADING]})
    assert refusal("workbook", two) == (
        f'{two.name}: the sheets "A", "B" all have the headings wanted; name one of them as source.sheet.'
    )
    assert refusal("workbook", two, sheet="C") == (
        f'{two.name} has no sheet "C"; its sheets are "A", "B": correct source.sheet.'
    )
    none = book({"A": [["x"]], "B": [["y"]]})
    assert refusal("workbook", none, {"child_id": "Person"}) == (
        f'{none.name}, sheet "A": no heading line with child_id ("Person") and started_on '
        "in the first 10 rows: export it again with one. "
        'If it is another of its sheets, name it as source.sheet: "A", "B".'
    )


def test_the_only_sheet_says_what_it_lacks(book: Callable[[Mapping[str, Rows]], Path]) -> None:
    """With one sheet there is no doubt about which is meant."""
    path = book({"S": [["child_id", "begin"], ["1", FIFTH]]})
    assert refusal("workbook", path) == (
        f'{path.name}, sheet "S": row 1 has the headings "child_id", "begin"; started_on is not among them. '
        'Map it: [source.columns] started_on = "...".'
    )
    first = [["Report"], ["child_id", "begin"]]
    assert refusal("workbook", book({"About": [["Made by"]], "S": first})).endswith(
        'started_on = "...". If it is another of its sheets, name it as source.sheet: "About", "S".'
    )
    empty = book({"S": []})
    assert refusal("workbook", empty) == (
        f'{empty.name}, sheet "S" has no heading line in its first 10 rows: export it again.'
    )


def test_a_formula_without_a_result_is_refused(tmp_path: Path) -> None:
    """A library writes formulas but no results; only Excel works them out."""
    sentence = (
        'x.xlsx, sheet "S", row 3: a formula under "started_on" has no stored result; '
        "open the workbook in Excel and save it, then run again."
    )
    for formula in (Formula(), Formula("<v></v>"), Formula(kind=' t="str"')):
        rows = [HEADING, ["1", Formula("<v>46300</v>")], ["2", formula]]
        assert refusal("workbook", xlsx(tmp_path / "x.xlsx", {"S": rows})) == sentence
    rows = [HEADING, ["1", FIFTH], ["2", Formula()]]
    assert refusal("workbook", ods(tmp_path / "x.ods", {"S": rows})) == sentence.replace("xlsx", "ods")


def test_formulas_that_do_not_matter(tmp_path: Path) -> None:
    """With a result, with an empty text as the result, above the headings, or in a column nobody wants."""
    rows = [
        [None, Formula()],
        [*HEADING, "due"],
        ["1", Formula("<v>46300</v>"), Formula("<v></v>", ' t="str"'), None, Formula()],
    ]
    (found,) = accepted(opened("workbook", xlsx(tmp_path / "x.xlsx", {"S": rows})))
    assert (found.started_on, found.authorised_on) == (FIFTH, None)


def test_error_cells(tmp_path: Path) -> None:
    """`#N/A` is no value, and another error is a blank; in the id of a child the row is rejected."""
    rows = [
        HEADING,
        ["1", FIFTH, Fault("#N/A"), Fault("#REF!")],
        ["2", FIFTH, Fault("#REF!")],
        [Fault("#VALUE!"), FIFTH],
    ]
    *kept, rejected = values(opened("workbook", xlsx(tmp_path / "x.xlsx", {"S": rows})))
    assert [(each.authorised_on, each.team) for each in kept] == [(None, "")] * 2  # type: ignore[union-attr]
    assert rejected == Rejected(4, "has no child_id")


def test_ids_that_a_spreadsheet_made_something_else(book: Callable[[Mapping[str, Rows]], Path]) -> None:
    """A whole number is the id it was; a date is not, and neither is true or false."""
    path = book({"S": [HEADING, [10692868.0, FIFTH], [FIFTH, FIFTH]]})
    number, mangled = values(opened("workbook", path))
    assert number.child_id == "10692868"
    assert mangled == Rejected(
        3, "child_id was turned into a date or a true or false; format the column as text", "", "", ""
    )


def test_a_cell_far_out_is_refused_and_a_lying_size_is_not_believed(tmp_path: Path) -> None:
    """
    A stray value in the last cell of a sheet would take half a terabyte; a format alone, or a size that is
    only claimed, takes nothing.
    """
    head = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for letter, name in zip("AB", HEADING, strict=False)
    )
    row = '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>46300</v></c></row>'
    far = f'<row r="1">{head}</row>{row}<row r="1048576"><c r="XFD1048576" s="1">{{}}</c></row>'
    path = tmp_path / "x.xlsx"

    def written(content: str) -> Path:
        return xlsx(path, {"S": []}, more={"xl/worksheets/sheet1.xml": sheet_xml(content)})

    assert refusal("workbook", written(far.format("<v>1</v>"))) == (
        'x.xlsx, sheet "S": something stands as far out as row 1048576 and column 16384; '
        "delete the rows and columns beyond the table, and save it again."
    )
    assert len(accepted(opened("workbook", written(far.format(""))))) == 1
    claimed = sheet_xml(f'<row r="1">{head}</row>{row}')
    claimed = claimed.replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')
    assert (
        len(accepted(opened("workbook", xlsx(path, {"S": []}, more={"xl/worksheets/sheet1.xml": claimed}))))
        == 1
    )


@pytest.mark.parametrize("suffix", [".ods", ".xls"])
def test_far_cells_of_other_workbooks(tmp_path: Path, suffix: str) -> None:
    """Rows repeated a million times, and a number in column 60,000 of a file that can have 256."""
    path = tmp_path / f"x{suffix}"
    if suffix == ".ods":
        cells = '<table:table-cell office:value-type="string" table:number-columns-repeated="1000"/>'
        ods(
            path,
            {"S": [HEADING]},
            f'<table:table-row table:number-rows-repeated="1000000">{cells}</table:table-row>',
        )
    else:
        xls(path, {"S": [HEADING]}, more=record(0x203, b"\xff\xff\x60\xea\0\0" + bytes(8)))
    assert "something stands as far out as row" in refusal("workbook", path)


def test_empty_rows_repeated_to_the_end_of_a_sheet(tmp_path: Path) -> None:
    """LibreOffice writes them below every table, and they cost nothing."""
    more = (
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert (
        len(accepted(opened("workbook", ods(tmp_path / "x.ods", {"S": [HEADING, ["1", FIFTH]]}, more)))) == 1
    )


def test_elements_with_a_prefix_and_paths_from_the_root(tmp_path: Path) -> None:
    """Reporting servers name their elements, and the way to their parts, otherwise than Excel."""
    prefixed = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>child_id</x:t></x:is></x:c>'
        '<x:c r="B1" t="inlineStr"><x:is><x:t>started_on</x:t></x:is></x:c></x:row>'
        "<x:row><x:c><x:v>1</x:v></x:c><x:c><x:f>A1</x:f></x:c></x:row></x:sheetData></x:worksheet>"
    )
    path = xlsx(tmp_path / "x.xlsx", {"S": []}, more={"xl/worksheets/sheet1.xml": prefixed.encode()})
    assert 'row 2: a formula under "started_on" has no stored result' in refusal("workbook", path)
    rooted = {"_rels/.rels": package("/xl/workbook.xml").encode()}
    path = xlsx(tmp_path / "y.xlsx", {"S": [HEADING, ["1", FIFTH]]}, more=rooted)
    assert len(accepted(opened("workbook", path))) == 1


def test_many_columns_are_still_one_table(tmp_path: Path) -> None:
    """Columns beyond Z are counted, not refused."""
    rows = [[*[f"c{n}" for n in range(60)], *HEADING], [*[None] * 60, "1", FIFTH]]
    assert len(accepted(opened("workbook", xlsx(tmp_path / "x.xlsx", {"S": rows})))) == 1


@pytest.mark.parametrize("is_small", [True, False])
def test_short_and_long_streams_of_an_old_workbook(tmp_path: Path, is_small: bool) -> None:  # noqa: FBT001 - a case
    """Less than 4 KB lies in sectors of another kind; 8 MB have more of them than the header lists."""
    more = b"" if is_small else record(0x01, bytes(8000)) * 1000
    path = xls(tmp_path / "x.xls", {"S": [HEADING, ["1", FIFTH]]}, more=more, is_small=is_small)
    assert len(accepted(opened("workbook", path))) == 1
    far = xls(
        tmp_path / "far.xls",
        {"S": [HEADING]},
        more=more + record(0x203, b"\xff\xff\x60\xea" + bytes(10)),
        is_small=is_small,
    )
    assert "something stands as far out as row 65536 and column 60001" in refusal("workbook", far)

"""Workbooks made up cell by cell, so that each can be wrong in one way: .xlsx and .ods."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="0.0 %"/>'
    '<numFmt numFmtId="165" formatCode="0&quot;%&quot;"/></numFmts><cellStyleXfs count="1"><xf numFmtId="9"/>'
    '</cellStyleXfs><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/>'
    '<xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula cell, with the XML of its stored result, or none."""

    stored: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Styled:
    """A number in a style of `STYLES`: 2 and 3 show a percentage, 4 a sign that is only a text."""

    number: float
    style: int = 2


@dataclass(frozen=True, slots=True)
class Spanned:
    """A cell merged with those below it, *rows* in all."""

    cell: object
    rows: int


@dataclass(frozen=True, slots=True)
class Fault:
    """An error cell, such as `#REF!`."""

    text: str


Rows = Sequence[Sequence[object]]
"""
Cells of the sheets made here: text, numbers, truths, dates, `Formula`, `Styled`, `Spanned`, `Fault`, or
None for nothing.
"""


def xlsx(
    path: Path, sheets: Mapping[str, Rows], *, is_1904: bool = False, more: Mapping[str, bytes] | None = None
) -> Path:
    """
    Write *sheets* to *path* as Excel would; *more* parts are added, or take the place of those made here.
    """
    epoch = EPOCH_1904 if is_1904 else EPOCH
    parts = {
        "[Content_Types].xml": TYPES.encode(),
        "_rels/.rels": package("xl/workbook.xml").encode(),
        "xl/workbook.xml": _workbook(list(sheets), is_1904=is_1904).encode(),
        "xl/_rels/workbook.xml.rels": _relations(len(sheets)).encode(),
        "xl/styles.xml": STYLES.encode(),
    }
    for number, rows in enumerate(sheets.values(), start=1):
        merged = "".join(
            f'<mergeCell ref="{letters(area[2])}{area[0] + 1}:{letters(area[2])}{area[1] + 1}"/>'
            for area in merges(rows)
        )
        below = f"<mergeCells>{merged}</mergeCells>" if merged else ""
        parts[f"xl/worksheets/sheet{number}.xml"] = sheet_xml("".join(_rows(rows, epoch)), below)
    return zipped(path, parts | dict(more or {}))


def package(document: str) -> str:
    """Return the relations of an Office file whose workbook is the part *document*."""
    relation = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{document}"/>'
    return f'<Relationships xmlns="{RELATIONSHIPS}">{relation}</Relationships>'


def sheet_xml(rows: str, below: str = "") -> bytes:
    """Return a sheet's XML around the XML of its *rows*, with what stands *below* them."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{below}</worksheet>'.encode()


def merges(rows: Rows) -> list[tuple[int, int, int]]:
    """Return the first row, the last row and the column of each merged cell."""
    return [
        (index, index + cell.rows - 1, column)
        for index, row in enumerate(rows)
        for column, cell in enumerate(row)
        if isinstance(cell, Spanned)
    ]


def zipped(path: Path, parts: Mapping[str, bytes]) -> Path:
    """Write *parts* to a zip archive at *path*."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def ods(path: Path, sheets: Mapping[str, Rows], more: str = "") -> Path:
    """Write *sheets* to *path* as LibreOffice would; the XML of *more* rows stands below each."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}{more}</table:table>'
        for name, rows in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{space}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for space in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = {"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": content.encode()}
    return zipped(path, parts)


def letters(column: int) -> str:
    """Return what Excel calls the column with this number, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _workbook(names: Sequence[str], *, is_1904: bool) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    properties = '<workbookPr date1904="1"/>' if is_1904 else "<workbookPr/>"
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}<sheets>{sheets}</sheets></workbook>'


def _relations(count: int) -> str:
    sheets = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, count + 1)
    )
    styles = f'<Relationship Id="rId{count + 1}" Type="{OFFICE}/styles" Target="styles.xml"/>'
    return f'<Relationships xmlns="{RELATIONSHIPS}">{sheets}{styles}</Relationships>'


def _rows(rows: Rows, epoch: date) -> Iterator[str]:
    for number, row in enumerate(rows, start=1):
        cells = (_cell(cell, f"{letters(column)}{number}", epoch) for column, cell in enumerate(row))
        yield f'<row r="{number}">{"".join(cells)}</row>'


def _cell(cell: object, place: str, epoch: date) -> str:
    kind, inside = _typed(cell, epoch)
    return f'<c r="{place}"{kind}>{inside}</c>'


def _typed(cell: object, epoch: date) -> tuple[str, str]:
    """Return a cell's attributes and what stands inside it."""
    match cell:
        case None:
            typed = ' s="1"', ""
        case bool():
            typed = ' t="b"', f"<v>{int(cell)}</v>"
        case date():
            typed = ' s="1"', f"<v>{(cell - epoch).days}</v>"
        case Formula():
            typed = cell.kind, f"<f>G2+45</f>{cell.stored}"
        case Styled():
            typed = f' s="{cell.style}"', f"<v>{cell.number}</v>"
        case Spanned():
            typed = _typed(cell.cell, epoch)
        case Fault():
            typed = ' t="e"', f"<v>{cell.text}</v>"
        case str():
            typed = ' t="inlineStr"', f'<is><t xml:space="preserve">{escape(cell)}</t></is>'
        case _:
            typed = "", f"<v>{cell}</v>"
    return typed


def _ods_row(row: Sequence[object]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(cell: object) -> str:
    match cell:
        case None | Fault():
            inside = "/>"
        case bool():
            inside = f' office:value-type="boolean" office:boolean-value="{str(cell).lower()}"/>'
        case date():
            inside = f' office:value-type="date" office:date-value="{cell}"/>'
        case Formula():
            inside = f' table:formula="of:=[.G2]+45"{cell.kind}/>'
        case Styled():
            inside = f' office:value-type="percentage" office:value="{cell.number}"/>'
        case Spanned():
            rest = _ods_cell(cell.cell).removeprefix("<table:table-cell")
            inside = f' table:number-rows-spanned="{cell.rows}" table:number-columns-spanned="1"{rest}'
        case str():
            inside = f' office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
        case _:
            inside = f' office:value-type="float" office:value="{cell}"/>'
    return f"<table:table-cell{inside}"

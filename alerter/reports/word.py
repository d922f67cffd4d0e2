"""Writes the paper as a Word document on A4, with real headings and described pictures: extra `reports`."""

import io
from collections.abc import Sequence

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

from alerter.reports.blocks import BarChart, Block, Heading, Paper, Points, Table, Terms, Text, TrendChart
from alerter.reports.charts import picture

MAIN = RGBColor(0x1F, 0x4E, 0x79)
QUIET = RGBColor(0x5A, 0x66, 0x75)
WIDTH = Mm(178)
SMALL, MIDDLE = Pt(8.5), Pt(9.5)
MANY_COLUMNS = 7
MANY_ROWS = 16
NAME_SHARE = 2.2


def word(paper: Paper) -> bytes:
    """Return *paper* as the bytes of a .docx file."""
    document = Document()
    _set_up(document, paper)
    for block in paper.blocks:
        _write(document, block)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: WordDocument, paper: Paper) -> None:
    """Set the page, the type, the running foot, and the title."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(16)
    section.top_margin, section.bottom_margin = Mm(18), Mm(18)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10.5)
    normal.paragraph_format.space_after = Pt(6)
    for name, size in (("Title", 20), ("Heading 1", 15), ("Heading 2", 12)):
        _restyle(document, name, size)
    document.core_properties.title = paper.title
    document.core_properties.author = paper.council
    document.core_properties.language = "en-GB"
    _foot(section.footer.paragraphs[0], f"{paper.council}: {paper.title}")
    document.add_paragraph(paper.title, style="Title")
    _quiet(document.add_paragraph(f"{paper.council}, {paper.subtitle}"))


def _restyle(document: WordDocument, name: str, size: float) -> None:
    style = document.styles[name]
    style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), MAIN
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def _write(document: WordDocument, block: Block) -> None:
    match block:
        case Heading(text=text, level=level):
            document.add_heading(text, level)
        case Text(text=text):
            document.add_paragraph(text)
        case Points(sentences=sentences):
            for sentence in sentences:
                document.add_paragraph(sentence, style="List Bullet").paragraph_format.space_after = Pt(3)
        case Terms(pairs=pairs):
            for name, meaning in pairs:
                paragraph = document.add_paragraph()
                paragraph.add_run(f"{name}. ").bold = True
                paragraph.add_run(meaning)
        case Table():
            _write_table(document, block)
        case TrendChart() | BarChart():
            _write_chart(document, block)


def _write_chart(document: WordDocument, chart: TrendChart | BarChart) -> None:
    """Add a chart with its caption; its words are the picture's description, for those who cannot see it."""
    _caption(document, chart.caption)
    shape = document.add_picture(io.BytesIO(picture(chart)), width=WIDTH)
    described = shape._inline.docPr  # noqa: SLF001 - python-docx has no other way to the description
    described.set("descr", chart.description)
    described.set("title", chart.caption)
    if isinstance(chart, TrendChart):
        target = "; broken line: the target" if chart.target is not None else ""
        ahead = "; bars with a square: expected, and the range" if chart.ahead else ""
        _quiet(document.add_paragraph(f"Dots: authorised in time, %{target}{ahead}."))


def _write_table(document: WordDocument, block: Table) -> None:
    """Add a table; one of few rows stays on one page, a longer one repeats its headings."""
    _caption(document, block.caption)
    table = document.add_table(rows=1 + len(block.rows), cols=len(block.headings), style="Normal Table")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    _rule(table)
    _widen(table, len(block.headings), has_names=block.has_names)
    for place, cells in enumerate((block.headings, *block.rows)):
        is_total = block.has_total and place == len(block.rows)
        _fill(table, place, cells, is_bold=is_total or not place, has_names=block.has_names)
        if len(block.rows) < MANY_ROWS and place < len(block.rows):
            for cell in table.rows[place].cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
    _repeat(table)
    document.add_paragraph().paragraph_format.line_spacing = Pt(6)


def _rule(table: WordTable) -> None:
    """Rule the rows with thin lines, and no columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("color", "C9D1DA")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)  # noqa: SLF001 - python-docx has no setting for borders


def _widen(table: WordTable, columns: int, *, has_names: bool) -> None:
    """Give the names of the lines more room than each figure."""
    shares = [NAME_SHARE if has_names and not place else 1.0 for place in range(columns)]
    for column, share in zip(table.columns, shares, strict=True):
        width = Emu(int(WIDTH * share / sum(shares)))
        column.width = width
        for cell in column.cells:
            cell.width = width


def _fill(table: WordTable, place: int, cells: Sequence[str], *, is_bold: bool, has_names: bool) -> None:
    """Fill one row, which no page break may split: the name to the left, figures to the right."""
    row = table.rows[place]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - python-docx has no setting for it
    for column, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(2)
        run = paragraph.add_run(words)
        run.font.size = SMALL if len(cells) >= MANY_COLUMNS else MIDDLE
        run.bold = is_bold
        if column or not has_names:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repeat(table: WordTable) -> None:
    """Let the first row stand again at the top of each page."""
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - as above


def _caption(document: WordDocument, words: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(words).bold = True
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_after = Pt(3)


def _quiet(paragraph: Paragraph) -> None:
    for run in paragraph.runs:
        run.font.color.rgb, run.font.size = QUIET, Pt(9)


def _foot(paragraph: Paragraph, words: str) -> None:
    """Write the running foot: what it is, and the page's number."""
    paragraph.add_run(f"{words}, page ")
    _quiet(paragraph)
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    run = paragraph.add_run("1")
    run.font.color.rgb, run.font.size = QUIET, Pt(9)
    number.append(run._r)  # noqa: SLF001 - a field of Word's, which python-docx does not know
    paragraph._p.append(number)  # noqa: SLF001 - the same

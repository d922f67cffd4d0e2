"""The Word document: A4, real headings, tables that repeat their headings, described pictures."""

import io
import struct
from datetime import datetime

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from alerter.reports.blocks import BarChart, Heading, Table, TrendChart
from alerter.reports.charts import picture
from alerter.reports.word import word
from tests.reports.papers import CHILD, REFERENCE, paper


@pytest.fixture(scope="module")
def document() -> WordDocument:
    """The report as Word would open it."""
    return Document(io.BytesIO(word(paper())))


def test_it_is_a4_with_a_running_foot(document: WordDocument) -> None:
    """Its page is that of a committee paper, numbered."""
    section = document.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    foot = section.footer.paragraphs[0]
    assert foot.text.startswith("Sampleford & District: Assessments in time: report to the panel, page ")
    assert foot._p.findall(qn("w:fldSimple"))  # noqa: SLF001 - python-docx shows no fields


def test_it_has_the_papers_headings_and_tables(document: WordDocument) -> None:
    """Every heading and every cell, in order."""
    wanted = [block.text for block in paper().blocks if isinstance(block, Heading)]
    assert [
        each.text for each in document.paragraphs if each.style and each.style.name == "Heading 1"
    ] == wanted
    tables = [block for block in paper().blocks if isinstance(block, Table)]
    assert len(document.tables) == len(tables)
    for found, block in zip(document.tables, tables, strict=True):
        cells = [tuple(cell.text for cell in row.cells) for row in found.rows]
        assert cells == [tuple(row) for row in (block.headings, *block.rows)]
        assert found.rows[0]._tr.trPr is not None  # noqa: SLF001 - python-docx shows no row properties
        assert found.rows[0]._tr.trPr.findall(qn("w:tblHeader"))  # noqa: SLF001 - the same


def test_pictures_are_described(document: WordDocument) -> None:
    """What the chart shows stands in its description."""
    charts = [block for block in paper().blocks if isinstance(block, TrendChart | BarChart)]
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]  # noqa: SLF001 - as above
    assert described == [chart.description for chart in charts]


def test_nothing_about_a_child_is_in_the_file() -> None:
    """Neither in the text nor in its properties."""
    text = "".join(paragraph.text for paragraph in Document(io.BytesIO(word(paper()))).paragraphs)
    assert CHILD not in text
    assert REFERENCE not in text


@pytest.mark.parametrize("is_whole", [True, False])
def test_every_chart_is_a_picture(*, is_whole: bool) -> None:
    """A PNG of 200 dots an inch, whatever is hidden or missing in it."""
    for block in paper(is_whole=is_whole).blocks:
        if isinstance(block, TrendChart | BarChart):
            width, height = struct.unpack(">II", picture(block)[16:24])
            assert (width, height) == (1340, 580)


def test_several_types_are_written_too() -> None:
    """The document of both types opens, with a heading of the second level for each part."""
    both = Document(io.BytesIO(word(paper(is_whole=False))))
    assert any(each.style and each.style.name == "Heading 2" for each in both.paragraphs)
    assert isinstance(both.core_properties.created, datetime)

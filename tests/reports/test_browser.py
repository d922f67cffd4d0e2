"""The page in a real browser: laid out without a fault, and printed on A4."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from alerter.reports.html_page import page
from tests.reports.papers import paper

A4_POINTS = (595, 842)


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """Open the report as somebody does who was sent the file, and note what the browser complains of."""
    file = tmp_path / "report.html"
    file.write_text(page(paper()), encoding="utf-8")
    tab = browser.new_page(viewport={"width": 900, "height": 1200})
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on(
        "request", lambda request: complaints.append(request.url) if request.url != file.as_uri() else None
    )
    tab.goto(file.as_uri())
    yield tab
    tab.close()
    assert complaints == []


@pytest.mark.parametrize("width", [1200, 800, 400])
def test_no_table_runs_out_of_the_page(shown: Page, width: int) -> None:
    """On a screen of any width nothing but a wide table's own box needs to be moved sideways."""
    shown.set_viewport_size({"width": width, "height": 1000})
    assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_charts_have_names_that_are_read_out(shown: Page) -> None:
    """Each is one image with a name and a description, as assistive technology is told."""
    charts = shown.get_by_role("img")
    assert charts.count() == 3
    for place in range(3):
        assert charts.nth(place).evaluate("each => each.querySelector('desc').textContent.length") > 40


def test_no_words_of_a_chart_run_out_of_it(shown: Page) -> None:
    """Every label lies within its drawing."""
    outside = shown.evaluate(
        """() => [...document.querySelectorAll("svg text")].filter(text => {
            const box = text.getBoundingClientRect(), frame = text.closest("svg").getBoundingClientRect();
            return box.left < frame.left - 1 || box.right > frame.right + 1
                || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
        }).map(text => text.textContent)"""
    )
    assert outside == []


def test_headings_are_in_order(shown: Page) -> None:
    """One title, and no level left out."""
    levels = shown.evaluate(
        "[...document.querySelectorAll('h1, h2, h3')].map(each => Number(each.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_it_prints_on_a4(shown: Page) -> None:
    """A handful of pages of that size."""
    printed = shown.pdf(prefer_css_page_size=True)
    pages = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert 3 <= len(pages) <= 8
    assert {(round(float(width)), round(float(height))) for width, height in pages} == {A4_POINTS}

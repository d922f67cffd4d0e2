"""What a paper says, whatever it is written as."""

from dataclasses import replace
from itertools import pairwise

import pytest

from alerter.domain.timeliness import percent_words
from alerter.reports import html_page
from alerter.reports.blocks import BarChart, Block, Heading, Paper, Points, Table, Terms, Text, TrendChart
from alerter.reports.html_page import page
from alerter.reports.paper import paper_of
from tests.reports.papers import CHILD, CORE, REFERENCE, imprint, panel_of, paper
from tests.statistics.panels import history, report


def headings(of: Paper, level: int) -> list[str]:
    """Return the headings of one level."""
    return [block.text for block in of.blocks if isinstance(block, Heading) and block.level == level]


def table(of: Paper, caption: str) -> Table:
    """Return the first table whose caption begins so."""
    return next(
        block for block in of.blocks if isinstance(block, Table) and block.caption.startswith(caption)
    )


def words(block: Block) -> str:
    """Return all that a block says."""
    match block:
        case Heading(text=text) | Text(text=text):
            return text
        case Points(sentences=sentences):
            return " ".join(sentences)
        case Terms(pairs=pairs):
            return " ".join(part for pair in pairs for part in pair)
        case Table(caption=caption, headings=names, rows=rows):
            return " ".join([caption, *names, *(cell for row in rows for cell in row)])
        case (
            TrendChart(caption=caption, description=description)
            | BarChart(caption=caption, description=description)
        ):
            return f"{caption} {description}"


def test_the_parts_of_a_panel_report() -> None:
    """One type alone: all parts in the order a committee reads them."""
    assert headings(paper(), 1) == [
        "Summary", "Key points", "Timeliness by month against target", "Forecast", "Open and overdue",
        "Quality audit", "Staffing, and why work was late", "Definitions", "How this was counted",
    ]  # fmt: skip
    assert headings(paper(), 2) == []


def test_several_types_have_parts_of_their_own() -> None:
    """Each type has a heading, its parts below it; one without an audit has no such part."""
    both = paper(is_whole=False)
    assert headings(both, 1)[2:4] == ["Core assessment", "Single assessment"]
    assert headings(both, 2).count("Quality audit") == 1
    glance = table(both, "At a glance")
    assert glance.headings == ("", "Core assessment", "Single assessment")
    assert [row[2] for row in glance.rows] == [
        "0",
        "none",
        "none set",
        "not known",
        "0",
        "0",
        "cannot be known",
    ]


def test_nothing_about_a_child_is_in_it() -> None:
    """No id of a child or an assessment and no worker's name, in any block."""
    said = " ".join(words(block) for block in paper().blocks)
    assert not any(each in said for each in (CHILD, REFERENCE, "Adeyemi"))


def test_every_line_of_a_table_has_a_cell_a_heading() -> None:
    """So that every way of writing it comes out straight."""
    for each in (paper(), paper(is_whole=False)):
        tables = [block for block in each.blocks if isinstance(block, Table)]
        assert all(len(row) == len(found.headings) for found in tables for row in found.rows)


def test_the_months_tell_what_the_panel_counted() -> None:
    """Authorised, in time, late, the share with two decimals, and how far from the target."""
    figures = panel_of(below=0).figures
    rows = {row[0]: row[1:] for row in table(paper(is_whole=False), "By month").rows}
    share = figures.percent("month", "2026-06")
    assert share is not None
    assert rows["Jun 2026"][:2] == (
        figures.words("month", "2026-06", "all"),
        figures.words("month", "2026-06", "in time"),
    )
    assert rows["Jun 2026"][3:] == (percent_words(share), f"{share - 81:+.2f}")
    assert "Nov 2026, to day 23" in rows


def test_a_small_council_has_both_counts_by_quarter() -> None:
    """Most of its months would be hidden twice."""
    small = paper_of(imprint(), [panel_of(replace(CORE, also_from="referred_on"))])
    found = table(small, "The same sign-offs")
    assert [row[0] for row in found.rows] == [row[0] for row in table(small, "By quarter").rows]


def test_a_year_that_the_extract_shows_in_part_is_marked_at_a_glance() -> None:
    """As it is in the table: the first years of an extract look too good."""
    short = paper_of(imprint(0), [report(history(), below=0)])
    shares = {row[0]: row[-1] for row in table(short, "By quarter").rows}
    assert (shares["2025/26"], shares["2026/27 to date"]) == ("70.00 *", "85.71")
    glance = {row[0]: row[1] for row in table(short, "At a glance").rows}
    assert (glance["The year before"], glance["In time"]) == ("70.00 % *", "85.71 %")


def test_what_holds_nothing_is_left_out() -> None:
    """Where nothing was signed off there is no chart, no duration and no second count to look at."""
    empty = paper_of(imprint(), [report([], clock=replace(CORE, also_from="referred_on"))])
    assert not [block for block in empty.blocks if isinstance(block, TrendChart | BarChart)]
    tables = [block.caption for block in empty.blocks if isinstance(block, Table)]
    assert tables == [
        "At a glance", "By month of authorisation", "By quarter and financial year (from 1 April)",
    ]  # fmt: skip


def test_both_counts_stand_in_one_table() -> None:
    """Where the other date is counted from too: each period's two shares, and what has no such date."""
    clock = replace(CORE, also_from="referred_on")
    both = paper_of(imprint(0), [panel_of(clock, 0)])
    found = table(both, "The same sign-offs, counted from the start and from the referral")
    shares = {row[0]: row[-1] for row in table(both, "By quarter").rows}
    assert {row[0]: row[1] for row in found.rows if row[0] in shares} == shares
    assert {row[2:] for row in found.rows} == {("none", "0", "0", "0")}
    said = " ".join(words(block) for block in both.blocks)
    assert "is not known or lies after the sign-off: 163 of the 163 authorised in the period." in said
    assert "shown beside it: counted from the day of the referral." in said


def test_small_numbers_are_hidden_and_said_to_be() -> None:
    """The months' few late ones are shown as c, with their share; the paper that hides nothing says so."""
    rows = table(paper(), "By month").rows
    assert any(row[2:] == ("c", "c", "c", "c") for row in rows)
    said = words(next(block for block in paper().blocks if isinstance(block, Text)))
    assert said.endswith("Numbers from 1 to 5 are shown as c, and with them whatever would give them away.")
    terms = [words(block) for block in paper(is_whole=False).blocks if isinstance(block, Terms)]
    assert "None is hidden: this paper must not leave the service." in terms[-1]


def test_how_it_was_counted() -> None:
    """Rule, start of the clock, calendar and its version, extract, fingerprint of the settings."""
    counted = words(paper().blocks[-1])
    for said in (
        "35 working days from the day the assessment actually started (that day is day 0)", "target 81 %",
        "bank holidays of England", "holidays 0", "assessments.csv of Sunday 22 November 2026 18:05, 812",
        "Fingerprint 5038bee322ea",
    ):  # fmt: skip
        assert said in counted
    both = words(paper(is_whole=False).blocks[-1])
    assert "from the day of the referral" in both
    assert "what started before 2026-09-01 keeps the rule before" in both
    assert "No extract has been read yet." in both


def test_charts_are_told_in_words() -> None:
    """Each month's share and what is expected; each band's count; quarters where the months hide too much."""
    whole = next(block for block in paper(is_whole=False).blocks if isinstance(block, TrendChart))
    assert whole.description.startswith("By month: ")
    assert " Expected: Nov 2026 " in whole.description
    trend, durations, *_ = [block for block in paper().blocks if isinstance(block, TrendChart | BarChart)]
    assert isinstance(trend, TrendChart)
    assert trend.description.startswith("By quarter: 2025/26 Q4 79.0 %; 2026/27 Q1 80.3 %; ")
    assert (trend.months[1][1], trend.ahead) == (panel_of().figures.percent("quarter", "2026/27 Q1"), [])
    assert isinstance(durations, BarChart)
    assert "Same day: 0; " in durations.description
    assert durations.marked_from == 5


def test_a_trend_is_drawn_to_scale() -> None:
    """A month without a figure breaks the line; the higher share stands higher, the target between them."""
    chart = TrendChart(
        "", "", [("Jan 2026", 70.0), ("Feb 2026", None), ("Mar 2026", 90.0)], 81, [("Apr 2026", 80, 72, 88)]
    )
    found = html_page.trend(chart)
    assert chart.floor == 60
    assert len(found.runs) == 2
    assert [tick.words for tick in found.ticks] == ["60", "80", "100"]
    assert found.target is not None
    assert found.marks[0].y > found.target > found.marks[2].y
    (ahead,) = found.ahead
    assert ahead.high < ahead.y < ahead.low
    assert all(one.x < other.x for one, other in pairwise([*found.marks, ahead]))
    assert not found.is_crowded
    assert html_page.trend(TrendChart("", "", [], None)).target is None


@pytest.mark.parametrize(("marked_from", "marked"), [(None, 0), (1, 2)])
def test_a_hidden_bar_has_no_height(marked_from: int | None, marked: int) -> None:
    """It is a letter on the ground line, so that its length does not tell it."""
    found = html_page.bars(BarChart("", "", [("a", 10), ("b", None), ("c", 0)], marked_from))
    assert [mark.words for mark in found.marks] == ["10", "c", "0"]
    assert found.marks[1].y == found.marks[2].y > found.marks[0].y
    assert sum(mark.is_marked for mark in found.marks) == marked


def test_the_page_needs_nothing_else() -> None:
    """One file: no script, no address to fetch from, names from the extract as text."""
    html = page(paper())
    assert "<script" not in html
    assert "http" not in html.replace("http://www.w3.org", "")
    assert "East &lt;West&gt;" in html
    assert html.count("<svg") == html.count("<desc") == 3
    assert "<td>c</td>" in html

"""The text of a message in the Markdown of GOV.UK Notify."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.transports.notify_body import markdown_of
from tests.mail.reading import text_of
from tests.world import samples

ITEM = re.compile(r"(?m)^\* (.*)$")


def test_a_week_is_headings_and_lists() -> None:
    """Every stage is a heading, every row and remark an item below it, and the rest are paragraphs."""
    lines = markdown_of(text_of(samples.usual_week())).split("\n")
    asked = "2 overdue \N{MIDDLE DOT} 3 past day 25 \N{MIDDLE DOT} 2 reach day 25 by Mon 30 Nov"
    assert lines[:2] == [f"# This week 7 children in 6 assessments need you: {asked}", ""]
    headings = [line.partition(" (")[0] for line in lines if line.startswith("## ")]
    assert headings == [
        "## Overdue", "## Past day 25", "## Reaches day 25", "## Reassured", "## Records to mend",
    ]  # fmt: skip
    first = lines.index("## Overdue (2): please get each signed off, or say what holds it")
    assert lines[first + 2] == (
        "* A-10433 - child 88213 - P. Adeyemi - day 38 of 35, was due Wed 18 Nov (3 working days over) "
        "- away until Mon 30 Nov"
    )
    band = lines.index("Day 26 to 30 (2)")
    assert (lines[band - 1], lines[band + 1], lines[band + 2][:9]) == ("", "", "* A-10522")
    assert "Also open and on track: 14." in lines


def test_no_word_is_lost() -> None:
    """Take the marks away, and what is left is the text."""
    text = text_of(samples.usual_week())
    marks = {"#", "##", "*", "-"}
    left = [word for word in markdown_of(text).split() if word not in marks]
    assert left == [word for word in text.split() if word not in marks]


def test_rows_left_out_for_length_are_said_below_the_list() -> None:
    """The sentence that counts them is a paragraph, not an item."""
    many = samples.digest_of([samples.started(30, f"A-{place}", f"{place}") for place in range(200)])
    body = markdown_of(text_of(many))
    assert re.search(r"\* A-\d+ - .*\n\nAnd \d+ more, not listed for length", body)


def test_a_single_line_is_a_heading() -> None:
    """The message that tries the way out has no more."""
    assert markdown_of("A test.\n") == "# A test.\n"


@pytest.mark.parametrize(
    ("id_", "shown"),
    [
        ("# x", r"\# x"),
        ("- x", r"\- x"),
        ("* x", r"\* x"),
        ("1. x", r"1\. x"),
        ("2026.17", r"2026\.17"),
        ("^ x", "\N{REPLACEMENT CHARACTER} x"),
        ("\N{BULLET} x", "\N{REPLACEMENT CHARACTER} x"),
        ("```", r"\```"),
        ("[x](https://evil.example)", r"\[x\](https: //evil.example)"),
        ("[x]: //evil.example", r"\[x\]: //evil.example"),
        ("a\\b", r"a\\b"),
        ("((name))", "((name))"),
        ("A-1 (b)", "A-1 (b)"),
    ],
)
def test_what_an_id_holds_is_no_markup(id_: str, shown: str) -> None:
    """No heading, list, inset text or link of its own; brackets in a value name no placeholder to Notify."""
    digest = samples.digest_of([samples.started(30, id_, "7")])
    (item,) = ITEM.findall(markdown_of(text_of(digest)))
    assert item.partition(" - child 7 - ")[0] == shown


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_every_row_is_one_item(ids: list[str]) -> None:
    """Whatever the ids hold, there are as many items as rows."""
    rows = [samples.started(30, id_, f"7{place}") for place, id_ in enumerate(ids)]
    rendered = samples.writer().digest(samples.digest_of(rows), samples.facts())
    assert len(ITEM.findall(markdown_of(rendered.text))) == len(ids)


def test_our_own_link_stays_one() -> None:
    """The recipient's link to the page is the only address that Notify may make a link of."""
    link = "https://alerts.council.example/r/WzcsIm4iXQ.a-b_c"
    digest = samples.usual_week()
    text = samples.writer().digest(digest, samples.facts(), link).text
    assert f"Record what you have checked: {link} (opens your list" in markdown_of(text)
    foreign = samples.facts(source_name="https://elsewhere.example/x.csv")
    assert "https://elsewhere" not in markdown_of(samples.writer().digest(digest, foreign, link).text)

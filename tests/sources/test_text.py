"""Text out of a cell carries nothing that could change an email, and ids keep their digits."""

import math
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.sources.text import (
    LONGEST_ID,
    LONGEST_TEXT,
    IdentifierError,
    as_text,
    clean,
    read_id,
    read_text,
)

BLANKS = (" ", "\t", "\u00a0", "\u202f", "\u2007", "\u2009", "\u3000", "\u200b", "\ufeff", "\u00ad")
INVISIBLE = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e")


@given(st.text(alphabet=st.characters(), max_size=40))
def test_nothing_invisible_survives(text: str) -> None:
    """
    No control, format or separator character and no surrogate is left, and cleaning twice is cleaning once.
    """
    cleaned = clean(text)
    assert not {unicodedata.category(char) for char in cleaned} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert cleaned == cleaned.strip()
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("char", ["\r", "\n", "\x00", "\x1b", "\x85", "\u2028", "\u2029", "\u00a0", "\t"])
def test_line_breaks_and_controls_become_blanks(char: str) -> None:
    """What could begin a new line or a new header parts two words instead."""
    assert clean(f"Duty{char}Team") == "Duty Team"


@pytest.mark.parametrize("char", ["\u202a", "\u202e", "\u2066", "\u2069", "\u200b", "\ufeff", "\ud800"])
def test_direction_marks_and_surrogates_go(char: str) -> None:
    """What turns the reading direction, or cannot be encoded, leaves no gap."""
    assert clean(f"Du{char}ty") == "Duty"


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        "  ",
        "#N/A",
        "-1",
        "NULL",
        "n/a",
        "-",
        "Unknown",
        None,
        math.nan,
        -1,
        "\\N",
        "(null)",
        "(blank)",
        '=""',
        "\u00a0\u202f\u2007\u3000\t",
        "\u200b\ufeff\u00ad",
    ],
)
def test_words_for_nothing_are_blank(nothing: object) -> None:
    """A team, a worker or an id that says there is none is blank."""
    assert read_text(nothing) == ""
    assert read_id(nothing) == ""


@given(st.text(max_size=40))
def test_a_text_formula_is_its_text(text: str) -> None:
    """Whatever text Excel is kept from reading as a number, its id, name or address is the text itself."""
    formula = '="{}"'.format(text.replace('"', '""'))
    assert clean(formula) == clean(text)
    assert read_text(formula) == read_text(text)


@pytest.mark.parametrize("text", ["=A1+B1", '="a"&"b"', "=", '="', '=HYPERLINK("a")'])
def test_other_formulas_stay_as_they_are(text: str) -> None:
    """Only a formula that is nothing but a text is taken for one."""
    assert clean(text) == text


def test_a_cut_text_is_longer_than_any_address() -> None:
    """Text is cut at 300 characters, so what is cut cannot have become a valid address."""
    assert len(read_text("a" * 1000)) == LONGEST_TEXT > 254


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("00123", "00123"),
        (" ab-12/C ", "ab-12/C"),
        ("10692868.0", "10692868"),
        (10692868.0, "10692868"),
        (10692868, "10692868"),
        (Decimal("10692868.00"), "10692868"),
        (Decimal("1E+3"), "1000"),
        ("1.5", "1.5"),
        (1.5, "1.5"),
        ("12E5", "12E5"),
        ("v1.0", "v1.0"),
        ("A\r\n7", "A 7"),
        ('="0050001"', "0050001"),
        ('= "0050001" ', "0050001"),
        ('="10692868.0"', "10692868"),
        ("'0050001", "0050001"),
        ("\ufeff00\u200b50\u00ad001\u202f", "0050001"),
    ],
)
def test_ids_stay_text(value: object, expected: str) -> None:
    """Leading zeros and case stay; only what a spreadsheet adds is dropped."""
    assert read_id(value) == expected


@given(
    st.text("0123456789ABCxyz-/", min_size=1, max_size=12).filter(lambda text: text not in {"-", "-1"}),
    st.lists(st.sampled_from(BLANKS), max_size=4),
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from(INVISIBLE)), max_size=3),
    st.booleans(),
)
def test_an_id_is_itself_whatever_is_around_it(
    own: str,
    around: list[str],
    within: list[tuple[int, str]],
    is_formula: bool,  # noqa: FBT001 - drawn
) -> None:
    """
    Blanks on either side, what has no width within, and a formula about it change no digit and no nought.
    """
    written = own
    for place, char in within:
        written = written[:place] + char + written[place:]
    written = "".join(around) + written + "".join(reversed(around))
    found = read_id(f'="{written}"' if is_formula else written)
    assert found == own
    assert read_text(written) == own


@pytest.mark.parametrize("value", ["1.07E+07", "1E+07", "1.07e7", 1.07e22])
def test_scientific_notation_is_no_id(value: object) -> None:
    """An id turned into a rounded number is refused with the way out."""
    with pytest.raises(IdentifierError, match=r"scientific notation .* export the column as text"):
        read_id(value)


def test_an_id_has_at_most_64_characters() -> None:
    """Sixty-four characters are an id, sixty-five are a paragraph in the wrong column."""
    assert read_id("x" * LONGEST_ID) == "x" * 64
    with pytest.raises(IdentifierError, match="has more than 64 characters"):
        read_id("x" * 65)


@pytest.mark.parametrize("number", [math.inf, -math.inf, 1e300, Decimal("Infinity"), Decimal("sNaN")])
def test_absurd_numbers_are_text_and_no_crash(number: object) -> None:
    """Infinity and its like read as text."""
    assert isinstance(as_text(number), str)


@pytest.mark.parametrize("value", [True, False, date(2026, 10, 5), datetime(2026, 10, 5), time(10, 0)])  # noqa: DTZ001 - a workbook's
def test_an_id_that_became_a_date_or_a_truth_is_no_id(value: object) -> None:
    """A spreadsheet makes a date of 5-10 and a truth of TRUE; what it was is lost."""
    with pytest.raises(IdentifierError, match="was turned into a date or a true or false"):
        read_id(value)

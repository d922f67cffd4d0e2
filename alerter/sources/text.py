"""Reads text out of a cell, without anything that must not reach an email."""

import re
import unicodedata
from datetime import date, time, timedelta
from decimal import Decimal

_WORDS = ("#n/a", "n/a", "null", "(null)", "\\n", "nan", "none", "(blank)", "unknown")
BLANK_TEXTS = frozenset({"", "-", "\u2013", "\u2014", "-1", *_WORDS})
"""What case systems and spreadsheets write where there is no value, in lower case."""
LONGEST_TEXT = 300
"""Longer text is cut; longer than any address may be (254), so that no cut makes an address valid."""
LONGEST_ID = 64
EXACT_FLOATS = 10**15
"""A spreadsheet keeps 15 digits; a longer whole number has lost its last ones."""
_TEXT_FORMULA = re.compile(r'= ?"((?:[^"]|"")*)"')
"""How a file keeps Excel from making a number of a text."""
_PLAIN_ID = re.compile(r"[A-Za-z][!-~]*|[\d/-]+", re.ASCII)
"""An id without anything to clean, and without what a spreadsheet makes of a number."""
_WHOLE_FLOAT = re.compile(r"\d+\.0+", re.ASCII)
_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?[eE]\+\d+|\d\.\d+[eE]\d+", re.ASCII)


class IdentifierError(ValueError):
    """An id that cannot be believed; its text says why, without the id."""


def clean(text: str) -> str:
    r"""
    Return *text* on one line, with single blanks and nothing invisible in it.

    Control characters, line separators and no-break spaces become blanks; direction marks,
    zero-width characters and lone surrogates go. Of a formula that is only a text, the text stays.

    >>> clean("  Assessment\u00a0 Team\r\nBcc: x "), clean('="0050001"')
    ('Assessment Team Bcc: x', '0050001')
    >>> clean("\u202eA\u200b1")
    'A1'
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _instead_of(char) for char in text)
    text = " ".join(text.split())
    if text.startswith("=") and (formula := _TEXT_FORMULA.fullmatch(text)):
        return clean(formula[1].replace('""', '"'))
    return text


def as_text(value: object) -> str:
    """
    Return a cell's value as the text a person would read there.

    >>> as_text(10692868.0), as_text(None), as_text("007")
    ('10692868', '', '007')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float | Decimal):
        return _number_as_text(value)
    return str(value)


def read_text(value: object) -> str:
    r"""
    Return a name, a team or an address; empty where the cell holds a word for nothing.

    >>> read_text("#N/A"), read_text("Duty\u00a0 Team")
    ('', 'Duty Team')
    """
    text = clean(as_text(value))
    return "" if text.lower() in BLANK_TEXTS else text[:LONGEST_TEXT]


def is_yes(value: object) -> bool:
    """
    Say whether a cell says yes, as Annex A's codes and the census write it.

    >>> [is_yes(value) for value in ("a) Yes", "TRUE", 1, "b) No", "", None)]
    [True, True, True, False, False, False]
    """
    return clean(as_text(value)).casefold().removeprefix("a)").strip() in ("yes", "y", "true", "1")


def read_id(value: object) -> str:
    """
    Return an id as text, in its own case, without the `.0` a spreadsheet adds.

    >>> read_id(" 10692868.0 "), read_id("00123"), read_id("NULL")
    ('10692868', '00123', '')

    Raises:
        IdentifierError: It is in scientific notation, so digits are lost; it is a date or a true or
            false, as spreadsheets make of some ids; or it has more than 64 characters.
    """
    text = value if isinstance(value, str) else _number_as_id(value)
    if not text.isalnum() and not _PLAIN_ID.fullmatch(text):
        text = clean(text).removeprefix("'")
        if text[:1].isdigit():
            text = _without_fraction(text)
    if len(text) > LONGEST_ID:
        raise IdentifierError(f"has more than {LONGEST_ID} characters")
    return "" if text.lower() in BLANK_TEXTS else text


def _number_as_id(value: object) -> str:
    if isinstance(value, bool | date | time | timedelta):
        raise IdentifierError("was turned into a date or a true or false; format the column as text")
    return as_text(value)


def _without_fraction(text: str) -> str:
    """Return an id that begins like a number without the fraction a spreadsheet gave it."""
    if _SCIENTIFIC.fullmatch(text):
        raise IdentifierError(
            "was turned into a number in scientific notation (as 1.07E+07); export the column as text"
        )
    return text.partition(".")[0] if _WHOLE_FLOAT.fullmatch(text) else text


def _number_as_text(value: float | Decimal) -> str:
    text = str(value)
    if "nan" in text.lower():
        return ""
    is_exact = isinstance(value, Decimal) or abs(value) < EXACT_FLOATS
    if is_exact and abs(value) < 10**LONGEST_ID and value == int(value):
        return str(int(value))
    return text


def _instead_of(char: str) -> str:
    return "" if unicodedata.category(char) in {"Cf", "Cs"} else " "

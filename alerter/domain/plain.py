"""Makes text from outside harmless before it is written into an email."""

import re
import unicodedata

# Joiners that some scripts are spelt with; every other format character can hide or reorder text.
_JOINERS = {"\u200c", "\u200d"}
_AS_BLANK = {"Cc", "Zl", "Zp"}
_AS_MARK = {"Cf", "Cs", "Co", "Cn"}
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
NOTHING = "(blank)"
_BLANKS = re.compile(r"\s+")


def one_line(text: str) -> str:
    r"""
    Return *text* on one line and otherwise as given.

    Controls and line ends of every kind become blanks; characters that reorder or hide text, and
    lone surrogates, become U+FFFD, so that tampering shows. Never empty.

    >>> one_line("A-1\r\nBcc: x"), one_line("P. Ad\u202eeyemi"), one_line("\n")
    ('A-1  Bcc: x', 'P. Ad�eyemi', '(blank)')
    """
    if text.isascii() and text.isprintable():
        return text.strip() or NOTHING
    return "".join(_harmless(character) for character in text).strip() or NOTHING


def phrase(text: str) -> str:
    r"""
    Return *text* on one line with single blanks, as a sentence can hold it.

    >>> phrase("Duty  and\n Assessment")
    'Duty and Assessment'
    """
    return _BLANKS.sub(" ", one_line(text))


def _harmless(character: str) -> str:
    if character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if category in _AS_BLANK:
        return " "
    return REPLACEMENT if category in _AS_MARK else character

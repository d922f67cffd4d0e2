"""The text part of a message as GOV.UK Notify wants it: its own small Markdown, lists instead of columns."""

import re

from alerter.mail.plain import REPLACEMENT
from alerter.mail.rows import ROW_MARK

NOTE_MARK = "- "
ANSWER_MARK = "Record what you have checked: http"  # our own link, the only one that stays one
_COLUMNS = re.compile(r" {2,}")
_BLANK_LINES = re.compile(r"\n{2,}")
# What begins a link or an escape anywhere, and a heading, a list or a line where it stands first. Notify
# knows nothing in bold, no tables and no HTML, and does not read what stands in a value for placeholders.
_INLINE = re.compile(r"[\\\[\]]")
_MARKS = tuple("#*+-_`~|")
_NUMBER = re.compile(r"\d+\.")
_UNESCAPABLE = ("^", "\N{BULLET}")


def markdown_of(text: str) -> str:
    r"""
    Return *text*, a digest's or a summary's, in Notify's Markdown: the same words in the same order.

    The first line is the heading. Rows and remarks become list items under the heading they stand under;
    what stood in columns is joined by hyphens, of which Notify makes dashes. Whatever would be read as
    markup in the words themselves is escaped, and no address of a web page becomes a link but our own.

    >>> print(markdown_of("Week 48\nFor N.\n\nOverdue (1)\nA-1  child 7  day 38 of 35\n"))
    # Week 48
    <BLANKLINE>
    For N.
    <BLANKLINE>
    ## Overdue (1)
    <BLANKLINE>
    * A-1 - child 7 - day 38 of 35
    <BLANKLINE>
    """
    title, _, rest = text.strip("\n").partition("\n")
    blocks = [f"# {_words(title)}", *(_block(lines) for lines in _BLANK_LINES.split(rest) if lines.strip())]
    return "\n\n".join(blocks) + "\n"


def _block(text: str) -> str:
    lines = text.strip("\n").split("\n")
    places = [place for place, line in enumerate(lines) if _is_item(line)]
    if not places:
        return "\n".join(line if line.startswith(ANSWER_MARK) else _words(line) for line in lines)
    first, after = places[0], places[-1] + 1
    parts = [
        "\n".join(f"## {_words(line)}" for line in lines[:first]),
        "\n".join(f"* {_item(line)}" for line in lines[first:after]),
        "\n".join(_words(line) for line in lines[after:]),
    ]
    return "\n\n".join(part for part in parts if part)


def _is_item(line: str) -> bool:
    return ROW_MARK in line or line.startswith(NOTE_MARK)


def _item(line: str) -> str:
    if ROW_MARK in line:
        return " - ".join(_words(column) for column in _COLUMNS.split(line))
    return _words(line.removeprefix(NOTE_MARK))


def _words(text: str) -> str:
    """
    Return *text* with nothing in it that Notify would take for a heading, a list or a link.
    """
    words = _INLINE.sub(r"\\\g<0>", text.strip().replace("://", ": //"))
    if words.startswith(_UNESCAPABLE):
        return REPLACEMENT + words[1:]
    if number := _NUMBER.match(words):
        return f"{number[0][:-1]}\\{words[number.end() - 1 :]}"
    return f"\\{words}" if words.startswith(_MARKS) else words

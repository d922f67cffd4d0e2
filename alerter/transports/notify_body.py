"""Turns the text of a message into GOV.UK Notify's Markdown, with lists in place of columns."""

import re

from alerter.domain.plain import REPLACEMENT

NOTE_MARK = "- "
HALF_MARK = "  "
REMARK_MARK = "    "
RECORD_MARK = "    https://"
_IS_ROW = re.compile(r"\S {2,}\S")  # rows have columns; prose and remarks have single blanks
# Our own link, which stays one as a record's does: in each language of the emails.
ANSWER_MARKS = (
    "Record what you have checked: http",
    "Cofnodwch yr hyn yr ydych wedi'i gadarnhau: http",
    "See how your teams stand: http",
    "Gweler sefyllfa eich timau: http",
)
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
        return "\n".join(line if line.startswith(ANSWER_MARKS) else _words(line) for line in lines)
    first, after = places[0], places[-1] + 1
    parts = [
        "\n".join(f"## {_words(line)}" for line in lines[:first]),
        "".join(_listed(line) for line in lines[first:after]).strip("\n"),
        "\n".join(_words(line) for line in lines[after:]),
    ]
    return "\n\n".join(part for part in parts if part)


def _is_item(line: str) -> bool:
    return line.startswith((NOTE_MARK, HALF_MARK)) or _IS_ROW.search(line) is not None


def _listed(line: str) -> str:
    """Return a row with its remarks as a list's item, and the line above half of the rows between lists."""
    if line.startswith(RECORD_MARK):
        return f" - {line.strip()}"
    if line.startswith(REMARK_MARK):
        return f" - {_words(line)}"
    return f"\n\n{_words(line)}\n" if line.startswith(HALF_MARK) else f"\n* {_item(line)}"


def _item(line: str) -> str:
    if _IS_ROW.search(line):
        return " - ".join(_words(column) for column in _COLUMNS.split(line))
    return _words(line.removeprefix(NOTE_MARK))


def _words(text: str) -> str:
    """Return *text* with nothing in it that Notify would take for a heading, a list or a link."""
    words = _INLINE.sub(r"\\\g<0>", text.strip().replace("://", ": //"))
    if words.startswith(_UNESCAPABLE):
        return REPLACEMENT + words[1:]
    if number := _NUMBER.match(words):
        return f"{number[0][:-1]}\\{words[number.end() - 1 :]}"
    return f"\\{words}" if words.startswith(_MARKS) else words

"""Recognises lines that are no records: titles, totals, footers, rules, repeated headings."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerter.sources.columns import Located, normalised
from alerter.sources.text import as_text, clean, read_text

UNTOLD = frozenset({"worker", "manager_email", "reassured_by"})
"""Columns of names, in which a word for a count is somebody's name."""

_RULE = re.compile(r"[-=_*~+.|\s\u2500-\u257f\u2010-\u2015]+")
_COUNT = re.compile(
    r"""
    \W* (?: (?:sub|grand|overall|running) [ -]? )? totals? \b .*        # Total: 12, Sub total, Grand-totals
    | .* \b (?: totals? | count ) \W*                                  # Assessment North Total, Grand Count
    | (?: count | number [ ] of | no[.]? [ ] of ) \b .*                # Number of assessments
    | \W* \d[\d,]* [ ] (?: rows? | records? | lines? | results? | items? | assessments? ) \b .*
    | (?: rows? | records? ) (?: [ _] (?: affected | returned | selected | count ) )? \s* [:=] .*
    | page [ ] \d+ .* | end [ ] of [ ] (?: report | file | extract | data ) .* | \#type \b .*
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class NoRecord:
    """A line that holds no record: it is counted, and nothing of it is kept."""


NO_RECORD = NoRecord()


def filled(cells: Iterable[object]) -> list[str]:
    """Return the texts of *cells* in which something stands, words for nothing apart."""
    return [text for text in map(read_text, cells) if text]


def is_no_record(cells: Sequence[object], columns: Located) -> bool:
    """
    Say whether *cells*, those wanted or all of a row that has slipped, are of a line that is no record.

    They are blank, or dashes, or headings, or one of them is a total or a count.
    """
    texts = filled(cells)
    return (
        all(_RULE.fullmatch(text) for text in texts)
        or any(map(is_count, texts))
        or {normalised(text) for text in texts} <= {normalised(heading) for heading in columns.headings}
    )


def is_count(text: str) -> bool:
    """
    Say whether a cell's *text* is of a line that sums up others, or ends a page.

    >>> [is_count(text) for text in ("Sub total", "North Count", "(8 rows affected)", "Totally new")]
    [True, True, True, False]
    """
    return _COUNT.fullmatch(text) is not None


def is_blank(cells: Iterable[object]) -> bool:
    """Say whether nothing stands in any of *cells*."""
    return not any(clean(as_text(cell)) for cell in cells)

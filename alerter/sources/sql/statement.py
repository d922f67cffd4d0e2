"""The one statement a source may send: a query."""

import re

from alerter.errors import SourceError

_QUOTED = re.compile(r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"[^"]*"|\[[^\]]*\]|`[^`]*`""", re.DOTALL)
_BEGINS = re.compile(r"[\s(]*(?:select|with)\b", re.IGNORECASE)
_WRITES = re.compile(
    r"\b(?:insert|update|delete|merge|into|create|alter|drop|truncate|grant|exec|execute|call)\b",
    re.IGNORECASE,
)


def checked_query(query: str) -> str:
    """
    Return *query* without its closing semicolon.

    A slip of the hand is caught here; what keeps a source safe is a login that may only read.

    Raises:
        SourceError: It is not one statement that begins with SELECT or WITH, or it has a word that writes.
    """
    bare = _QUOTED.sub(" ", query).strip().rstrip("; \t\r\n")
    if not _BEGINS.match(bare):
        raise SourceError("source.query must begin with SELECT or WITH: the database is only ever read from.")
    if ";" in bare:
        raise SourceError("source.query holds more than one statement: leave one SELECT.")
    if word := _WRITES.search(bare):
        raise SourceError(
            f"source.query holds the word {word[0].upper()}, and the database is only ever read from: "
            "leave one SELECT (a column of that name needs quotation marks)."
        )
    return query.strip().rstrip("; \t\r\n")

"""The words for kinds of exceptions: every kind that the code can record has its own."""

import ast
from pathlib import Path

from alerter.mail.exception_words import WORDS

ALERTER = Path(__file__).parents[2] / "alerter"
MAKERS = {"DataException": 0, "Fault": 0, "Problem": 0, "_exception": 0, "_unrouted": 0, "RowFaultError": 1}
"""What records a kind, and the place of the kind among its arguments."""


def kinds() -> set[str]:
    """Return every kind that stands in the code where an exception is made, and that of `letters`."""
    found = {"render_failed"}
    for file in ALERTER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            place = MAKERS.get(getattr(node.func, "attr", getattr(node.func, "id", "")))
            if place is None or len(node.args) <= place:
                continue
            kind = node.args[place]
            if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                found.add(kind.value)
    return found


def test_every_kind_has_words() -> None:
    """Neither the summary nor the page shows the name that the code has for it."""
    assert {"bounced", "no_manager", "start_missing", "unknown_type"} <= kinds()
    assert not kinds() - WORDS.keys()


def test_no_words_are_left_over() -> None:
    """What the code records no more has no words."""
    assert all(words.heading and words.explanation for words in WORDS.values())
    assert not WORDS.keys() - kinds()

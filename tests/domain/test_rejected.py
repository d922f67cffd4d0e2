"""Rejected rows by their reasons, and what is said of a type that is not configured."""

import pytest

from alerter.domain.assessment import Rejected
from alerter.domain.rejected import RejectedGroup, by_reason
from alerter.sources.type_names import unknown_type_reason

LABELS = {"core": "Core assessment", "initial": "Initial assessment"}


def test_the_most_frequent_reason_comes_first() -> None:
    """Of equally frequent ones the one that came first; the number of another line makes no other reason."""
    rows = [Rejected(9, "a"), Rejected(4, "as line 2"), Rejected(7, "b"), Rejected(8, "as line 3")]
    assert [(group.reason, group.lines) for group in by_reason(rows)] == [
        ("as another line", (4, 8)), ("b", (7,)), ("a", (9,)),
    ]  # fmt: skip
    assert by_reason(rows[1:2]) == [RejectedGroup("as line 2", (4,))]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((2,), "line 2: no start"),
        ((2, 3), "2 rows: no start (lines 2, 3)"),
        (tuple(range(2, 7)), "5 rows: no start (lines 2, 3, 4, 5, 6)"),
        (tuple(range(2, 1202)), "1,200 rows: no start (lines 2, 3, 4, 5, 6 and 1195 more)"),
    ],
)
def test_a_group_in_words(lines: tuple[int, ...], words: str) -> None:
    """Five lines are named, and the others counted."""
    assert RejectedGroup("no start", lines).words == words


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        (
            "C&F Assessment (Single)",
            "add [assessments.single] label = 'C&F Assessment (Single)', or leave such rows out",
        ),
        (
            "Initial (old)",
            (
                "write [assessments.initial] label = 'Initial (old)' where no rows have its label, "
                "else add [assessments.initial_old] label = 'Initial (old)'"
            ),
        ),
        ("Section 47", "add [assessments.section_47] label = 'Section 47', or leave such rows out"),
        ("Children's", 'add [assessments.children_s] label = "Children\'s", or leave such rows out'),
    ],
)
def test_an_unknown_type_says_what_to_write(value: str, advice: str) -> None:
    """The label of a type whose key it names, if it has the wrong one, else a table of its own."""
    said = unknown_type_reason(value, LABELS)
    assert said.startswith("the type ")
    assert said.endswith(f"is not configured: {advice}")


@pytest.mark.parametrize("value", ["", "--", "x" * 61, "the child said that she would rather not go home"])
def test_what_is_no_name_of_a_type_is_never_named(value: str) -> None:
    """A text of more than 60 characters or eight words is a note, and signs alone are no type."""
    assert unknown_type_reason(value, LABELS) == ""

"""When what stands in the place of a type may be named."""

from pathlib import Path

import pytest

from alerter.domain.assessment import Rejected
from tests.sources.reading import opened, values

HEAD = "assessment_id,child_id,type,started_on,authorised_on\n"
UNNAMED = "type names no configured type; the types are core"
NAMED = (
    "the type 'Single' is not configured: add [assessments.single] label = 'Single', or leave such rows out"
)


def reasons(folder: Path, *rows: str) -> list[str]:
    """Return why *rows* are rejected, in a file with one sound row."""
    path = folder / "extract.csv"
    path.write_text(
        HEAD + "A-1,101,core,2026-10-05,\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8"
    )
    return [each.reason for each in values(opened("csv", path)) if isinstance(each, Rejected)]


@pytest.mark.parametrize(
    ("children", "reason"),
    [
        (["102"], UNNAMED),
        (["102"] * 5, UNNAMED),
        (["102", "103", "103"], UNNAMED),
        (["102", "103", "104"], NAMED),
    ],
)
def test_a_type_is_named_where_three_children_have_it(
    tmp_path: Path, children: list[str], reason: str
) -> None:
    """A note is about one child, or two; rows with another type are no help."""
    rows = [f"A-{line},{child},Single,2026-10-05," for line, child in enumerate(children, start=20)]
    others = [f"A-{line},1{line},Kind {line},2026-10-05," for line in range(30, 40)]
    assert reasons(tmp_path, *rows, *others) == [reason] * len(rows) + [UNNAMED] * len(others)


@pytest.mark.parametrize("rest", [",", "yesterday,", "2026-10-05,soon"])
def test_a_row_with_another_fault_names_no_type(tmp_path: Path, rest: str) -> None:
    """Without a start, or with a date that cannot be read, its cells may have slipped."""
    rows = [f"A-{line},1{line},Single,{rest}" for line in range(30, 40)]
    assert reasons(tmp_path, *rows) == [UNNAMED] * 10


def test_a_blank_type_is_no_name(tmp_path: Path) -> None:
    """Where several types are configured a row without one has nothing to be named."""
    rows = [f"A-{line},1{line},--,2026-10-05," for line in range(30, 40)]
    assert reasons(tmp_path, *rows) == [UNNAMED] * 10

"""Values that repeat from row to row: read once, and never kept without bound."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.sources.memo import REMEMBERED, Memo, remembered


def test_a_cell_is_read_once() -> None:
    """The second time the value is the one already made."""
    made: list[str] = []

    def read(cell: str) -> str:
        made.append(cell)
        return cell.upper()

    upper = remembered(read)
    assert [upper("a"), upper("b"), upper("a")] == ["A", "B", "A"]
    assert made == ["a", "b"]


def test_a_full_memory_begins_anew() -> None:
    """However many cells differ, no more than so many are kept, and all are read rightly."""
    memo = Memo(str)
    cells = range(2, REMEMBERED + 4)
    assert [memo[cell] for cell in cells] == [str(cell) for cell in cells]
    assert len(memo) == 2


@given(st.permutations([True, 1, 1.0, Decimal(1), "1", False, 0, 0.0, "0", None, ""] * 2))
def test_no_cell_is_taken_for_another(cells: list[object]) -> None:
    """A true is no 1, and a false no 0, whichever of them stands first."""
    is_truth = remembered(lambda cell: isinstance(cell, bool))
    assert [is_truth(cell) for cell in cells] == [isinstance(cell, bool) for cell in cells]


def test_a_fault_is_raised_each_time() -> None:
    """What cannot be read is not remembered as anything."""
    number = remembered(int)
    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            number("x")
    assert number("1") == 1

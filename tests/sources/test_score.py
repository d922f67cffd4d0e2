"""A score is so many points of a hundred, however it is written, and rounding never passes an audit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.sources.score import ScoreError, percent, read_score


@pytest.mark.parametrize(
    "value",
    [
        82, 82.0, 82.9, Decimal("82.5"), "82", "82.0", "82%", "82 %", "82\u00a0%", " 82.9 % ", "82/100",
        "82 / 100", '="82"', '="82%"', "82\u200b", 81.99999999999999,
    ],
)  # fmt: skip
def test_every_writing_of_82(value: object) -> None:
    """A number, a percentage and a share of a hundred are the same points."""
    assert read_score(value) == 82


@pytest.mark.parametrize("value", [None, "", " ", "N/A", "-", "\\N", "(null)", "null"])
def test_blank_scores(value: object) -> None:
    """A word for nothing is no score."""
    assert read_score(value) is None


@pytest.mark.parametrize("value", ["101", "100.1", "-5", "82 points", "B", "41/50", "1e2", "820%", "0.82/1"])
def test_no_scores(value: object) -> None:
    """What is no number from 0 to 100 is refused, and the error has none of it."""
    with pytest.raises(ScoreError) as caught:
        read_score(value)
    assert str(caught.value) == ""


@given(st.integers(1, 999))
def test_a_share_without_its_sign_is_no_score(thousandths: int) -> None:
    """Part of one point is no score, whatever kind of number or text; with a percentage sign it is one."""
    for share in (thousandths / 1000, Decimal(thousandths) / 1000, f"0.{thousandths:03}"):
        with pytest.raises(ScoreError):
            read_score(share)
    assert read_score(f"0.{thousandths:03}%") == 0


@given(st.integers(0, 100))
def test_a_share_is_its_points_exactly(points: int) -> None:
    """No hundredth loses a point to the binary fractions of a workbook."""
    assert read_score(percent(points / 100)) == points
    assert percent(points / 100) == f"{points}%"


@given(st.integers(0, 100_000))
def test_a_percentage_is_rounded_down(thousandths: int) -> None:
    """Just below the pass mark stays below."""
    assert read_score(percent(thousandths / 100_000)) == thousandths // 1000

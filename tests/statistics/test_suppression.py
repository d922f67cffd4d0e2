"""Small numbers: hidden, and not to be had back by adding up."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.timeliness import Timeliness
from alerter.statistics.suppression import (
    ALL,
    IN_TIME,
    LATE,
    Figures,
    Sum,
    Tally,
    determined,
    nearest,
    suppressed,
)

BELOW = 6
COUNTS = st.integers(0, 12)
TABLES = st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=6)


def table(rows: Sequence[tuple[int, int]]) -> tuple[dict[str, int], list[Sum[str]]]:
    """Return a table of two columns with all its totals, and the sums a reader can make."""
    counts: dict[str, int] = {}
    sums = []
    for place, (left, right) in enumerate(rows):
        counts |= {f"a{place}": left, f"b{place}": right, f"t{place}": left + right}
        sums.append(Sum(f"t{place}", (f"a{place}", f"b{place}")))
    for column in "abt":
        parts = tuple(f"{column}{place}" for place in range(len(rows)))
        counts[column] = sum(counts[part] for part in parts)
        sums.append(Sum(column, parts))
    return counts, [*sums, Sum("t", ("a", "b"))]


def is_solved(counts: Mapping[str, int], sums: Sequence[Sum[str]], hidden: set[str], cell: str) -> bool:
    """Say whether a reader who knows the shown numbers can work *cell* out, by elimination."""
    unknown = [*sorted(hidden - {cell}), cell]
    rows = [[Fraction((name in each.parts) - (name == each.total)) for name in unknown] for each in sums]
    done = 0
    for column in range(len(unknown)):
        found = next((row for row in rows[done:] if row[column]), None)
        if found is None:
            continue
        rows.remove(found)
        found = [value / found[column] for value in found]
        rows = [
            [value - row[column] * other for value, other in zip(row, found, strict=True)] for row in rows
        ]
        rows.insert(done, found)
        done += 1
    return any(row[-1] and not any(row[:-1]) for row in rows)


@given(rows=TABLES)
def test_nothing_small_is_shown_and_nothing_hidden_can_be_had_back(rows: list[tuple[int, int]]) -> None:
    """In any table of two columns with totals, checked by solving for each hidden number."""
    counts, sums = table(rows)
    hidden = suppressed(counts, sums, BELOW)
    assert all(cell in hidden for cell, count in counts.items() if 0 < count < BELOW)
    assert not any(is_solved(counts, sums, hidden, cell) for cell in hidden)


@given(rows=TABLES)
def test_what_is_hidden_in_a_shown_total_is_not_little(rows: list[tuple[int, int]]) -> None:
    """The hidden parts of a shown total come to six or more together, so that none of them is plain."""
    counts, sums = table(rows)
    hidden = suppressed(counts, sums, BELOW)
    for each in sums:
        parts = [cell for cell in each.parts if cell in hidden]
        if each.total not in hidden and parts:
            assert sum(counts[cell] for cell in parts) >= BELOW


@given(counts=st.lists(COUNTS, min_size=1, max_size=8))
def test_large_numbers_alone_are_all_shown(counts: list[int]) -> None:
    """Where nothing is small nothing is hidden; and with a threshold of 0 nothing is at all."""
    large = {str(place): count + BELOW for place, count in enumerate(counts)}
    sums = [Sum("all", tuple(large))]
    assert suppressed({**large, "all": sum(large.values())}, sums, BELOW) == set()
    small = {str(place): count for place, count in enumerate(counts)}
    assert suppressed({**small, "all": sum(small.values())}, sums, 0) == set()


def test_a_nought_is_never_hidden() -> None:
    """It would hide nothing: the smallest number that is not nought goes with the small one."""
    counts = {"North": 0, "South": 2, "East": 40, "West": 9, "all": 51}
    assert suppressed(counts, [Sum("all", ("North", "South", "East", "West"))], BELOW) == {"South", "West"}
    alone = {"North": 0, "South": 7, "East": 0, "all": 7, "late": 2, "in time": 5}
    sums = [Sum("all", ("North", "South", "East")), Sum("South", ("late", "in time"))]
    assert suppressed(alone, sums, BELOW) == {"late", "in time"}


def test_two_that_are_one_each_hide_nothing_in_each_other() -> None:
    """Their sum is 2 wherever it can be worked out, so a third is hidden with them."""
    counts = {"a": 1, "b": 1, "c": 9, "ab": 2, "abc": 11, "d": 20, "all": 31}
    sums = [Sum("ab", ("a", "b")), Sum("abc", ("a", "b", "c")), Sum("all", ("ab", "c", "d"))]
    assert determined(counts, sums, {"a", "b", "ab"}) == {"a", "b", "ab"}
    assert suppressed(counts, sums, BELOW) == {"a", "b", "c", "ab"}


def test_what_can_be_hidden_may_lie_further_away() -> None:
    """Where all of a told number's own sums are hidden, the next sums must hide one more."""
    counts = {"x": 3, "in": 2, "late": 1, "q1": 20, "q2": 40, "year": 63}
    sums = [Sum("year", ("q1", "q2", "x")), Sum("x", ("in", "late"))]
    months = {"o": 2, "n": 1, "m": 9, "k": 11}
    hidden = suppressed(
        counts | months,
        [*sums, Sum("x", ("o", "n")), Sum("q1", ("m", "k")), Sum("year", ("m", "k", "q2", "o", "n"))],
        BELOW,
    )
    assert determined(counts | months, sums, hidden, BELOW) == set()
    assert "q1" in hidden or "q2" in hidden


def test_a_total_goes_with_its_only_part() -> None:
    """One team alone is its own total, whichever of the two is asked for."""
    assert suppressed({"North": 3, "all": 3}, [Sum("all", ("North",))], BELOW) == {"North", "all"}
    counts = {"North": 7, "all": 7, "late": 3, "in time": 4}
    sums = [Sum("all", ("North",)), Sum("North", ("late", "in time"))]
    assert suppressed(counts, sums, BELOW) == {"late", "in time"}


def test_a_hidden_total_takes_a_part_along() -> None:
    """A total too small to show must not be the sum of what is shown."""
    assert suppressed({"a": 0, "b": 0, "all": 0}, [Sum("all", ("a", "b"))], BELOW) == set()
    hidden = suppressed({"a": 3, "b": 0, "all": 3}, [Sum("all", ("a", "b"))], BELOW)
    assert hidden == {"a", "all"}


def test_sums_that_share_a_hidden_number_are_solved_together() -> None:
    """Two of three equations alone tell nothing; all three together tell what each hides."""
    sums = [Sum("x", ("a", "b")), Sum("y", ("b", "c")), Sum("z", ("a", "c"))]
    counts = {"a": 3, "b": 3, "c": 3, "d": 30, "x": 6, "y": 6, "z": 36}
    assert determined(counts, sums, {"a", "b", "c"}) == {"a", "b", "c"}
    assert determined(counts, sums[:2], {"a", "b", "c"}) == set()
    assert determined(counts, [*sums[:2], sums[0]], {"a", "b", "c"}) == set()
    wide = [*sums[:2], Sum("z", ("a", "c", "d"))]
    hidden = suppressed(counts, wide, BELOW)
    assert hidden == {"a", "b", "c", "x"}
    assert determined(counts, wide, hidden) == set()


def test_figures_hide_a_percentage_with_any_of_its_parts() -> None:
    """A line with a hidden count has neither figure nor percentage; an empty one has a figure and none."""
    tally = Tally()
    tally.enter(Timeliness(50, 47), "month", "2026-10")
    tally.enter(Timeliness(50, 40), "month", "2026-11")
    tally.enter(Timeliness(0, 0), "month", "2026-12")
    figures = tally.figures(BELOW)
    assert figures.words("month", "2026-10", LATE) == figures.percent_words("month", "2026-10") == "c"
    assert figures.shown("month", "2026-10", ALL) == 50
    assert figures.shown("month", "2026-10", IN_TIME) is None
    assert figures.percent("month", "2026-10") is None
    assert figures.percent_words("month", "2026-11") == "80.00"
    assert figures.timeliness("month", "2026-12") == Timeliness(0, 0)
    assert figures.percent_words("month", "2026-12") == "none"
    assert Figures({("a",): 1234}).words("a") == "1,234"


def test_a_list_adds_up_to_its_total() -> None:
    """The counts of a list with a total are hidden together where one is small."""
    tally = Tally({("all",): 20})
    tally.list({"short": 2, "long": 18}, "band", ("all",))
    assert tally.figures(BELOW).hidden == {("band", "short"), ("band", "long")}


def test_what_is_at_its_least_is_told_whatever_else_adds_up() -> None:
    """Three that come to 3 are each 1; further sums with one of them change nothing."""
    counts = {"a": 1, "b": 1, "c": 1, "abc": 3, "d": 1, "e": 1, "f": 1, "both": 2}
    sums = [Sum("abc", ("a", "b", "c")), Sum("both", ("d", "f")), Sum("both", ("b", "e"))]
    assert determined(counts, sums, counts.keys() - {"abc"}) == {"a", "b", "c"}


def test_what_can_be_hidden_is_looked_for_ever_further_away() -> None:
    """In the sums of a cell, else in those of what is hidden in them; nothing where nothing is left."""
    counts = {"a": 3, "b": 4, "ab": 7, "c": 9, "abc": 16, "d": 30, "all": 46}
    sums = [Sum("ab", ("a", "b")), Sum("abc", ("ab", "c")), Sum("all", ("abc", "d"))]
    assert nearest(counts, sums, {"a", "b", "ab", "c", "abc"}, "a") == ["d"]
    assert nearest(counts, sums[:2], {"a", "b", "ab", "c", "abc"}, "a") == []

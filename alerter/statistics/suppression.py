"""Hides small numbers in a report, and those from which they could be worked out."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Generic, TypeVar

from alerter.domain.timeliness import Timeliness, percent_words

HIDDEN = "c"
"""DfE's symbol for a suppressed number."""
Cell = TypeVar("Cell", bound=Hashable)

Place = tuple[str, ...]
IN_TIME, LATE, ALL = "in time", "late", "all"
OUTCOMES = (IN_TIME, LATE)


@dataclass(frozen=True, slots=True)
class Sum(Generic[Cell]):
    """What a reader can add up: the cell of a total, and the cells it is the total of."""

    total: Cell
    parts: tuple[Cell, ...]


def suppressed(counts: Mapping[Cell, int], sums: Sequence[Sum[Cell]], below: int) -> set[Cell]:
    """
    Return the cells of *counts* to hide: those from 1 to less than *below*, and what would give them away.

    A number is given away when the shown ones, the *sums* and the knowledge that a nought is never hidden
    leave one value for it, or when the parts hidden in a shown total come to less than *below* together.
    Then the smallest of the parts shown is hidden too.

    >>> counts = {"North": 3, "South": 40, "East": 12, "West": 0, "all": 55}
    >>> sorted(suppressed(counts, [Sum("all", ("North", "South", "East", "West"))], 6))
    ['East', 'North']
    """
    hidden = {cell for cell, count in counts.items() if 0 < count < below}
    while further := _further(counts, sums, hidden, below):
        hidden |= further
    return hidden


def _further(
    counts: Mapping[Cell, int], sums: Sequence[Sum[Cell]], hidden: set[Cell], below: int
) -> set[Cell]:
    """
    Return the cells to hide besides those *hidden*: first for each sum by itself, then for all together.
    """
    weak = [sum_ for sum_ in sums if _is_weak(counts, sum_, hidden, below)]
    further = {
        min(shown, key=lambda cell: counts[cell]) for sum_ in weak if (shown := _shown(counts, sum_, hidden))
    }
    if further:
        return further
    candidates = [
        min(shown, key=lambda cell: counts[cell])
        for cell in determined(counts, sums, hidden, below)
        if (shown := nearest(counts, sums, hidden, cell))
    ]
    return {min(candidates, key=lambda cell: (counts[cell], str(cell)))} if candidates else set()


def nearest(
    counts: Mapping[Cell, int], sums: Sequence[Sum[Cell]], hidden: set[Cell], cell: Cell
) -> list[Cell]:
    """Return what can be hidden in the sums of *cell*, or else in those of what these hide, and so on."""
    reached = {cell}
    while True:
        touched = [sum_ for sum_ in sums if not reached.isdisjoint((sum_.total, *sum_.parts))]
        shown = [other for sum_ in touched for other in _shown(counts, sum_, hidden)]
        further = {other for sum_ in touched for other in (sum_.total, *sum_.parts) if other in hidden}
        if shown or further <= reached:
            return shown
        reached |= further


def _is_weak(counts: Mapping[Cell, int], sum_: Sum[Cell], hidden: set[Cell], below: int) -> bool:
    hidden_parts = [cell for cell in sum_.parts if cell in hidden]
    if sum_.total in hidden:
        return not hidden_parts
    return bool(hidden_parts) and (
        len(hidden_parts) == 1 or sum(counts[cell] for cell in hidden_parts) < below
    )


def _shown(counts: Mapping[Cell, int], sum_: Sum[Cell], hidden: set[Cell]) -> list[Cell]:
    """
    Return what of a sum can still be hidden: a part, or where none is left the total.

    A nought hides nothing: a reader who takes it for one is right.
    """
    parts = [cell for cell in sum_.parts if cell not in hidden and counts[cell]]
    return parts or [cell for cell in (sum_.total,) if cell not in hidden and counts[cell]]


def determined(
    counts: Mapping[Cell, int], sums: Iterable[Sum[Cell]], hidden: Iterable[Cell], below: int = 0
) -> set[Cell]:
    """
    Return the *hidden* cells, none of which is 0, that all *sums* together leave no choice for.

    Each sum is an equation in what is hidden. In reduced form each has a cell of its own (its pivot), and one
    with nothing else tells that cell. A cell of 1 cannot be less: where all of an equation are 1 and add up,
    all are told. It is a pivot only there, so that it can grow at the cost of pivots that are more. What is
    told is known, and what it tells further is sought without it. What adds up to less than *below* counts as
    told too.

    >>> sums = [Sum("ab", ("a", "b")), Sum("abc", ("ab", "c"))]
    >>> sorted(determined({"a": 7, "b": 8, "ab": 15, "c": 9, "abc": 24}, sums, {"a", "b", "c"}))
    ['c']
    >>> sorted(determined({"a": 1, "b": 1, "ab": 2}, sums[:1], {"a", "b"}))
    ['a', 'b']
    """
    known: set[Cell] = set()
    every, unknown = list(sums), set(hidden)
    while True:
        equations: dict[Cell, dict[Cell, Fraction]] = {}
        ones: set[Cell] = set()
        for sum_ in every:
            ones |= _enter(equations, _equation(sum_, unknown), counts)
        if not ones:
            break
        known |= ones
        unknown -= ones
    least = {
        cell
        for equation in equations.values()
        if _has_one_sign(equation) and sum(value * counts[cell] for cell, value in equation.items()) < below
        for cell in equation
    }
    return (
        known | least | {pivot for pivot, equation in equations.items() if equation.keys() - least == {pivot}}
    )


def _enter(
    equations: dict[Cell, dict[Cell, Fraction]], row: dict[Cell, Fraction], counts: Mapping[Cell, int]
) -> set[Cell]:
    """Put one more equation in reduced form among the others; return its cells if all must be 1."""
    row = _reduced(row, equations)
    if not row:
        return set()
    pivot = max(row, key=lambda cell: counts[cell] > 1)
    equation = {cell: value / row[pivot] for cell, value in row.items()}
    changed = [equation, *(other for other in equations.values() if pivot in other)]
    for other in changed[1:]:
        _subtract(other, equation, other[pivot])
    equations[pivot] = equation
    return {
        cell
        for other in changed
        if _has_one_sign(other) and all(counts[cell] == 1 for cell in other)
        for cell in other
    }


def _has_one_sign(equation: Mapping[Cell, Fraction]) -> bool:
    return len({value > 0 for value in equation.values()}) == 1


def _equation(sum_: Sum[Cell], hidden: set[Cell]) -> dict[Cell, Fraction]:
    row: dict[Cell, Fraction] = defaultdict(Fraction)
    for cell, sign in ((sum_.total, -1), *((part, 1) for part in sum_.parts)):
        if cell in hidden:
            row[cell] += sign
    return row


def _reduced(row: dict[Cell, Fraction], rows: Mapping[Cell, dict[Cell, Fraction]]) -> dict[Cell, Fraction]:
    for pivot in [cell for cell in row if cell in rows]:
        _subtract(row, rows[pivot], row.get(pivot, Fraction(0)))
    return {cell: value for cell, value in row.items() if value}


def _subtract(row: dict[Cell, Fraction], other: Mapping[Cell, Fraction], times: Fraction) -> None:
    """Take *times* the *other* row off *row*; what comes to nought goes."""
    for cell, value in other.items():
        left = row.get(cell, Fraction(0)) - times * value
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)


@dataclass(frozen=True, slots=True)
class Figures:
    """Every count of one report; *hidden* are those too small to show, or telling of one that is."""

    counts: Mapping[Place, int]
    hidden: frozenset[Place] = frozenset()

    def shown(self, *cell: str) -> int | None:
        """Return a count; None where it is hidden."""
        return None if cell in self.hidden else self.counts[cell]

    def words(self, *cell: str) -> str:
        """Return a count as a table shows it: `c` where it is hidden."""
        return HIDDEN if cell in self.hidden else f"{self.counts[cell]:,}"

    def timeliness(self, *where: str) -> Timeliness | None:
        """Return the figure of one line of a table; None where any part of it is hidden."""
        if any((*where, part) in self.hidden for part in (*OUTCOMES, ALL)):
            return None
        return Timeliness(self.counts[*where, ALL], self.counts[*where, IN_TIME])

    def percent(self, *where: str) -> float | None:
        """Return the share in time of one line; None where it is hidden or nothing was authorised."""
        figure = self.timeliness(*where)
        return None if figure is None else figure.percent

    def percent_words(self, *where: str) -> str:
        """Return the share in time of one line as a table shows it."""
        figure = self.timeliness(*where)
        return HIDDEN if figure is None else percent_words(figure.percent) or "none"


@dataclass(slots=True)
class Tally:
    """The counts of one report as they are entered, with what adds up to what."""

    counts: dict[Place, int] = field(default_factory=dict)
    sums: list[Sum[Place]] = field(default_factory=list)

    def enter(self, figure: Timeliness, *where: str) -> None:
        """Enter one line of a table: in time, late, and all."""
        self.counts |= {
            (*where, IN_TIME): figure.in_time, (*where, LATE): figure.late, (*where, ALL): figure.authorised,
        }  # fmt: skip
        self.sums.append(Sum((*where, ALL), tuple((*where, outcome) for outcome in OUTCOMES)))

    def total(self, where: Place, parts: Iterable[Place]) -> None:
        """Note that the line *where* is the sum of the lines *parts*, outcome by outcome."""
        lines = list(parts)
        for outcome in (*OUTCOMES, ALL):
            self.sums.append(Sum((*where, outcome), tuple((*line, outcome) for line in lines)))

    def list(self, counts: Mapping[str, int], name: str, total: Place) -> None:
        """Enter a list of counts whose sum is the count at *total*."""
        self.counts |= {(name, key): count for key, count in counts.items()}
        self.sums.append(Sum(total, tuple((name, key) for key in counts)))

    def part(self, where: Place, count: int, total: Place) -> None:
        """Enter a part of the count at *total*, and what is left of that, which anybody can work out."""
        rest = ("not", *where)
        self.counts |= {where: count, rest: self.counts[total] - count}
        self.sums.append(Sum(total, (where, rest)))

    def figures(self, suppress_below: int) -> Figures:
        """Return all that was entered, with what must be hidden."""
        return Figures(self.counts, frozenset(suppressed(self.counts, self.sums, suppress_below)))

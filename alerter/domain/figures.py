"""The counts of a report, each in a cell of its own, with the sums a reader can make and what is hidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alerter.domain.suppression import HIDDEN, Sum, suppressed
from alerter.domain.timeliness import Timeliness, percent_words

Cell = tuple[str, ...]
IN_TIME, LATE, ALL = "in time", "late", "all"
OUTCOMES = (IN_TIME, LATE)


@dataclass(frozen=True, slots=True)
class Figures:
    """
    Every count of one report; *hidden* are those too small to show, or telling of one that is.
    """

    counts: Mapping[Cell, int]
    hidden: frozenset[Cell] = frozenset()

    def shown(self, *cell: str) -> int | None:
        """
        Return a count; None where it is hidden.
        """
        return None if cell in self.hidden else self.counts[cell]

    def words(self, *cell: str) -> str:
        """
        Return a count as a table shows it: `c` where it is hidden.
        """
        return HIDDEN if cell in self.hidden else f"{self.counts[cell]:,}"

    def timeliness(self, *where: str) -> Timeliness | None:
        """
        Return the figure of one line of a table; None where any part of it is hidden.
        """
        if any((*where, part) in self.hidden for part in (*OUTCOMES, ALL)):
            return None
        return Timeliness(self.counts[*where, ALL], self.counts[*where, IN_TIME])

    def percent(self, *where: str) -> float | None:
        """
        Return the share in time of one line; None where it is hidden or nothing was authorised.
        """
        figure = self.timeliness(*where)
        return None if figure is None else figure.percent

    def percent_words(self, *where: str) -> str:
        """
        Return the share in time of one line as a table shows it.
        """
        figure = self.timeliness(*where)
        return HIDDEN if figure is None else percent_words(figure.percent) or "none"


@dataclass(slots=True)
class Ledger:
    """
    Where the counts of one report are entered, with what adds up to what.
    """

    counts: dict[Cell, int] = field(default_factory=dict)
    sums: list[Sum[Cell]] = field(default_factory=list)

    def enter(self, figure: Timeliness, *where: str) -> None:
        """
        Enter one line of a table: in time, late, and all.
        """
        self.counts |= {
            (*where, IN_TIME): figure.in_time, (*where, LATE): figure.late, (*where, ALL): figure.authorised,
        }  # fmt: skip
        self.sums.append(Sum((*where, ALL), tuple((*where, outcome) for outcome in OUTCOMES)))

    def total(self, where: Cell, parts: Iterable[Cell]) -> None:
        """
        Note that the line *where* is the sum of the lines *parts*, outcome by outcome.
        """
        lines = list(parts)
        for outcome in (*OUTCOMES, ALL):
            self.sums.append(Sum((*where, outcome), tuple((*line, outcome) for line in lines)))

    def list(self, counts: Mapping[str, int], name: str, total: Cell) -> None:
        """
        Enter a list of counts whose sum is the count at *total*.
        """
        self.counts |= {(name, key): count for key, count in counts.items()}
        self.sums.append(Sum(total, tuple((name, key) for key in counts)))

    def figures(self, suppress_below: int) -> Figures:
        """
        Return all that was entered, with what must be hidden.
        """
        return Figures(self.counts, frozenset(suppressed(self.counts, self.sums, suppress_below)))

"""Reads text in columns of fixed width, as `sqlcmd` prints it: below the headings stands a rule of dashes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice

from alerter.sources.columns import HEADING_ROWS
from alerter.sources.lines import is_count

_RULE = re.compile(r"-+(?: -+)+ *")


@dataclass(frozen=True, slots=True)
class Widths:
    """Where each column begins and ends, as the dashes below its heading show."""

    spans: tuple[tuple[int, int], ...]

    def cells(self, line: str) -> list[str]:
        """
        Return the cells of *line*; one cell for a count, and too many where a text runs across two columns.

        >>> Widths(((0, 3), (4, 9))).cells("A-1 North"), Widths(((0, 3), (4, 9))).cells("(1 row affected)")
        (['A-1', 'North'], ['(1 row affected)'])
        """
        text = line.rstrip()
        if any(text[end : end + 1].strip() for _, end in self.spans[:-1]):
            return [text] if is_count(text) else [*text.split(), *[""] * len(self.spans)]
        cells = [text[start:end].strip() for start, end in self.spans]
        last, _ = self.spans[-1]
        return [*cells[:-1], text[last:].strip()] if text else []

    def records(self, lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
        """Give the cells of each line with its number."""
        return ((number, self.cells(line)) for number, line in enumerate(lines, start=1))


def widths_in(sample: str) -> list[Widths]:
    """Return the widths that a rule among the first lines of *sample* shows, if there is one."""
    lines = islice(StringIO(sample), HEADING_ROWS + 1)
    rule = next((line for line in map(str.rstrip, lines) if _RULE.fullmatch(line)), "")
    spans = tuple(match.span() for match in re.finditer(r"-+", rule))
    return [Widths(spans)] if spans else []

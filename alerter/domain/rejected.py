"""Groups the rows that cannot be believed by their fault."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from alerter.domain.assessment import Rejected

MOST_LINES = 5
_LINE = re.compile(r"\bline \d+")


@dataclass(frozen=True, slots=True)
class RejectedGroup:
    """The lines that one reason rejected, in their order."""

    reason: str
    lines: tuple[int, ...]

    @property
    def count(self) -> int:
        """Return how many rows they are."""
        return len(self.lines)

    @property
    def words(self) -> str:
        """
        Return the group as one sentence: how many, why, and where.

        >>> RejectedGroup("has no child_id", (2, 3, 4, 5, 6, 7, 8)).words
        '7 rows: has no child_id (lines 2, 3, 4, 5, 6 and 2 more)'
        >>> RejectedGroup("has no child_id", (2,)).words
        'line 2: has no child_id'
        """
        if self.count == 1:
            return f"line {self.lines[0]}: {self.reason}"
        shown = ", ".join(map(str, self.lines[:MOST_LINES]))
        more = f" and {self.count - MOST_LINES} more" if self.count > MOST_LINES else ""
        return f"{self.count:,} rows: {self.reason} (lines {shown}{more})"


def by_reason(rows: Iterable[Rejected]) -> list[RejectedGroup]:
    """
    Group *rows* by their reasons, the most frequent first; the number of another line makes no other reason.

    >>> by_reason([Rejected(4, "as line 2"), Rejected(7, "no start"), Rejected(9, "as line 8")])
    [RejectedGroup(reason='as another line', lines=(4, 9)), RejectedGroup(reason='no start', lines=(7,))]
    """
    alike: dict[str, list[Rejected]] = defaultdict(list)
    for row in rows:
        alike[_LINE.sub("another line", row.reason)].append(row)
    groups = [
        RejectedGroup(
            reason if len(alike_rows) > 1 else alike_rows[0].reason, tuple(row.line for row in alike_rows)
        )
        for reason, alike_rows in alike.items()
    ]
    return sorted(groups, key=lambda group: (-group.count, group.lines))

"""Finds the heading line of a file of which nothing is known yet, and gives all of its columns."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alerter.config.input import COLUMN_PRESETS
from alerter.sources.columns import ASSESSMENT_COLUMNS, HEADING_ROWS, Located, looks_like_data, normalised
from alerter.sources.recognition.synonyms import column_called, run_together
from alerter.sources.text import as_text, clean

TELLING = frozenset({"assessment_id", "started_on", "authorised_on"})
"""Columns that a list of assessments has, and one of referrals or of staff has not."""
FEWEST_KNOWN, FEWEST_LABELS = 2, 3

_PUBLISHED = {
    run_together(heading): name for layout in COLUMN_PRESETS.values() for name, heading in layout.items()
}


def assessment_column(heading: object) -> str:
    """Return the canonical name of a column by its own name, a published layout or a synonym; or nothing."""
    own = normalised(heading)
    if own in ASSESSMENT_COLUMNS:
        return own
    return _PUBLISHED.get(run_together(heading)) or column_called(heading)


@dataclass(frozen=True, slots=True)
class AllColumns:
    """
    Looks for any heading line, and locates every column under its heading; *column_of* knows some.
    """

    column_of: Callable[[object], str] = assessment_column
    fewest_labels: int = FEWEST_LABELS

    @property
    def needs_results(self) -> bool:
        """Say no: most of the columns are of no use."""
        return False

    def heading_row(self, rows: Sequence[Sequence[object]]) -> int | None:
        """Return the index of the first of *rows* with the most known headings, or else the most labels."""
        filled = [index for index, row in enumerate(rows[:HEADING_ROWS]) if any(map(normalised, row))]
        return max(filled, key=lambda index: self.rank(rows[index]), default=None)

    def rank(self, row: Sequence[object]) -> tuple[int, int]:
        """Return how much *row* knows of assessments, and how many of its cells could be headings."""
        known = {self.column_of(cell) for cell in row} - {""}
        return len(known) + len(known & TELLING), _labels(row)

    def is_heading(self, row: Sequence[object]) -> bool:
        """Say whether *row* is no data: some of its headings are known, or all its cells are labels."""
        return self.rank(row) >= (FEWEST_KNOWN, 0) or _labels(row) >= self.fewest_labels

    def locate(self, row: Sequence[object], file_name: str, place: str = "") -> Located:  # noqa: ARG002 - as WantedColumns has it
        """Return where each heading stands that is there once."""
        headings = tuple(clean(as_text(cell)) for cell in row)
        counts = Counter(map(normalised, headings))
        once = {heading: index for index, heading in enumerate(headings) if counts[normalised(heading)] == 1}
        return Located(headings, {heading: index for heading, index in once.items() if heading})


def _labels(row: Sequence[object]) -> int:
    texts = [text for text in map(normalised, row) if text]
    return 0 if any(map(looks_like_data, texts)) else len(set(texts))

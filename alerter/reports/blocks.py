"""The blocks of a paper, whatever format it is written in: headings, text, tables and charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alerter.domain.calendar import WorkingCalendar

Row = Sequence[str]
FULL = 100
STEP = 20


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: 1 opens a part, 2 what lies in it."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """
    A table; the first column names the line, the others hold figures. The last line is a total with
    *has_total*.
    """

    caption: str
    headings: Row
    rows: Sequence[Row]
    has_total: bool = False
    has_names: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """Words with what they mean here."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TrendChart:
    """
    Percentages by month against a target, and what is expected next; None is a month without a figure.

    Each of *ahead* is its name, the expected percentage, and the ends of its range. *description* is
    what a reader who cannot see it needs to know.
    """

    caption: str
    description: str
    months: Sequence[tuple[str, float | None]]
    target: float | None
    ahead: Sequence[tuple[str, float, float, float]] = ()

    @property
    def floor(self) -> int:
        """Return where the scale begins: a multiple of 20 well below everything shown."""
        shown = [share for _, share in self.months if share is not None]
        shown += [low for _, _, low, _ in self.ahead] + [self.target or FULL]
        return max(0, int((min(shown) - STEP / 2) // STEP) * STEP)


@dataclass(frozen=True, slots=True)
class BarChart:
    """Counts as bars; None is one that is hidden. Those from *marked_from* on are beyond the limit."""

    caption: str
    description: str
    bars: Sequence[tuple[str, int | None]]
    marked_from: int | None = None


Block = Heading | Text | Points | Table | Terms | TrendChart | BarChart


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One report: who it is of, what about, as of which day, and its blocks."""

    council: str
    title: str
    subtitle: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """
    Whose report it is, as of which day, counted by which calendar and settings, from which extract.

    *extracted_at* is in the council's time zone; None where nothing has ever been read.
    """

    council: str
    as_of: date
    calendar: WorkingCalendar
    settings: str
    source_name: str
    extracted_at: datetime | None
    source_rows: int
    source_rejected: int
    suppress_below: int

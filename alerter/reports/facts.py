"""What a paper says about how it was made."""

from dataclasses import dataclass
from datetime import date, datetime

from alerter.domain.calendar import WorkingCalendar


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

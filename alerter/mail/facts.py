"""What every email of one run says about the run itself."""

from dataclasses import dataclass
from datetime import date, datetime

from alerter.domain.calendar import WorkingCalendar
from alerter.domain.policy import Clock
from alerter.mail.language import ENGLISH, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """
    One run, as its emails tell it: what for, counted how, from what data, and whom to write to.

    *send_date* is the day the run was for, *as_of* the day it judges by; later means late.
    *extracted_at* is already in the council's time zone. *contact* is the admin address
    that takes corrections and reassurances. *clocks* are those configured.
    """

    run: int
    council: str
    as_of: date
    next_run: date
    send_date: date
    source_name: str
    source_rows: int
    source_rejected: int
    extracted_at: datetime
    calendar: WorkingCalendar
    clocks: tuple[Clock, ...]
    contact: str
    subject_prefix: str = ""
    language: Language = ENGLISH
    machine: str = ""
    """The name of the machine that wrote it: two in one week are two copies of one database at work."""

    @property
    def is_late(self) -> bool:
        """
        Say whether the run goes out after the day it was for.
        """
        return self.as_of > self.send_date

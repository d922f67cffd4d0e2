"""The facts about a run that every email of it states, and the words for its days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from alerter.domain.calendar import WorkingCalendar
from alerter.domain.plain import phrase
from alerter.domain.policy import Clock
from alerter.domain.reasons import NO_REASONS, Reasons
from alerter.mail.language import ENGLISH, Language

NATIONS = {
    "england": "England",
    "wales": "Wales",
    "scotland": "Scotland",
    "northern-ireland": "Northern Ireland",
}


class Outlook(Protocol):
    """What rows and headings are written by."""

    @property
    def as_of(self) -> date:
        """Return the day that is judged by."""

    @property
    def next_run(self) -> date:
        """Return the day of the next digest."""

    @property
    def language(self) -> Language:
        """Return the language."""

    @property
    def reasons(self) -> Reasons:
        """Return the words for the reasons that managers give."""

    @property
    def record_url(self) -> str:
        """Return the address of a record in the case system, with names for its ids; or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """
    One run, as its emails tell it: what for, counted how, from what data, and whom to write to.

    *send_date* is the day the run was for, *as_of* the day it judges by; later means late.
    *extracted_at* is already in the council's time zone, and so is *dated_at*, the moment its emails bear.
    *contact* is the admin address that takes corrections and reassurances. *clocks* are those configured.
    *installation* is the id of its database.
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
    dated_at: datetime
    calendar: WorkingCalendar
    clocks: tuple[Clock, ...]
    contact: str
    subject_prefix: str = ""
    language: Language = ENGLISH
    installation: str = ""
    record_url: str = ""
    reasons: Reasons = NO_REASONS
    machine: str = ""
    """The name of the machine that wrote it: two in one week are two copies of one database at work."""

    def subject(self, said: str) -> str:
        """Return what is *said* as a subject, after the council's prefix."""
        return prefixed(self.subject_prefix, said)

    @property
    def is_late(self) -> bool:
        """Say whether the run goes out after the day it was for."""
        return self.as_of > self.send_date


@dataclass(frozen=True, slots=True)
class Marks:
    """
    The words for the alert day and the last day: a number where all clocks agree, else a description.

    *halves* are those of the days between, the later one first, where all clocks agree.
    """

    alert_day: str
    alert_day_of_each: str
    last_day: str
    halves: tuple[range, ...]
    has_labels: bool

    @classmethod
    def of(cls, clocks: Iterable[Clock], language: Language) -> "Marks":
        """Return the words for *clocks*."""
        clocks = list(clocks)
        alert_days = sorted({clock.alert_after for clock in clocks})
        last_days = sorted({clock.working_days for clock in clocks})
        is_one_alert_day, is_one_last_day = len(alert_days) == 1, len(last_days) == 1
        alert_day = language.say("day {day}", day=alert_days[0])
        last_day = language.say("working day {day}", day=last_days[0])
        return cls(
            alert_day=alert_day if is_one_alert_day else language.say("alert day"),
            alert_day_of_each=alert_day if is_one_alert_day else language.say("its alert day"),
            last_day=last_day if is_one_last_day else language.say("the last working day"),
            halves=clocks[0].halves[::-1] if is_one_alert_day and is_one_last_day else (),
            has_labels=len({clock.type for clock in clocks}) > 1,
        )


def prefixed(prefix: str, subject: str) -> str:
    """
    Return *subject* after the council's *prefix*, if it has one.

    >>> prefixed("[TEST] ", "Assessments: 2 overdue"), prefixed(" ", "Assessments: 2 overdue")
    ('[TEST] Assessments: 2 overdue', 'Assessments: 2 overdue')
    """
    return f"{phrase(prefix)} {subject}" if prefix.strip() else subject


def counting(facts: RunFacts) -> str:
    """Return the counting convention in words, as every output states it."""
    calendar, say = facts.calendar, facts.language.say
    words = (
        "working days, the start date is day 1, {nation} bank holidays ({version}known to {year})"
        if calendar.count_start_day
        else "working days, the start date is day 0, {nation} bank holidays ({version}known to {year})"
    )
    version = f"{phrase(calendar.version)}, " if calendar.version else ""
    nation = say(NATIONS[calendar.nation])
    return say(words, nation=nation, version=version, year=calendar.last_day.year)


def data_words(facts: RunFacts) -> str:
    """
    Return where the data come from, and how old they were on the day that is judged by.

    The moment is *extracted_at* in the council's time zone, as the caller gives it.
    """
    at, language = facts.extracted_at, facts.language
    rejected = ""
    if facts.source_rejected:
        rejected = language.say(" ({count} could not be read)", count=f"{facts.source_rejected:,}")
    source = language.say(
        "{source} of {day} {time}, {rows}{rejected}",
        source=phrase(facts.source_name),
        day=language.long_day(at.date(), facts.as_of),
        time=f"{at.hour:02}:{at.minute:02}",
        rows=language.counted(facts.source_rows, "{count} row", "{count} rows"),
        rejected=rejected,
    )
    return f"{source}{_age(facts)}"


def _age(facts: RunFacts) -> str:
    """Return how old the data were on the day that is judged by; nothing where they are younger."""
    days = (facts.as_of - facts.extracted_at.date()).days
    if days < 0:
        return ""
    if not days:
        return facts.language.say(", of the same day")
    return facts.language.counted(days, ", {count} day old", ", {count} days old")

"""Says which reassurance may be recorded, who may withdraw it, and until when."""

from datetime import date, datetime, timedelta
from enum import Enum
from typing import Literal

from alerter.domain.address import address_key
from alerter.domain.assessment import Assessment
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.policy import Reassurance
from alerter.domain.reasons import Reasons

Means = Literal["command", "page", "import"]
"""By what a reassurance came here."""

UNDO_WITHIN = timedelta(hours=1)
LONGEST_NOTE = 200
FAR_AWAY = timedelta(days=60)


class Fault(Enum):
    """Why a reassurance cannot be recorded as it was given."""

    LOOKED_IN_FUTURE = "a manager cannot have looked in the future"
    EXPECTED_BEFORE_LOOKING = "the day lies before the manager looked"
    LOOKED_BEFORE_START = "a manager cannot have looked before the assessment began"
    UNKNOWN_REASON = "no such reason is configured"
    NOTE_TOO_LONG = f"a note has at most {LONGEST_NOTE} characters"
    NOTE_NOT_ONE_LINE = "a note is one line of printable text"


def faults_of(reassurance: Reassurance, note: str, reasons: Reasons, today: date) -> list[Fault]:
    """Return why *reassurance* cannot be recorded on *today*; its reason is a code, or empty."""
    checks = {
        Fault.LOOKED_IN_FUTURE: reassurance.given_on > today,
        Fault.EXPECTED_BEFORE_LOOKING: reassurance.expected_on < reassurance.given_on,
    }
    found = [fault for fault, is_so in checks.items() if is_so]
    return [*found, *faults_of_words(reassurance.reason, note, reasons)]


class Doubt(Enum):
    """Why the day of a reassurance can hardly be meant."""

    PAST_DUE = "it lies past the due date"
    DAY_OFF = "it lies at a weekend or on a day off"
    FAR_AWAY = "it is more than 60 days away"


def doubt_about(expected_on: date, due_on: date, calendar: WorkingCalendar, today: date) -> Doubt | None:
    """
    Return why a day can hardly be meant, or None; what is overdue already has no due date to keep to.

    Raises:
        CalendarRangeError: The day lies outside the years known.
    """
    checks = {
        Doubt.FAR_AWAY: expected_on > today + FAR_AWAY,
        Doubt.PAST_DUE: today <= due_on < expected_on,
        Doubt.DAY_OFF: not calendar.is_working_day(expected_on),
    }
    return next((doubt for doubt, is_so in checks.items() if is_so), None)


def faults_of_words(reason: str, note: str, reasons: Reasons) -> list[Fault]:
    """Return why a *reason* and a *note* cannot be recorded; the reason is a code, or empty."""
    checks = {
        Fault.UNKNOWN_REASON: bool(reason) and reason not in reasons.labels,
        Fault.NOTE_TOO_LONG: len(note) > LONGEST_NOTE,
        Fault.NOTE_NOT_ONE_LINE: not note.isprintable(),
    }
    return [fault for fault, is_so in checks.items() if is_so]


def may_withdraw(reassurance: Reassurance, recorded_at: datetime, *, by: str, now: datetime) -> bool:
    """Say whether *by* may still take back what was recorded: the one who gave it, within the hour."""
    return address_key(reassurance.by) == address_key(by) and recorded_at <= now <= recorded_at + UNDO_WITHIN


def imported_reassurance(assessment: Assessment, today: date) -> Reassurance | None:
    """
    Return the reassurance that the extract's own row tells of, where all of it can be believed.

    Who, when and until when must all be there; nobody looks before the start or after *today*, and
    nothing is expected before it was looked at.
    """
    by, on, expected = assessment.reassured_by, assessment.reassured_on, assessment.expected_on
    if not by or on is None or expected is None:
        return None
    if not assessment.clock_on <= on <= min(today, expected):
        return None
    return Reassurance(by=by, given_on=on, expected_on=expected)


def is_reassurance_doubtful(assessment: Assessment, today: date) -> bool:
    """Say whether the extract tells of a reassurance that cannot be believed."""
    parts = (assessment.reassured_by, assessment.reassured_on, assessment.expected_on)
    return any(parts) and imported_reassurance(assessment, today) is None

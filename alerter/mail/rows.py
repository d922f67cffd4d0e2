"""One assessment on one row: where it stands, and what is asked."""

from dataclasses import dataclass
from datetime import date

from alerter.domain.address import address_key
from alerter.domain.digest import Digest
from alerter.domain.policy import Alert, Reassurance, Stage
from alerter.domain.quality_audit import audit_note
from alerter.domain.wording import counted, day_words
from alerter.mail.plain import one_line, phrase

ROW_MARK = "  child "  # between the two ids of a row; no other line holds it, for prose has single blanks


@dataclass(frozen=True, slots=True)
class RowView:
    """
    The strings of one row, the same in text and HTML.

    *day* and *due* are the count and the deadline; *notes* are what is asked and why, most pressing first.
    """

    assessment_id: str
    child_id: str
    worker: str
    label: str
    day: str
    due: str
    notes: tuple[str, ...]

    @property
    def asked(self) -> str:
        """
        Return the notes as one phrase.
        """
        return "; ".join(self.notes)


def row_of(alert: Alert, digest: Digest, as_of: date, *, has_label: bool, is_sibling: bool) -> RowView:
    """
    Return the row of one *alert* of *digest*, by the day *as_of*.

    With *has_label* the type is named; *is_sibling* says that the assessment already has a row.
    """
    assessment = alert.assessment
    return RowView(
        assessment_id=one_line(assessment.assessment_id),
        child_id=one_line(assessment.child_id),
        worker=_worker(assessment.worker, assessment.worker_away_until, as_of),
        label=phrase(alert.clock.label) if has_label else "",
        day=f"day {alert.age} of {alert.clock.working_days}",
        due=_due(alert, as_of),
        notes=_notes(alert, digest, as_of, is_sibling=is_sibling),
    )


def _worker(worker: str, away_until: date | None, as_of: date) -> str:
    name = one_line(worker) if worker else "no worker given"
    if away_until is None or away_until < as_of:
        return name
    return f"{name} (away until {day_words(away_until, as_of)})"


def _due(alert: Alert, as_of: date) -> str:
    if alert.due_on is None:
        return ""
    day = day_words(alert.due_on, as_of)
    left = alert.clock.working_days - alert.age
    if alert.stage is Stage.OVERDUE:
        return f"was due {day} ({counted(-left, 'working day')} over)"
    if left <= 0:
        return f"due {day} ({'today' if alert.due_on == as_of else 'no working day left'})"
    return f"due {day} (in {counted(left, 'working day')})"


def _notes(alert: Alert, digest: Digest, as_of: date, *, is_sibling: bool) -> tuple[str, ...]:
    notes = [
        "due before the next digest" if alert.is_last_chance and alert.stage is not Stage.OVERDUE else "",
        _reassured(alert, digest, as_of),
        _asked(alert, as_of),
        "sibling, same assessment" if is_sibling else "",
        audit_note(alert, as_of),
    ]
    return tuple(note for note in notes if note)


def _asked(alert: Alert, as_of: date) -> str:
    if alert.stage is Stage.OVERDUE:
        return "please get it signed off, or say what holds it"
    if alert.stage is Stage.PAST_ALERT:
        return "please check that it is nearly done and say so"
    if alert.stage is Stage.APPROACHING and alert.alert_on is not None:
        return f"day {alert.clock.alert_after} is {day_words(alert.alert_on, as_of)}: please check by then"
    return ""


def _reassured(alert: Alert, digest: Digest, as_of: date) -> str:
    given = alert.reassurance
    if given is None:
        return ""
    by = _by(given, digest)
    expected = day_words(given.expected_on, as_of)
    if alert.stage is Stage.REASSURED:
        return f"reassured by {by} on {day_words(given.given_on, as_of)}: expected {expected}"
    if given.expected_on < as_of:
        return f"{by} expected {expected}: not signed off"
    if alert.stage is Stage.OVERDUE:
        return f"expected {expected} by {by}"
    return f"the reassurance by {by} on {day_words(given.given_on, as_of)} has lapsed: expected {expected}"


def _by(given: Reassurance, digest: Digest) -> str:
    return "you" if address_key(given.by) == digest.recipient.key else phrase(given.by)

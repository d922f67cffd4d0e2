"""Finds the alert and due dates of open assessments that a changed calendar moved."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from alerter.domain.assessment import AssessmentKey
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.policy import Alert
from alerter.errors import CalendarRangeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One open assessment whose dates are not what they were under the calendar of the last run."""

    assessment_id: str
    child_id: str
    alert_day: int
    alert_from: date
    alert_to: date
    due_from: date
    due_to: date

    @property
    def key(self) -> AssessmentKey:
        """Return which assessment of which child it is."""
        return AssessmentKey(self.assessment_id, self.child_id)

    def as_plain(self) -> dict[str, str | int]:
        """Return it as the ledger keeps it: text and numbers only."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, str | int]) -> "Moved":
        """Return what the ledger kept."""
        dates = {
            name: date.fromisoformat(str(plain[name])) for name in plain if name.endswith(("_from", "_to"))
        }
        return cls(
            assessment_id=str(plain["assessment_id"]),
            child_id=str(plain["child_id"]),
            alert_day=int(plain["alert_day"]),
            **dates,
        )


def moved(alerts: Iterable[Alert], before: WorkingCalendar, after: WorkingCalendar) -> list[Moved]:
    """
    Return those of *alerts* whose alert or due date differs between the two calendars.

    Where a date lies outside the years that either of them knows, there is nothing to compare.
    """
    compared = (_compared(alert, before, after) for alert in alerts)
    return [move for move in compared if move is not None]


def _compared(alert: Alert, before: WorkingCalendar, after: WorkingCalendar) -> Moved | None:
    try:
        were, are = _dates(alert, before), _dates(alert, after)
    except CalendarRangeError:
        return None
    if were == are:
        return None
    return Moved(
        assessment_id=alert.assessment.assessment_id,
        child_id=alert.assessment.child_id,
        alert_day=alert.clock.alert_after,
        alert_from=were[0],
        alert_to=are[0],
        due_from=were[1],
        due_to=are[1],
    )


def _dates(alert: Alert, calendar: WorkingCalendar) -> tuple[date, date]:
    start, clock = alert.assessment.clock_on, alert.clock
    return calendar.nth_day(start, clock.alert_after), calendar.nth_day(start, clock.working_days)

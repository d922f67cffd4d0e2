"""What happened to one assessment, or in a period, in words and ids."""

from dataclasses import dataclass
from datetime import date, datetime, time

from alerter.domain.assessment import Assessment
from alerter.domain.calendar import ONE_DAY
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.store import assessments, events
from alerter.store.events import Event

MANY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened, *at* a moment in the council's time zone, with the ids it is about, if any."""

    at: datetime
    kind: str
    assessment_id: str
    child_id: str
    what: str


def of_assessment(installation: Installation, assessment_id: str, child_id: str | None) -> list[Entry]:
    """
    Return what happened to each child's assessment under an id, notes included, oldest first for each.

    Raises:
        ConfigError: Nothing in the store has this id.
    """
    installation.ensure_schema()
    with installation.database.read() as connection:
        matching = assessments.find(connection, assessment_id, child_id)
        happened = [
            (event, assessment)
            for number, assessment in matching.items()
            for event in events.of_assessment(connection, number)
        ]
    if not matching:
        raise ConfigError(["no assessment in the store has this id: check it, or run `alerter sync`."])
    return [_entry(installation, event, assessment, event.note) for event, assessment in happened]


def of_period(installation: Installation, first: date, last: date) -> list[Entry]:
    """
    Return who was told what and what was recorded from *first* to *last*, both included: ids, and no notes.

    Raises:
        ConfigError: *first* lies after *last*.
    """
    if first > last:
        raise ConfigError(["--from: the day lies after --to."])
    installation.ensure_schema()
    since, until = (datetime.combine(day, time(), installation.zone) for day in (first, last + ONE_DAY))
    with installation.database.read() as connection:
        happened = events.of_period(connection, since, until)
        numbers = {event.assessment for event in happened if event.assessment is not None}
        is_most = len(numbers) > MANY  # more than SQLite takes in one question
        known = assessments.every(connection) if is_most else assessments.by_numbers(connection, numbers)
    return [_entry(installation, event, known.get(event.assessment or 0)) for event in happened]


def _entry(installation: Installation, event: Event, assessment: Assessment | None, note: str = "") -> Entry:
    return Entry(
        at=event.at.astimezone(installation.zone),
        kind=event.kind,
        assessment_id=assessment.assessment_id if assessment else "",
        child_id=assessment.child_id if assessment else "",
        what=f"{event.what}: {note}" if note else event.what,
    )

"""What somebody recorded within the hour as ready strings, each with its way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerter.app.extensions import RecentExtension
from alerter.app.reassurances import Recorded
from alerter.domain.assessment import Assessment
from alerter.domain.reassurance import UNDO_WITHIN
from alerter.mail.language import Language
from alerter.web.list_view import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedView:
    """
    One reassurance or extension: for which assessment, what was recorded, and until when it can be undone.

    *field* and *action* are the name of its number in the form that undoes it, and where that is sent.
    """

    number: int
    field: str
    action: str
    name: str
    words: str
    note: str
    may_undo: bool
    until: str
    recorded_at: datetime


def recorded_views(
    reassured: Sequence[Recorded], extended: Sequence[RecentExtension], today: Today, zone: ZoneInfo
) -> list[RecordedView]:
    """Return the views of what was recorded within the hour, latest first."""
    views = [
        *(_reassured(recorded, today, zone) for recorded in reassured),
        *(_extended(recent, today, zone) for recent in extended),
    ]
    return sorted(views, key=lambda view: view.recorded_at, reverse=True)


def _reassured(recorded: Recorded, today: Today, zone: ZoneInfo) -> RecordedView:
    kept, reason = recorded.kept, recorded.kept.reassurance.reason
    day = today.language.day(kept.reassurance.expected_on, today.as_of)
    words = today.language.say("Sign-off expected by {day}", day=day)
    return RecordedView(
        number=kept.id,
        field="reassurance",
        action="undo",
        name=_recorded_name(recorded.assessment, today.language),
        words=_withdrawn(kept.withdrawn_at, today, zone) or _with_reason(words, reason, today),
        note=kept.note,
        may_undo=recorded.may_undo,
        until=f"{(kept.recorded_at + UNDO_WITHIN).astimezone(zone):%H:%M}",
        recorded_at=kept.recorded_at,
    )


def _extended(recent: RecentExtension, today: Today, zone: ZoneInfo) -> RecordedView:
    recorded, extension = recent.recorded, recent.recorded.extension
    words = today.language.say("Extended until {day}", day=today.language.day(extension.until, today.as_of))
    return RecordedView(
        number=recorded.id,
        field="extension",
        action="undo_extension",
        name=_recorded_name(recent.assessment, today.language),
        words=_withdrawn(recorded.withdrawn_at, today, zone) or _with_reason(words, extension.reason, today),
        note=recorded.note,
        may_undo=recorded.withdrawn_at is None,
        until=f"{(recorded.recorded_at + UNDO_WITHIN).astimezone(zone):%H:%M}",
        recorded_at=recorded.recorded_at,
    )


def _recorded_name(assessment: Assessment, language: Language) -> str:
    return f"{assessment.assessment_id}, {language.say('child {id}', id=assessment.child_id)}"


def _with_reason(words: str, reason: str, today: Today) -> str:
    return f"{words}; {today.reasons.label_of(reason)}" if reason else words


def _withdrawn(at: datetime | None, today: Today, zone: ZoneInfo) -> str:
    if at is None:
        return ""
    return today.language.say("Withdrawn at {time}", time=f"{at.astimezone(zone):%H:%M}")

"""What was recorded within the hour, as ready strings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerter.app.reassurances import Recorded
from alerter.domain.reassurance import UNDO_WITHIN, Reasons
from alerter.domain.wording import day_words


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedView:
    """
    One reassurance: for which assessment, what was said, and until when it can be taken back.
    """

    number: int
    name: str
    said: str
    note: str
    may_undo: bool
    until: str


def recorded_views(
    found: Sequence[Recorded], reasons: Reasons, zone: ZoneInfo, now: datetime
) -> list[RecordedView]:
    """
    Return the views of what was *found*, in its order.
    """
    return [_view(each, reasons, zone, now) for each in found]


def _view(each: Recorded, reasons: Reasons, zone: ZoneInfo, now: datetime) -> RecordedView:
    kept, assessment = each.kept, each.assessment
    expected = day_words(kept.given.expected_on, now.date())
    reason = f"; {reasons.label_of(kept.given.reason)}" if kept.given.reason else ""
    until = (kept.recorded_at + UNDO_WITHIN).astimezone(zone)
    withdrawn = "" if kept.withdrawn_at is None else f"{kept.withdrawn_at.astimezone(zone):%H:%M}"
    return RecordedView(
        number=kept.id,
        name=f"{assessment.assessment_id}, child {assessment.child_id}",
        said=f"Withdrawn at {withdrawn}" if withdrawn else f"Sign-off expected by {expected}{reason}",
        note=kept.note,
        may_undo=each.may_undo,
        until=f"{until:%H:%M}",
    )

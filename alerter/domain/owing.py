"""What is owed: a send date whose moment has come and whose run has not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from alerter.domain.calendar import ONE_DAY
from alerter.domain.schedule import Schedule

AHEAD = timedelta(days=7)
"""A run is made so far ahead of its day at most: what lies further off was typed by mistake."""
HELD_PAUSE = timedelta(hours=1)
"""A held run is not tried again sooner: an extract is seldom mended within the hour."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """
    The send dates with their time of day, in the council's zone.
    """

    schedule: Schedule
    time: time
    zone: tzinfo

    def moment(self, send_date: date) -> datetime:
        """
        Return the moment of *send_date* at which its digests are due.
        """
        return datetime.combine(send_date, self.time, self.zone)

    def last_due(self, now: datetime) -> date:
        """
        Return the send date whose moment came last; its own morning still belongs to the one before.

        Raises:
            CalendarRangeError: A date lies outside the years known.
        """
        local = now.astimezone(self.zone)
        due = self.schedule.due_on_or_before(local.date())
        return due if self.moment(due) <= local else self.schedule.due_on_or_before(due - ONE_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """
    The run for the latest send date that has come, as the ledger has it; *tried_at* is when it was last
    prepared or held, and *has_news* that the extract is another one since.
    """

    send_date: date
    is_held: bool
    tried_at: datetime
    has_news: bool = False


def is_owed(timetable: Timetable, now: datetime, last: LastRun | None, *, serving_since: datetime) -> bool:
    """
    Say whether a run is to be tried at *now*.

    The answer stays the same until the run is there, so that no down-time loses a week, and however many
    send dates went by, one run settles them: it is as of today. A store without any run owes nothing
    for a send date before *serving_since*. A held run is tried again with another extract, or after an hour,
    but not on the morning of the next send date, for that run would already be the next one's.

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    due = timetable.last_due(now)
    if last is None:
        return timetable.moment(due) >= serving_since
    if last.send_date != due:
        return last.send_date < due
    is_worth_it = last.has_news or not _is_resting(last, now)
    return last.is_held and is_worth_it and _is_still_for(timetable, due, now)


def _is_resting(last: LastRun, now: datetime) -> bool:
    """
    Say whether the run was held less than an hour ago; a clock that was set back counts as rested.
    """
    since = now.astimezone(UTC) - last.tried_at.astimezone(UTC)
    return timedelta(0) <= since < HELD_PAUSE


def _is_still_for(timetable: Timetable, due: date, now: datetime) -> bool:
    return timetable.schedule.due_on_or_before(now.astimezone(timetable.zone).date()) == due

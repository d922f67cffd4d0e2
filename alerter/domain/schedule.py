"""Finds send dates: the one a day belongs to, and the next."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from alerter.domain.calendar import ONE_DAY, WorkingCalendar

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ONE_WEEK = timedelta(days=7)

AHEAD = timedelta(days=7)
"""A run is made so far ahead of its day at most: what lies further off was typed by mistake."""
HELD_PAUSE = timedelta(hours=1)
"""A held run is not tried again sooner: an extract is seldom mended within the hour."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    One send date a week: *weekday* (Monday is 0), moved past days off and office closures.

    Moving keeps the order of the weeks; where a closure swallows a whole week, that week
    and the next share one send date.
    """

    weekday: int
    calendar: WorkingCalendar
    office_closed: frozenset[date] = field(default_factory=frozenset)

    def due_on_or_before(self, on: date) -> date:
        """
        Return the send date last due on or before *on*.

        Raises:
            CalendarRangeError: The date, or a move it depends on, lies outside the years known.
        """
        nominal = self._nominal(on)
        while (due := self._moved(nominal)) > on:
            nominal -= ONE_WEEK
        return due

    def is_between(self, on: date) -> bool:
        """Say whether *on* is a day on which the office works, and no send date."""
        return self._moved(on) == on and self.due_on_or_before(on) != on

    def next_after(self, on: date) -> date:
        """
        Return the first send date strictly after *on*; `next_run` when *on* is `as_of`.

        Christmas 2026 takes the Monday:

        >>> from alerter.domain.calendar import DayOff
        >>> monday_off = [DayOff(date(2026, 12, 28), "Boxing Day (substitute day)", "bank holiday")]
        >>> Schedule(0, WorkingCalendar("england", 2026, 2026, monday_off)).next_after(date(2026, 12, 21))
        datetime.date(2026, 12, 29)

        Raises:
            CalendarRangeError: As for `due_on_or_before`.
        """
        nominal = self._nominal(on)
        due = self._moved(nominal)
        return due if due > on else self._moved(nominal + ONE_WEEK)

    def upcoming(self, on: date, how_many: int) -> list[date]:
        """
        Return the next send dates strictly after *on*, in order.

        Raises:
            CalendarRangeError: As for `due_on_or_before`.
        """
        dates: list[date] = []
        while len(dates) < how_many:
            dates.append(self.next_after(dates[-1] if dates else on))
        return dates

    def _nominal(self, on: date) -> date:
        """Return the last *weekday* on or before *on*, before any move."""
        return on - timedelta(days=(on.weekday() - self.weekday) % 7)

    def _moved(self, on: date) -> date:
        """Return *on*, or the first day after it that is neither a day off nor an office closure."""
        while self.calendar.day_off(on) is not None or on in self.office_closed:
            on += ONE_DAY
        return on


@dataclass(frozen=True, slots=True)
class Timetable:
    """The send dates with their time of day, in the council's zone."""

    schedule: Schedule
    time: time
    zone: tzinfo

    def moment(self, send_date: date) -> datetime:
        """Return the moment of *send_date* at which its digests are due."""
        return datetime.combine(send_date, self.time, self.zone)

    def is_between(self, now: datetime) -> bool:
        """Say whether *now* lies on a working day between send dates, and its time of day has come."""
        local = now.astimezone(self.zone)
        return self.schedule.is_between(local.date()) and self.moment(local.date()) <= local

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
    """Say whether the run was held less than an hour ago; a clock that was set back counts as rested."""
    since = now.astimezone(UTC) - last.tried_at.astimezone(UTC)
    return timedelta(0) <= since < HELD_PAUSE


def _is_still_for(timetable: Timetable, due: date, now: datetime) -> bool:
    return timetable.schedule.due_on_or_before(now.astimezone(timetable.zone).date()) == due

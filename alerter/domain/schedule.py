"""Send dates: which day a digest belongs to, and which comes next."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from alerter.domain.calendar import ONE_DAY, WorkingCalendar

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ONE_WEEK = timedelta(days=7)


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
        """
        Return the last *weekday* on or before *on*, before any move.
        """
        return on - timedelta(days=(on.weekday() - self.weekday) % 7)

    def _moved(self, on: date) -> date:
        """
        Return *on*, or the first day after it that is neither a day off nor an office closure.
        """
        while self.calendar.day_off(on) is not None or on in self.office_closed:
            on += ONE_DAY
        return on

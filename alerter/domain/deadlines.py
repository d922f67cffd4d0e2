"""The limits turned round: which starts were late on each day, for a database that can only compare dates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from alerter.domain.calendar import ONE_DAY, WorkingCalendar
from alerter.domain.policy import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """
    One day under one rule: what was authorised *on* it is late if its clock started by *late_start*.

    *version* counts a type's rules from the newest, which is 0.
    """

    type: str
    version: int
    on: date
    late_start: date


def deadlines(
    calendar: WorkingCalendar, clocks: Mapping[str, Clock], first: date, last: date
) -> Iterator[Deadline]:
    """
    Yield each day from *first* to *last* under each rule of *clocks*.

    `age > n` is `age >= n + 1`, so a sign-off on a closed day after the limit is counted, not dated (NI 60).

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    days = [first + ONE_DAY * place for place in range((last - first).days + 1)]
    for type_, newest in clocks.items():
        for version, clock in enumerate(newest.versions()):
            for on in days:
                late_start = calendar.latest_start(on, clock.working_days + 1)
                yield Deadline(type=type_, version=version, on=on, late_start=late_start)

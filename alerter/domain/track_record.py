"""A team's timeliness as its digest tells it: since April, against the target, small numbers left unsaid."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from alerter.domain.assessment import Assessment
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.policy import Clock, is_in_time
from alerter.domain.routing import matched

FEWEST = 10
"""A percentage of fewer than these tells of single children and single workers, and swings by a tenth."""
APRIL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """
    How many assessments of one type were authorised in a stretch, and how many of them in time (NI 60).
    """

    label: str
    authorised: int
    in_time: int
    target_percent: float | None = None

    @property
    def percent(self) -> int | None:
        """
        Return the share in time, rounded, but never up to a target that is missed; None for too few.

        >>> TrackRecord(label="Core", authorised=61, in_time=51).percent
        84
        >>> TrackRecord(label="Core", authorised=124, in_time=100, target_percent=81).percent
        80
        >>> TrackRecord(label="Core", authorised=9, in_time=9).percent
        """
        if self.authorised < FEWEST:
            return None
        exact = self.in_time * 100 / self.authorised
        rounded = int(exact + 0.5)
        is_flattered = self.target_percent is not None and exact < self.target_percent <= rounded
        return int(exact) if is_flattered else rounded


def year_start(as_of: date) -> date:
    """
    Return the first day of the financial year that *as_of* lies in.

    >>> year_start(date(2027, 3, 31)), year_start(date(2027, 4, 1))
    (datetime.date(2026, 4, 1), datetime.date(2027, 4, 1))
    """
    return date(as_of.year if as_of.month >= APRIL else as_of.year - 1, APRIL, 1)


@dataclass(frozen=True, slots=True)
class TrackRecords:
    """
    What was authorised in a stretch, counted by team and type, ready to be added up for any teams.
    """

    clocks: Mapping[str, Clock]
    counts: Mapping[tuple[str, str], tuple[int, int]]

    def of_teams(self, teams: Iterable[str]) -> tuple[TrackRecord, ...]:
        """
        Return the record of *teams* together, one of each type of which anything was authorised.
        """
        places = {matched(team) for team in teams}
        sums = {
            type_: [sum(each) for each in zip(*self._of(places, type_), strict=True)] for type_ in self.clocks
        }
        return tuple(
            TrackRecord(
                label=clock.label,
                authorised=sums[type_][0],
                in_time=sums[type_][1],
                target_percent=clock.target_percent,
            )
            for type_, clock in self.clocks.items()
            if sums[type_] and sums[type_][0]
        )

    def _of(self, places: Iterable[str], type_: str) -> list[tuple[int, int]]:
        return [self.counts[place, type_] for place in places if (place, type_) in self.counts]


def track_records(
    authorised: Iterable[Assessment], calendar: WorkingCalendar, clocks: Mapping[str, Clock]
) -> TrackRecords:
    """
    Count *authorised* by team and type; a sign-off that cannot be believed is none.

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    found: Counter[tuple[str, str, bool | None]] = Counter()
    for each in authorised:
        if each.type in clocks:
            clock = clocks[each.type].in_force(each.started_on, each.referred_on)
            found[each.team, each.type, is_in_time(calendar, clock, each)] += 1
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for (team, type_, in_time), count in found.items():
        if in_time is not None:
            place = matched(team), type_
            were, were_in_time = counts.get(place, (0, 0))
            counts[place] = were + count, were_in_time + count * in_time
    return TrackRecords(clocks, counts)

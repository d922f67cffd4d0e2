"""The gate before sending: what makes an extract look too wrong to act on."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from alerter.domain.calendar import WorkingCalendar
from alerter.domain.routing import matched
from alerter.domain.wording import counted

TEAM_THAT_COUNTS = 5  # open assessments; a smaller team may well empty within a week


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """
    The limits an extract must keep; 0 turns a gate off.
    """

    max_age_hours: int = 72
    max_shrink_percent: int = 50
    max_quiet_days: int = 30
    hold_unchanged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    What an extract says, as far as the gates look: its bytes, its open assessments by team, its newest start.
    """

    sha256: str
    extracted_at: datetime
    teams: Mapping[str, int]
    newest_start: date | None

    @property
    def open(self) -> int:
        """
        Return how many assessments it has open.
        """
        return sum(self.teams.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """
    What the last run, for an earlier send date, went by.
    """

    sha256: str
    teams: Mapping[str, int]


def reasons_to_hold(
    gates: Gates,
    reading: Reading,
    before: Before | None,
    *,
    calendar: WorkingCalendar,
    as_of: date,
    now: datetime,
) -> list[str]:
    """
    Return a sentence for each gate that closes; none means that the run may go on.

    *now* is the moment from which the extract's age counts back.

    Raises:
        CalendarRangeError: The newest start lies outside the years known.
    """
    return [
        *_too_old(gates, reading, now),
        *_empty(reading),
        *_quiet(gates, reading, calendar, as_of),
        *(() if before is None else _compared(gates, reading, before)),
    ]


def _too_old(gates: Gates, reading: Reading, now: datetime) -> Iterator[str]:
    age = (now - reading.extracted_at) / timedelta(hours=1)
    if gates.max_age_hours and age > gates.max_age_hours:
        yield f"the extract is {ceil(age)} hours old (max_age_hours is {gates.max_age_hours})"


def _empty(reading: Reading) -> Iterator[str]:
    if not reading.open:
        yield "the extract has no open assessment"


def _quiet(gates: Gates, reading: Reading, calendar: WorkingCalendar, as_of: date) -> Iterator[str]:
    if not gates.max_quiet_days or reading.newest_start is None:
        return
    quiet = calendar.age(reading.newest_start, as_of)
    if quiet > gates.max_quiet_days:
        yield f"nothing has started for {quiet} working days (max_quiet_days is {gates.max_quiet_days})"


def _compared(gates: Gates, reading: Reading, before: Before) -> Iterator[str]:
    if gates.hold_unchanged and reading.sha256 == before.sha256:
        yield "the extract is byte for byte the last run's (hold_unchanged)"
    if gates.max_shrink_percent:
        yield from _shrunk(gates.max_shrink_percent, reading, before)


def _shrunk(limit: int, reading: Reading, before: Before) -> Iterator[str]:
    were = sum(before.teams.values())
    if _fell(were, reading.open, limit):
        yield f"open assessments fell from {were} to {reading.open} (max_shrink_percent is {limit})"
    names = {matched(team): team for team in before.teams}
    counts, left = _by_team(before.teams), _by_team(reading.teams)
    for team in sorted(counts.keys() - {""}):
        if counts[team] >= TEAM_THAT_COUNTS and _fell(counts[team], left[team], limit):
            yield f"team {names[team]!r} fell from {counted(counts[team], 'open assessment')} to {left[team]}"


def _by_team(teams: Mapping[str, int]) -> Counter[str]:
    """
    Add up what is one team under several spellings, so that a new spelling is no empty team.
    """
    counts: Counter[str] = Counter()
    for team, count in teams.items():
        counts[matched(team)] += count
    return counts


def _fell(were: int, are: int, limit: int) -> bool:
    return (were - are) * 100 > were * limit

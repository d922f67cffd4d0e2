"""Holds a run whose extract looks too wrong to act on, and says where to look."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil

from alerter.domain.assessment import Rejected, field_named
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.rejected import by_reason
from alerter.domain.routing import matched
from alerter.domain.wording import counted

TEAM_THAT_COUNTS = 5  # open assessments; a smaller team may well empty within a week
GROWTH_THAT_COUNTS = 20  # open assessments; a small team may well double within a week
REJECTED_THAT_COUNT = 20
REOPENED_THAT_COUNT = 10
MOST_REASONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """
    The limits an extract must keep; 0 turns a gate off. *headings* are the extract's, by canonical name.
    """

    max_age_hours: int = 72
    max_shrink_percent: int = 50
    max_quiet_days: int = 30
    max_growth_percent: int = 100
    max_rejected_percent: int = 20
    max_reopened_percent: int = 10
    hold_unchanged: bool = True
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """
    Of the assessments in a reading that had *ended*, those that are open again.

    *unsigned* of these have lost their sign-off, *doubted* have one that cannot be believed.
    """

    ended: int = 0
    open_again: int = 0
    unsigned: int = 0
    doubted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The rows of an extract, as far as the gates look: how many, those rejected, those open by team."""

    teams: Mapping[str, int]
    rows: int = 0
    rejected: Sequence[Rejected] = ()
    reopened: Reopened = Reopened()

    @property
    def open(self) -> int:
        """Return how many assessments are open."""
        return sum(self.teams.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    One reading of an extract. *content* is None where it is in the store: it was judged when it was applied.
    """

    sha256: str
    extracted_at: datetime
    newest_start: date | None
    content: Content | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """
    What a reading is compared with.

    *sha256* is the last run's extract, for the run of a new send date. *open_by_team* are the numbers of
    open assessments: at the last run, and in the store before the reading. Of two the larger counts.
    """

    sha256: str = ""
    open_by_team: Sequence[Mapping[str, int]] = ()

    @property
    def open(self) -> int:
        """Return how many assessments were open."""
        return max((sum(teams.values()) for teams in self.open_by_team), default=0)

    @property
    def teams(self) -> Counter[str]:
        """Return how many were open by team, under the name that the directory would take for it."""
        counts: Counter[str] = Counter()
        for teams in self.open_by_team:
            counts |= _by_team(teams)
        return counts


def reasons_to_hold(
    gates: Gates,
    reading: Reading,
    baseline: Baseline,
    *,
    calendar: WorkingCalendar,
    as_of: date,
    now: datetime,
) -> list[str]:
    """
    Return a sentence for each gate that closes; none means that the reading may be applied.

    *now* is the moment from which the extract's age counts back.

    Raises:
        CalendarRangeError: The newest start lies outside the years known.
    """
    return [
        *_too_old(gates, reading, now),
        *_quiet(gates, reading, calendar, as_of),
        *_unchanged(gates, reading, baseline),
        *(() if reading.content is None else _of_content(gates, reading.content, baseline)),
    ]


def _too_old(gates: Gates, reading: Reading, now: datetime) -> Iterator[str]:
    age = (now - reading.extracted_at) / timedelta(hours=1)
    if gates.max_age_hours and age > gates.max_age_hours:
        yield (
            f"the extract is {ceil(age)} hours old (max_age_hours is {gates.max_age_hours}): "
            "check that the export has run"
        )


def _quiet(gates: Gates, reading: Reading, calendar: WorkingCalendar, as_of: date) -> Iterator[str]:
    if not gates.max_quiet_days or reading.newest_start is None:
        return
    quiet = calendar.age(reading.newest_start, as_of)
    if quiet > gates.max_quiet_days:
        yield (
            f"nothing has started for {quiet} working days (max_quiet_days is {gates.max_quiet_days}): "
            "check that the newest assessments are in it"
        )


def _unchanged(gates: Gates, reading: Reading, baseline: Baseline) -> Iterator[str]:
    if gates.hold_unchanged and reading.sha256 == baseline.sha256:
        yield ("the extract is byte for byte the last run's (hold_unchanged): check that the export has run")


def _of_content(gates: Gates, content: Content, baseline: Baseline) -> Iterator[str]:
    yield from _rejected(gates.max_rejected_percent, content)
    yield from _reopened(gates, content.reopened)
    if not content.open:
        yield "the extract has no open assessment: check that those without a sign-off are in it"
    if baseline.open_by_team:
        yield from _grown(gates, content.open, baseline.open)
        yield from _shrunk(gates.max_shrink_percent, content, baseline)


def _rejected(limit: int, content: Content) -> Iterator[str]:
    count, rows = len(content.rejected), content.rows
    if count < REJECTED_THAT_COUNT or not _is_above(count, rows, limit):
        return
    reasons = by_reason(content.rejected)
    shown = [f"{reason.count} of {rows} rows: {reason.reason}" for reason in reasons[:MOST_REASONS]]
    if len(reasons) > MOST_REASONS:
        shown.append(f"{counted(len(reasons) - MOST_REASONS, 'more reason')} in `alerter check`")
    yield (f"{count} of {rows} rows could not be read (max_rejected_percent is {limit}): " + "; ".join(shown))


def _reopened(gates: Gates, reopened: Reopened) -> Iterator[str]:
    count, ended, limit = reopened.open_again, reopened.ended, gates.max_reopened_percent
    if count >= REOPENED_THAT_COUNT and _is_above(count, ended, limit):
        yield (
            f"{count} of {ended} assessments that had ended are open again "
            f"(max_reopened_percent is {limit}): {_where_reopened(gates.headings, reopened)}"
        )


def _where_reopened(headings: Mapping[str, str], reopened: Reopened) -> str:
    authorised, started, cancelled, closed = (
        field_named(name, headings.get(name, name))
        for name in ("authorised_on", "started_on", "cancelled_on", "closed_on")
    )
    if reopened.doubted * 2 > reopened.open_again:
        return f"check whether the columns {started} and {authorised} are swapped"
    if reopened.unsigned * 2 > reopened.open_again:
        return f"check that the column {authorised} is still filled"
    return f"check that the columns {authorised}, {cancelled} and {closed} are still filled"


def _grown(gates: Gates, are: int, were: int) -> Iterator[str]:
    limit = gates.max_growth_percent
    if are - were >= GROWTH_THAT_COUNTS and _is_above(are - were, were, limit):
        authorised = field_named("authorised_on", gates.headings.get("authorised_on", "authorised_on"))
        yield (
            f"open assessments grew from {were} to {are} (max_growth_percent is {limit}): "
            f"check that the column {authorised} is still filled, and that the extract has the same teams"
        )


def _shrunk(limit: int, content: Content, baseline: Baseline) -> Iterator[str]:
    setting = f"(max_shrink_percent is {limit})"
    if _is_above(baseline.open - content.open, baseline.open, limit):
        yield (
            f"open assessments fell from {baseline.open} to {content.open} {setting}: "
            "check that the extract is whole"
        )
    names = {matched(team): team for teams in baseline.open_by_team for team in teams}
    counts, left = baseline.teams, _by_team(content.teams)
    for team in sorted(counts.keys() - {""}):
        were, are = counts[team], left[team]
        if were >= TEAM_THAT_COUNTS and _is_above(were - are, were, limit):
            yield (
                f"team {names[team]!r} fell from {counted(were, 'open assessment')} to {are} {setting}: "
                "check whether it is left out or has another name"
            )


def _by_team(teams: Mapping[str, int]) -> Counter[str]:
    """Add up what is one team under several spellings, so that a new spelling is no empty team."""
    counts: Counter[str] = Counter()
    for team, count in teams.items():
        counts[matched(team)] += count
    return counts


def _is_above(count: int, of: int, percent: int) -> bool:
    """Say whether *count* is more than *percent* of a number, where 0 percent is no limit."""
    return percent > 0 and count * 100 > of * percent

"""Counts the lines of a report's tables: periods, teams, reasons, durations, open assessments."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

from alerter.domain.calendar import ONE_DAY, WorkingCalendar
from alerter.domain.extension import Extension
from alerter.domain.periods import Period, months_between, quarter_of, year_of
from alerter.domain.policy import Alert, Reassurance, Stage
from alerter.domain.reasons import Reasons
from alerter.domain.timeliness import HUNDRED, SignOff, Timeliness, timeliness, timeliness_by
from alerter.statistics.suppression import ALL, IN_TIME, LATE, Place, Sum, Tally

LONGEST = 10**9
BANDS = (
    ("Same day", 0), ("1-10", 10), ("11-20", 20), ("21-30", 30), ("31-40", 40),
    ("41-45", 45), ("46-50", 50), ("51-60", 60), ("61+", LONGEST),
)  # fmt: skip
"""DfE's bands (Characteristics of children in need, table C2), each by its last working day."""
Bands = tuple[tuple[str, int], ...]
QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
TIMES_THE_LIMIT = 2
ODD_ONES = 100
"""One start in so many is that of a case forgotten long ago: the extract does not reach back so far."""

TREND = ONE_DAY * 365
"""How far back the months go at least, so that one year can be laid beside the other."""
A_MONTH = ONE_DAY * 31
NO_TEAM = "No team"
NO_REASON = "No reason recorded"
OTHER_REASONS = "Other reasons"
OPEN = "open"
OTHER = "other"
"""Begins the places of what is counted from the other date."""
SCORE_BANDS = ((0, 59), (60, 69), (70, 79), (80, 89), (90, 100))


@dataclass(frozen=True, slots=True)
class FirstAudits:
    """
    How many assessments had an audit, how many passed the first one, and the first scores by band.

    Not *are_first* where only the last score of each is known, for a case system tells no other.
    """

    audited: int
    passed: int
    by_band: Mapping[str, int]
    are_first: bool = True

    @property
    def percent(self) -> float | None:
        """Return the pass rate at first audit; None where there was none."""
        return HUNDRED * self.passed / self.audited if self.audited else None


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The working days by which a quarter, a half and three quarters of the assessments were authorised."""

    first: int
    median: int
    third: int


def bands_of(limit: int) -> Bands:
    """
    Return DfE's bands, the one that straddles *limit* split there, so that none is both in time and late.

    >>> [name for name, _ in bands_of(35)][3:7]
    ['21-30', '31-35', '36-40', '41-45']
    >>> bands_of(45) == BANDS
    True
    """
    bands: list[tuple[str, int]] = []
    first = 0
    for name, last in BANDS:
        if first <= limit < last:
            bands += [(_span(first, limit), limit), (_span(limit + 1, last), last)]
        else:
            bands.append((name, last))
        first = last + 1
    return tuple(bands)


def _span(first: int, last: int) -> str:
    if last == LONGEST:
        return f"{first}+"
    return f"{first}-{last}" if last > first else f"{last}"


def durations_by_band(durations: Iterable[int], bands: Bands) -> dict[str, int]:
    """Count *durations* by band, the empty ones too."""
    counts = Counter(next(name for name, last in bands if days <= last) for days in durations)
    return {name: counts[name] for name, _ in bands}


def quartiles(durations: Iterable[int]) -> Quartiles | None:
    """
    Return the quartiles of *durations* in whole days; None where there are none.

    The smallest duration that at least that share has reached; where the share comes to a whole number of
    assessments, the mean of that one and the next, half a day rounded up. That is how all 4,245
    quartiles of councils in DfE's table 2014 to 2024 lie in the bands beside them.

    >>> quartiles([1, 2, 3, 4, 9])
    Quartiles(first=2, median=3, third=4)
    >>> quartiles([1, 2, 3, 4])
    Quartiles(first=2, median=3, third=4)
    """
    ordered = sorted(durations)
    if not ordered:
        return None
    return Quartiles(*(_reached(ordered, share) for share in QUARTERS))


def _reached(ordered: Sequence[int], share: Fraction) -> int:
    count = share * len(ordered)
    place = ceil(count)
    if count != place:
        return ordered[place - 1]
    return (ordered[place - 1] + ordered[place] + 1) // 2


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of the tables by period, oldest first; each ends with the day of the report at the latest."""

    months: tuple[Period, ...]
    quarters: tuple[Period, ...]
    years: tuple[Period, ...]

    def by_place(self, period: Period) -> dict[Place, Period]:
        """Return each of them by its place among the counts, months first, and *period* last."""
        groups = {"month": self.months, "quarter": self.quarters, "year": self.years}
        places: dict[Place, Period] = {
            (name, line.name): line for name, group in groups.items() for line in group
        }
        return places | {("period",): period}

    def partly_seen(self, calendar: WorkingCalendar, reach: date, limit: int) -> frozenset[Period]:
        """
        Return those for which the extract, whose first start is on *reach*, does not go back far enough.

        What took twice the *limit* and was signed off on their first day began before it, and is missing.
        """
        every = (*self.months, *self.quarters, *self.years)
        return frozenset(
            line for line in every if reach > calendar.latest_start(line.first, TIMES_THE_LIMIT * limit)
        )


def reaches_back_to(signed: Iterable[SignOff]) -> date | None:
    """Return the first start of what was signed off, but for the oldest hundredth; None without any."""
    starts = sorted(sign_off.assessment.clock_on for sign_off in signed)
    return starts[len(starts) // ODD_ONES] if starts else None


def enter_periods(tally: Tally, signed: Sequence[SignOff], period: Period) -> Lines:
    """
    Enter months, quarters, financial years and the days of the report itself; return the lines.

    A quarter has a line when all its months have. The year before has one when it was seen from its start.
    """
    as_of = period.last
    oldest = min((sign_off.on for sign_off in signed), default=as_of)
    months = months_between(max(min(period.first, as_of - TREND), oldest), as_of)
    year = year_of(as_of)
    before = year_of(year.first - ONE_DAY)
    quarters = [quarter for quarter in _distinct(quarter_of, months) if quarter.first >= months[0].first]
    years = [before, year] if oldest < before.first + A_MONTH else [year]
    lines = Lines(*(tuple(period.until(as_of) for period in group) for group in (months, quarters, years)))
    _enter_lines(tally, signed, lines.by_place(period))
    return lines


def enter_other_count(tally: Tally, other: Sequence[SignOff], lines: Lines, period: Period) -> None:
    """
    Enter the sign-offs once more as the *other* date counts them, in the same lines.

    What has no other date is missing there. Both figures stand side by side, so anybody can subtract: what is
    in time, late or there at all by the one only is a rest that must not be small either.
    """
    by_place = lines.by_place(period)
    _enter_lines(tally, other, by_place, (OTHER,))
    for where in by_place:
        for column in (ALL, IN_TIME, LATE):
            count = tally.counts[OTHER, *where, column]
            if count <= tally.counts[*where, column]:
                tally.part((OTHER, *where, column), count, (*where, column))


def enter_teams(tally: Tally, signed: Iterable[SignOff]) -> tuple[str, ...]:
    """Enter the teams that signed off; return them by name."""
    return _enter_groups(
        tally, "team", timeliness_by(signed, lambda sign_off: sign_off.assessment.team or NO_TEAM)
    )


def enter_reasons(tally: Tally, signed: Sequence[SignOff], labels: Mapping[str, str]) -> tuple[str, ...]:
    """Enter why the assessments were done; nothing where no extract tells it."""
    if not any(sign_off.assessment.reason for sign_off in signed):
        return ()
    named = timeliness_by(signed, lambda sign_off: _reason_words(sign_off, labels))
    return _enter_groups(tally, "reason", named)


def enter_bands(tally: Tally, signed: Sequence[SignOff], limit: int) -> None:
    """Enter the durations by band; under one *limit*, in time and late are sums of bands too."""
    bands = bands_of(limit)
    tally.list(durations_by_band((sign_off.age for sign_off in signed), bands), "band", ("period", ALL))
    if all(sign_off.clock.working_days == limit for sign_off in signed):
        within = [name for name, last in bands if last <= limit]
        beyond = [name for name, last in bands if last > limit]
        for outcome, names in ((IN_TIME, within), (LATE, beyond)):
            tally.sums.append(Sum(("period", outcome), tuple(("band", name) for name in names)))


def enter_why_late(
    tally: Tally, late: Iterable[tuple[SignOff, Reassurance | None]], suppress_below: int
) -> tuple[str, ...]:
    """
    Enter what managers gave as the reason of what was signed off late, the most frequent first.

    A reason given less often than *suppress_below* is one of the others: it may be in somebody's own words.
    """
    by_reason = Counter(_reason_given(reassurance) for _, reassurance in late)
    counts: Counter[str] = Counter()
    for reason, count in by_reason.items():
        is_own = reason != NO_REASON and count < suppress_below
        counts[OTHER_REASONS if is_own else reason] += count
    ordered = dict(counts.most_common())
    tally.list(ordered, "why", ("period", LATE))
    return tuple(ordered)


def enter_extended(
    tally: Tally,
    late: Iterable[tuple[SignOff, Extension | None]],
    calendar: WorkingCalendar,
    reasons: Reasons,
) -> tuple[str, ...]:
    """
    Enter the late ones whose extension was authorised before the limit, by reason; return the reasons.

    They are late all the same.
    """
    by_reason = Counter(
        reasons.label_of(extension.reason)
        for sign_off, extension in late
        if extension is not None
        and extension.is_before_limit(
            calendar.nth_day(sign_off.assessment.clock_on, sign_off.clock.working_days)
        )
    )
    tally.part(("extended", ALL), by_reason.total(), ("period", LATE))
    tally.list(dict(by_reason.most_common()), "extended", ("extended", ALL))
    return tuple(reason for reason, _ in by_reason.most_common())


def enter_open(tally: Tally, alerts: Iterable[Alert]) -> tuple[str, ...]:
    """Enter the open assessments by team and stage, with their totals; return the teams."""
    by_team: dict[str, Counter[Stage]] = {}
    for alert in alerts:
        by_team.setdefault(alert.assessment.team or NO_TEAM, Counter())[alert.stage] += 1
    totals: Counter[Stage] = Counter()
    for counts in by_team.values():
        totals.update(counts)
    for where, counts in [
        *((("open", team), counts) for team, counts in by_team.items()),
        (("open",), totals),
    ]:
        tally.counts |= {(*where, stage.value): counts[stage] for stage in Stage}
        tally.counts[*where, ALL] = counts.total()
        tally.sums.append(Sum((*where, ALL), tuple((*where, stage.value) for stage in Stage)))
    teams = tuple(sorted(by_team))
    for column in (*(stage.value for stage in Stage), ALL):
        tally.sums.append(Sum((OPEN, column), tuple((OPEN, team, column) for team in teams)))
    return teams


def enter_away(tally: Tally, alerts: Iterable[Alert], as_of: date) -> None:
    """
    Enter how many open assessments lie with a worker who is away, how many of them overdue, and the workers.

    Both are parts of what is open, which stands in another table.
    """
    away = [
        alert
        for alert in alerts
        if alert.assessment.worker_away_until is not None and alert.assessment.worker_away_until >= as_of
    ]
    overdue = sum(alert.stage is Stage.OVERDUE for alert in away)
    tally.part(("away", ALL), len(away), (OPEN, ALL))
    tally.part(("away", LATE), overdue, (OPEN, Stage.OVERDUE.value))
    tally.counts["away", IN_TIME] = len(away) - overdue
    tally.sums.append(Sum(("away", ALL), (("away", LATE), ("away", IN_TIME))))
    tally.counts["away", "workers"] = len(
        {(alert.assessment.team, alert.assessment.worker) for alert in away}
    )


def enter_audits(tally: Tally, scores: Sequence[int], pass_mark: int, *, are_first: bool) -> FirstAudits:
    """Enter the first scores of quality audits by band, and how many passed."""
    audits = first_audits(scores, pass_mark, are_first=are_first)
    tally.part(("audit", ALL), audits.audited, ("period", ALL))
    tally.list(audits.by_band, "score", ("audit", ALL))
    tally.list({"passed": audits.passed, "returned": audits.audited - audits.passed}, "audit", ("audit", ALL))
    if pass_mark in (first for first, _ in SCORE_BANDS):
        passing = [f"{first}-{last}" for first, last in SCORE_BANDS if first >= pass_mark]
        tally.sums.append(Sum(("audit", "passed"), tuple(("score", name) for name in passing)))
    return audits


def _enter_lines(
    tally: Tally, signed: Sequence[SignOff], by_place: Mapping[Place, Period], count: Place = ()
) -> None:
    """Enter each line of one *count*, the rule's or the other date's; the months come first."""
    months = [line for (name, *_), line in by_place.items() if name == "month"]
    for where, line in by_place.items():
        tally.enter(_within(signed, line), *count, *where)
        if where[0] != "month":
            _add_up(tally, (*count, *where), line, months, count)


def _within(signed: Iterable[SignOff], line: Period) -> Timeliness:
    return timeliness(sign_off for sign_off in signed if line.holds(sign_off.on))


def _add_up(tally: Tally, where: Place, line: Period, months: Sequence[Period], count: Place = ()) -> None:
    """
    Note that a line is the sum of its months and of a rest that lies in no whole month: anybody can subtract.

    That rest is of the month in which the line begins, or of months before the first one listed. The months
    are those of the same *count*: the rule's, or that from the other date.
    """
    within = [(*count, "month", month.name) for month in months if line.holds(month.first)]
    rest = _left(tally, where, within)
    if not rest.authorised:
        tally.total(where, within)
        return
    tally.enter(rest, "rest", *where)
    tally.total(where, [*within, ("rest", *where)])
    for month in months:
        if month.first < line.first <= month.last:
            tally.enter(_left(tally, (*count, "month", month.name), [("rest", *where)]), "before", *where)
            tally.total((*count, "month", month.name), [("rest", *where), ("before", *where)])


def _left(tally: Tally, where: Place, parts: Iterable[Place]) -> Timeliness:
    """Return what is left of a line without *parts*."""
    lines = list(parts)
    authorised, in_time = (
        tally.counts[*where, column] - sum(tally.counts[*part, column] for part in lines)
        for column in (ALL, IN_TIME)
    )
    return Timeliness(authorised, in_time)


def _enter_groups(tally: Tally, name: str, groups: Mapping[str, Timeliness]) -> tuple[str, ...]:
    names = tuple(sorted(groups))
    for group in names:
        tally.enter(groups[group], name, group)
    tally.total(("period",), ((name, group) for group in names))
    return names


def _distinct(period_of: Callable[[date], Period], months: Iterable[Period]) -> list[Period]:
    return list(dict.fromkeys(period_of(month.first) for month in months))


def _reason_words(sign_off: SignOff, labels: Mapping[str, str]) -> str:
    reason = sign_off.assessment.reason
    return labels.get(reason, OTHER_REASONS) if reason else NO_REASON


def _reason_given(reassurance: Reassurance | None) -> str:
    return (reassurance.reason.strip() if reassurance else "") or NO_REASON


def first_audits(scores: Iterable[int], pass_mark: int, *, are_first: bool = True) -> FirstAudits:
    """
    Return what the first scores of assessments come to against *pass_mark*.

    >>> first_audits([74, 80, 95], 80).by_band["70-79"]
    1
    """
    known = list(scores)
    return FirstAudits(
        audited=len(known),
        passed=sum(score >= pass_mark for score in known),
        by_band={
            f"{first}-{last}": sum(first <= score <= last for score in known) for first, last in SCORE_BANDS
        },
        are_first=are_first,
    )

"""Counts every figure of the panel's report on one type of assessment, each once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import TypeVar

from alerter.domain.assessment import Assessment
from alerter.domain.calendar import ONE_DAY, WorkingCalendar
from alerter.domain.extension import Extension
from alerter.domain.periods import Period, month_of, year_of
from alerter.domain.policy import Alert, Clock, Reassurance, Stage
from alerter.domain.reasons import Reasons
from alerter.domain.timeliness import HUNDRED, SignOff, Timeliness, counted_from, sign_offs
from alerter.statistics import tables
from alerter.statistics.back_test import Outlook, outlook
from alerter.statistics.forecast import RATE_FROM, course_of
from alerter.statistics.suppression import ALL, IN_TIME, LATE, Figures, Tally
from alerter.statistics.tables import (
    OPEN,
    QUARTERS,
    FirstAudits,
    Lines,
    Quartiles,
    bands_of,
    quartiles,
)

SLACK = 2
"""By how many assessments a quartile must be off the ends of its band to tell nothing of a hidden one."""
A_THIRD = 3
Record = TypeVar("Record")
FLAGGED = (Stage.PAST_ALERT, Stage.REASSURED, Stage.APPROACHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """
    What a target leaves, after *so_far* and with *further* sign-offs expected.

    *late* is how many of the further ones may be late and the target still be met; None where it cannot be
    met even if none is. *in_a_row* is how many must follow in time, one after another, to be at the target
    again; 0 where it is met now, None where a target of 100 can no longer be met. The pace is
    that *since* a day.
    """

    since: date
    so_far: Timeliness
    further: int
    target_percent: float
    late: int | None
    in_a_row: int | None

    @property
    def is_met(self) -> bool:
        """Say whether the target is met by what is signed off so far."""
        return self.in_a_row == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnds:
    """
    What the year comes to with the open ones that are late or flagged signed off next.

    *overdue* are late whatever happens. *best* is with each of the *flagged* in time, *worst* with none.
    """

    overdue: int
    flagged: int
    best: Timeliness
    worst: Timeliness


def headroom(so_far: Timeliness, further: int, target_percent: float, since: date) -> Headroom:
    """
    Return what the target leaves, in whole assessments and exact fractions.

    >>> left = headroom(Timeliness(100, 80), 100, 81, date(2026, 4, 1))
    >>> left.late, left.in_a_row
    (18, 6)
    """
    share = Fraction(str(target_percent)) / HUNDRED
    late = floor(so_far.in_time + further - share * (so_far.authorised + further))
    return Headroom(
        since=since,
        so_far=so_far,
        further=further,
        target_percent=target_percent,
        late=min(late, further) if late >= 0 else None,
        in_a_row=_in_a_row(so_far, share),
    )


def year_ends(so_far: Timeliness, *, overdue: int, flagged: int) -> YearEnds:
    """
    Return what the year comes to if every flagged assessment finishes in time, or none does.

    >>> ends = year_ends(Timeliness(100, 85), overdue=4, flagged=16)
    >>> ends.best.in_time, ends.worst.in_time, ends.best.authorised
    (101, 85, 120)
    """
    authorised = so_far.authorised + overdue + flagged
    return YearEnds(
        overdue=overdue,
        flagged=flagged,
        best=Timeliness(authorised, so_far.in_time + flagged),
        worst=Timeliness(authorised, so_far.in_time),
    )


def _in_a_row(so_far: Timeliness, share: Fraction) -> int | None:
    short = share * so_far.authorised - so_far.in_time
    if short <= 0:
        return 0
    return ceil(short / (1 - share)) if share < 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelInput:
    """
    What a report is made from, as it stands on *as_of*; assessments go by their number in the store.

    *alerts* are the open ones as a digest of that day judges them, *first_scores* those of quality
    audits, if *are_first_scores*: a case system alone tells only the last.
    *reasons* are the labels of why an assessment is done, *reassurance_reasons* those of why it takes longer.
    """

    calendar: WorkingCalendar
    as_of: date
    assessments: Mapping[int, Assessment]
    alerts: Sequence[Alert]
    reassurances: Mapping[int, Reassurance]
    first_scores: Mapping[int, int]
    are_first_scores: bool
    reasons: Mapping[str, str]
    reassurance_reasons: Reasons
    extensions: Mapping[int, Extension]
    suppress_below: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What the tables list besides periods, in their order."""

    teams: tuple[str, ...]
    reasons: tuple[str, ...]
    why_late: tuple[str, ...]
    why_extended: tuple[str, ...]
    open_teams: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """
    One type's report on the days of *period*.

    *lines* and *lists* are what its tables list; the counts stand in *figures*. What is None cannot be told:
    hidden, without a target, or too little known. The extract *reaches_back_to* a first start; from the lines
    that are *partly_seen* sign-offs are missing that began before, the late ones above all.
    """

    clock: Clock
    period: Period
    year: Period
    lines: Lines
    lists: Lists
    figures: Figures
    durations: Quartiles | None
    headroom: Headroom | None
    year_ends: YearEnds | None
    outlook: Outlook | None
    audits: FirstAudits | None
    reaches_back_to: date | None
    partly_seen: frozenset[Period]

    @property
    def hidden_months(self) -> int:
        """Return how many months have a hidden count."""
        return sum(self.figures.timeliness("month", month.name) is None for month in self.lines.months)

    @property
    def are_months_small(self) -> bool:
        """Say whether more than a third of the months have a hidden count, so that quarters show more."""
        return self.hidden_months * A_THIRD > len(self.lines.months)

    @property
    def to_date(self) -> Timeliness | None:
        """Return the financial year to date; None where it is hidden."""
        return self.figures.timeliness("year", self.year.name)


def panel(inputs: PanelInput, clock: Clock, first: date) -> Panel:
    """
    Return the report on one type, for the days from *first* to `as_of`.

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    of_type = {
        number: assessment
        for number, assessment in inputs.assessments.items()
        if assessment.type == clock.type
    }
    signed = sign_offs(inputs.calendar, {clock.type: clock}, of_type.values(), inputs.as_of)
    period = Period(first, inputs.as_of, "period")
    within = [sign_off for sign_off in signed if period.holds(sign_off.on)]
    alerts = [alert for alert in inputs.alerts if alert.assessment.type == clock.type]
    tally = Tally()
    lines = tables.enter_periods(tally, signed, period)
    if clock.also_from is not None:
        other = counted_from(inputs.calendar, clock.also_from, signed)
        tables.enter_other_count(tally, other, lines, period)
    lists = Lists(
        teams=tables.enter_teams(tally, within),
        reasons=tables.enter_reasons(tally, within, inputs.reasons),
        why_late=_enter_why_late(tally, within, inputs),
        why_extended=_enter_extended(tally, within, inputs),
        open_teams=tables.enter_open(tally, alerts),
    )
    tables.enter_bands(tally, within, clock.working_days)
    tables.enter_away(tally, alerts, inputs.as_of)
    audits = _enter_audits(tally, within, inputs, clock)
    figures, year = tally.figures(inputs.suppress_below), year_of(inputs.as_of).until(inputs.as_of)
    reach = tables.reaches_back_to(signed)
    return Panel(
        clock=clock,
        period=period,
        year=year,
        lines=lines,
        lists=lists,
        figures=figures,
        durations=_durations(figures, within, clock.working_days),
        headroom=_headroom(inputs.calendar, clock, figures, lines),
        year_ends=_year_ends(figures, figures.timeliness("year", year.name)),
        outlook=_outlook(inputs, clock, of_type.values(), figures),
        audits=audits,
        reaches_back_to=reach,
        partly_seen=lines.partly_seen(inputs.calendar, reach or inputs.as_of, clock.working_days),
    )


def _durations(figures: Figures, within: Sequence[SignOff], limit: int) -> Quartiles | None:
    """
    Return the quartiles; None where they would tell of a hidden band.

    A quartile says how many are below its band and up to it, at most and at least. That tells nothing while
    two more or fewer would say the same.
    """
    times = quartiles(sign_off.age for sign_off in within)
    bands = [("band", name) for name, _ in bands_of(limit)]
    if times is None or figures.shown("period", ALL) is None:
        return None
    if figures.hidden.isdisjoint([*bands, ("period", IN_TIME), ("period", LATE)]):
        return times
    counts = [figures.counts[band] for band in bands]
    ends = [last for _, last in bands_of(limit)]
    for share, days in zip(QUARTERS, (times.first, times.median, times.third), strict=True):
        band = next(place for place, last in enumerate(ends) if days <= last)
        before, through, place = sum(counts[:band]), sum(counts[: band + 1]), share * len(within)
        if not before + SLACK <= place <= through - SLACK:
            return None
    return times


def _outlook(
    inputs: PanelInput, clock: Clock, assessments: Iterable[Assessment], figures: Figures
) -> Outlook | None:
    """
    Return the forecast, without this month where its line has a hidden count.

    What is expected of this month holds what is signed off in it so far, near its end little else.
    """
    courses = [course_of(clock, assessment, inputs.as_of) for assessment in assessments]
    limit = clock.in_force(inputs.as_of, inputs.as_of).working_days
    ahead = outlook(inputs.calendar, limit, courses, inputs.as_of)
    if ahead is None or figures.timeliness("month", month_of(inputs.as_of).name) is not None:
        return ahead
    return replace(ahead, months=ahead.months[1:])


def _enter_why_late(tally: Tally, within: Sequence[SignOff], inputs: PanelInput) -> tuple[str, ...]:
    return tables.enter_why_late(
        tally, _late_with(within, inputs, inputs.reassurances), inputs.suppress_below
    )


def _enter_extended(tally: Tally, within: Sequence[SignOff], inputs: PanelInput) -> tuple[str, ...]:
    late = _late_with(within, inputs, inputs.extensions)
    return tables.enter_extended(tally, late, inputs.calendar, inputs.reassurance_reasons)


def _late_with(
    within: Sequence[SignOff], inputs: PanelInput, records: Mapping[int, Record]
) -> list[tuple[SignOff, Record | None]]:
    """Return what was signed off late, each with what is recorded of it, if anything."""
    by_key = {
        inputs.assessments[number].key: record
        for number, record in records.items()
        if number in inputs.assessments
    }
    late = [sign_off for sign_off in within if not sign_off.is_in_time]
    return [(sign_off, by_key.get(sign_off.assessment.key)) for sign_off in late]


def _enter_audits(
    tally: Tally, within: Sequence[SignOff], inputs: PanelInput, clock: Clock
) -> FirstAudits | None:
    """
    Enter the first audits of what was signed off; None where this type has no pass mark or no score is known.
    """
    scores = {
        inputs.assessments[number].key: score
        for number, score in inputs.first_scores.items()
        if number in inputs.assessments
    }
    known = [scores[key] for sign_off in within if (key := sign_off.assessment.key) in scores]
    if clock.audit_pass_mark is None or not known:
        return None
    return tables.enter_audits(tally, known, clock.audit_pass_mark, are_first=inputs.are_first_scores)


def _headroom(calendar: WorkingCalendar, clock: Clock, figures: Figures, lines: Lines) -> Headroom | None:
    """
    Return what the target leaves until 31 March, if as many are signed off a day as in the years shown.

    The pace is taken from figures that are shown, so that it tells nothing else.
    """
    year = lines.years[-1]
    so_far = figures.timeliness("year", year.name)
    if clock.target_percent is None or so_far is None:
        return None
    before = [
        (earlier, authorised)
        for earlier in lines.years[:-1]
        if (authorised := figures.shown("year", earlier.name, ALL)) is not None
    ]
    since = before[0][0].first if before else max(year.first, lines.months[0].first)
    signed = so_far.authorised + sum(authorised for _, authorised in before)
    days = len(calendar.working_days_between(since, year.last))
    ends_on = min(year_of(year.last).last, calendar.last_day)
    to_come = len(calendar.working_days_between(min(year.last + ONE_DAY, ends_on), ends_on))
    further = round(signed * to_come / max(days, RATE_FROM))
    return headroom(so_far, further, clock.target_percent, since)


def _year_ends(figures: Figures, to_date: Timeliness | None) -> YearEnds | None:
    """Return what the year comes to either way; None where a part of it is too small to show."""
    overdue = figures.shown(OPEN, Stage.OVERDUE.value)
    flagged = [figures.shown(OPEN, stage.value) for stage in FLAGGED]
    if to_date is None or overdue is None or None in flagged:
        return None
    return year_ends(to_date, overdue=overdue, flagged=sum(count or 0 for count in flagged))

"""Counts every figure of the panel's report on one type of assessment, each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor

from alerter.domain.assessment import Assessment
from alerter.domain.calendar import ONE_DAY, WorkingCalendar
from alerter.domain.periods import Period, year_of
from alerter.domain.policy import Alert, Clock, Reassurance, Stage
from alerter.domain.timeliness import HUNDRED, SignOff, Timeliness, sign_offs
from alerter.statistics import tables
from alerter.statistics.back_test import Outlook, outlook
from alerter.statistics.forecast import RATE_FROM, course_of
from alerter.statistics.suppression import ALL, Figures, Ledger
from alerter.statistics.tables import OPEN, FirstAudits, Lines, Quartiles, quartiles

A_YEAR = ONE_DAY * 365
FLAGGED = (Stage.PAST_ALERT, Stage.REASSURED, Stage.APPROACHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """
    What a target leaves, after *so_far* and with *further* sign-offs expected.

    *late* is how many of the further ones may be late and the target still be met; None where it cannot be
    met even if none is. *in_a_row* is how many must follow in time, one after another, to be at the target
    again; 0 where it is met now, None where a target of 100 can no longer be met.
    """

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


def headroom(so_far: Timeliness, further: int, target_percent: float) -> Headroom:
    """
    Return what the target leaves, in whole assessments and exact fractions.

    >>> left = headroom(Timeliness(100, 80), 100, 81)
    >>> left.late, left.in_a_row
    (18, 6)
    """
    share = Fraction(str(target_percent)) / HUNDRED
    late = floor(so_far.in_time + further - share * (so_far.authorised + further))
    return Headroom(
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
    *reasons* are the labels of why an assessment is done.
    """

    calendar: WorkingCalendar
    as_of: date
    assessments: Mapping[int, Assessment]
    alerts: Sequence[Alert]
    reassurances: Mapping[int, Reassurance]
    first_scores: Mapping[int, int]
    are_first_scores: bool
    reasons: Mapping[str, str]
    suppress_below: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What the tables list besides periods, in their order."""

    teams: tuple[str, ...]
    reasons: tuple[str, ...]
    why_late: tuple[str, ...]
    open_teams: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """
    One type's report on the days of *period*.

    *lines* and *lists* are what its tables list; the counts stand in *figures*. What is None cannot be told:
    hidden, without a target, or too little known.
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
    ledger = Ledger()
    lines = tables.enter_periods(ledger, signed, period)
    lists = Lists(
        teams=tables.enter_teams(ledger, within),
        reasons=tables.enter_reasons(ledger, within, inputs.reasons),
        why_late=_enter_why_late(ledger, within, inputs),
        open_teams=tables.enter_open(ledger, alerts),
    )
    tables.enter_bands(ledger, within, clock.working_days)
    tables.enter_away(ledger, alerts, inputs.as_of)
    audits = _enter_audits(ledger, within, inputs, clock)
    figures, year = ledger.figures(inputs.suppress_below), year_of(inputs.as_of).until(inputs.as_of)
    to_date = figures.timeliness("year", year.name)
    courses = [course_of(clock, assessment, inputs.as_of) for assessment in of_type.values()]
    limit = clock.in_force(inputs.as_of, inputs.as_of).working_days
    return Panel(
        clock=clock,
        period=period,
        year=year,
        lines=lines,
        lists=lists,
        figures=figures,
        durations=None
        if figures.shown("period", ALL) is None
        else quartiles(sign_off.age for sign_off in within),
        headroom=_headroom(inputs.calendar, clock, signed, to_date, year),
        year_ends=_year_ends(figures, to_date),
        outlook=outlook(inputs.calendar, limit, courses, inputs.as_of),
        audits=audits,
    )


def _enter_why_late(ledger: Ledger, within: Sequence[SignOff], inputs: PanelInput) -> tuple[str, ...]:
    reassurances = {
        inputs.assessments[number].key: reassurance
        for number, reassurance in inputs.reassurances.items()
        if number in inputs.assessments
    }
    late = [
        (sign_off, reassurances.get(sign_off.assessment.key))
        for sign_off in within
        if not sign_off.is_in_time
    ]
    return tables.enter_why_late(ledger, late, inputs.suppress_below)


def _enter_audits(
    ledger: Ledger, within: Sequence[SignOff], inputs: PanelInput, clock: Clock
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
    return tables.enter_audits(ledger, known, clock.audit_pass_mark, are_first=inputs.are_first_scores)


def _headroom(
    calendar: WorkingCalendar,
    clock: Clock,
    signed: Sequence[SignOff],
    to_date: Timeliness | None,
    year: Period,
) -> Headroom | None:
    """Return what the target leaves until 31 March, if as many are signed off a day as in the last year."""
    if clock.target_percent is None or to_date is None:
        return None
    since = max(year.last - A_YEAR, min((sign_off.on for sign_off in signed), default=year.last))
    days = len(calendar.working_days_between(since, year.last))
    recent = sum(since <= sign_off.on for sign_off in signed)
    ends_on = min(year_of(year.last).last, calendar.last_day)
    to_come = len(calendar.working_days_between(min(year.last + ONE_DAY, ends_on), ends_on))
    return headroom(to_date, round(recent * to_come / max(days, RATE_FROM)), clock.target_percent)


def _year_ends(figures: Figures, to_date: Timeliness | None) -> YearEnds | None:
    """Return what the year comes to either way; None where a part of it is too small to show."""
    overdue = figures.shown(OPEN, Stage.OVERDUE.value)
    flagged = [figures.shown(OPEN, stage.value) for stage in FLAGGED]
    if to_date is None or overdue is None or None in flagged:
        return None
    return year_ends(to_date, overdue=overdue, flagged=sum(count or 0 for count in flagged))

"""Writes the parts of a paper on one type of assessment, as blocks."""

from collections.abc import Iterator, Sequence

from alerter.domain.periods import Period, month_of, month_words, quarter_of, year_of
from alerter.domain.policy import Stage
from alerter.domain.wording import counted, date_words
from alerter.reports.blocks import BarChart, Block, Row, Table, Text, TrendChart
from alerter.statistics.key_points import back_test_sentence, forecast_sentence, noun
from alerter.statistics.panel import Panel
from alerter.statistics.suppression import ALL, HIDDEN, IN_TIME, LATE, Figures
from alerter.statistics.tables import BANDS, NO_REASON, OPEN, SCORE_BANDS

OUTCOME_HEADINGS = ("Authorised", "In time", "Late", "In time %")


def timeliness_part(panel: Panel) -> Iterator[Block]:
    """Yield the months against the target, then quarters and years, teams, reasons and durations."""
    figures, lines = panel.figures, panel.lines
    yield _trend(panel)
    months = [("month", month.name) for month in lines.months]
    yield Table(
        caption="By month of authorisation",
        headings=("Month", *OUTCOME_HEADINGS, *(("Against target",) if panel.clock.target_percent else ())),
        rows=[
            (_month_name(month), *_outcomes(figures, where), *_gap(panel, where))
            for month, where in zip(lines.months, months, strict=True)
        ],
    )
    longer = [("quarter", period) for period in lines.quarters] + [("year", period) for period in lines.years]
    yield Table(
        caption="By quarter and financial year (from 1 April)",
        headings=("Period", *OUTCOME_HEADINGS),
        rows=[(_period_name(period), *_outcomes(figures, (name, period.name))) for name, period in longer],
    )
    if panel.lists.teams:
        yield _grouped("By team", "Team", "team", panel.lists.teams, panel)
    if panel.lists.reasons:
        yield _grouped("By reason for the assessment", "Reason", "reason", panel.lists.reasons, panel)
    yield from _durations(panel)


def forecast_part(panel: Panel) -> Iterator[Block]:
    """Yield what is expected, how sure that is, and how such forecasts did before."""
    yield Text(forecast_sentence(panel))
    if panel.outlook is None:
        return
    yield Table(
        caption="What this month and the next three are expected to come to",
        headings=("Month", "Expected %", "Range, %", "Sign-offs, about"),
        rows=[
            (
                month_words(month.month),
                f"{month.expected:.1f}",
                f"{low:.0f} to {high:.0f}",
                f"{month.authorised:.0f}",
            )
            for month, low, high in panel.outlook.months
        ],
    )
    tested = back_test_sentence(panel)
    if tested:
        yield Text(tested)


def open_part(panel: Panel) -> Iterator[Block]:
    """Yield what is open by team and stage: what the share of those signed off cannot tell."""
    figures = panel.figures
    yield Text(
        f"Open on {date_words(panel.period.last)}: {figures.words(OPEN, ALL)}, of these overdue: "
        f"{figures.words(OPEN, Stage.OVERDUE.value)}. An assessment that is late is in no percentage above "
        "until it is signed off, so both must be read together."
    )
    alert_day = panel.clock.alert_after
    columns = {
        ALL: "Open",
        Stage.OVERDUE.value: "Overdue",
        Stage.PAST_ALERT.value: f"Past day {alert_day}",
        Stage.REASSURED.value: "Reassured",
        Stage.APPROACHING.value: f"Reaches day {alert_day}",
        Stage.ON_TRACK.value: "On track",
    }
    if panel.lists.open_teams:
        yield Table(
            caption="Open assessments by team and stage",
            headings=("Team", *columns.values()),
            rows=[
                *(
                    (team, *(figures.words(OPEN, team, key) for key in columns))
                    for team in panel.lists.open_teams
                ),
                ("All", *(figures.words(OPEN, key) for key in columns)),
            ],
            has_total=True,
        )


def audit_part(panel: Panel) -> Iterator[Block]:
    """Yield the first scores of what was signed off; nothing where there is no audit."""
    if panel.audits is None:
        return
    figures, mark = panel.figures, panel.clock.audit_pass_mark
    bars = [(f"{first}-{last}", figures.shown("score", f"{first}-{last}")) for first, last in SCORE_BANDS]
    ordinal = "first" if panel.audits.are_first else "last"
    yield BarChart(
        caption=f"Scores at the {ordinal} quality audit",
        description=f"Assessments authorised in the period by their {ordinal} score out of 100. "
        f"{_bars_described(bars)}",
        bars=bars,
    )
    rate = panel.audits.percent
    is_hidden = None in (figures.shown("audit", "passed"), figures.shown("audit", "returned"))
    yield Table(
        caption=f"{ordinal.capitalize()} quality audit, {mark} of 100 to pass",
        headings=("Audited", "Passed", "Returned", "Passed %"),
        rows=[
            (
                *(figures.words("audit", key) for key in (ALL, "passed", "returned")),
                HIDDEN if is_hidden or rate is None else f"{rate:.2f}",
            )
        ],
        has_names=False,
    )
    if not panel.audits.are_first:
        yield Text(
            "Only the last score of each assessment is known so far, so how many passed the first time "
            "cannot be told yet."
        )


def staffing_part(panel: Panel) -> Iterator[Block]:
    """Yield who is away, and the reasons managers gave for what was late."""
    figures = panel.figures
    yield Text(
        f"Workers who are away on {date_words(panel.period.last)} and hold open work: "
        f"{figures.words('away', 'workers')}. Open assessments with them: {figures.words('away', ALL)}, of "
        f"these overdue: {figures.words('away', LATE)}."
    )
    if set(panel.lists.why_late) <= {NO_REASON}:
        yield Text("No manager's reason is recorded for anything that was signed off late.")
    else:
        yield Table(
            caption="What managers gave as the reason of work signed off late",
            headings=("Reason", "Signed off late"),
            rows=[
                *((reason, figures.words("why", reason)) for reason in panel.lists.why_late),
                ("All", figures.words("period", LATE)),
            ],
            has_total=True,
        )


def _trend(panel: Panel) -> TrendChart:
    shares = [(month, panel.figures.percent("month", month.name)) for month in panel.lines.months]
    ahead = [] if panel.outlook is None else panel.outlook.months
    known = [(month, share) for month, share in shares if month.last < panel.period.last]
    months_described = "; ".join(
        f"{month_words(month)} {'no figure' if s is None else f'{s:.1f} %'}" for month, s in known
    )
    expected = "; ".join(
        f"{month_words(month.month)} {month.expected:.0f} % ({low:.0f} to {high:.0f})"
        for month, low, high in ahead
    )
    target = panel.clock.target_percent
    against = "" if target is None else f", against a target of {target:g} %"
    return TrendChart(
        caption=f"Share of {noun(panel)}s authorised in time{against}",
        description=f"By month: {months_described or 'no month is over yet'}."
        + (f" Expected: {expected}." if expected else ""),
        months=[(month_words(month), share) for month, share in known],
        target=target,
        ahead=[(month_words(month.month), month.expected, low, high) for month, low, high in ahead],
    )


def _durations(panel: Panel) -> Iterator[Block]:
    figures, limit = panel.figures, panel.clock.working_days
    bars = [(name, figures.shown("band", name)) for name, _ in BANDS]
    beyond = next(place for place, (_, last) in enumerate(BANDS) if last > limit)
    yield BarChart(
        caption="How long assessments took, in working days (DfE's bands)",
        description="Assessments authorised in the period, by working days. " + _bars_described(bars),
        bars=bars,
        marked_from=beyond + (BANDS[beyond - 1][1] != limit),
    )
    yield Table(
        caption="Authorised in the period, by working days",
        headings=tuple(name for name, _ in BANDS),
        rows=[tuple(figures.words("band", name) for name, _ in BANDS)],
        has_names=False,
    )
    if panel.durations is not None:
        times = panel.durations
        yield Text(
            f"Half were authorised within {counted(times.median, 'working day')}, a quarter within "
            f"{times.first}, three quarters within {times.third}. The limit is {limit}; the red bars lie "
            "beyond it."
        )


def _grouped(caption: str, heading: str, name: str, groups: Sequence[str], panel: Panel) -> Table:
    since = date_words(panel.period.first)
    return Table(
        caption=f"{caption}, since {since}",
        headings=(heading, *OUTCOME_HEADINGS),
        rows=[
            *((group, *_outcomes(panel.figures, (name, group))) for group in groups),
            ("All", *_outcomes(panel.figures, ("period",))),
        ],
        has_total=True,
    )


def _outcomes(figures: Figures, where: tuple[str, ...]) -> Row:
    counts = (figures.words(*where, outcome) for outcome in (ALL, IN_TIME, LATE))
    return (*counts, figures.percent_words(*where))


def _gap(panel: Panel, where: tuple[str, ...]) -> Row:
    """Return by how many points a line is above or below the target, where there is one."""
    target = panel.clock.target_percent
    if not target:
        return ()
    share = panel.figures.percent(*where)
    return (
        ("" if panel.figures.timeliness(*where) else HIDDEN) if share is None else f"{share - target:+.2f}",
    )


def _month_name(month: Period) -> str:
    is_over = month.last == month_of(month.first).last
    return month_words(month) if is_over else f"{month_words(month)}, to day {month.last.day}"


def _period_name(period: Period) -> str:
    is_over = period.last in (quarter_of(period.first).last, year_of(period.first).last)
    return period.name if is_over else f"{period.name} to date"


def _bars_described(bars: Sequence[tuple[str, int | None]]) -> str:
    return "; ".join(f"{name}: {HIDDEN if count is None else f'{count:,}'}" for name, count in bars) + "."

"""Writes the parts of a paper on one type of assessment, as blocks."""

from collections.abc import Iterable, Iterator, Sequence

from alerter.domain.periods import Period, month_of, month_words, quarter_of, year_of
from alerter.domain.policy import Stage
from alerter.domain.wording import counted, date_words
from alerter.reports.blocks import BarChart, Block, Row, Table, Text, TrendChart
from alerter.statistics.forecast import MonthAhead
from alerter.statistics.key_points import back_test_sentence, forecast_sentence, nouns
from alerter.statistics.panel import Panel
from alerter.statistics.suppression import ALL, HIDDEN, IN_TIME, LATE, Figures
from alerter.statistics.tables import BANDS, NO_REASON, OPEN, OTHER, SCORE_BANDS, bands_of

MARK = "*"
DATE_WORDS = {"started_on": "start", "referred_on": "referral"}
OUTCOME_HEADINGS = ("Authorised", "In time", "Late", "In time %")


def timeliness_part(panel: Panel) -> Iterator[Block]:
    """
    Yield the months against the target, then quarters and years, teams, reasons and durations.

    Where more than a third of the months have a hidden number, the quarters come first: they show more.
    """
    if panel.are_months_small:
        yield from _trend(panel, "quarter", [(period, period.name) for period in panel.lines.quarters], [])
        yield from (_by_longer(panel), _by_month(panel))
    else:
        ahead = [] if panel.outlook is None else panel.outlook.months
        yield from _trend(
            panel, "month", [(month, month_words(month)) for month in panel.lines.months], ahead
        )
        yield from (_by_month(panel), _by_longer(panel))
    yield from _other_count(panel)
    if panel.partly_seen and panel.reaches_back_to:
        yield Text(
            f"{MARK} The extract begins with assessments of {date_words(panel.reaches_back_to)}. What began "
            "before and was signed off in this period is missing, late ones above all: the share is too high."
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
    yield from _extended(panel)


def _extended(panel: Panel) -> Iterator[Block]:
    """Yield the late ones that a manager had extended before their limit; nothing where there is none."""
    if not panel.lists.why_extended:
        return
    figures = panel.figures
    yield Table(
        caption="Signed off late, with an extension authorised before the limit",
        headings=("Reason", "Signed off late"),
        rows=[
            *((reason, figures.words("extended", reason)) for reason in panel.lists.why_extended),
            ("All with an extension", figures.words("extended", ALL)),
        ],
        has_total=True,
    )
    yield Text("An extension never makes a late assessment in time: all of these are counted late.")


def _by_month(panel: Panel) -> Table:
    return Table(
        caption="By month of authorisation",
        headings=("Month", *OUTCOME_HEADINGS, *(("Against target",) if panel.clock.target_percent else ())),
        rows=[
            (_month_name(month), *_outcomes_in(panel, month, "month"), *_gap(panel, month))
            for month in panel.lines.months
        ],
    )


def _by_longer(panel: Panel) -> Table:
    longer = [("quarter", period) for period in panel.lines.quarters]
    longer += [("year", period) for period in panel.lines.years]
    return Table(
        caption="By quarter and financial year (from 1 April)",
        headings=("Period", *OUTCOME_HEADINGS),
        rows=[(_period_name(period), *_outcomes_in(panel, period, name)) for name, period in longer],
    )


def _other_count(panel: Panel) -> Iterator[Block]:
    """
    Yield the rule's shares beside those counted from the other date, where these are wanted.

    Where the quarters show more than the months, these are left out: most of them would be hidden twice.
    """
    if panel.clock.also_from is None or not panel.figures.counts["period", ALL]:
        return
    rule, other = DATE_WORDS[panel.clock.starts_from], DATE_WORDS[panel.clock.also_from]
    months = () if panel.are_months_small else panel.lines.months
    lines = [("month", line, _month_name(line)) for line in months]
    lines += [("quarter", line, _period_name(line)) for line in panel.lines.quarters]
    lines += [("year", line, _period_name(line)) for line in panel.lines.years]
    yield Table(
        caption=f"The same sign-offs, counted from the {rule} and from the {other}",
        headings=("Period", f"From the {rule}, %", f"From the {other}, %", "Counted", "In time", "Late"),
        rows=[
            (label, _outcomes_in(panel, line, name)[-1], share, *counts)
            for name, line, label in lines
            for *counts, share in [_outcomes_in(panel, line, OTHER, name)]
        ],
    )
    none = panel.figures.words("not", OTHER, "period", ALL)
    yield Text(
        f"The limit of {panel.clock.working_days} working days holds from the {rule}; the last three columns "
        f"and the second share count from the {other}. Left out there, for the {other} is not known or lies "
        f"after the sign-off: {none} of the {panel.figures.words('period', ALL)} authorised in the period."
    )


def _trend(
    panel: Panel,
    kind: str,
    lines: Iterable[tuple[Period, str]],
    ahead: Sequence[tuple[MonthAhead, float, float]],
) -> Iterator[TrendChart]:
    """
    Yield the chart of the lines of one kind that are over, by name, and of the months *ahead*.

    None where there is no share to draw.
    """
    known = [
        (name, None if line in panel.partly_seen else panel.figures.percent(kind, line.name))
        for line, name in lines
        if line.last < panel.period.last
    ]
    said = "; ".join(f"{name} {'no figure' if s is None else f'{s:.1f} %'}" for name, s in known)
    expected = "; ".join(
        f"{month_words(month.month)} {month.expected:.0f} % ({low:.0f} to {high:.0f})"
        for month, low, high in ahead
    )
    if not ahead and all(share is None for _, share in known):
        return
    target = panel.clock.target_percent
    against = "" if target is None else f", against a target of {target:g} %"
    yield TrendChart(
        caption=f"Share of {nouns(panel)} authorised in time{against}",
        description=f"By {kind}: {said or f'no {kind} is over yet'}."
        + (f" Expected: {expected}." if expected else ""),
        months=known,
        target=target,
        ahead=[(month_words(month.month), month.expected, low, high) for month, low, high in ahead],
    )


def _durations(panel: Panel) -> Iterator[Block]:
    figures, limit = panel.figures, panel.clock.working_days
    if not figures.counts["period", ALL]:
        return
    bands = bands_of(limit)
    bars = [(name, figures.shown("band", name)) for name, _ in bands]
    split = "" if bands == BANDS else f", one split at day {limit}"
    yield BarChart(
        caption=f"How long assessments took, in working days (DfE's bands{split})",
        description="Assessments authorised in the period, by working days. " + _bars_described(bars),
        bars=bars,
        marked_from=next((place for place, (_, last) in enumerate(bands) if last > limit), None),
    )
    yield Table(
        caption="Authorised in the period, by working days",
        headings=tuple(name for name, _ in bands),
        rows=[tuple(figures.words("band", name) for name, _ in bands)],
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


def _outcomes_in(panel: Panel, line: Period, *name: str) -> Row:
    """Return the figures of a period, its share marked where the extract reaches not far enough back."""
    *counts, share = _outcomes(panel.figures, (*name, line.name))
    is_share = line in panel.partly_seen and panel.figures.percent(*name, line.name) is not None
    return (*counts, f"{share} {MARK}" if is_share else share)


def _gap(panel: Panel, month: Period) -> Row:
    """Return by how many points a month is above or below the target, where there is one."""
    target, where = panel.clock.target_percent, ("month", month.name)
    if not target:
        return ()
    share = panel.figures.percent(*where)
    if share is None:
        return ("" if panel.figures.timeliness(*where) else HIDDEN,)
    return ("" if month in panel.partly_seen else f"{share - target:+.2f}",)


def _month_name(month: Period) -> str:
    is_over = month.last == month_of(month.first).last
    return month_words(month) if is_over else f"{month_words(month)}, to day {month.last.day}"


def _period_name(period: Period) -> str:
    is_over = period.last in (quarter_of(period.first).last, year_of(period.first).last)
    return period.name if is_over else f"{period.name} to date"


def _bars_described(bars: Sequence[tuple[str, int | None]]) -> str:
    return "; ".join(f"{name}: {HIDDEN if count is None else f'{count:,}'}" for name, count in bars) + "."

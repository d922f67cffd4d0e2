"""Writes the sentences a report begins with, from its numbers alone."""

from collections.abc import Iterator

from alerter.domain.calendar import ONE_DAY
from alerter.domain.periods import Period
from alerter.domain.policy import Stage
from alerter.domain.timeliness import Timeliness, percent_words
from alerter.domain.wording import MONTHS, counted, date_words, is_are, listed
from alerter.statistics.forecast import FEWEST_FINISHED
from alerter.statistics.panel import Panel
from alerter.statistics.suppression import ALL, LATE
from alerter.statistics.tables import NO_REASON, OPEN

HIDDEN_WORDS = "too few to be shown"
AT_LEAST_TWO = 2


def key_points(panel: Panel) -> list[str]:
    """Return what a reader must know of one type of assessment, the year first."""
    return [
        sentence
        for group in (_year, _last_year, _months, _open, _target, _forecast, _why_late, _audit)
        for sentence in group(panel)
    ]


def noun(panel: Panel) -> str:
    """Return what the type is called within a sentence."""
    label = panel.clock.label
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def nouns(panel: Panel) -> str:
    """
    Return what several of the type are called: what stands in brackets has no plural.

    >>> _plural("assessment (Single)"), _plural("core assessment")
    ('assessments (Single)', 'core assessments')
    """
    return _plural(noun(panel))


def _plural(words: str) -> str:
    head, bracket, rest = words.partition(" (")
    return f"{head}s{bracket}{rest}"


def month_name(month: Period) -> str:
    """Return a month as a sentence says it."""
    return f"{MONTHS[month.first.month - 1]} {month.first.year}"


def forecast_sentence(panel: Panel) -> str:
    """Return what is expected of this month and the next three, or why nobody can say."""
    if panel.outlook is None:
        return (
            f"A forecast needs at least {FEWEST_FINISHED} finished assessments to learn from. There are "
            "fewer, so it cannot be known what the next months come to."
        )
    said = [
        f"{MONTHS[month.month.first.month - 1]} {month.expected:.0f} % ({low:.0f} to {high:.0f})"
        for month, low, high in panel.outlook.months
    ]
    return f"Expected, with the range that should hold four times in five: {listed(said)}."


def back_test_sentence(panel: Panel) -> str:
    """Return how such forecasts did in the past; "" where there was nothing to test."""
    if panel.outlook is None or panel.outlook.back_test.coverage is None:
        return ""
    tested = panel.outlook.back_test
    said = (
        f"Put to the test on {counted(tested.months, 'past month')}, the range held {tested.coverage:.0f} % "
        "of the time (80 % was promised)"
    )
    if tested.error is None or tested.naive_error is None or panel.hidden_months:
        # What the months before would have missed by is worked out of their shares alone, hidden ones too.
        return f"{said}."
    return (
        f"{said}; the expected figure missed by {tested.error:.1f} points on average, where "
        f'"the same as last month" would have missed by {tested.naive_error:.1f}.'
    )


def _year(panel: Panel) -> Iterator[str]:
    since = date_words(panel.year.first)
    figure = panel.to_date
    if figure is None:
        yield f"What was authorised since {since} is {HIDDEN_WORDS}."
        return
    if figure.percent is None:
        yield f"No {noun(panel)} was authorised since {since}."
        return
    authorised = counted(figure.authorised, noun(panel), nouns(panel))
    yield (
        f"In time were {figure.in_time:,} of the {authorised} authorised since "
        f"{since}: {percent_words(figure.percent)} %{_against(panel, figure)}."
    )
    if panel.year in panel.partly_seen and panel.reaches_back_to:
        yield (
            f"That is too high: the extract begins with assessments of {date_words(panel.reaches_back_to)}, "
            "and what began before and was late is missing."
        )


def _against(panel: Panel, figure: Timeliness) -> str:
    target = panel.clock.target_percent
    if target is None or figure.percent is None:
        return ""
    gap = f"{abs(figure.percent - target):.2f} points"
    if figure.percent >= target:
        return f"; the target of {target:g} % is met, by {gap}"
    return f"; the target of {target:g} % is missed, by {gap}"


def _last_year(panel: Panel) -> Iterator[str]:
    for year in panel.lines.years[:-1]:
        figure = panel.figures.timeliness("year", year.name)
        if figure is not None and figure.percent is not None and year not in panel.partly_seen:
            target = panel.clock.target_percent
            verdict = (
                ""
                if target is None
                else f": the target was {'met' if figure.percent >= target else 'missed'}"
            )
            yield f"{year.name} came to {percent_words(figure.percent)} %{verdict}."


def _months(panel: Panel) -> Iterator[str]:
    """Yield the last whole month beside its neighbour, and the lowest of all."""
    whole = [month for month in panel.lines.months if month.last < panel.period.last]
    shares = [
        (month, share)
        for month in whole
        if month not in panel.partly_seen
        and (share := panel.figures.percent("month", month.name)) is not None
    ]
    if len(shares) < AT_LEAST_TWO:
        return
    (before, was), (last, now) = shares[-2:]
    change = f", {abs(now - was):.2f} points {'above' if now >= was else 'below'} {month_name(before)}"
    are_neighbours = before.last + ONE_DAY == last.first
    yield f"{month_name(last)} came to {percent_words(now)} %{change if are_neighbours else ''}."
    lowest, share = min(shares, key=lambda pair: pair[1])
    since = month_name(shares[0][0])
    yield (f"The lowest month shown since {since} was {month_name(lowest)}, with {percent_words(share)} %.")


def _open(panel: Panel) -> Iterator[str]:
    figures = panel.figures
    open_, overdue = figures.shown(OPEN, ALL), figures.shown(OPEN, Stage.OVERDUE.value)
    if open_ is None and overdue == 0:
        yield "Nothing that is open now is overdue."
        return
    if open_ is None or overdue is None:
        yield f"What is open and overdue is {HIDDEN_WORDS}; it counts in the figures once it is signed off."
        return
    if not overdue:
        yield f"None of the {open_:,} that are open now is overdue." if open_ else "None is open now."
        return
    yield (
        f"{is_are(overdue)} overdue of the {open_:,} that are open now. The figures above count only what is "
        "signed off: these are not in them yet, and will be late when they are."
    )


def _target(panel: Panel) -> Iterator[str]:
    ends, left = panel.year_ends, panel.headroom
    if ends is not None and ends.flagged + ends.overdue:
        best, worst = percent_words(ends.best.percent), percent_words(ends.worst.percent)
        yield (
            f"With the {ends.overdue:,} overdue and the {ends.flagged:,} near or past day "
            f"{panel.clock.alert_after} signed off next, the year comes to {best} % if each of the "
            f"{ends.flagged:,} is in time, and to {worst} % if none is."
        )
    if left is None:
        return
    target = f"{left.target_percent:g} %"
    if left.late is None:
        yield f"The target of {target} is out of reach this year, even if all that follow are in time."
    elif left.further:
        yield (
            f"At the pace since {date_words(left.since)} some {left.further:,} more are signed off by "
            f"31 March: of these, {left.late:,} may be late and the year still come to {target}."
        )
    if left.in_a_row:
        yield f"To be at {target} again at once, the next {left.in_a_row:,} must all be in time."


def _forecast(panel: Panel) -> Iterator[str]:
    yield forecast_sentence(panel)


def _why_late(panel: Panel) -> Iterator[str]:
    named = [reason for reason in panel.lists.why_late if reason != NO_REASON]
    late = panel.figures.shown("period", LATE)
    if named and late and (count := panel.figures.shown("why", named[0])) is not None:
        yield (
            f"The reason that managers gave most often for what was signed off late: {named[0]} "
            f"({count:,} of {late:,})."
        )


def _audit(panel: Panel) -> Iterator[str]:
    if panel.audits is None or not panel.audits.are_first or panel.audits.percent is None:
        return
    if panel.figures.shown("audit", "passed") is None or panel.figures.shown("audit", "returned") is None:
        return
    audited = counted(panel.audits.audited, "assessment")
    yield (
        f"{percent_words(panel.audits.percent)} % of {audited} passed the quality audit the first time "
        f"({panel.clock.audit_pass_mark} of 100 or more)."
    )

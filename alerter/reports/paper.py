"""The paper: which parts it has, and in which order."""

from collections.abc import Iterator, Sequence

from alerter.domain.policy import Stage
from alerter.domain.wording import date_words, full_day_words, listed
from alerter.reports.blocks import Block, Heading, Paper, Points, Table, Terms, Text
from alerter.reports.facts import Imprint
from alerter.reports.parts import audit_part, forecast_part, open_part, staffing_part, timeliness_part
from alerter.reports.terms import definitions, how_counted
from alerter.statistics.key_points import key_points, noun
from alerter.statistics.panel import Panel
from alerter.statistics.suppression import ALL, HIDDEN
from alerter.statistics.tables import OPEN

PARTS = (
    ("Timeliness by month against target", timeliness_part),
    ("Forecast", forecast_part),
    ("Open and overdue", open_part),
    ("Quality audit", audit_part),
    ("Staffing, and why work was late", staffing_part),
)


def paper_of(imprint: Imprint, panels: Sequence[Panel]) -> Paper:
    """
    Return the report on every type of assessment; one type alone needs no headings of its own.
    """
    first = panels[0].period.first
    return Paper(
        council=imprint.council,
        title="Assessments in time: report to the panel",
        subtitle=f"{date_words(first)} to {date_words(imprint.as_of)}, as of {full_day_words(imprint.as_of)}",
        blocks=tuple(_blocks(imprint, panels)),
    )


def _blocks(imprint: Imprint, panels: Sequence[Panel]) -> Iterator[Block]:
    yield Heading("Summary")
    yield Text(_opening(imprint, panels))
    yield _at_a_glance(panels)
    yield Heading("Key points")
    for panel in panels:
        if len(panels) > 1:
            yield Heading(panel.clock.label, 2)
        yield Points(key_points(panel))
    for panel in panels:
        if len(panels) > 1:
            yield Heading(panel.clock.label)
        for title, part in PARTS:
            blocks = list(part(panel))
            if blocks:
                yield Heading(title, 1 if len(panels) == 1 else 2)
                yield from blocks
    yield Heading("Definitions")
    yield Terms(definitions(panels))
    yield Heading("How this was counted")
    yield Terms(how_counted(imprint, panels))


def _opening(imprint: Imprint, panels: Sequence[Panel]) -> str:
    limits = listed([f"{noun(panel)}s within {panel.clock.working_days}" for panel in panels])
    hidden = (
        f" Numbers from 1 to {imprint.suppress_below - 1} are shown as {HIDDEN}, and with them whatever "
        "would give them away."
        if imprint.suppress_below > 1
        else ""
    )
    return (
        f"{imprint.council} has to authorise {limits} working days; that is a maximum, not a target. This "
        f"paper tells how often it did, what is open and late now, and what to expect.{hidden}"
    )


def _at_a_glance(panels: Sequence[Panel]) -> Table:
    rows = [
        ("Authorised since 1 April", [panel.figures.words("year", panel.year.name, ALL) for panel in panels]),
        ("In time", [_percent(panel.figures.percent_words("year", panel.year.name)) for panel in panels]),
        ("Target", [_target(panel) for panel in panels]),
        ("The year before", [_year_before(panel) for panel in panels]),
        ("Open now", [panel.figures.words(OPEN, ALL) for panel in panels]),
        ("Open and overdue now", [panel.figures.words(OPEN, Stage.OVERDUE.value) for panel in panels]),
        ("Expected for this month", [_expected(panel) for panel in panels]),
    ]
    return Table(
        caption="At a glance",
        headings=("", *(panel.clock.label for panel in panels)),
        rows=[(name, *cells) for name, cells in rows],
    )


def _percent(words: str) -> str:
    return f"{words} %" if words[:1].isdigit() else words


def _target(panel: Panel) -> str:
    return "none set" if panel.clock.target_percent is None else f"{panel.clock.target_percent:g} %"


def _year_before(panel: Panel) -> str:
    before = panel.lines.years[:-1]
    return _percent(panel.figures.percent_words("year", before[0].name)) if before else "not known"


def _expected(panel: Panel) -> str:
    if panel.outlook is None:
        return "cannot be known"
    month, low, high = panel.outlook.months[0]
    return f"{month.expected:.0f} % ({low:.0f} to {high:.0f})"

"""Puts a paper's parts in order."""

from collections.abc import Iterator, Sequence

from alerter.domain.periods import Period
from alerter.domain.policy import Stage
from alerter.domain.wording import counted, date_words, full_day_words, listed
from alerter.reports.blocks import Block, Heading, Imprint, Paper, Points, Table, Terms, Text
from alerter.reports.chapters import (
    MARK,
    audit_part,
    forecast_part,
    open_part,
    staffing_part,
    timeliness_part,
)
from alerter.statistics.key_points import HIDDEN_WORDS, key_points, nouns
from alerter.statistics.panel import Panel
from alerter.statistics.suppression import ALL, HIDDEN
from alerter.statistics.tables import OPEN

STARTS = {"started_on": "the day the assessment actually started", "referred_on": "the day of the referral"}


AUTHORISED = (
    "Authorised",
    "A manager has read the finished assessment and signed it off; only that stops the clock.",
)
IN_TIME = (
    "In time",
    (
        "Authorised on a working day whose count from the start is not above the limit. Counted, never by "
        "comparing dates, so a sign-off at a weekend counts as Friday's."
    ),
)
TIMELINESS = (
    "Timeliness",
    (
        "Of all assessments authorised in a period, by the day of authorisation, the percentage in time. "
        "What is still open, however late, is not in it."
    ),
)
OVERDUE = ("Overdue", "Open, and older than the limit.")
EXPECTED = (
    "Expected, and its range",
    (
        "Each open assessment's chance of a sign-off on each coming day, given its age, is learnt from the "
        "last twelve months (Kaplan-Meier, open ones included); new starts are added at the recent rate. The "
        "range is made as wide as past misses ask for, to hold four times in five."
    ),
)
QUARTILES = (
    "Median and quartiles",
    "The working days by which at least a half, a quarter or three quarters were authorised.",
)
FIRST_AUDIT = (
    "Passed first time",
    (
        "The first score known here reached the pass mark. A score that the case system had replaced before "
        "it was first read is not known."
    ),
)

PARTS = (
    ("Timeliness by month against target", timeliness_part),
    ("Forecast", forecast_part),
    ("Open and overdue", open_part),
    ("Quality audit", audit_part),
    ("Staffing, and why work was late", staffing_part),
)


def definitions(panels: Sequence[Panel]) -> list[tuple[str, str]]:
    """Return the words a reader may ask about."""
    terms = [AUTHORISED, IN_TIME, TIMELINESS, OVERDUE, *_alert_days(panels), EXPECTED, QUARTILES]
    return (
        [*terms, FIRST_AUDIT] if any(panel.audits and panel.audits.are_first for panel in panels) else terms
    )


def how_counted(imprint: Imprint, panels: Sequence[Panel]) -> list[tuple[str, str]]:
    """Return the rule, the calendar, the extract and the settings that the figures rest on."""
    calendar = imprint.calendar
    nation = " ".join(word.capitalize() for word in calendar.nation.split("-"))
    start = (
        "the first working day on or after it is day 1" if calendar.count_start_day else "that day is day 0"
    )
    return [
        *((panel.clock.label, _rule(panel, start)) for panel in panels),
        (
            "Working days",
            (
                f"Monday to Friday without the bank holidays of {nation} and the council's own days off "
                f"({calendar.version or 'no version'}, known to {calendar.last_day.year}; calendar "
                f"{calendar.fingerprint})."
            ),
        ),
        (
            "Not counted",
            (
                "A sign-off dated before the start or in the future, rows that could not be read, and "
                "assessments that went missing from the extract."
            ),
        ),
        ("Data", _data(imprint)),
        ("Small numbers", _small(imprint)),
        (
            "Settings",
            f"Fingerprint {imprint.settings}. Made by alerter, as of {full_day_words(imprint.as_of)}.",
        ),
    ]


def _alert_days(panels: Sequence[Panel]) -> list[tuple[str, str]]:
    days = listed(list(dict.fromkeys(str(panel.clock.alert_after) for panel in panels)), "or")
    return [
        (f"Past day {days}", "Open, not overdue, and no manager's word stands that it is nearly done."),
        ("Reassured", "A manager has looked and expects the sign-off by a day that has not passed."),
    ]


def _rule(panel: Panel, start: str) -> str:
    clock = panel.clock
    target = "" if clock.target_percent is None else f"; target {clock.target_percent:g} %"
    changed = (
        ""
        if clock.effective_from is None
        else f"; what started before {clock.effective_from.isoformat()} keeps the rule before"
    )
    also = "" if clock.also_from is None else f"; shown beside it: counted from {STARTS[clock.also_from]}"
    return (
        f"{counted(clock.working_days, 'working day')} from {STARTS[clock.starts_from]} ({start}) to the "
        f"authorisation{target}{changed}{also}."
    )


def _data(imprint: Imprint) -> str:
    if imprint.extracted_at is None:
        return "No extract has been read yet."
    at = imprint.extracted_at
    rejected = f", {imprint.source_rejected:,} of which could not be read" if imprint.source_rejected else ""
    return (
        f"{imprint.source_name} of {full_day_words(at.date())} {at.hour:02}:{at.minute:02}, "
        f"{counted(imprint.source_rows, 'row')}{rejected}."
    )


def _small(imprint: Imprint) -> str:
    if imprint.suppress_below <= 1:
        return "None is hidden: this paper must not leave the service."
    return (
        f"Counts from 1 to {imprint.suppress_below - 1} are shown as {HIDDEN}, and so are others from which "
        "they could be worked out. Percentages and medians that would tell them are left out too."
    )


def paper_of(imprint: Imprint, panels: Sequence[Panel]) -> Paper:
    """Return the report on every type of assessment; one type alone needs no headings of its own."""
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
    limits = listed([f"{nouns(panel)} within {panel.clock.working_days}" for panel in panels])
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
        ("In time", [_share(panel, panel.year) for panel in panels]),
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


def _share(panel: Panel, year: Period) -> str:
    """Return a year's share, marked where the extract does not reach back far enough."""
    words = panel.figures.percent_words("year", year.name)
    mark = f" {MARK}" if year in panel.partly_seen else ""
    return f"{words} %{mark}" if words[:1].isdigit() else words


def _target(panel: Panel) -> str:
    return "none set" if panel.clock.target_percent is None else f"{panel.clock.target_percent:g} %"


def _year_before(panel: Panel) -> str:
    before = panel.lines.years[:-1]
    return _share(panel, before[0]) if before else "not known"


def _expected(panel: Panel) -> str:
    if panel.outlook is None:
        return "cannot be known"
    month, low, high = panel.outlook.months[0]
    if not month.month.holds(panel.period.last):
        return HIDDEN_WORDS
    return f"{month.expected:.0f} % ({low:.0f} to {high:.0f})"

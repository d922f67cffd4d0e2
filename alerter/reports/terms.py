"""The words of a paper, and how its figures came about."""

from collections.abc import Sequence

from alerter.domain.wording import counted, full_day_words, listed
from alerter.reports.facts import Imprint
from alerter.statistics.panel import Panel
from alerter.statistics.suppression import HIDDEN

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


def definitions(panels: Sequence[Panel]) -> list[tuple[str, str]]:
    """
    Return the words a reader may ask about.
    """
    terms = [AUTHORISED, IN_TIME, TIMELINESS, OVERDUE, *_alert_days(panels), EXPECTED, QUARTILES]
    return (
        [*terms, FIRST_AUDIT] if any(panel.audits and panel.audits.are_first for panel in panels) else terms
    )


def how_counted(imprint: Imprint, panels: Sequence[Panel]) -> list[tuple[str, str]]:
    """
    Return the rule, the calendar, the extract and the settings that the figures rest on.
    """
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
    return (
        f"{counted(clock.working_days, 'working day')} from {STARTS[clock.starts_from]} ({start}) to the "
        f"authorisation{target}{changed}."
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

"""Made-up assessments, directory entries and judged weeks for the tests of the rules."""

from datetime import date
from functools import cache
from typing import Any

from alerter.bank_holidays import working_calendar
from alerter.domain.assessment import Assessment
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.policy import Alert, Clock, Policy, Reassurance, Window
from alerter.domain.routing import DirectoryEntry, Recipient

CORE = Clock(type="core", label="Core assessment", working_days=35, alert_after=25)
INITIAL = Clock(type="initial", label="Initial assessment", working_days=10, alert_after=7)
CLOCKS = {"core": CORE, "initial": INITIAL}
FALLBACK = Recipient("service.manager@council.example")
DOMAINS = ("council.example",)


@cache
def calendar_of(nation: str = "england", *, count_start_day: bool = False) -> WorkingCalendar:
    """Return the nation's calendar, made once for all examples."""
    return working_calendar(nation, count_start_day=count_start_day)


def day(text: str) -> date:
    """Return the date of "Fri 2026-10-16", having checked that it is a Friday."""
    weekday, iso = text.split()
    on = date.fromisoformat(iso)
    assert on.strftime("%a") == weekday, f"{iso} is no {weekday}"
    return on


AS_OF = day("Mon 2026-11-23")
NEXT_RUN = day("Mon 2026-11-30")
WEEK = Window(AS_OF, NEXT_RUN)


def assessment(start: date = AS_OF, **changed: Any) -> Assessment:
    """Return an open core assessment whose clock started on *start*, with what is *changed*."""
    usual = {"assessment_id": "A-1", "child_id": "71", "type": "core", "started_on": start}
    return Assessment(**{**usual, "clock_on": start, **changed})


def aged(days: int, **changed: Any) -> Assessment:
    """Return an open assessment whose count on 23 November 2026 is *days*."""
    return assessment(calendar_of().latest_start(AS_OF, days), **changed)


def judged(
    each: Assessment,
    window: Window = WEEK,
    reassurance: Reassurance | None = None,
    calendar: WorkingCalendar | None = None,
) -> Alert:
    """Return *each* as the real policy judges it."""
    return Policy(calendar or calendar_of(), CLOCKS, window).judge(each, reassurance)


def entry(line: int = 2, **changed: Any) -> DirectoryEntry:
    """Return one line of a directory."""
    return DirectoryEntry(line=line, **changed)

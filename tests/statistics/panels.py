"""Small councils for the report, which can be counted by hand."""

from dataclasses import replace
from datetime import date
from typing import Any

from alerter.domain.assessment import Assessment
from alerter.domain.policy import Clock
from alerter.domain.reasons import Reasons
from alerter.statistics.panel import Panel, PanelInput, panel
from tests.world.assessments import CORE, aged, assessment, calendar_of, day, judged

AS_OF = day("Mon 2026-11-23")
APRIL = day("Wed 2026-04-01")
TARGETED = replace(CORE, target_percent=81, audit_pass_mark=80)


def signed(on: date, days: int, number: int, **facts: Any) -> Assessment:
    """Return an assessment signed off *on* a working day, so many days old."""
    start = calendar_of().latest_start(on, days)
    return assessment(start, assessment_id=f"{on}-{days}-{number}", authorised_on=on, **facts)


def month(text: str, in_time: int, late: int, **facts: Any) -> list[Assessment]:
    """Return a month's sign-offs, all on one day."""
    rows = [signed(day(text), 30, number, **facts) for number in range(in_time)]
    return rows + [signed(day(text), 40, number, **facts) for number in range(late)]


def report(
    rows: list[Assessment], first: date = APRIL, clock: Clock = TARGETED, below: int = 6, **facts: Any
) -> Panel:
    """Return the panel of these assessments on Monday 23 November 2026."""
    numbered = dict(enumerate(rows))
    usual: dict[str, Any] = {
        "calendar": calendar_of(),
        "as_of": AS_OF,
        "assessments": numbered,
        "alerts": [judged(each) for each in rows if each.is_open(AS_OF) and each.type == "core"],
        "reassurances": {},
        "first_scores": {},
        "are_first_scores": True,
        "reasons": {"complex": "Other very complex needs"},
        "reassurance_reasons": Reasons({"absence": "worker absence"}),
        "extensions": {},
        "suppress_below": below,
    }
    return panel(PanelInput(**usual | facts), clock, first)


def history() -> list[Assessment]:
    """Return some twenty months: last year 70 %, October 90 %, November so far 75 %."""
    return [
        *month("Tue 2025-04-15", 35, 15),
        *month("Thu 2025-12-11", 35, 15),
        *month("Fri 2026-10-16", 45, 5),
        *month("Fri 2026-11-13", 15, 5),
    ]


def open_ones() -> list[Assessment]:
    """Return nine that are overdue and seven past day 25."""
    late = [aged(40, assessment_id=f"late{n}") for n in range(9)]
    return [*late, *(aged(28, assessment_id=f"past{n}") for n in range(7))]

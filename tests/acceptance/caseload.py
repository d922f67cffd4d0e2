"""A small caseload that can be checked by eye: assessments at every stage, on one Monday of autumn 2025."""

from datetime import date, timedelta

from tests.acceptance.oracle_days import Days
from tests.world.council import Council
from tests.world.letters import Key

MONDAY = date(2025, 9, 29)
NEXT_MONDAY = MONDAY + timedelta(days=7)
ENGLAND = Days("england")
AGES = {"overdue": 36, "past_alert": 27, "approaching": 22, "on_track": 5}


def start_at(age: int, as_of: date = MONDAY) -> date:
    """Return the last start that is *age* working days old on *as_of*, in England."""
    return max(
        day for day in (as_of - timedelta(days=n) for n in range(90)) if ENGLAND.age(day, as_of) == age
    )


def row(number: int, stage: str = "past_alert", manager: str = "", **more: object) -> dict[str, object]:
    """
    Return one open assessment at *stage* on `MONDAY`, with *manager*'s name before the @ as its own manager.
    """
    return {
        "assessment_id": f"A-{10_000 + number}",
        "child_id": f"C{50_000 + number}",
        "started_on": start_at(AGES[stage]).isoformat(),
        "team": "Duty",
        "worker": f"W{number:02d}",
        "manager_email": f"{manager}@council.example" if manager else "",
        **more,
    }


def key(number: int) -> Key:
    """Return the assessment and child of `row(number)`."""
    return (f"A-{10_000 + number}", f"C{50_000 + number}")


def managed(council: Council, how_many: int) -> list[str]:
    """Write an extract of *how_many* managers with one assessment each, and return their addresses."""
    council.directory()
    council.extract([row(number, manager=f"m{number:02d}") for number in range(how_many)])
    return [f"m{number:02d}@council.example" for number in range(how_many)]

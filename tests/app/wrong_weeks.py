"""Weeks in which the extract goes wrong: rows that are sound one by one, and together cannot be."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alerter.store import assessments
from tests.world.office import AS_OF, DAYS, NORTH, SOUTH, WEEK, Office

Row = Mapping[str, Any]
OPEN, ENDED = 65, 535
HEADINGS = {"authorised_on": "Manager Authorised"}
SETTINGS = {
    "source__columns__authorised_on": HEADINGS["authorised_on"],
    "assessments__initial__label": "Initial assessment",
    "assessments__initial__working_days": 10,
    "assessments__initial__alert_after": 7,
    "source__max_shrink_percent": 50,
    "source__max_growth_percent": 100,
    "source__max_rejected_percent": 20,
    "source__max_reopened_percent": 10,
}
RENAMED = {"Core assessment": "C&F Assessment (Core)", "Initial assessment": "C&F Assessment (Initial)"}


def sound(week: int = 0) -> list[dict[str, Any]]:
    """Return the rows of one week: 65 open and 535 signed off, of two types, and *week* more of each."""
    starts = DAYS.latest_start(AS_OF, 27).isoformat(), DAYS.latest_start(AS_OF, 90).isoformat()
    return [
        {
            "assessment_id": f"A-{number}",
            "child_id": f"9{number}",
            "type": "Core assessment" if number % 2 else "Initial assessment",
            "started_on": starts[number >= OPEN],
            "Manager Authorised": "" if number < OPEN else DAYS.latest_start(AS_OF, 60).isoformat(),
            "team": ("North", "South")[number % 2],
            "worker": "P. Adeyemi",
        }
        for number in range(OPEN + ENDED + week)
    ]


def unsigned(rows: Sequence[Row]) -> list[Row]:
    """Return *rows* with nothing in the column of the sign-off."""
    return [{**row, "Manager Authorised": ""} for row in rows]


def swapped(rows: Sequence[Row]) -> list[Row]:
    """Return *rows* with start and sign-off in each other's columns."""
    return [
        {**row, "started_on": row["Manager Authorised"], "Manager Authorised": row["started_on"]}
        for row in rows
    ]


def renamed(rows: Sequence[Row]) -> list[Row]:
    """Return *rows* under new names for both types."""
    return [{**row, "type": RENAMED[row["type"]]} for row in rows]


WRONG: Mapping[str, Callable[[Sequence[Row]], list[Row]]] = {
    "unsigned": unsigned,
    "swapped": swapped,
    "renamed": renamed,
}
HELD_BY = {
    "unsigned": ["max_reopened_percent is 10", "max_growth_percent is 100"],
    "swapped": ["max_reopened_percent is 10", "max_growth_percent is 100"],
    "renamed": ["max_rejected_percent is 20", "max_shrink_percent is 50"],
}


def with_first_week(office: Office) -> None:
    """Configure the council of two types, and write its first, sound extract."""
    office.council.directory(NORTH, SOUTH)
    office.configure(**SETTINGS)
    office.council.extract(sound())


def open_in_store(office: Office) -> int:
    """Count what the store holds open."""
    with office.open(**SETTINGS).database.read() as connection:
        return len(assessments.open_on(connection, AS_OF + WEEK))

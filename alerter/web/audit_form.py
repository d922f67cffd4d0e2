"""What was filled in on the audit's form: points for each criterion and the day, or faults by their field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from werkzeug.datastructures import MultiDict

from alerter.domain.audit import Criterion, FilledForm, fill_in
from alerter.domain.wording import day_words

POINTS, DAY, SIBLINGS, TOTAL = "points", "audited", "siblings", "total"
UNREADABLE = "The day must be a real date, such as 2026-12-04"
IN_FUTURE = "The day of the audit must be today or earlier"
BEFORE_START = "The day of the audit cannot lie before the assessment was started, on {day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledAudit:
    """
    The form as it was filled in: what was given to which criterion and on which day, and what is wrong.

    *values* are what to show again, *faults* sentences by the name of their field in the order of the page.
    *is_total_asked* where only the total was asked for; *has_siblings* where it counts for them too.
    """

    points: Mapping[str, int] = field(default_factory=dict)
    audited_on: date | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    is_total_asked: bool = False
    has_siblings: bool = True

    @property
    def score(self) -> int:
        """
        Return the points given so far, out of 100.
        """
        return sum(self.points.values())


def read(
    form: MultiDict[str, str], criteria: Sequence[Criterion], *, started_on: date, today: date
) -> FilledAudit:
    """
    Return what was filled in for *criteria*, of an assessment *started_on* that day.
    """
    entered = {each.key: form.get(f"{POINTS}-{each.key}", "").strip() for each in criteria}
    day = form.get(DAY, "").strip()
    filled = fill_in(criteria, entered)
    audited_on, fault = _day(day, started_on, today)
    faults = _missing(criteria, filled) | ({DAY: fault} if fault else {})
    is_total_asked = TOTAL in form
    return FilledAudit(
        points=filled.points,
        audited_on=audited_on,
        values={f"{POINTS}-{key}": text for key, text in entered.items()} | {DAY: day},
        faults={} if is_total_asked else faults,
        is_total_asked=is_total_asked,
        has_siblings=SIBLINGS in form,
    )


def _missing(criteria: Sequence[Criterion], filled: FilledForm) -> dict[str, str]:
    return {
        f"{POINTS}-{each.key}": f"{each.name}: choose 0 to {each.weight} points"
        for each in criteria
        if each.key not in filled.points
    }


def _day(text: str, started_on: date, today: date) -> tuple[date | None, str]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, UNREADABLE
    if day > today:
        return None, IN_FUTURE
    if day < started_on:
        return None, BEFORE_START.format(day=day_words(started_on, today))
    return day, ""

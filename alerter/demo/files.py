"""Writes the made-up borough's extract as rows of text, a few of them with faults as in real ones."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from alerter.demo.staff import Staff
from alerter.domain.assessment import Assessment
from alerter.domain.calendar import ONE_DAY, WorkingCalendar

LABEL = "Core assessment"
OUTSIDER = "duty.desk@elsewhere.example"
COLUMNS = (
    "assessment_id", "child_id", "type", "referred_on", "started_on", "authorised_on", "cancelled_on",
    "closed_on", "review_on", "team", "worker", "manager_email", "audit_score", "worker_away_until",
    "submitted_on", "reason",
)  # fmt: skip

Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """
    What the case system hands over: *rows* as text, and the *assessments* that can be read from them.

    *rejected* rows cannot be believed, *repeated* ones say again what another says. *doubtful*
    assessments can be judged but need mending; the *unowned* open ones have no manager any more.
    """

    rows: tuple[Row, ...]
    assessments: tuple[Assessment, ...]
    rejected: int
    repeated: int
    doubtful: int
    unowned: int


def make_extract(
    rng: Random, workload: list[Assessment], staff: Staff, calendar: WorkingCalendar, as_of: date
) -> Extract:
    """Return *workload* as an extract, with the faults every real one has."""
    open_ = [assessment for assessment in workload if assessment.is_open(as_of)]
    finished = [assessment for assessment in workload if not assessment.is_open(as_of)]
    picked = iter(rng.sample(open_, 12))
    unowned = [_left_behind(next(picked), staff, place) for place in range(4)]
    latest = max(finished, key=lambda assessment: assessment.authorised_on or date.min)
    doubtful = list(_doubtful(picked, latest, calendar, as_of))
    unreadable = rng.sample([assessment for assessment in finished if assessment is not latest], 5)
    changed = {assessment.key: assessment for assessment in (*unowned, *doubtful)}
    dropped = {assessment.key for assessment in unreadable}
    kept = [
        assessment
        for assessment in workload
        if assessment.key not in changed and assessment.key not in dropped
    ]
    assessments = (*kept, *changed.values())
    rejected = _unreadable_rows(unreadable)
    repeated = [_row(assessment) for assessment in rng.sample(kept, 3)]
    rows = sorted([*map(_row, assessments), *rejected, *repeated], key=lambda row: row["assessment_id"])
    return Extract(
        rows=tuple(rows),
        assessments=assessments,
        rejected=len(rejected),
        repeated=len(repeated),
        doubtful=len(doubtful),
        unowned=len(unowned),
    )


def _left_behind(assessment: Assessment, staff: Staff, place: int) -> Assessment:
    """Return *assessment* still with a worker who has left, under the team's former name."""
    leaver = staff.leavers[place % len(staff.leavers)]
    return replace(assessment, team=leaver.team, worker=leaver.name, manager_email="", worker_away_until=None)


def _doubtful(
    picked: Iterator[Assessment], latest: Assessment, calendar: WorkingCalendar, as_of: date
) -> Iterator[Assessment]:
    """
    Yield assessments that can be judged but not quite believed: open ones *picked*, the *latest* sign-off.
    """
    for days_early in (2, 5):
        slip = next(picked)
        yield replace(slip, authorised_on=slip.clock_on - days_early * ONE_DAY)
    for _ in range(2):
        yield replace(next(picked), closed_on=as_of - ONE_DAY)
    yield replace(next(picked), authorised_on=calendar.nth_day(as_of, 12))
    next_month = calendar.nth_day(as_of, 20)
    yield replace(next(picked), clock_on=next_month, started_on=next_month, review_on=None)
    yield replace(next(picked), manager_email=OUTSIDER)
    twice = next(picked)
    yield twice
    yield replace(twice, assessment_id=f"{twice.assessment_id}-2")
    yield replace(latest, audit_score=None)


def _unreadable_rows(assessments: list[Assessment]) -> list[Row]:
    """Return five rows that cannot be believed: no start, a type nobody configured, no child."""
    faults: list[Row] = [
        {"started_on": ""},
        {"started_on": "N/A"},
        {"type": "Early help review"},
        {"type": "Parenting assessment"},
        {"child_id": ""},
    ]
    return [_row(assessment) | fault for assessment, fault in zip(assessments, faults, strict=True)]


def _row(assessment: Assessment) -> Row:
    cells = {column: _cell(getattr(assessment, column)) for column in COLUMNS}
    return cells | {"type": LABEL}


def _cell(value: object) -> str:
    """
    Return a value as a council's export writes it: day first, and nothing for nothing.

    >>> _cell(date(2026, 11, 23)), _cell(None), _cell(80)
    ('23/11/2026', '', '80')
    """
    if value is None:
        return ""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)

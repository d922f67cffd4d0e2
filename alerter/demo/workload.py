"""The made-up borough's assessments in good order: three years of starts, sign-offs and siblings."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from alerter.demo.staff import Staff
from alerter.domain.assessment import Assessment
from alerter.domain.calendar import ONE_DAY, WorkingCalendar

TYPE = "core"
REVIEW_DAY = 25
THREE_YEARS = timedelta(days=1096)
STARTS_A_DAY = 5.8
REASONS = {"section_47": 45, "looked_after": 20, "unaccompanied": 7, "complex": 28}
"""Why assessments are done, in percent."""
SUBMITTED_FROM = 24
"""From this working day on some are handed in and wait for their audit."""
QUANTILES = (
    (0.0, 0), (0.05, 5), (0.25, 20), (0.5, 29), (0.75, 34), (0.81, 35), (0.91, 42), (0.98, 53), (1.0, 76),
)  # fmt: skip
"""The share of assessments signed off by each working day: half by day 29, four in five by day 35."""
GOLDEN = 0.618033988749895
"""Steps of this size round a circle spread any number of draws evenly, so no seed makes a freak borough."""
SIBLINGS = (72, 17, 8, 3)
ABSENCE_BEGAN = timedelta(days=200)
ABSENCE_ENDED = timedelta(days=170)


@dataclass(frozen=True, slots=True)
class _Work:
    """One piece of work, for one child or for siblings; no *ended_on* is one still open."""

    number: int
    started_on: date
    ended_on: date | None


def make_workload(rng: Random, staff: Staff, calendar: WorkingCalendar, as_of: date) -> list[Assessment]:
    """
    Return the assessments known on the evening before *as_of*, oldest first.

    Raises:
        CalendarRangeError: *calendar* does not know the three years before *as_of* and four months after it.
    """
    children = iter(rng.sample(range(60_000, 100_000), 10_000))
    return [
        sibling
        for work in _works(rng, calendar, as_of)
        for sibling in _siblings(rng, staff, calendar, work, children, as_of)
    ]


def absence(as_of: date) -> tuple[date, date]:
    """Return the first and last day of the month in which staff were unexpectedly away."""
    return as_of - ABSENCE_BEGAN, as_of - ABSENCE_ENDED


def _works(rng: Random, calendar: WorkingCalendar, as_of: date) -> Iterator[_Work]:
    last = as_of - ONE_DAY
    share = rng.random()
    number = 10_000
    for started_on in calendar.working_days_between(as_of - THREE_YEARS, last):
        for _ in range(_starts_on(rng, started_on)):
            number += 1
            share = (share + GOLDEN) % 1
            ends_on = _ends_on(rng, calendar, started_on, share, as_of)
            if ends_on > last:
                yield _Work(number, started_on, None)
            else:
                yield _Work(number, started_on, ends_on)


def _starts_on(rng: Random, on: date) -> int:
    """
    Return how many pieces of work start on a day: few around Christmas, when schools and offices are quiet.
    """
    is_christmas = (on.month, on.day) >= (12, 20) or (on.month, on.day) <= (1, 3)
    return max(0, round(rng.gauss(STARTS_A_DAY, 1.6) * (0.25 if is_christmas else 1)))


def _ends_on(rng: Random, calendar: WorkingCalendar, started_on: date, share: float, as_of: date) -> date:
    ends_on = calendar.nth_day(started_on, _duration(share))
    began, ended = absence(as_of)
    if began <= ends_on <= ended and _happens(rng, 70):
        return calendar.nth_day(ends_on, rng.randint(5, 18))
    return ends_on


def _duration(share: float) -> int:
    """
    Return the working days by which *share* of all assessments are signed off.

    >>> _duration(0.5), _duration(0.81), _duration(1.0)
    (29, 35, 76)
    """
    for (below, fewer), (above, more) in pairwise(QUANTILES):
        if share <= above:
            return round(fewer + (share - below) / (above - below) * (more - fewer))
    raise ValueError(share)


def _siblings(
    rng: Random,
    staff: Staff,
    calendar: WorkingCalendar,
    work: _Work,
    children: Iterator[int],
    as_of: date,
) -> Iterator[Assessment]:
    """Yield one assessment, or one for each of several siblings: same id, same dates, same worker."""
    worker = rng.choice(staff.workers)
    assessment = Assessment(
        assessment_id=f"A-{work.number}",
        child_id="",
        type=TYPE,
        clock_on=work.started_on,
        started_on=work.started_on,
        referred_on=work.started_on - rng.randint(0, 4) * ONE_DAY,
        review_on=calendar.nth_day(work.started_on, REVIEW_DAY) if _happens(rng, 60) else None,
        team=worker.team or rng.choice(staff.managers).team,
        worker=worker.name,
        manager_email=rng.choice(staff.managers).email if _happens(rng, 2) else "",
        reason=rng.choices(list(REASONS), list(REASONS.values()))[0],
    )
    if work.ended_on is None:
        returned = rng.randint(58, 79) if _happens(rng, 8) else None
        assessment = replace(
            assessment,
            audit_score=returned,
            worker_away_until=worker.away_until,
            submitted_on=_submitted(rng, calendar, work.started_on, as_of) if returned is None else None,
        )
    else:
        assessment = _ended(rng, assessment, work.ended_on)
    for _ in range(rng.choices((1, 2, 3, 4), SIBLINGS)[0]):
        yield replace(assessment, child_id=str(next(children)))


def _submitted(rng: Random, calendar: WorkingCalendar, started_on: date, as_of: date) -> date | None:
    """Return the day an open piece of work was handed in for its audit, if it was."""
    if calendar.age(started_on, as_of) < SUBMITTED_FROM or not _happens(rng, 15):
        return None
    return calendar.working_days_between(started_on, as_of - ONE_DAY)[-rng.randint(1, 4)]


def _ended(rng: Random, assessment: Assessment, on: date) -> Assessment:
    """Return *assessment* signed off, or now and then cancelled, *on* a day."""
    if _happens(rng, 2):
        return replace(assessment, cancelled_on=on)
    closed_on = on if _happens(rng, 30) else None
    return replace(assessment, authorised_on=on, closed_on=closed_on, audit_score=rng.randint(80, 97))


def _happens(rng: Random, percent: int) -> bool:
    return rng.random() * 100 < percent

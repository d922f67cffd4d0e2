"""Made-up boroughs for the forecast: a steady pace, with months in which staff were away."""

from datetime import date
from random import Random

from alerter.statistics.forecast import Course
from tests.world.assessments import calendar_of

QUANTILES = ((0.05, 5), (0.25, 20), (0.5, 29), (0.75, 34), (0.81, 35), (0.91, 42), (0.98, 53), (1.0, 76))
SIBLINGS = (72, 17, 8, 3)
FIRST, AS_OF = date(2023, 6, 1), date(2026, 11, 25)
LIMIT = 35
Away = tuple[date, date]


def courses(
    seed: int, rate: float, away: tuple[Away, ...], first: date = FIRST, as_of: date = AS_OF
) -> list[Course]:
    """Return some three years of assessments, *rate* pieces of work a day, slowed while staff are *away*."""
    rng = Random(seed)  # noqa: S311 - the same seed must make the same borough
    calendar, found = calendar_of(), []
    for number, started_on in enumerate(calendar.working_days_between(first, as_of)):
        for piece in range(max(0, round(rng.gauss(rate, rate**0.5)))):
            ended_on = calendar.nth_day(started_on, duration(rng.random()))
            if any(begun <= ended_on <= over for begun, over in away) and rng.random() < 0.7:
                ended_on = calendar.nth_day(ended_on, rng.randint(5, 18))
            is_over = ended_on <= as_of
            course = Course(
                started_on=started_on,
                ended_on=ended_on if is_over else None,
                is_signed=is_over,
                limit=LIMIT,
                work=f"{number} {piece}",
            )
            found += [course] * rng.choices((1, 2, 3, 4), SIBLINGS)[0]
    return found


def duration(share: float) -> int:
    """Return the working days by which *share* of all work is signed off."""
    below, fewer = 0.0, 0
    for above, more in QUANTILES:
        if share <= above:
            return round(fewer + (share - below) / (above - below) * (more - fewer))
        below, fewer = above, more
    return fewer

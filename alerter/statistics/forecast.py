"""Forecasts the percentage in time of this month and the next three, from the council's own pace."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from alerter.domain.assessment import Assessment
from alerter.domain.calendar import ONE_DAY, WorkingCalendar
from alerter.domain.periods import Period
from alerter.domain.policy import Clock
from alerter.domain.timeliness import HUNDRED

FEWEST_AT_RISK = 10
TAIL_DAYS = 20

FEWEST_FINISHED = 60
LEARNT_FROM = ONE_DAY * 365
"""How far back the pace is learnt from: each season once."""
RATE_FROM = 60
"""From how many working days back the rate of new starts is taken."""
NORMAL_80 = 1.2816
"""Four fifths of a normal distribution lie within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Life:
    """
    The stretch of one assessment that was watched, as ages in working days.

    It came into sight at age *entered*, None for its very start, and was last seen at age *left*: signed off
    on that day with *is_signed*, else still open or ended some other way (censored).
    """

    entered: int | None
    left: int
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """
    The chance of being signed off on each working day of age, for what is still open by then.

    *chances* are by age; where too few were ever that old, *tail* stands for any age.
    """

    chances: tuple[float, ...]
    tail: float

    def chance(self, age: int) -> float:
        """Return the chance of a sign-off on the day of this *age*, if there was none before."""
        return self.chances[age] if age < len(self.chances) else self.tail


def kaplan_meier(lives: Iterable[Life]) -> Curve:
    """
    Return the curve that *lives* make: at each age, of those in sight and still open, the share signed off.

    What is still open counts as at risk for as long as it was watched, and what came into sight late only
    from then on (Kaplan and Meier 1958, with delayed entry).

    >>> kaplan_meier([Life(None, 1, True)] * 10 + [Life(None, 1, False)] * 10).chances
    (0.0, 0.5)
    """
    watched = list(lives)
    oldest = max((life.left for life in watched), default=0)
    signed, at_risk = [0] * (oldest + 1), [0] * (oldest + 2)
    for life in watched:
        at_risk[0 if life.entered is None else life.entered + 1] += 1
        at_risk[life.left + 1] -= 1
        signed[life.left] += life.is_signed
    for age in range(1, oldest + 1):
        at_risk[age] += at_risk[age - 1]
    return _curve(signed, at_risk[: oldest + 1])


def _curve(signed: Sequence[int], at_risk: Sequence[int]) -> Curve:
    """Return the chances as far as enough were at risk, and beyond that the one of the oldest together."""
    enough = [age for age, count in enumerate(at_risk) if count >= FEWEST_AT_RISK]
    known = enough[-1] + 1 if enough else 0
    oldest = slice(max(0, known - TAIL_DAYS), None)
    days = sum(at_risk[oldest])
    chances = (
        count / open_ if open_ else 0.0 for count, open_ in zip(signed[:known], at_risk[:known], strict=True)
    )
    return Curve(tuple(chances), sum(signed[oldest]) / days if days else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """
    One assessment's course: its start, its end if it has one, and whether that end is a sign-off.

    *work* tells siblings assessed together, whose courses are one.
    """

    started_on: date
    ended_on: date | None
    is_signed: bool
    limit: int
    work: str

    def is_open(self, on: date) -> bool:
        """Say whether it had started by *on* and not ended."""
        return self.started_on <= on and (self.ended_on is None or self.ended_on > on)

    def is_signed_by(self, on: date) -> bool:
        """Say whether it was signed off on or before *on*."""
        return self.is_signed and self.ended_on is not None and self.ended_on <= on


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthAhead:
    """
    One month's expected figure, in percent.

    *spread* is the standard deviation that chance alone makes. *authorised* is how many sign-offs are
    expected, those already there included.
    """

    month: Period
    expected: float
    spread: float
    authorised: float

    def interval(self, widened: float = 1.0) -> tuple[float, float]:
        """
        Return the range that holds the figure four times in five, *widened* by what past misses ask for.
        """
        half = NORMAL_80 * widened * self.spread
        return max(0.0, self.expected - half), min(float(HUNDRED), self.expected + half)


@dataclass(frozen=True, slots=True)
class _Chance:
    """
    The chances of *many* alike to be signed off in one month, in time and late.

    Open ones are *many* separate chances; new starts are a flow whose numbers vary too.
    """

    many: float
    in_time: float
    late: float
    is_flow: bool = False

    def variance(self, share: float) -> float:
        """Return what they add to the variance of in time minus *share* of all."""
        squares = self.in_time * (1 - share) ** 2 + self.late * share**2
        mean = self.in_time * (1 - share) - self.late * share
        return self.many * (squares - (0.0 if self.is_flow else mean**2))


def course_of(newest: Clock, assessment: Assessment, as_of: date) -> Course:
    """Return the course of one assessment as it is believed on *as_of*."""
    signed = None if assessment.is_authorised_before_start else assessment.authorised_on
    is_signed = signed is not None and signed <= as_of
    ended_on = signed if is_signed else assessment.ended_on
    return Course(
        started_on=assessment.clock_on,
        ended_on=None if ended_on is None or ended_on > as_of else ended_on,
        is_signed=is_signed,
        limit=newest.in_force(assessment.started_on, assessment.referred_on).working_days,
        work=f"{assessment.assessment_id} {assessment.clock_on}",
    )


def forecast(
    calendar: WorkingCalendar, limit: int, courses: Sequence[Course], as_of: date, months: Sequence[Period]
) -> list[MonthAhead] | None:
    """
    Return the expected figure of each of *months*, the first of which *as_of* may lie in.

    Each open course ends by the pace of the last year, given its age; new ones start at the recent rate
    under *limit*. What is signed off already counts as it is. None with fewer than 60 finished: then
    nobody can know.

    Raises:
        CalendarRangeError: A month lies outside the years known.
    """
    known = [course for course in courses if course.started_on <= as_of]
    if sum(course.is_signed_by(as_of) for course in known) < FEWEST_FINISHED:
        return None
    curve = kaplan_meier(_lives(calendar, known, as_of))
    ahead = calendar.working_days_between(as_of + ONE_DAY, min(months[-1].last, calendar.last_day))
    ends = [sum(on <= month.last for on in ahead) for month in months]
    open_ = Counter(
        (calendar.age(course.started_on, as_of), course.limit) for course in known if course.is_open(as_of)
    )
    chances: list[list[_Chance]] = [[] for _ in months]
    for (age, its_limit), many in sorted(open_.items()):
        for place, chance in enumerate(_of_open(curve, age, its_limit, many, ends)):
            chances[place].append(chance)
    rate = _rate(calendar, known, as_of)
    first_age = 1 if calendar.count_start_day else 0
    for place, chance in enumerate(_of_new(curve, first_age, limit, rate, ends)):
        chances[place].append(chance)
    siblings = _siblings(known)
    return [
        _month_ahead(calendar, month, known, as_of, chances[place], siblings)
        for place, month in enumerate(months)
    ]


def _lives(calendar: WorkingCalendar, known: Iterable[Course], as_of: date) -> Iterable[Life]:
    """Yield what was watched of each course in the year before *as_of*."""
    since = as_of - LEARNT_FROM
    for course in known:
        if course.ended_on is not None and course.ended_on <= since:
            continue
        is_over = course.ended_on is not None and course.ended_on <= as_of
        left = calendar.age(course.started_on, course.ended_on if is_over and course.ended_on else as_of)
        entered = calendar.age(course.started_on, since) if course.started_on <= since else None
        if entered is None or entered < left:
            yield Life(entered, left, is_signed=is_over and course.is_signed)


def _of_open(curve: Curve, age: int, limit: int, many: int, ends: Sequence[int]) -> Iterable[_Chance]:
    """Yield, for each month, the chance of what is *age* old today to be signed off in it."""
    still, day = 1.0, 0
    for end in ends:
        in_time = late = 0.0
        while day < end:
            day += 1
            now = still * curve.chance(age + day)
            still -= now
            if age + day <= limit:
                in_time += now
            else:
                late += now
        yield _Chance(many, in_time, late)


def _of_new(curve: Curve, first_age: int, limit: int, rate: float, ends: Sequence[int]) -> Iterable[_Chance]:
    """
    Yield, for each month, how many of those that start from now on are signed off in it.

    On day n there are as many as started and finished within n days, at *rate* a day.
    """
    still, day, finished_in_time, finished_late = 1.0, 0, 0.0, 0.0
    for end in ends:
        in_time = late = 0.0
        while day < end:
            age = first_age + day
            day += 1
            now = still * curve.chance(age)
            still -= now
            if age <= limit:
                finished_in_time += now
            else:
                finished_late += now
            in_time += finished_in_time
            late += finished_late
        yield _Chance(rate, in_time, late, is_flow=True)


def _rate(calendar: WorkingCalendar, known: Iterable[Course], as_of: date) -> float:
    days = calendar.working_days_between(as_of - ONE_DAY * 120, as_of)[-RATE_FROM:]
    return sum(course.started_on >= days[0] for course in known) / len(days)


def _siblings(known: Iterable[Course]) -> float:
    """Return by how much siblings, who are signed off together, widen what chance does."""
    sizes = Counter(course.work for course in known)
    return sum(size**2 for size in sizes.values()) / sum(sizes.values())


def _month_ahead(
    calendar: WorkingCalendar,
    month: Period,
    known: Iterable[Course],
    as_of: date,
    chances: Sequence[_Chance],
    siblings: float,
) -> MonthAhead:
    signed = [
        course for course in known if course.is_signed_by(as_of) and month.holds(course.ended_on or as_of)
    ]
    ages = [(calendar.age(course.started_on, course.ended_on or as_of), course.limit) for course in signed]
    is_late = [age > limit for age, limit in ages]
    late = sum(is_late) + sum(chance.many * chance.late for chance in chances)
    authorised = len(is_late) - sum(is_late) + sum(chance.many * chance.in_time for chance in chances) + late
    share = 1 - late / authorised if authorised else 1.0
    variance = siblings * sum(chance.variance(share) for chance in chances)
    return MonthAhead(
        month=month,
        expected=HUNDRED * share,
        spread=HUNDRED * sqrt(variance) / authorised if authorised else 0.0,
        authorised=authorised,
    )

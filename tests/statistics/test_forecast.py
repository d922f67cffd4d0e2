"""The forecast of single months, against cases that can be worked out by hand."""

from datetime import date

import pytest

from alerter.domain.calendar import WorkingCalendar
from alerter.domain.periods import month_of, months_between
from alerter.statistics.forecast import FEWEST_FINISHED, Course, MonthAhead, course_of, forecast
from tests.world.assessments import CORE, assessment, calendar_of, day

EVE = day("Sat 2026-10-31")
NOVEMBER = [month_of(date(2026, 11, 1))]


def finished(count: int, days: int = 10, calendar: WorkingCalendar | None = None) -> list[Course]:
    """Return assessments of last spring, each signed off on the same working day."""
    start = day("Mon 2026-03-02")
    ended_on = (calendar or calendar_of()).nth_day(start, days)
    return [course(start, ended_on, work=f"old {number}") for number in range(count)]


def course(start: date, ended_on: date | None = None, *, work: str = "one", limit: int = 35) -> Course:
    """Return one course, signed off where it ended."""
    return Course(started_on=start, ended_on=ended_on, is_signed=ended_on is not None, limit=limit, work=work)


def test_an_open_one_ends_by_the_pace_of_the_others() -> None:
    """All were signed off on day 10, so one that is five days old will be next week, and in time."""
    start = calendar_of().latest_start(EVE, 5)
    found = forecast(calendar_of(), 35, [*finished(60), course(start)], EVE, NOVEMBER)
    assert found is not None
    assert found[0].authorised == pytest.approx(1 + 1 / 60 * 11)  # one started of late, so more will
    assert found[0].expected == pytest.approx(100)
    assert found[0].spread == pytest.approx(0)


def test_one_beyond_the_limit_can_only_be_late() -> None:
    """With a limit of four days the five-day-old one and all new ones are late."""
    start = calendar_of().latest_start(EVE, 5)
    found = forecast(calendar_of(), 4, [*finished(60), course(start, limit=4)], EVE, NOVEMBER)
    assert found is not None
    assert found[0].expected == pytest.approx(0)


def test_what_is_signed_off_this_month_stands() -> None:
    """On the last day of a month nothing is left to expect, and the interval is a point."""
    as_of = day("Mon 2026-11-30")
    late = course(day("Thu 2026-09-03"), day("Tue 2026-11-03"), work="late")
    in_time = course(day("Thu 2026-10-15"), day("Wed 2026-11-04"), work="in time")
    found = forecast(calendar_of(), 35, [*finished(60), late, in_time], as_of, NOVEMBER)
    assert found == [MonthAhead(month=NOVEMBER[0], expected=50.0, spread=0.0, authorised=2)]
    assert found[0].interval(3) == (50.0, 50.0)


def test_a_month_without_anything_to_expect() -> None:
    """Nothing open and nothing started of late: no sign-off is expected, and the figure says nothing."""
    found = forecast(calendar_of(), 35, finished(60), EVE, NOVEMBER)
    assert found == [MonthAhead(month=NOVEMBER[0], expected=100.0, spread=0.0, authorised=0)]


def test_the_interval_stays_between_nothing_and_all() -> None:
    """However uncertain, no figure is below 0 or above 100."""
    each = MonthAhead(month=NOVEMBER[0], expected=97, spread=10, authorised=5)
    assert each.interval(9) == (0, 100)


def test_siblings_widen_what_chance_does() -> None:
    """
    Four children whose assessments are one piece of work are signed off together: a third wider at least.
    """
    starts = calendar_of().working_days_between(day("Mon 2026-08-03"), EVE)
    mixed = finished(30, 10) + finished(30, 40)
    apart = [*mixed, *(course(on, work=f"{place}") for place, on in enumerate(starts))]
    together = [*mixed, *(course(on, work=f"{place // 4}") for place, on in enumerate(starts))]
    one, other = (forecast(calendar_of(), 35, each, EVE, NOVEMBER) for each in (apart, together))
    assert one is not None
    assert other is not None
    assert other[0].expected == pytest.approx(one[0].expected)
    assert other[0].spread > 1.3 * one[0].spread > 0


def test_a_year_ago_is_forgotten() -> None:
    """What ended more than a year before, or on the weekend that year began with, teaches nothing."""
    old = [course(day("Mon 2024-03-04"), day("Mon 2024-03-11"), work=f"{n}") for n in range(100)]
    since = date(2025, 10, 31)
    edge = course(calendar_of().latest_start(since, 9), day("Sat 2025-11-01"), work="edge")
    start = calendar_of().latest_start(EVE, 5)
    with_old = forecast(calendar_of(), 35, [*finished(60), *old, edge, course(start)], EVE, NOVEMBER)
    assert with_old is not None
    assert with_old[0].expected == pytest.approx(100)


def test_the_start_may_be_day_one() -> None:
    """Where the start counts as day 1, what starts on a Monday is two days old on the Tuesday here too."""
    counted = calendar_of(count_start_day=True)
    start = counted.latest_start(EVE, 5)
    found = forecast(counted, 35, [*finished(60, calendar=counted), course(start)], EVE, NOVEMBER)
    assert found is not None
    assert found[0].authorised == pytest.approx(1 + 1 / 60 * 12)


def test_what_has_not_started_is_not_known() -> None:
    """Courses that begin after the day of the forecast do not count towards the sixty."""
    later = [course(day("Mon 2026-11-02"), day("Tue 2026-11-03"), work=f"{n}") for n in range(9)]
    assert forecast(calendar_of(), 35, finished(FEWEST_FINISHED - 1) + later, EVE, NOVEMBER) is None


def test_several_months_add_up() -> None:
    """Over the months ahead everything open is signed off once."""
    start = calendar_of().latest_start(EVE, 5)
    months = months_between(date(2026, 11, 1), date(2027, 2, 1))
    found = forecast(calendar_of(), 35, [*finished(60, 30), course(start)], EVE, months)
    assert found is not None
    assert [round(month.authorised - 1 / 60, 1) >= 1 for month in found] == [False, True, False, False]


@pytest.mark.parametrize(
    ("facts", "ended_on", "is_signed"),
    [
        ({"authorised_on": "Fri 2026-10-30"}, "Fri 2026-10-30", True),
        ({"authorised_on": "Fri 2026-10-30", "closed_on": "Thu 2026-10-29"}, "Fri 2026-10-30", True),
        ({"cancelled_on": "Fri 2026-10-30"}, "Fri 2026-10-30", False),
        ({"authorised_on": "Fri 2026-09-25"}, None, False),  # before the start
        ({"authorised_on": "Mon 2026-11-02"}, None, False),  # in the future
        ({}, None, False),
    ],
)
def test_a_course_ends_with_what_is_believed(
    facts: dict[str, str], ended_on: str | None, *, is_signed: bool
) -> None:
    """A sign-off that is believed ends it, else a cancellation or closure; what is to come ends nothing."""
    dates = {name: day(text) for name, text in facts.items()}
    found = course_of(CORE, assessment(day("Mon 2026-10-05"), **dates), EVE)
    assert found.ended_on == (None if ended_on is None else day(ended_on))
    assert found.is_signed is is_signed

"""The promise: nothing present is first spoken of after its alert day."""

from datetime import date, timedelta

import pytest

from alerter.bank_holidays import SUBDIVISIONS, working_calendar
from alerter.domain.assessment import Assessment
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.policy import Clock, Policy, Stage, Window
from alerter.domain.schedule import WEEKDAYS, Schedule

CORE = Clock(type="core", label="Core assessment", working_days=35, alert_after=25)
FIRST_START, LAST_START = date(2019, 1, 1), date(2028, 12, 31)


def policies(schedule: Schedule, first: date, last: date) -> list[Policy]:
    """Return one policy per send date after *first*, to the first one after *last*."""
    made: list[Policy] = []
    as_of = schedule.next_after(first)
    while not made or made[-1].window.as_of <= last:
        following = schedule.next_after(as_of)
        made.append(Policy(schedule.calendar, {"core": CORE}, Window(as_of, following)))
        as_of = following
    return made


def started(on: date) -> Assessment:
    """Return an open assessment that started on *on*."""
    return Assessment(assessment_id="A1", child_id="7", type="core", clock_on=on, started_on=on)


def first_listed_ages(calendar: WorkingCalendar, weekday: int) -> dict[date, int]:
    """Return, for every start of ten years, the age at which a weekly digest first lists it."""
    waiting = [FIRST_START + timedelta(days=i) for i in range((LAST_START - FIRST_START).days + 1)]
    ages: dict[date, int] = {}
    for policy in policies(Schedule(weekday, calendar), FIRST_START, LAST_START + timedelta(days=80)):
        still_waiting = []
        for i, start in enumerate(waiting):
            if start > policy.window.as_of:
                still_waiting += waiting[i:]
                break
            alert = policy.judge(started(start))
            if alert.stage is Stage.ON_TRACK:
                still_waiting.append(start)
            else:
                ages[start] = alert.age
        waiting = still_waiting
    assert not waiting
    return ages


@pytest.mark.no_cover
@pytest.mark.parametrize("weekday", range(5), ids=WEEKDAYS[:5])
@pytest.mark.parametrize("nation", SUBDIVISIONS)
def test_nothing_is_first_listed_after_its_alert_day(nation: str, weekday: int) -> None:
    """
    Every start date of 2019-2028 is in a digest on or before working day 25, and not from the first week.
    """
    ages = first_listed_ages(working_calendar(nation), weekday)
    assert len(ages) == (LAST_START - FIRST_START).days + 1
    assert max(ages.values()) <= CORE.alert_after
    assert min(ages.values()) >= CORE.alert_after - 6


@pytest.mark.no_cover
@pytest.mark.parametrize("nation", ["england", "scotland"])
def test_nor_when_the_start_day_counts(nation: str) -> None:
    """The promise holds with `count_start_day` too."""
    ages = first_listed_ages(working_calendar(nation, count_start_day=True), 0)
    assert max(ages.values()) <= CORE.alert_after

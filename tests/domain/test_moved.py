"""What a changed calendar moves: from which dates to which, and in which words."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.bank_holidays import working_calendar
from alerter.domain.calendar import DayOff, WorkingCalendar
from alerter.domain.moved import Moved, moved
from tests.world.assessments import CORE, assessment, calendar_of, day, judged

# Started on Friday 16 October 2026: day 25 is Friday 20 November, day 35 Friday 4 December.
ALERT = judged(assessment(day("Fri 2026-10-16")))
STAFF_DAY = "Staff day"


def with_days_off(*days_off: date, count_start_day: bool = False) -> WorkingCalendar:
    """Return England's calendar with days off of the council's own."""
    return working_calendar(
        "england", days_off=[(on, STAFF_DAY) for on in days_off], count_start_day=count_start_day
    )


@pytest.mark.parametrize(
    ("day_off", "alert_to", "due_to"),
    [
        ("Mon 2026-10-19", "Mon 2026-11-23", "Mon 2026-12-07"),
        ("Fri 2026-11-20", "Mon 2026-11-23", "Mon 2026-12-07"),
        ("Mon 2026-11-23", "Fri 2026-11-20", "Mon 2026-12-07"),
        ("Fri 2026-12-04", "Fri 2026-11-20", "Mon 2026-12-07"),
    ],
)
def test_day_off_moves_what_lies_behind_it(day_off: str, alert_to: str, due_to: str) -> None:
    """One more day off puts off each date on or after it by one working day, and no date before it."""
    after = with_days_off(day(day_off))
    (found,) = moved([ALERT], calendar_of(), after)
    assert found == Moved(
        assessment_id="A-1", child_id="71", alert_day=25, alert_from=day("Fri 2026-11-20"),
        alert_to=day(alert_to), due_from=day("Fri 2026-12-04"), due_to=day(due_to),
    )  # fmt: skip
    (back,) = moved([ALERT], after, calendar_of())
    assert (back.alert_from, back.alert_to) == (found.alert_to, found.alert_from)
    assert (back.due_from, back.due_to) == (found.due_to, found.due_from)


@pytest.mark.parametrize("day_off", ["Fri 2026-10-16", "Mon 2026-12-07", "Sat 2026-11-21"])
def test_day_off_outside_its_time_moves_nothing(day_off: str) -> None:
    """Neither the start, nor a day after the due date, nor a weekend has a say."""
    assert moved([ALERT], calendar_of(), with_days_off(day(day_off))) == []


def test_same_calendar_moves_nothing() -> None:
    """Another calendar with the same days is no change."""
    assert moved([ALERT], calendar_of(), working_calendar("england")) == []


def test_counting_the_start_day_moves_all() -> None:
    """The council's other way of counting is a change like any other."""
    (found,) = moved([ALERT], calendar_of(), calendar_of(count_start_day=True))
    assert (found.alert_from, found.alert_to) == (day("Fri 2026-11-20"), day("Thu 2026-11-19"))
    assert (found.due_from, found.due_to) == (day("Fri 2026-12-04"), day("Thu 2026-12-03"))


def test_alert_day_is_the_clocks() -> None:
    """The day goes by the clock that is in force."""
    alert = replace(ALERT, clock=replace(CORE, alert_after=20, working_days=20))
    (found,) = moved([alert], calendar_of(), with_days_off(day("Mon 2026-10-19")))
    assert (found.alert_day, found.alert_from, found.alert_to) == (
        20, day("Fri 2026-11-13"), day("Mon 2026-11-16"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "start", ["Fri 1989-12-29", "Fri 2025-12-26", "Wed 2027-12-15", "Mon 2035-12-24", "Tue 2040-01-03"]
)
def test_what_either_calendar_cannot_count_is_left_out(start: str) -> None:
    """A start by a slip of the keyboard, or dates beyond the years known before, stop nothing."""
    known_less = WorkingCalendar("england", 2026, 2027, [])
    alert = replace(ALERT, assessment=assessment(day(start)))
    assert moved([alert, ALERT], known_less, with_days_off(day("Mon 2026-11-23"))) == moved(
        [ALERT], known_less, with_days_off(day("Mon 2026-11-23"))
    )
    assert moved([alert], with_days_off(day("Mon 2026-11-23")), known_less) == []


def test_first_day_known_is_compared() -> None:
    """A start on the first day that both know is counted by both."""
    alert = replace(ALERT, assessment=assessment(day("Thu 2026-01-01")))
    known_less = WorkingCalendar("england", 2026, 2026, [])
    (found,) = moved([alert], known_less, with_days_off(day("Mon 2026-01-05")))
    assert (found.due_from, found.due_to) == (day("Thu 2026-02-19"), day("Fri 2026-02-20"))


def test_ledger_keeps_it_as_text() -> None:
    """What comes back from the ledger's text is what went in."""
    (found,) = moved([ALERT], calendar_of(), with_days_off(day("Mon 2026-11-23")))
    plain = found.as_plain()
    assert plain == {
        "assessment_id": "A-1", "child_id": "71", "alert_day": 25, "alert_from": "2026-11-20",
        "alert_to": "2026-11-20", "due_from": "2026-12-04", "due_to": "2026-12-07",
    }  # fmt: skip
    assert Moved.from_plain(plain) == found


@given(
    starts=st.lists(st.dates(date(2026, 1, 1), date(2027, 6, 30)), max_size=8),
    days_off=st.lists(st.dates(date(2026, 1, 1), date(2027, 9, 30)), min_size=1, max_size=4),
)
def test_more_days_off_make_no_date_earlier(starts: list[date], days_off: list[date]) -> None:
    """What moves, moves later, and it is there exactly when a date differs."""
    off = [DayOff(on, STAFF_DAY, "council") for on in days_off]
    before, after = (WorkingCalendar("england", 2026, 2027, more) for more in ([], off))
    alerts = [judged(assessment(on, assessment_id=f"A-{i}")) for i, on in enumerate(starts)]
    found = {each.assessment_id: each for each in moved(alerts, before, after)}
    for alert in alerts:
        start = alert.assessment.clock_on
        were, are = ([calendar.nth_day(start, n) for n in (25, 35)] for calendar in (before, after))
        assert all(was <= is_ for was, is_ in zip(were, are, strict=True))
        assert (alert.assessment.assessment_id in found) is (were != are)

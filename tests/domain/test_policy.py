"""The rule: each stage from its first start to its last, reassurances, and what is in time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.policy import Policy, Reassurance, Stage, Window, is_in_time
from alerter.domain.schedule import Schedule
from alerter.errors import CalendarRangeError
from tests.world.assessments import AS_OF, CLOCKS, CORE, WEEK, aged, assessment, calendar_of, day, judged

ONE_DAY = timedelta(days=1)

ENGLAND = ("england", False)
SCOTLAND = ("scotland", False)
START_DAY_COUNTS = ("england", True)
STARTS = [  # rule, as of, start, stage, age, whether the limit falls before the next digest
    (ENGLAND, "Mon 2026-11-23", "Fri 2026-10-02", "overdue", 36, False),
    (ENGLAND, "Mon 2026-11-23", "Sun 2026-10-04", "overdue", 36, False),
    (ENGLAND, "Mon 2026-11-23", "Mon 2026-10-05", "past_alert", 35, True),
    (ENGLAND, "Mon 2026-11-23", "Mon 2026-10-12", "past_alert", 30, True),
    (ENGLAND, "Mon 2026-11-23", "Tue 2026-10-13", "past_alert", 29, False),
    (ENGLAND, "Mon 2026-11-23", "Fri 2026-10-16", "past_alert", 26, False),
    (ENGLAND, "Mon 2026-11-23", "Sun 2026-10-18", "past_alert", 26, False),
    (ENGLAND, "Mon 2026-11-23", "Mon 2026-10-19", "approaching", 25, False),
    (ENGLAND, "Mon 2026-11-23", "Mon 2026-10-26", "approaching", 20, False),
    (ENGLAND, "Mon 2026-11-23", "Tue 2026-10-27", "on_track", 19, False),
    (ENGLAND, "Mon 2026-11-23", "Mon 2026-11-23", "on_track", 0, False),
    # Easter Monday stretches the week to Tuesday 7 April, and Good Friday and Easter Monday do not count
    (ENGLAND, "Mon 2026-03-30", "Sun 2026-02-08", "overdue", 36, False),
    (ENGLAND, "Mon 2026-03-30", "Mon 2026-02-09", "past_alert", 35, True),
    (ENGLAND, "Mon 2026-03-30", "Sun 2026-02-15", "past_alert", 31, True),
    (ENGLAND, "Mon 2026-03-30", "Mon 2026-02-16", "past_alert", 30, False),
    (ENGLAND, "Mon 2026-03-30", "Mon 2026-02-23", "approaching", 25, False),
    (ENGLAND, "Mon 2026-03-30", "Sun 2026-03-01", "approaching", 21, False),
    (ENGLAND, "Mon 2026-03-30", "Mon 2026-03-02", "on_track", 20, False),
    # Scotland works on Easter Monday, so its next digest is on Monday 6 April, after as many working days
    (SCOTLAND, "Mon 2026-03-30", "Sun 2026-03-01", "approaching", 21, False),
    (SCOTLAND, "Mon 2026-03-30", "Mon 2026-03-02", "on_track", 20, False),
    # St Andrew's Day takes the Monday: to Tuesday 1 December there are five working days
    (SCOTLAND, "Mon 2026-11-23", "Mon 2026-10-26", "approaching", 20, False),
    (SCOTLAND, "Mon 2026-11-23", "Tue 2026-10-27", "on_track", 19, False),
    # with count_start_day each mark comes one working day earlier
    (START_DAY_COUNTS, "Mon 2026-11-23", "Mon 2026-10-05", "overdue", 36, False),
    (START_DAY_COUNTS, "Mon 2026-11-23", "Tue 2026-10-06", "past_alert", 35, True),
    (START_DAY_COUNTS, "Mon 2026-11-23", "Mon 2026-10-19", "past_alert", 26, False),
    (START_DAY_COUNTS, "Mon 2026-11-23", "Tue 2026-10-20", "approaching", 25, False),
    (START_DAY_COUNTS, "Mon 2026-11-23", "Tue 2026-10-27", "approaching", 20, False),
    (START_DAY_COUNTS, "Mon 2026-11-23", "Wed 2026-10-28", "on_track", 19, False),
    (START_DAY_COUNTS, "Mon 2026-11-23", "Mon 2026-11-23", "on_track", 1, False),
]


def week_of(as_of: date, nation: str = "england") -> Window:
    """Return the week of a digest sent on Mondays."""
    return Window(as_of, Schedule(0, calendar_of(nation)).next_after(as_of))


def reassured_until(expected_on: date, runs_since: int = 0) -> Reassurance:
    """Return what a manager recorded a fortnight before."""
    given_on = AS_OF - timedelta(days=14)
    return Reassurance(
        by="m@council.example", given_on=given_on, expected_on=expected_on, runs_since=runs_since
    )


@pytest.mark.parametrize(("rule", "as_of", "start", "stage", "age", "is_last_chance"), STARTS)
def test_first_and_last_start_of_each_stage(
    rule: tuple[str, bool], as_of: str, start: str, stage: str, age: int, *, is_last_chance: bool
) -> None:  # fmt: skip
    """A start a day later is a stage milder, wherever holidays stretch the week."""
    nation, count_start_day = rule
    calendar = calendar_of(nation, count_start_day=count_start_day)
    alert = judged(assessment(day(start)), week_of(day(as_of), nation), calendar=calendar)
    assert (alert.stage, alert.age, alert.is_last_chance) == (stage, age, is_last_chance)


@pytest.mark.parametrize(
    ("age", "stage", "is_last_chance"),
    [
        (11, "overdue", False),
        (10, "past_alert", True),
        (8, "past_alert", True),
        (7, "approaching", True),
        (5, "approaching", True),
        (4, "approaching", False),
        (2, "approaching", False),
        (1, "on_track", False),
    ],
)
def test_last_chance_is_a_flag_on_any_stage(age: int, stage: str, *, is_last_chance: bool) -> None:
    """A clock of 10 days may run out within the week in which day 7 is first spoken of."""
    alert = judged(aged(age, type="initial"))
    assert (alert.stage, alert.is_last_chance) == (stage, is_last_chance)
    assert judged(aged(10, type="initial"), reassurance=reassured_until(AS_OF)).is_last_chance


def test_start_of_today_may_already_be_spoken_of() -> None:
    """Over a closure of a fortnight a clock of 10 days reaches day 7 from a start of that very day."""
    window = Window(AS_OF, AS_OF + timedelta(days=14))
    assert judged(assessment(AS_OF, type="initial"), window).stage is Stage.APPROACHING
    assert judged(assessment(AS_OF + ONE_DAY, type="initial"), window).stage is Stage.ON_TRACK


def test_dates_of_what_is_listed() -> None:
    """What is listed carries its alert day and its due date; what is on track carries neither."""
    alert = judged(assessment(day("Fri 2026-10-16")))
    assert (alert.alert_on, alert.due_on) == (day("Fri 2026-11-20"), day("Fri 2026-12-04"))
    assert (alert.assessment.child_id, alert.clock) == ("71", CORE)
    on_track = judged(assessment(day("Tue 2026-10-27")))
    assert (on_track.alert_on, on_track.due_on) == (None, None)


@pytest.mark.parametrize("days", [1, 2, 40, 4000])
def test_start_in_the_future_is_on_track(days: int) -> None:
    """It is judged without a count, even where it lies beyond the years known."""
    alert = judged(assessment(AS_OF + timedelta(days=days)))
    assert (alert.stage, alert.age, alert.checkpoint) == (Stage.ON_TRACK, 0, None)


def test_start_before_the_years_known_is_no_guess() -> None:
    """A count that would need bank holidays nobody knows stops."""
    with pytest.raises(CalendarRangeError):
        judged(assessment(date(1989, 12, 29)))


@pytest.mark.parametrize("days", [35, 26, 25, 20])
@pytest.mark.parametrize(
    ("expected_on", "runs_since", "stands"),
    [
        (AS_OF, 0, True),
        (AS_OF + ONE_DAY, 3, True),
        (AS_OF - ONE_DAY, 0, False),
        (AS_OF + ONE_DAY, 4, False),
        (AS_OF - ONE_DAY, 4, False),
    ],
)
def test_reassurance_stands(days: int, expected_on: date, runs_since: int, *, stands: bool) -> None:
    """It stands on the very day expected, and in the fourth digest; after that the stage is what it was."""
    given = reassured_until(expected_on, runs_since)
    alert = judged(aged(days), reassurance=given)
    without = judged(aged(days))
    assert alert == replace(without, stage=Stage.REASSURED if stands else without.stage, reassurance=given)


@pytest.mark.parametrize(("lasts_runs", "stage"), [(1, Stage.PAST_ALERT), (2, Stage.REASSURED)])
def test_how_long_a_reassurance_lasts_is_the_councils_choice(lasts_runs: int, stage: Stage) -> None:
    """With one digest gone out since, it has lapsed where it lasts one, and stands where it lasts two."""
    policy = Policy(calendar_of(), CLOCKS, WEEK, lasts_runs)
    assert policy.judge(aged(26), reassured_until(AS_OF, runs_since=1)).stage is stage


def test_reassurance_never_hides_what_is_overdue() -> None:
    """However far off the date expected, past working day 35 it is overdue."""
    assert judged(aged(36), reassurance=reassured_until(AS_OF + timedelta(days=90))).stage is Stage.OVERDUE


def test_reassurance_before_its_time_changes_nothing() -> None:
    """What is on track stays on track."""
    assert judged(aged(19), reassurance=reassured_until(AS_OF + ONE_DAY)).stage is Stage.ON_TRACK


@pytest.mark.parametrize(
    ("authorised_on", "age", "in_time"),
    [("Fri 2009-07-17", 35, True), ("Sat 2009-07-18", 35, True), ("Mon 2009-07-20", 36, False)],
)
def test_in_time_is_a_count_and_no_due_date(authorised_on: str, age: int, *, in_time: bool) -> None:
    """Due on Friday 17 July 2009, it is signed off in time on the Saturday after, and late on the Monday."""
    start, signed = day("Fri 2009-05-29"), day(authorised_on)
    assert calendar_of().nth_day(start, 35) == day("Fri 2009-07-17")
    assert calendar_of().age(start, signed) == age
    assert is_in_time(calendar_of(), CORE, assessment(start, authorised_on=signed)) is in_time


def test_in_time_needs_a_believable_sign_off() -> None:
    """
    Without one, or with one before the start, there is no answer; on the day of the start it is in time.
    """
    start = day("Fri 2009-05-29")
    assert is_in_time(calendar_of(), CORE, assessment(start)) is None
    assert is_in_time(calendar_of(), CORE, assessment(start, authorised_on=start - ONE_DAY)) is None
    assert is_in_time(calendar_of(), CORE, assessment(start, authorised_on=start)) is True


@given(
    nation=st.sampled_from(["england", "scotland", "northern-ireland"]),
    count_start_day=st.booleans(),
    as_of=st.dates(date(2009, 1, 1), date(2030, 12, 31)),
    days_old=st.integers(-3, 80),
    stretch=st.integers(1, 20),
    type_=st.sampled_from(["core", "initial"]),
)
def test_stages_are_what_the_counts_say(
    nation: str, as_of: date, days_old: int, stretch: int, type_: str, *, count_start_day: bool
) -> None:  # fmt: skip
    """Comparing a start with the cut-offs gives what counting its days one by one would."""
    calendar = calendar_of(nation, count_start_day=count_start_day)
    window, clock = Window(as_of, as_of + timedelta(days=stretch)), CLOCKS[type_]
    start = as_of - timedelta(days=days_old)
    age = sum(
        calendar.is_working_day(start + n * ONE_DAY) for n in range(0 if count_start_day else 1, days_old + 1)
    )
    by_next = sum(
        calendar.is_working_day(start + n * ONE_DAY)
        for n in range(0 if count_start_day else 1, days_old + stretch + 1)
    )
    alert = judged(assessment(start, type=type_), window, calendar=calendar)
    if start > as_of:
        assert alert.stage is Stage.ON_TRACK
    elif age > clock.working_days:
        assert (alert.stage, alert.is_last_chance) == (Stage.OVERDUE, False)
    else:
        past, ahead = age > clock.alert_after, by_next >= clock.alert_after
        assert alert.stage is (Stage.PAST_ALERT if past else Stage.APPROACHING if ahead else Stage.ON_TRACK)
        assert alert.is_last_chance is (by_next >= clock.working_days)
        assert alert.age == age

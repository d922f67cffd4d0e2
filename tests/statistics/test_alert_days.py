"""The replay: what other alert days would have meant."""

from dataclasses import replace
from datetime import date

import pytest

from alerter.domain.assessment import Assessment
from alerter.domain.schedule import Schedule
from alerter.statistics.alert_days import Replayed, World, replay
from tests.world.assessments import CLOCKS, CORE, DOMAINS, FALLBACK, assessment, calendar_of, day, entry

FIRST, LAST = day("Mon 2026-09-07"), day("Mon 2026-10-05")
NORTH = "n.okafor@council.example"


def world(*assessments: Assessment, clocks: dict[str, object] | None = None) -> World:
    """Return a council of one team that sends on Mondays, and these assessments."""
    return World(
        calendar=calendar_of(),
        clocks=clocks or CLOCKS,
        schedule=Schedule(0, calendar_of()),
        directory=[entry(team="North", manager_email=NORTH)],
        fallback=FALLBACK,
        allowed_domains=DOMAINS,
        assessments=assessments,
    )


def overdue_on(on: date, **facts: object) -> Assessment:
    """Return an assessment whose 36th day is *on*."""
    start = calendar_of().latest_start(on, 36)
    return assessment(start, **{"team": "North", **facts})


def only(done: Replayed) -> tuple[int, int, int]:
    """Return the emails, rows and longest email of the only manager."""
    (each,) = done.managers
    return each.emails, each.rows, each.most_rows


@pytest.mark.parametrize(
    ("alert_after", "days_left", "rows"),
    # Sent on Mon 10 Aug (day 6), 17 (11), 24 (16), Tue 1 Sep (21, for Monday is a bank holiday),
    # Mon 7 Sep (25), 14 (30), 21 (35); day 36 is Tue 22.
    [(10, 29, 5), (20, 19, 5), (24, 14, 5), (25, 14, 5), (30, 10, 5), (34, 5, 4)],
)
def test_how_early_a_late_one_was_told(alert_after: int, days_left: int, rows: int) -> None:
    """The first digest whose week reaches the alert day lists it, with so many working days left."""
    done = replay(world(overdue_on(day("Tue 2026-09-22"))), alert_after, FIRST, LAST)
    assert (done.weeks, done.late, done.warned) == (5, 1, 1)
    assert done.days_left == (days_left,)
    assert only(done) == (rows, rows, 1)
    assert done.rows == rows
    assert done.median_days_left == days_left


def test_only_what_became_overdue_in_the_weeks_is_late() -> None:
    """Neither before nor after, nor what was signed off on its last day, nor what has not begun."""
    on = day("Tue 2026-09-22")
    rows = [
        overdue_on(day("Fri 2026-09-04"), assessment_id="before"),
        overdue_on(day("Tue 2026-10-06"), assessment_id="after"),
        overdue_on(on, assessment_id="in time", authorised_on=day("Mon 2026-09-21")),
        overdue_on(on, assessment_id="late", authorised_on=on),
        assessment(date(2099, 1, 1), assessment_id="to come"),
    ]
    done = replay(world(*rows), 25, FIRST, LAST)
    assert (done.late, done.warned) == (1, 1)


def test_what_came_late_into_the_extract_was_not_told_of_early() -> None:
    """An assessment that never stood in a digest before its 36th day had no warning."""
    short = replace(CORE, working_days=3, alert_after=2)
    each = assessment(day("Mon 2026-09-07"), team="North", assessment_id="short")
    late = assessment(day("Tue 2026-09-08"), team="North", assessment_id="unseen")
    done = replay(world(each, late, clocks={"core": short}), 2, FIRST, day("Tue 2026-09-15"))
    assert (done.late, done.warned, done.days_left) == (2, 1, (3,))


def test_weeks_without_a_row_have_no_managers() -> None:
    """Nothing listed, nobody late, no median of nothing."""
    done = replay(world(), 20, FIRST, LAST)
    assert (done.weeks, done.rows, done.managers, done.median_days_left) == (5, 0, (), None)


def test_a_type_with_a_shorter_limit_keeps_its_alert_day() -> None:
    """An alert day of 20 means nothing to an assessment of 10 days; earlier rules take it too."""
    old = assessment(calendar_of().latest_start(LAST, 8), type="initial", team="North")
    assert replay(world(old), 20, FIRST, LAST).rows == replay(world(old), 25, FIRST, LAST).rows == 2
    changed = replace(CORE, effective_from=date(2026, 12, 1), earlier=CORE)
    each = overdue_on(day("Tue 2026-09-22"))
    by_rule = replay(world(each, clocks={"core": changed}), 20, FIRST, LAST)
    assert by_rule == replay(world(each), 20, FIRST, LAST)


def test_a_type_that_is_gone_and_a_manager_that_is_not() -> None:
    """What has no clock is left out; what has no manager goes to the fallback."""
    rows = [
        overdue_on(day("Tue 2026-09-22"), assessment_id="gone", type="gone"),
        overdue_on(day("Tue 2026-09-22"), assessment_id="lost", team="Nowhere"),
    ]
    done = replay(world(*rows), 25, FIRST, LAST)
    assert [each.manager for each in done.managers] == [FALLBACK.email]
    assert done.late == 1

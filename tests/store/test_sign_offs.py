"""Sign-offs counted by the database: the same as counted one by one."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import insert

from alerter.bank_holidays import working_calendar
from alerter.domain.assessment import Assessment
from alerter.domain.policy import Clock
from alerter.domain.timeliness import Timeliness, deadlines, sign_offs, timeliness_by
from alerter.store import assessments
from alerter.store import assessments as stored
from alerter.store.database import Database
from alerter.store.schema import assessments as table

FIRST, LAST = date(2026, 4, 1), date(2026, 11, 23)
CALENDAR = working_calendar("england")
OLDEST = Clock(type="core", label="Core", working_days=30, alert_after=20)
OLD = Clock(
    type="core", label="Core", working_days=45, alert_after=30, starts_from="referred_on",
    effective_from=date(2026, 2, 1), earlier=OLDEST,
)  # fmt: skip
NEW = Clock(
    type="core", label="Core", working_days=35, alert_after=25, effective_from=date(2026, 6, 1), earlier=OLD
)
INITIAL = Clock(type="initial", label="Initial", working_days=10, alert_after=7)
CHOICES: Mapping[str, Mapping[str, Clock]] = {
    "one rule": {"core": OLDEST},
    "two types": {"core": OLDEST, "initial": INITIAL},
    "three rules": {"core": NEW, "initial": INITIAL},
    "none": {},
}


def made_up(count: int) -> list[Assessment]:
    """
    Return sign-offs around the stretch: some before their start, on closed days, or of a type without a rule.
    """
    rng = Random(60)  # noqa: S311 - the same rows for everyone, not a secret
    found = []
    for number in range(count):
        clock_on = date(2025, 12, 1) + timedelta(days=rng.randrange(350))
        others = [None, clock_on, clock_on + timedelta(days=rng.randrange(-60, 60))]
        started_on, referred_on = rng.choice(((clock_on, rng.choice(others)), (rng.choice(others), clock_on)))
        found.append(
            Assessment(
                assessment_id=f"A-{number}",
                child_id=str(number),
                type=rng.choice(("core", "core", "initial", "gone")),
                clock_on=clock_on,
                started_on=started_on,
                referred_on=referred_on,
                authorised_on=rng.choice((None, clock_on + timedelta(days=rng.randrange(-5, 80)))),
                team=rng.choice(("North", "north ", "South")),
            )
        )
    return found


def keep(database: Database, rows: list[Assessment]) -> None:
    """Put *rows* into the store."""
    names = [name for name in assessments.ROW_FIELDS if name != "reason"]
    with database.write() as connection:
        connection.execute(
            insert(table),
            [{name: getattr(each, name) for name in names} | {"ended_on": each.ended_on} for each in rows],
        )


@pytest.mark.parametrize("choice", CHOICES)
def test_the_count_is_that_of_the_report(database: Database, choice: str) -> None:
    """By team as it is spelt and by type, with each start under the rule that was in force for it."""
    clocks, rows = CHOICES[choice], made_up(1_500)
    keep(database, rows)
    in_stretch = [each for each in rows if each.authorised_on and each.authorised_on >= FIRST]
    one_by_one = timeliness_by(
        sign_offs(CALENDAR, clocks, in_stretch, LAST),
        lambda each: (each.assessment.team, each.assessment.type),
    )
    with database.read() as connection:
        counted = stored.count(connection, deadlines(CALENDAR, clocks, FIRST, LAST), clocks)
    assert counted == one_by_one
    if clocks:
        assert counted["North", "core"].late > 0
        assert counted["South", "core"].in_time > 0


def test_without_sign_offs_there_is_no_count(database: Database) -> None:
    """A store that was never filled has no figures."""
    clocks = CHOICES["one rule"]
    with database.read() as connection:
        assert stored.count(connection, deadlines(CALENDAR, clocks, FIRST, LAST), clocks) == {}


def test_a_day_after_the_limit_without_work_is_in_time() -> None:
    """Due on Friday, signed off on Saturday: the count says 35; on Monday it is 36."""
    start = CALENDAR.latest_start(date(2026, 10, 23), 35)
    by_day = {
        each.on: each.late_start
        for each in deadlines(CALENDAR, {"core": NEW}, date(2026, 10, 23), date(2026, 10, 26))
        if each.version == 0
    }
    assert [start > by_day[day] for day in sorted(by_day)] == [True, True, True, False]
    assert Timeliness() + Timeliness(1, 1) == Timeliness(1, 1)

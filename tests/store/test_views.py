"""The views that other programs read count as the product does, on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import Connection, Row, text

from alerter.domain.assessment import Assessment
from alerter.domain.extension import Extension
from alerter.domain.policy import Clock, Policy, Reassurance, Window, thresholds
from alerter.domain.timeliness import sign_offs
from alerter.store import assessments, extensions, reassurances, views
from alerter.store.database import Database
from tests.world.assessments import calendar_of
from tests.world.readings import AS_OF, NOW, assessment, read_in, run_with

EARLIER = Clock(type="single", label="Core", working_days=35, alert_after=25)
CLOCKS = {
    "core": replace(EARLIER, type="core"),
    "single": Clock(
        type="single", label="Single", working_days=45, alert_after=35, starts_from="referred_on",
        effective_from=date(2026, 9, 1), earlier=EARLIER,
    ),
}  # fmt: skip
OPEN = ["as_of", "assessment_id", "child_id", "type", "team", "worker", "manager_email", "stage", "age",
        "alert_on", "due_on", "expected_on", "extended_until", "extended_by"]  # fmt: skip
ALERTS = ["run", "send_date", "as_of", "assessment_id", "child_id", "type", "team", "worker", "stage", "age",
          "recipient", "covering_for", "outcome", "settled_at"]  # fmt: skip
TIMELINESS = ["assessment_id", "child_id", "type", "team", "worker", "clock_on", "authorised_on", "age",
              "working_days", "in_time", "extended_before_limit"]  # fmt: skip


def drawn(random: Random) -> list[Assessment]:
    """Draw a year of assessments of both types, open and signed off, some of them on days that cannot be."""
    rows = []
    for number in range(150):
        start = AS_OF - timedelta(days=random.randrange(-3, 400))
        referred = start - timedelta(days=random.randrange(4)) if random.random() < 0.7 else None
        ended = start + timedelta(days=random.randrange(-3, 90)) if random.random() < 0.7 else None
        rows.append(
            assessment(
                f"A-{number}", f"{number}", type=random.choice(list(CLOCKS)), clock_on=start,
                started_on=start, referred_on=referred, authorised_on=ended,
            )
        )  # fmt: skip
    return rows


def rows_of(connection: Connection, view: str) -> list[Row[tuple[object, ...]]]:
    """Return what a view shows, as a client sees it."""
    return list(connection.execute(text(f"SELECT * FROM {view}")))  # noqa: S608 - our own names


def as_date(value: object) -> date | None:
    """Return a day as a client reads it: SQLite has text."""
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]


@pytest.mark.parametrize("count_start_day", [False, True])
def test_views_count_as_the_product_does(database: Database, count_start_day: bool) -> None:  # noqa: FBT001
    """Stage apart, which only listed rows have, age, dates and in time are the calendar's own."""
    calendar = calendar_of(count_start_day=count_start_day)
    known = drawn(Random(7))  # noqa: S311 - the same each time
    with database.write() as connection:
        read_in(connection, known)
        views.keep(connection, calendar, CLOCKS.values())
        run_with(connection, "m@council.example")
    policy = Policy(calendar, CLOCKS, Window(AS_OF, AS_OF + timedelta(days=7)))
    with database.read() as connection:
        shown = {row.assessment_id: row for row in rows_of(connection, "alerter_open")}
        expected = list(assessments.open_on(connection, AS_OF).values())
        signed = {row.assessment_id: row for row in rows_of(connection, "alerter_timeliness")}
    assert shown.keys() == {row.assessment_id for row in expected}
    for row in expected:
        alert, seen = policy.judge(row), shown[row.assessment_id]
        dates = thresholds(calendar, alert.clock, row.clock_on)
        assert (seen.age, as_date(seen.alert_on), as_date(seen.due_on)) == (
            alert.age,
            dates["alert_on"],
            dates["due_on"],
        )
    believed = {
        sign_off.assessment.assessment_id: sign_off for sign_off in sign_offs(calendar, CLOCKS, known, AS_OF)
    }
    assert signed.keys() == believed.keys()
    assert len(signed) > 50
    for id_, sign_off in believed.items():
        assert (signed[id_].age, signed[id_].in_time) == (sign_off.age, int(sign_off.is_in_time))
        assert signed[id_].working_days == sign_off.clock.working_days


def test_working_days_are_no_dates(database: Database) -> None:
    """A list of all days would hold each child's birth date, for whoever searches the database for one."""
    with database.write() as connection:
        views.keep(connection, calendar_of(), CLOCKS.values())
    with database.read() as connection:
        days = connection.execute(text("SELECT day FROM working_days")).scalars().all()
    assert len(days) > 16_000
    assert all(isinstance(day, int) for day in days)


def test_columns_stay_as_they_are(database: Database) -> None:
    """Whoever built a report on them finds them again; without a run the views are empty."""
    with database.read() as connection:
        for view, names in (("open", OPEN), ("alerts", ALERTS), ("timeliness", TIMELINESS)):
            result = connection.execute(text(f"SELECT * FROM alerter_{view}"))  # noqa: S608 - our own names
            assert list(result.keys()) == names
            assert result.all() == []


def test_records_stand_beside_the_assessment(database: Database) -> None:
    """The latest reassurance and extension that were not withdrawn; what a digest told, and its outcome."""
    calendar = calendar_of()
    late = assessment("A-2", "8", authorised_on=AS_OF - timedelta(days=1))
    with database.write() as connection:
        read_in(connection, [assessment(), late])
        views.keep(connection, calendar, CLOCKS.values())
        run_with(connection, "m@council.example")
        numbers = {row.assessment_id: number for number, row in assessments.every(connection).items()}
        word = Reassurance(by="m@council.example", given_on=AS_OF, expected_on=AS_OF + timedelta(days=4))
        reassurances.record(connection, numbers["A-1"], word, note="", now=NOW)
        for number, days in ((numbers["A-1"], 9), (numbers["A-1"], 11), (numbers["A-2"], 3)):
            until = AS_OF + timedelta(days=days)
            extension = Extension(by="m@council.example", until=until, reason="court", recorded_on=AS_OF)
            extensions.record(connection, number, extension, note="", means="command", now=NOW)
    with database.read() as connection:
        (row,) = rows_of(connection, "alerter_open")
        (signed,) = rows_of(connection, "alerter_timeliness")
    assert (as_date(row.expected_on), as_date(row.extended_until)) == (
        AS_OF + timedelta(days=4), AS_OF + timedelta(days=11)
    )  # fmt: skip
    assert (row.extended_by, row.stage) == ("m@council.example", "on_track")
    assert (signed.in_time, signed.extended_before_limit) == (1, 1)

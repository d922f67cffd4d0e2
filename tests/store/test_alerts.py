"""Who was told what: kept once a run, and read back for the week after."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from alerter.domain.escalation import Escalation
from alerter.domain.policy import Alert, Clock, Stage
from alerter.domain.progress import LastAlert
from alerter.domain.routing import Judged, Recipient, Route
from alerter.store import alerts as alerts_
from alerter.store import assessments, events, runs
from alerter.store.database import Database
from tests.world.readings import AS_OF, NOW, assessment, drafted, read_in

CORE = Clock(type="core", label="Core assessment", working_days=35, alert_after=25)
WEEK = timedelta(days=7)
MANAGER, COVER, HEAD = "m@council.example", "c@council.example", "head@council.example"
OWN = Route(Recipient(MANAGER))
COVERED = Route(Recipient(COVER), covering_for="M. Anager", covered_email=MANAGER)


def a_run(
    connection: Connection,
    weeks_ago: int,
    stages: dict[int, Stage],
    route: Route = OWN,
    escalated: tuple[int, ...] = (),
) -> int:
    """Enter the run of some weeks ago, which listed assessments by number at these *stages*."""
    run_id = runs.plan(connection, drafted(AS_OF - weeks_ago * WEEK, prepared_at=NOW - weeks_ago * WEEK))
    assert run_id is not None
    alerts = {
        number: Alert(assessment=assessment(), clock=CORE, stage=stage, age=30)
        for number, stage in stages.items()
    }
    rows = [Judged(number, alert, route) for number, alert in alerts.items()]
    to = Route(Recipient(HEAD))
    escalations = [
        Escalation(number=number, alert=alerts[number], manager="M", weeks=weeks_ago + 1, to=to)
        for number in escalated
    ]
    alerts_.record(connection, run_id, rows, escalations)
    return run_id


def three(connection: Connection) -> tuple[int, int, int]:
    """Store three open assessments, and return their numbers."""
    read_in(connection, [assessment(f"A-{place}", f"{place}") for place in (1, 2, 3)])
    first, second, third = assessments.open_on(connection, AS_OF)
    return first, second, third


def test_an_assessment_is_told_once_a_run(database: Database) -> None:
    """The database itself refuses a second alert of one assessment in one run; nothing is no alert."""
    with database.write() as connection:
        number, _, _ = three(connection)
        run_id = a_run(connection, 0, {})
        row = Judged(number, Alert(assessment=assessment(), clock=CORE, stage=Stage.OVERDUE, age=36), OWN)
        alerts_.record(connection, run_id, [row])
        with pytest.raises(Exception, match=r"(?i)unique"), connection.begin_nested():
            alerts_.record(connection, run_id, [row])


def test_weeks_running_end_where_a_week_is_missing(database: Database) -> None:
    """Chased in each of the last runs counts; a week on which it was reassured begins it anew."""
    with database.write() as connection:
        first, second, third = three(connection)
        oldest = a_run(connection, 3, {first: Stage.PAST_ALERT, second: Stage.PAST_ALERT})
        middle = a_run(connection, 2, {first: Stage.PAST_ALERT, second: Stage.REASSURED})
        latest = a_run(
            connection,
            1,
            {first: Stage.OVERDUE, second: Stage.PAST_ALERT, third: Stage.APPROACHING},
            route=COVERED,
            escalated=(first,),
        )
        found = alerts_.last_alerts(connection, [latest, middle, oldest])
    assert found == {
        first: LastAlert(stage=Stage.OVERDUE, owner=MANAGER, weeks=3, is_escalated=True),
        second: LastAlert(stage=Stage.PAST_ALERT, owner=MANAGER, weeks=1),
        third: LastAlert(stage=Stage.APPROACHING, owner=MANAGER, weeks=0),
    }


def test_runs_before_are_the_last_of_each_send_date(database: Database) -> None:
    """Of a send date prepared again only the last attempt counts, and held runs do not."""
    with database.write() as connection:
        first = a_run(connection, 3, {})
        again = runs.plan(connection, drafted(AS_OF - 3 * WEEK, attempt=1))
        runs.plan(connection, drafted(AS_OF - 2 * WEEK, state="held"))
        last = a_run(connection, 1, {})
        a_run(connection, 0, {})
        assert runs.ids_before(connection, AS_OF, 12) == [last, again]
        assert runs.ids_before(connection, AS_OF, 1) == [last]
    assert first != again


def test_history_shows_both_ends_of_a_cover_and_who_was_told_above(database: Database) -> None:
    """
    Told to the cover for the manager; escalated to the service manager, with for how long it was chased.
    """
    with database.write() as connection:
        number, _, _ = three(connection)
        earlier = a_run(connection, 1, {number: Stage.OVERDUE}, escalated=(number,))
        run_id = a_run(connection, 0, {number: Stage.PAST_ALERT}, route=COVERED, escalated=(number,))
        happened = events.of_assessment(connection, number)
    assert [(event.kind, event.what) for event in happened] == [
        ("told", f"run {earlier}: overdue, day 30, to {MANAGER} (not sent)"),
        ("escalated", f"run {earlier}: chased in 2 digests running, to {HEAD} (not sent)"),
        ("told", f"run {run_id}: past alert, day 30, to {COVER} for {MANAGER} (not sent)"),
        ("escalated", f"run {run_id}: chased for the first time, to {HEAD} (not sent)"),
    ]


def test_ended_since_is_what_was_listed_or_signed_off_lately(database: Database) -> None:
    """
    A late entry of an old sign-off counts where the last digest had the row; so does one only counted then.
    """
    signed = AS_OF - timedelta(days=20)
    with database.write() as connection:
        read_in(connection, [assessment(f"A-{place}", f"{place}") for place in range(5)])
        numbers = dict(zip("abcde", assessments.open_on(connection, AS_OF), strict=True))
        run_id = a_run(connection, 1, {numbers["a"]: Stage.OVERDUE, numbers["b"]: Stage.OVERDUE})
        ends = {"A-0": signed, "A-2": AS_OF - timedelta(days=2), "A-3": signed}
        read_in(
            connection,
            [
                assessment(f"A-{place}", f"{place}", authorised_on=ends.get(f"A-{place}"))
                for place in range(5)
            ],
        )
        found = assessments.ended_since(connection, run_id, AS_OF - WEEK, AS_OF)
    assert sorted(each.assessment_id for each in found.values()) == ["A-0", "A-2"]

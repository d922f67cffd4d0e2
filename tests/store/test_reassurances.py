"""Reassurances: the latest one counts, and the digests since."""

from datetime import date, timedelta

from sqlalchemy import Connection

from alerter.domain.delivery import Settlement
from alerter.domain.policy import Reassurance
from alerter.store import assessments, claims, outbox, reassurances
from alerter.store.database import Database
from tests.world.readings import AS_OF, NOW, assessment, claimed, letter, read_in, run_with

WEEK = timedelta(days=7)
MANAGER = "n.okafor@council.example"


def given(on: date, expected: date = AS_OF + WEEK, reason: str = "") -> Reassurance:
    """Return what a manager recorded *on* a day."""
    return Reassurance(by=MANAGER, given_on=on, expected_on=expected, reason=reason)


def numbered(connection: Connection, *assessment_ids: str) -> list[int]:
    """Store open assessments; return their numbers."""
    read_in(connection, [assessment(each) for each in assessment_ids])
    return [next(iter(assessments.find(connection, each))) for each in assessment_ids]


def send(connection: Connection, weeks: int, *, state: str = "sent", attempt: int = 0) -> None:
    """Prepare a run *weeks* from now, and settle its one digest."""
    now = NOW + WEEK * weeks
    run_with(connection, MANAGER, send_date=AS_OF + WEEK * weeks, prepared_at=now, attempt=attempt)
    claims.settle(connection, claimed(connection, now), Settlement(state=state), reply="", now=now)


def test_nobody_reassured(database: Database) -> None:
    """An empty store has none."""
    with database.read() as connection:
        assert reassurances.latest(connection) == {}


def test_the_latest_counts(database: Database) -> None:
    """Of several for one assessment the one given last counts, and of one day the one recorded second."""
    with database.write() as connection:
        first, second = numbered(connection, "A-1", "A-2")
        for number, each in (
            (first, given(AS_OF, reason="newer")),
            (first, given(AS_OF - WEEK, reason="recorded late")),
            (second, given(AS_OF, reason="first")),
            (second, given(AS_OF, reason="second")),
        ):
            reassurances.record(connection, number, each, note="", now=NOW)
        found = reassurances.latest(connection)
    assert {number: each.reason for number, each in found.items()} == {first: "newer", second: "second"}
    assert found[first] == given(AS_OF, reason="newer")


def test_digests_since_are_counted(database: Database) -> None:
    """Each send date whose digests went out after the reassurance was recorded counts once."""
    with database.write() as connection:
        (number,) = numbered(connection, "A-1")
        send(connection, -1)
        reassurances.record(connection, number, given(AS_OF), note="seen", now=NOW)
        for weeks in (1, 2):
            send(connection, weeks)
        send(connection, 2, attempt=1)
        assert reassurances.latest(connection)[number].runs_since == 2


def test_a_run_that_reached_nobody_does_not_count(database: Database) -> None:
    """Neither a refused digest nor the admins' summary is a digest that went out."""
    with database.write() as connection:
        (number,) = numbered(connection, "A-1")
        reassurances.record(connection, number, given(AS_OF), note="", now=NOW)
        send(connection, 1, state="refused")
        later = NOW + WEEK * 2
        run_id = run_with(connection, send_date=AS_OF + WEEK * 2, prepared_at=later)
        outbox.enqueue(connection, run_id, kind="summary", edition=1, messages=[letter(MANAGER)], now=later)
        claims.settle(
            connection, claimed(connection, later), Settlement(state="sent"), reply="250", now=later
        )
        assert reassurances.latest(connection)[number].runs_since == 0


def test_the_run_it_answers_does_not_count(database: Database) -> None:
    """A reassurance given after a digest was prepared stands against the digests after that one."""
    with database.write() as connection:
        (number,) = numbered(connection, "A-1")
        send(connection, 0)
        reassurances.record(connection, number, given(AS_OF), note="", now=NOW + timedelta(hours=2))
        assert reassurances.latest(connection)[number].runs_since == 0

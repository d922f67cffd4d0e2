"""What is asked of the assessments: open, closed without authorisation, vanished, by id."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from alerter.store import assessments
from alerter.store.database import Database
from tests.world.readings import AS_OF, assessment, read_in

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ended_on", "is_open"), [(None, True), (AS_OF + DAY, True), (AS_OF, False), (AS_OF - DAY, False)]
)
@pytest.mark.parametrize("how", ["authorised_on", "cancelled_on", "closed_on"])
def test_open_on_a_day(database: Database, *, how: str, ended_on: date | None, is_open: bool) -> None:
    """Open is what nothing ended on or before the day, however it ends."""
    ended: dict[str, Any] = {how: ended_on}
    row = replace(assessment(), **ended)
    with database.rehearse() as connection:
        read_in(connection, [row])
        assert list(assessments.open_on(connection, AS_OF).values()) == [row] * is_open
        assert assessments.open_by_team(connection, AS_OF) == ({"Duty": 1} if is_open else {})
    assert row.is_open(AS_OF) is is_open


def test_a_sign_off_before_the_start_leaves_it_open(database: Database) -> None:
    """A sign-off that cannot be is not believed by the store either."""
    with database.rehearse() as connection:
        read_in(connection, [assessment(authorised_on=date(2026, 10, 2))])
        assert len(assessments.open_on(connection, AS_OF)) == 1


def test_open_ones_come_longest_open_first(database: Database) -> None:
    """The order is start, then ids as plain text, on every database and in every locale."""
    keys = [(2, "B", "1"), (1, "a", "1"), (1, "B", "2"), (1, "B", "10"), (1, "Ä", "1"), (1, "A-1", "1")]
    with database.rehearse() as connection:
        read_in(
            connection, [assessment(which, child, clock_on=date(2026, 10, day)) for day, which, child in keys]
        )
        found = assessments.open_on(connection, AS_OF).values()
    assert [(row.clock_on.day, row.assessment_id, row.child_id) for row in found] == sorted(keys)


def test_open_by_team(database: Database) -> None:
    """The open ones are counted by team, the vanished ones no longer."""
    rows = [assessment("A-1"), assessment("A-2", team="Court"), assessment("A-3"), assessment("A-4")]
    with database.rehearse() as connection:
        read_in(connection, rows)
        read_in(connection, rows[:3])
        assert assessments.open_by_team(connection, AS_OF) == {"Court": 1, "Duty": 2}


@pytest.mark.parametrize(
    ("dates", "is_found"),
    [
        ({"closed_on": AS_OF}, True),
        ({"closed_on": AS_OF + DAY}, False),
        ({"closed_on": AS_OF, "authorised_on": AS_OF - DAY}, False),
        ({"closed_on": AS_OF, "cancelled_on": AS_OF - DAY}, False),
        ({"cancelled_on": AS_OF}, False),
        ({}, False),
    ],
)
def test_closed_without_authorisation(database: Database, *, dates: dict[str, Any], is_found: bool) -> None:
    """
    An episode closed by the day, with neither sign-off nor cancellation, is an exception (DfE rule 8867).
    """
    with database.rehearse() as connection:
        read_in(connection, [replace(assessment(), **dates)])
        assert len(assessments.closed_unauthorised(connection, AS_OF)) == is_found


def test_vanished_since_a_reading(database: Database) -> None:
    """Only what went missing after the reading named, in the order of ids."""
    rows = [assessment(each) for each in ("A-3", "A-1", "A-2")]
    with database.rehearse() as connection:
        first = read_in(connection, rows)
        second = read_in(connection, rows[:1])
        third = read_in(connection, [])
        since = {
            sync.id: [each.assessment_id for each in assessments.vanished_since(connection, sync.id)]
            for sync in (first, second, third)
        }
    assert list(since.values()) == [["A-1", "A-2", "A-3"], ["A-3"], []]


def test_what_has_ended_does_not_vanish(database: Database) -> None:
    """An extract that leaves finished work out is no loss."""
    with database.rehearse() as connection:
        first = read_in(connection, [assessment(authorised_on=date(2026, 11, 2))])
        assert read_in(connection, []).vanished == 0
        assert assessments.vanished_since(connection, first.id) == []


def test_find(database: Database) -> None:
    """An id finds every child under it, and with the child that one alone; another id finds nothing."""
    siblings = [assessment(child_id="7"), assessment(child_id="8")]
    with database.rehearse() as connection:
        read_in(connection, siblings)
        assert list(assessments.find(connection, "A-1").values()) == siblings
        assert list(assessments.find(connection, "A-1", "8").values()) == siblings[1:]
        assert assessments.find(connection, "a-1") == {}
        assert assessments.find(connection, "A-1", "9") == {}

"""The ledger: one run a send date, what it found, and how it stands."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from alerter.domain.data_exceptions import DataException
from alerter.domain.delivery import Settlement
from alerter.domain.policy import Clock
from alerter.errors import StoreError
from alerter.store import claims, outbox, runs
from alerter.store.database import Database
from tests.world.readings import AS_OF, NOW, assessment, claimed, drafted, letter, read_in, run_with

A, B = "a@council.example", "b@council.example"
CORE = Clock(type="core", label="Core assessment", working_days=35, alert_after=25)
WEEK = timedelta(days=7)


def planned(connection: Any, send_date: date = AS_OF, **changed: Any) -> int:
    """Plan a run that has no other in its way; return its number."""
    run_id = runs.plan(connection, drafted(send_date, **changed))
    assert run_id is not None
    return run_id


def test_a_run_is_read_as_it_was_planned(database: Database) -> None:
    """Counts, reasons and dates come back with their types, under a number of the store's own."""
    with database.write() as connection:
        sync = read_in(connection, [assessment()])
        draft = drafted(sync_id=sync.id, held_because=["rows fell by 60 %"], teams={"Tîm": 1}, reason="lost")
        run_id = runs.plan(connection, draft)
        assert run_id is not None
        run = runs.by_id(connection, run_id)
        assert run == runs.lock(connection, run_id) == runs.latest(connection) == replace(draft, id=run_id)


def test_a_send_date_is_planned_once(database: Database) -> None:
    """A second plan for one send date is none, and changes nothing of the first."""
    with database.write() as connection:
        first = planned(connection, settings="first")
        assert runs.plan(connection, drafted(settings="second")) is None
        assert runs.by_id(connection, first).settings == "first"


@pytest.mark.parametrize("state", ["prepared", "done", "undelivered"])
def test_a_run_that_went_out_is_never_replaced(database: Database, state: str) -> None:
    """Whatever became of a run, its send date stays planned."""
    with database.write() as connection:
        run_id = planned(connection)
        runs.amend(connection, run_id, state=state)
        assert runs.plan(connection, drafted()) is None
        assert runs.by_id(connection, run_id).state == state


def test_a_held_run_is_replaced(database: Database) -> None:
    """When a held run is let go it is prepared under its own number, and what it said while held is gone."""
    with database.write() as connection:
        held = planned(connection, state="held", held_because=["the extract is empty"], counts={})
        runs.record_exceptions(connection, held, [DataException("vanished", "A-1", "7", "it is gone")])
        assert runs.plan(connection, drafted(counts={"open": 5})) == held
        runs.record_exceptions(connection, held, [])
        run = runs.by_id(connection, held)
        assert runs.exceptions_of(connection, held) == []
        assert runs.plan(connection, drafted()) is None
    assert (run.state, run.counts, run.held_because) == ("prepared", {"open": 5}, [])


def test_a_held_run_may_be_held_again(database: Database) -> None:
    """A second look at an extract that still looks wrong gives the newer reasons."""
    with database.write() as connection:
        held = planned(connection, state="held", held_because=["old"])
        assert runs.plan(connection, drafted(state="held", held_because=["new"])) == held
        assert runs.by_id(connection, held).held_because == ["new"]


def test_a_further_attempt_stands_beside_the_first(database: Database) -> None:
    """`--again` takes the next number for the send date and is the run of that date from then on."""
    with database.write() as connection:
        assert runs.next_attempt(connection, AS_OF) == 0
        planned(connection)
        assert runs.next_attempt(connection, AS_OF) == 1
        again = planned(connection, attempt=1, reason="the directory was wrong")
        run = runs.by_send_date(connection, AS_OF)
        assert runs.by_send_date(connection, AS_OF + WEEK) is None
    assert run is not None
    assert (run.id, run.attempt, run.reason) == (again, 1, "the directory was wrong")


def test_the_latest_run_is_the_latest_send_dates(database: Database) -> None:
    """Not the order of preparation but the send date decides, and a held run is nobody's predecessor."""
    with database.write() as connection:
        assert runs.latest(connection) is None
        newest = planned(connection, AS_OF)
        older = planned(connection, AS_OF - WEEK)
        planned(connection, AS_OF - WEEK * 2)
        latest, before = runs.latest(connection), runs.latest_before(connection, AS_OF)
        assert latest is not None
        assert before is not None
        assert (latest.id, before.id) == (newest, older)
        assert runs.latest_before(connection, AS_OF - WEEK * 2) is None
        runs.amend(connection, older, state="held")
        before = runs.latest_before(connection, AS_OF)
        assert before is not None
        assert before.send_date == AS_OF - WEEK * 2


def test_a_run_prepared_after_its_send_date_is_late() -> None:
    """Late is judged by the day it was for, not by the clock."""
    assert not drafted().is_late
    assert drafted(as_of=AS_OF + timedelta(days=1)).is_late


def test_an_unknown_run_is_told(database: Database) -> None:
    """A number that is in no ledger ends in a sentence with that number."""
    with database.write() as connection:
        assert runs.find(connection, 99) is None
        for ask in (runs.by_id, runs.lock):
            with pytest.raises(StoreError, match="there is no run 99"):
                ask(connection, 99)


def test_unconcluded_runs(database: Database) -> None:
    """
    To be concluded are runs just prepared, and undelivered ones that are the latest or still owe something.
    """
    with database.write() as connection:
        owing, settled, done, fresh, last = (
            run_with(connection, A, send_date=AS_OF + WEEK * number) for number in range(5)
        )
        for _ in range(5):
            message = claimed(connection)
            if message.run_id != owing:
                claims.settle(connection, message, Settlement(state="refused"), reply="550", now=NOW)
        for run_id, state in (
            (owing, "undelivered"),
            (settled, "undelivered"),
            (done, "done"),
            (last, "undelivered"),
        ):
            runs.amend(connection, run_id, state=state)
        assert runs.unconcluded(connection) == [owing, fresh, last]
        planned(connection, AS_OF + WEEK * 5, state="held")
        assert runs.unconcluded(connection) == [owing, fresh]


def test_outcomes_count_digests(database: Database) -> None:
    """Digests are counted by state; summaries are not."""
    with database.write() as connection:
        run_id = run_with(connection, A, B)
        outbox.enqueue(connection, run_id, kind="summary", edition=1, messages=[letter(A)], now=NOW)
        assert runs.outcomes(connection, run_id) == {"queued": 2}
        claims.settle(connection, claimed(connection), Settlement(state="sent"), reply="250", now=NOW)
        assert runs.outcomes(connection, run_id) == {"queued": 1, "sent": 1}
        assert runs.outcomes(connection, run_id + 1) == {}


def test_exceptions_keep_their_order(database: Database) -> None:
    """What a run found is read back in the order it was found, and of that run alone."""
    found = [
        DataException(kind, f"A-{kind}", "7", "why") for kind in ("vanished", "bad_address", "no_manager")
    ]
    with database.write() as connection:
        first, second = planned(connection), planned(connection, AS_OF + WEEK)
        runs.record_exceptions(connection, first, found)
        runs.record_exceptions(connection, second, found[:1])
        assert runs.exceptions_of(connection, first) == found
        assert runs.exceptions_of(connection, second) == found[:1]

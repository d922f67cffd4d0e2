"""Notes in the outbox: one a day and recipient, what each told, and what of it counts as told."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from alerter.domain.policy import Stage
from alerter.store import events, mailings, notes, outbox, runs
from alerter.store.database import Database
from alerter.store.schema import outbox as messages
from tests.store.test_alerts import MANAGER, a_run, three
from tests.world.readings import AS_OF, NOW, claimed, letter

TUESDAY = AS_OF + timedelta(days=1)


def noted(connection: Connection) -> tuple[int, int]:
    """Enter a run that is done, and a note of the day after; return the run's and the assessment's number."""
    number, _, _ = three(connection)
    run_id = a_run(connection, 0, {number: Stage.PAST_ALERT})
    runs.amend(connection, run_id, state="done")
    notes.enqueue(connection, run_id, TUESDAY, [(letter(MANAGER), {number: "overdue, day 36"})], NOW)
    return run_id, number


def test_a_note_is_there_once_a_day_and_recipient(database: Database) -> None:
    """The database itself refuses a second one; another day's is another."""
    with database.write() as connection:
        run_id, number = noted(connection)
        assert notes.recipients(connection, run_id, TUESDAY) == {MANAGER}
        assert notes.recipients(connection, run_id, AS_OF) == set()
        contents = [(letter(MANAGER), {number: "overdue, day 36"})]
        with pytest.raises(IntegrityError), connection.begin_nested():
            notes.enqueue(connection, run_id, TUESDAY, contents, NOW)
        notes.enqueue(connection, run_id, TUESDAY + timedelta(days=1), [], NOW)


def test_a_withdrawn_note_told_nothing(database: Database) -> None:
    """What it was to tell is news again; one that was on its way is not withdrawn."""
    with database.write() as connection:
        run_id, number = noted(connection)
        (waiting,) = notes.waiting(connection)
        assert (waiting.day, waiting.recipient, waiting.numbers) == (TUESDAY, MANAGER, frozenset({number}))
        assert notes.noted(connection, run_id) == {number}
        notes.withdraw(connection, waiting, NOW)
        assert notes.noted(connection, run_id) == set()
        assert notes.waiting(connection) == []
        connection.execute(update(messages).values(state="deferred", settled_at=None, marked_at=NOW))
        assert notes.waiting(connection) == []
        notes.withdraw(connection, waiting, NOW)
        assert notes.noted(connection, run_id) == {number}


def test_a_note_changes_nothing_of_its_run(database: Database) -> None:
    """Owed it is, as everything prepared; but the run is all sent, and nothing of it failed."""
    with database.write() as connection:
        run_id, _ = noted(connection)
        assert outbox.owed(connection) == 1
        assert outbox.is_all_sent(connection, run_id)
        assert runs.unconcluded(connection) == []
        assert runs.outcomes(connection, run_id) == {}
        connection.execute(update(messages).values(state="refused", settled_at=NOW))
        assert outbox.failed(connection, run_id) == []


def test_a_note_is_claimed_as_any_message(database: Database) -> None:
    """Under its own Message-ID, which the outbox keeps."""
    with database.write() as connection:
        run_id, _ = noted(connection)
        message = claimed(connection, NOW)
        assert (message.run_id, message.message.recipient) == (run_id, MANAGER)


def test_history_and_the_page_know_what_a_note_told(database: Database) -> None:
    """To whom, of what, and what became of it."""
    with database.write() as connection:
        run_id, number = noted(connection)
        (event,) = (event for event in events.of_assessment(connection, number) if event.kind == "noted")
        assert event.what == f"run {run_id}, note: overdue, day 36, to {MANAGER} (queued)"
        (row,) = mailings.noted(connection, run_id)
    assert (row.assessment_id, row.stage, row.age, row.recipient) == ("A-1", Stage.OVERDUE, 36, MANAGER)

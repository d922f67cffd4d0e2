"""Prepares the notes between two digests: for whom something became overdue or was escalated since."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from alerter.domain.address import address_key
from alerter.domain.news import News, news_of
from alerter.domain.plan import Rules
from alerter.mail.notes import note
from alerter.pipeline.letters import Basis, run_facts
from alerter.pipeline.planning import plan_on
from alerter.store import alerts, notes, runs, syncs
from alerter.store.database import Database, take_turns
from alerter.store.runs import Run


def prepare_notes(database: Database, basis: Basis, today: date) -> int:
    """
    Put the notes of *today* into the outbox, as the store is now; return how many. The run stays as it is.

    There are none without a run for the send date last due, and nobody has two of one day.
    """
    with database.write() as connection:
        take_turns(connection, "sync")
        run = _run_before(connection, basis.rules, today)
        if run is None:
            return 0
        withdraw_stale(connection, basis, today)
        have_one = notes.recipients(connection, run.id, today)
        fresh = [
            news for news in _news(connection, basis.rules, run, today) if news.recipient.key not in have_one
        ]
        _enqueue(connection, basis, run, today, fresh)
    return len(fresh)


def withdraw_stale(connection: Connection, basis: Basis, today: date) -> None:
    """
    Withdraw each note that waits and is of another day, or tells what is no news for its recipient any more.
    """
    waiting = notes.waiting(connection)
    if not waiting:
        return
    run = _run_before(connection, basis.rules, today)
    numbers: dict[str, set[int]] = {}
    if run is not None:
        own = {number for waiting_note in waiting for number in waiting_note.numbers}
        fresh = _news(connection, basis.rules, run, today, but=own)
        numbers = {news.recipient.key: news.numbers for news in fresh}
    for waiting_note in waiting:
        still = numbers.get(address_key(waiting_note.recipient), set())
        if waiting_note.day != today or not waiting_note.numbers <= still:
            notes.withdraw(connection, waiting_note, basis.now)


def _run_before(connection: Connection, rules: Rules, today: date) -> Run | None:
    """Return the run whose digests today's notes follow; None where it is not there, or held."""
    run = runs.latest_come(connection, today)
    if run is None or run.state == "held" or run.send_date != rules.schedule.due_on_or_before(today):
        return None
    return run


def _news(
    connection: Connection, rules: Rules, run: Run, today: date, but: Collection[int] = ()
) -> list[News]:
    """Return what was not noted since *run*; what was noted *but* in these is news still."""
    noted = notes.noted(connection, run.id).difference(but)
    last_alerts = alerts.last_alerts(connection, [run.id])
    return news_of(plan_on(connection, rules, today), last_alerts, noted)


def _enqueue(connection: Connection, basis: Basis, run: Run, today: date, fresh: Sequence[News]) -> None:
    as_of_today = replace(run, as_of=today, next_run=basis.rules.schedule.next_after(today))
    facts = run_facts(connection, basis, as_of_today, syncs.latest_applied(connection))
    contents = [
        (
            note(news, facts, basis.writer),
            {row.number: f"{row.alert.stage.value}, day {row.alert.age}" for row in news.rows},
        )
        for news in fresh
    ]
    notes.enqueue(connection, run.id, today, contents, basis.now)

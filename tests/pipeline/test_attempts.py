"""One run for a send date: what comes after it, what is held in its place, and what replaces that."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from alerter.pipeline.prepare import RunRequest, hold, prepare
from alerter.pipeline.sync import Synced
from alerter.store import runs
from alerter.store.runs import Run
from alerter.store.schema import runs as runs_table
from tests.world.stored_council import AS_OF, Council, held_by, row, rows_in

WEEK = [row("A-1", days=40), row("A-2", days=30, team="South"), row("A-3", days=3, team="Unlisted")]


def hold_week(council: Council, *reasons: str, as_of: date = AS_OF, again: str = "") -> Run | None:
    """Hold the week's run because of *reasons*, with an extract that waits."""
    held = council.read([row("A-9")], gate=held_by(*reasons)).sync
    with council.database.write() as connection:
        return hold(connection, council.basis(), RunRequest(as_of, again), Synced(held, reasons))


def test_same_send_date_is_prepared_once(council: Council) -> None:
    """A second preparation for the week returns None and writes nothing, later in the week too."""
    council.read(WEEK)
    council.prepare()
    with council.database.write() as connection:
        assert prepare(connection, council.basis(), RunRequest(date(2026, 11, 26))) is None
    assert rows_in(council.database, runs_table) == 1
    assert len(council.letters()) == 3


def test_two_preparations_at_once_make_one_run(either_council: Council) -> None:
    """
    Of processes that prepare the same send date at the same moment, one plans and the others are told None.
    """
    either_council.read(WEEK)
    start = threading.Barrier(3)

    def attempt(_number: int) -> Run | None:
        start.wait()
        with either_council.database.write() as connection:
            return prepare(connection, either_council.basis(), RunRequest(AS_OF))

    with ThreadPoolExecutor(3) as pool:
        planned = [run for run in pool.map(attempt, range(3)) if run is not None]
    assert len(planned) == 1
    assert len(either_council.letters()) == 3


def test_again_prepares_a_further_attempt(council: Council) -> None:
    """With a reason the same send date gets a run of its own beside the first, with messages of its own."""
    council.read(WEEK)
    first = council.prepare()
    second = council.prepare(again="two managers had changed")
    third = council.prepare(again="and a third")
    assert [(each.attempt, each.reason) for each in (first, second, third)] == [
        (0, ""),
        (1, "prepared again: two managers had changed"),
        (2, "prepared again: and a third"),
    ]
    assert len({letter.body for letter in council.letters()}) == 9


def test_held_run_is_replaced_under_its_own_number(either_council: Council) -> None:
    """What was held becomes the run of the week; its reasons are gone, and the remark is kept."""
    either_council.read(WEEK)
    held = hold_week(either_council, "too odd")
    assert held is not None
    assert (held.state, held.held_because, either_council.letters()) == ("held", ["too odd"], [])
    run = either_council.prepare(remark="released by A. Admin")
    assert (run.id, run.state, run.held_because) == (held.id, "prepared", [])
    assert (run.attempt, run.reason) == (0, "released by A. Admin")
    assert len(either_council.letters()) == 3


def test_again_on_a_held_run_replaces_it(council: Council) -> None:
    """
    Nothing of a held run was ever prepared, so a fresh one takes its number rather than a further attempt.
    """
    council.read(WEEK)
    hold_week(council, "too odd")
    run = council.prepare(again="looked at it")
    assert (run.attempt, run.reason) == (0, "prepared again: looked at it")
    assert rows_in(council.database, runs_table) == 1


def test_planned_run_is_not_held_any_more(council: Council) -> None:
    """Where the week has its run, holding it returns None and leaves it as it is."""
    council.read(WEEK)
    run = council.prepare()
    assert hold_week(council, "too late") is None
    with council.database.read() as connection:
        assert runs.by_id(connection, run.id) == run


def test_further_attempt_can_be_held_and_released(council: Council) -> None:
    """A held `--again` waits beside the first run, which stands, and is replaced under its own number."""
    council.read(WEEK)
    first = council.prepare()
    held = hold_week(council, "too odd", again="a better extract")
    assert held is not None
    assert (held.attempt, held.reason, held.state) == (1, "prepared again: a better extract", "held")
    run = council.prepare(remark="released by A. Admin")
    assert (run.id, run.attempt, run.state) == (held.id, 1, "prepared")
    assert run.reason == "prepared again: a better extract; released by A. Admin"
    with council.database.read() as connection:
        assert runs.by_id(connection, first.id) == first

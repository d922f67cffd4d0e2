"""Several at once, truly: each message is sent by one of them, each send date planned by one."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from multiprocessing import get_context
from threading import Barrier, Event, Thread
from typing import Any

from alerter.domain.delivery import Settlement
from alerter.store import claims, outbox, runs
from alerter.store.database import Database, open_database
from tests.store.claimants import drain
from tests.world.readings import AS_OF, NOW, claimed, drafted, run_with

MANAGERS = [f"{number:02}@council.example" for number in range(40)]


def url_of(database: Database) -> str:
    """Return the URL for a process of its own."""
    return database.engine.url.render_as_string(hide_password=False)


def at_once(work: Callable[[int], Any], how_many: int = 4) -> list[Any]:
    """Do *work* in several threads that begin together; return what each of them did."""
    together = Barrier(how_many)

    def begin(number: int) -> Any:
        together.wait()
        return work(number)

    with ThreadPoolExecutor(how_many) as pool:
        return list(pool.map(begin, range(how_many)))


def test_threads_claim_each_message_once(database: Database) -> None:
    """Four threads that claim as fast as they can share the messages out, none twice and none left."""
    with database.write() as connection:
        run_id = run_with(connection, *MANAGERS)
    shares = at_once(lambda number: drain(url_of(database), f"thread-{number}"))
    assert sorted(each for share in shares for each in share) == MANAGERS
    with database.read() as connection:
        assert {each.attempts for each in outbox.deliveries(connection, run_id)} == {1}
        assert runs.outcomes(connection, run_id) == {"sent": len(MANAGERS)}


def test_processes_claim_each_message_once(database: Database) -> None:
    """So do two processes, which share nothing but the database."""
    with database.write() as connection:
        run_with(connection, *MANAGERS)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        shares = [pool.submit(drain, url_of(database), f"process-{number}") for number in range(2)]
        assert sorted(each for share in shares for each in share.result()) == MANAGERS


def test_an_uncommitted_claim_is_passed_over(postgresql_url: str) -> None:
    """On PostgreSQL a sender does not wait for a message that another is just claiming: it takes the next."""
    first, second = open_database(postgresql_url), open_database(postgresql_url)
    with first.write() as connection:
        run_with(connection, *MANAGERS[:2])
    with first.write() as one, second.write() as other:
        assert claimed(one, by="one").message.recipient == MANAGERS[0]
        assert claimed(other, by="other").message.recipient == MANAGERS[1]
    first.close()
    second.close()


def test_one_of_many_takes_a_dead_senders_message_over(database: Database) -> None:
    """Of four that find a message abandoned exactly one settles it."""
    with database.write() as connection:
        run_with(connection, MANAGERS[0])
        message = claimed(connection)

    def take_over(_number: int) -> bool:
        with database.write() as connection:
            return claims.settle(
                connection, message, Settlement(state="queued", next_attempt_at=NOW), reply="", now=NOW
            )

    assert sorted(at_once(take_over)) == [False, False, False, True]


def test_one_of_many_plans_a_send_date(database: Database) -> None:
    """Of four that plan the same send date at once one gets a run, the others are told it has one."""

    def plan(_number: int) -> int | None:
        with database.write() as connection:
            return runs.plan(connection, drafted())

    planned = [each for each in at_once(plan) if each is not None]
    assert len(planned) == 1
    with database.read() as connection:
        run = runs.by_send_date(connection, AS_OF)
    assert run is not None
    assert run.id == planned[0]


def test_a_plan_that_was_rolled_back_leaves_the_send_date_free(database: Database) -> None:
    """A second planner waits for the first, and has the send date when the first gave it up."""
    holds, planned = Event(), []

    def second() -> None:
        holds.wait()
        with database.write() as connection:
            planned.append(runs.plan(connection, drafted()))

    waiting = Thread(target=second)
    waiting.start()
    with database.rehearse() as connection:
        assert runs.plan(connection, drafted()) is not None
        holds.set()
        waiting.join(timeout=0.2)
        assert planned == []
    waiting.join()
    assert planned != [None]


def test_different_send_dates_do_not_meet(database: Database) -> None:
    """A plan for one send date says nothing about another."""

    def plan(number: int) -> int | None:
        with database.write() as connection:
            return runs.plan(connection, drafted(date(2026, 11, 2 + 7 * number)))

    assert len(set(at_once(plan)) - {None}) == 4

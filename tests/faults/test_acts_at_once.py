"""The store with many at it: equal acts at once, and requests of strangers during the weekly run."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import get_ident

import pytest
from sqlalchemy import event

from alerter.app.link_letters import MOST_WITHIN
from alerter.pipeline import weekly
from alerter.pipeline.sending import wait_until
from tests.web.house import AUDITED, OKAFOR, STRANGER, House, Visitor, new_house
from tests.world.office import Office

AT_ONCE = 8
STRANGERS = 57
PATIENCE_SECONDS = 60
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
ANSWER = {"expected-all": "2009-11-27"}
AUDIT = {"points-a": "50", "points-b": "24", "audited": "2009-11-23"}


@pytest.fixture(params=["sqlite", "postgresql"])
def database_of_house(request: pytest.FixtureRequest) -> dict[str, object]:
    """Return the setting that puts a council on either database."""
    if request.param == "sqlite":
        return {}
    return {"database__url": request.getfixturevalue("postgresql_url")}


@contextmanager
def held_up(house: House, how_many: int) -> Iterator[None]:
    """
    Let *how_many* transactions on a server read what they decide by, and write only when all of them wait.

    On SQLite they take their turns from the beginning.
    """
    database = house.installation.database
    if database.is_sqlite:
        yield
        return

    def waiting() -> int:
        with database.read() as connection:
            return int(
                connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one()
            )

    with database.write() as connection:
        connection.exec_driver_sql("LOCK TABLE trail, reassurances, audits IN SHARE MODE")
        yield
        assert wait_until(lambda: waiting() == how_many, PATIENCE_SECONDS)


def at_once(house: House, act: Callable[[Visitor], object], visitors: list[Visitor]) -> None:
    """Have all *visitors* do one thing in the same moment."""
    with ThreadPoolExecutor(len(visitors)) as pool, held_up(house, len(visitors)):
        done = [pool.submit(act, visitor) for visitor in visitors]
    for each in done:
        each.result()


def acts(house: House, act: str) -> int:
    """Count how often somebody did something."""
    return sum(each == act for _, each, _ in house.acts())


def test_fault_117_equal_acts_at_once(desk: Office, database_of_house: dict[str, object]) -> None:
    """Eight equal answers, audits and undos are each recorded once; eight requests for a link bring three."""
    with new_house(desk, **AUDITED, **database_of_house) as house:
        number = house.numbers()["A-2"]
        visitors = [house.inside(OKAFOR) for _ in range(AT_ONCE)]
        at_once(house, lambda visitor: visitor.post("/list", pick=number, **ANSWER), visitors)
        assert acts(house, "reassured") == 1
        at_once(house, lambda visitor: visitor.post("/undo", reassurance=1), visitors)
        assert acts(house, "withdrew") == 1
        at_once(house, lambda visitor: visitor.post(f"/audits/{number}", **AUDIT), visitors)
        assert acts(house, "audited") == 1
        at_once(house, lambda visitor: visitor.post("/link", email=OKAFOR), visitors)
        assert acts(house, "asked_link") == AT_ONCE
    assert len(desk.sent()) == MOST_WITHIN


def test_fault_118_requests_for_links_during_the_run(desk: Office) -> None:
    """
    They are answered while the plan is worked out, which is not worked out again for them; but for an answer.
    """
    with new_house(desk) as house:
        strangers = [house.visitor() for _ in range(STRANGERS)]
        manager, number = house.inside(OKAFOR), house.numbers()["A-2"]
        for stranger in strangers:
            stranger.get("/link")

        def ask() -> None:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                asked = pool.map(lambda stranger: stranger.post("/link", email=STRANGER), strangers)
                assert {answer.status_code for answer in asked} == {200}

        deeds = [ask]
        looks = stepping_in(house, deeds)
        assert house.run()["reassured"] == 0
        assert acts(house, "asked_link") == STRANGERS
        assert len(looks) == 1

        def answer() -> None:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(manager.post, "/list", pick=number, **ANSWER).result()

        deeds.append(answer)
        again = weekly.run(house.installation, house.installation.today(), again="an answer", is_synced=False)
        assert again.counts["reassured"] == 1


def stepping_in(house: House, deeds: list[Callable[[], None]]) -> list[str]:
    """Do the first of *deeds*, once, while this thread works out a plan; return its looks as they come."""
    looks: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if get_ident() == ours and " AS days" in statement:
            looks.append(statement)
            if deeds:
                deeds.pop()()

    ours = get_ident()
    event.listen(house.installation.database.engine, "before_cursor_execute", hear)
    return looks

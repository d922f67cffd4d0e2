"""Fault matrix, row 113: links and cookies shown elsewhere, or after they were left."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from sqlite3 import connect

import pytest

from tests.web.house import LINDQVIST, OKAFOR, House, Visitor, new_house
from tests.world.office import new_office
from tests.world.size import size

ORDERS = size(3, 200)
STEPS = 25
OPENS = {True: 200, False: 403}


@dataclass(slots=True)
class Town:
    """
    Two councils' pages with one secret and databases of their own, and every cookie that was ever given.
    """

    houses: list[House]
    cookies: list["Copied"] = field(default_factory=list)

    def visits(self, house: House, email: str) -> "Copied":
        """Let somebody in at *house*, and copy the cookie that they got."""
        visitor = house.inside(email)
        cookie = visitor.browser.get_cookie("alerter")
        assert cookie is not None
        self.cookies.append(Copied(house, visitor, cookie.value))
        return self.cookies[-1]


@dataclass(slots=True)
class Copied:
    """A copy of a cookie, the browser it was taken from, and whether that has left since."""

    house: House
    visitor: Visitor
    value: str
    has_left: bool = False

    def shown_at(self, house: House) -> int:
        """Show the copy in another browser at *house*, and return how that was answered."""
        thief = house.visitor()
        thief.browser.set_cookie("alerter", self.value)
        return thief.get("/list").status_code


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """Open two councils with one secret, the second always on a SQLite file."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    with ExitStack() as stack:
        first = stack.enter_context(new_council(tmp_path / "first", url))
        second = stack.enter_context(new_council(tmp_path / "second"))
        yield Town([first, second])


@contextmanager
def new_council(folder: Path, url: str | None = None) -> Iterator[House]:
    """Open a council's page in a new folder, on a new SQLite file or on the database at *url*."""
    folder.mkdir(exist_ok=True)
    changes = {} if url is None else {"database__url": url}
    with closing(new_office(folder)) as office, new_house(office, **changes) as house:
        yield house


def test_fault_113_tokens_elsewhere_and_afterwards(town: Town) -> None:
    """In any order of coming, leaving and copying, a token opens its own database's page until it is left."""
    for seed in range(ORDERS):
        rng = Random(seed)  # noqa: S311 - the same seed must give the same order
        for _ in range(STEPS):
            house, email = rng.choice(town.houses), rng.choice((OKAFOR, LINDQVIST))
            for each in town.houses:
                each.hands.at += timedelta(seconds=1)  # for the limit of requests a minute
            act = rng.choice(("come", "leave", "link", "cookie"))
            left = [each for each in town.cookies if not each.has_left]
            if act == "come" or not left:
                town.visits(house, email)
            elif act == "leave":
                leaving = rng.choice(left)
                leaving.visitor.post("/leave")
                leaving.has_left = True
            elif act == "link":
                own = rng.choice(town.houses)
                assert house.visitor().get(own.path(email)).status_code == OPENS[own is house]
            else:
                copied = rng.choice(town.cookies)
                is_good = copied.house is house and not copied.has_left
                assert copied.shown_at(house) == OPENS[is_good]
    assert {each.has_left for each in town.cookies} == {True, False}


def test_a_restored_database_keeps_its_links(tmp_path: Path) -> None:
    """
    What was mailed before still opens the list, for the id is restored with the rest; a new one has its own.
    """
    for name in ("lost", "restored"):
        (tmp_path / name).mkdir()
    with new_council(tmp_path / "lost") as lost:
        path = lost.path(OKAFOR)
        files = [connect(tmp_path / name / "alerter.db") for name in ("lost", "restored")]
        with closing(files[0]), closing(files[1]):
            files[0].backup(files[1])
    for name, status in (("restored", 200), ("new", 403)):
        with new_council(tmp_path / name) as house:
            assert house.visitor().get(path).status_code == status

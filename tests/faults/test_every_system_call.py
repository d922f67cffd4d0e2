"""
Killed at every system call of a week with four recipients: nothing lost, nothing doubled before its mark.

A dry run counts the calls; the suite takes a few of each kind, `ALERTER_SOAK=1` (`make soak`) every one.
"""

import os
import shutil
import signal
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from tests.faults.system_calls import Call, recorded, struck_at
from tests.faults.week import WEEK, made_ready, needs_linux
from tests.world.council import ADMINS, Council
from tests.world.ledger import ledger_of
from tests.world.mail_server import MailServer
from tests.world.postgres import PostgresServer
from tests.world.size import IS_SOAK
from tests.world.terminal import alerter

pytestmark = needs_linux
POINTS = 10
FOUR = 4
TEMPLATE = f"alerter_every_call_{os.getpid()}"


@dataclass(slots=True)
class Town:
    """
    A council of four managers that is ready for its week, in as many copies as there are weeks to spoil.

    *server* has its database where that is no file; *made* holds which databases were made there.
    """

    folder: Path
    office: MailServer
    server: PostgresServer | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def found(self, template: str) -> None:
        """Make the first council, from which the others are copied, on a copy of the migrated *template*."""
        first = self.folder / "first"
        first.mkdir()
        url = {}
        if self.server is None:
            shutil.copy(template, first / "alerter.db")
        else:
            url = {"database__url": self.server.create(TEMPLATE, template)}
        council = Council(first, self.office.port)
        council.configure(**url)
        made_ready(council, FOUR)

    @contextmanager
    def another(self) -> Iterator[Council]:
        """Give a copy of the first council; what its mail server kept before is forgotten."""
        number = next(self._numbers)
        council = Council(shutil.copytree(self.folder / "first", self.folder / f"{number}"), self.office.port)
        name = f"{TEMPLATE}_{number}"
        if self.server is not None:
            council.configure(database__url=self.server.create(name, TEMPLATE))
        self.office.take()
        yield council
        if self.server is not None:
            self.server.drop(name)
        shutil.rmtree(council.folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path: Path, office: MailServer) -> Iterator[Town]:
    """Return a town on either database."""
    if request.param == "sqlite":
        town = Town(tmp_path, office)
        town.found(request.getfixturevalue("migrated_file"))
        yield town
        return
    town = Town(tmp_path, office, request.getfixturevalue("postgres_server"))
    town.found(request.getfixturevalue("migrated_template"))
    yield town
    request.getfixturevalue("postgres_server").drop(TEMPLATE)


def chosen(calls: Sequence[Call]) -> list[Call]:
    """Return the calls to die at: all that touch store, mail server or output, or some of each kind."""
    begin = next(n for n, call in enumerate(calls) if call.name == "connect" or call.has("alerter.db"))
    telling = [call for call in calls[begin:] if call.name != "openat" or call.has("alerter.db")]
    if IS_SOAK:
        return telling
    kinds: defaultdict[str, list[Call]] = defaultdict(list)
    for call in telling:
        kinds[call.name].append(call)
    spread = [kind[len(kind) * part // 3] for part in range(3) for kind in kinds.values()]
    return sorted(dict.fromkeys(spread), key=telling.index)[:: max(1, len(spread) // POINTS)]


def survived(council: Council, office: MailServer) -> None:
    """
    Check what a death left, do the week again, and check that nobody got nothing, nor two without a mark.
    """
    ledger = ledger_of(council)
    left = ledger.states()
    unsure = {recipient for recipient, state in left.items() if state in ("marked", "sent")}
    assert office.tally().keys() - {ADMINS} <= unsure
    said = alerter(council, *WEEK)
    assert said.exit_code == 0, said
    ledger.assert_sound()
    assert len(ledger.runs()) == 1
    for recipient, state in ledger.states().items():
        copies = office.copies(recipient)
        assert state == "sent"
        assert 1 <= len(copies) <= (2 if left.get(recipient) == "marked" else 1), (recipient, left)
        assert len(set(copies)) == 1
    assert office.copies(ADMINS)


def test_killed_at_every_system_call(town: Town) -> None:
    """
    Whichever it dies at: each manager has the digest, and a second copy only where the first was marked.
    """
    with town.another() as council:
        calls = recorded(council, *WEEK)
    points = chosen(calls)
    deaths = 0
    for call in points:
        with town.another() as council:
            deaths += struck_at(council, call, *WEEK) == -signal.SIGKILL
            survived(council, town.office)
    # A server's answers come as they come: now and then a command needs a call less than the dry run did.
    assert deaths >= len(points) * 0.9

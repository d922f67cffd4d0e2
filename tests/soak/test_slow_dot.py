"""
A mail server that is slow at the dot, and senders that are killed while they wait for it: all are reached.

Each of twelve senders in a row is killed after the server has taken one to three more messages, before it has
answered for the last: nobody knows what became of that one, and the next sender has to send it again. One
round on each database in the suite, 200 under `make soak`.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from threading import Event
from time import monotonic

import pytest

from tests.soak.conftest import Fresh
from tests.soak.oracle import check_partition, second_copies
from tests.soak.town import PATIENCE_SECONDS, Town, town
from tests.world.mail_server import MailServer
from tests.world.size import size

ROUNDS = size(1, 200)
MANAGERS, KILLS = 30, 12
MOST_TAKEN = 3  # before a sender is killed, so that there is work for all twelve
PAUSE_SECONDS = 0.08
POLL_SECONDS = 0.002


@pytest.fixture(scope="module")
def sink() -> Iterator[MailServer]:
    """Run one slow mail server for all rounds on one kind of database."""
    with MailServer(dot_pause=PAUSE_SECONDS) as sink:
        yield sink


def wait_until(is_met: Callable[[], bool]) -> None:
    """Wait for something, as long as patience lasts."""
    idle, end = Event(), monotonic() + PATIENCE_SECONDS
    while not is_met() and monotonic() < end:
        idle.wait(POLL_SECONDS)


def strike(here: Town, sink: MailServer, random: Random) -> set[str]:
    """
    Start the weekly job, kill it while the server thinks over a message, and return what was marked then.
    """
    enough = len(sink.arrived) + random.randint(1, MOST_TAKEN)
    struck = here.run()
    wait_until(lambda: len(sink.arrived) >= enough or not struck.is_alive)
    Event().wait(random.random() * PAUSE_SECONDS)
    struck.kill()
    struck.ended()
    return here.ledger.marked()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_manager_is_reached(
    fresh: Fresh, sink: MailServer, tmp_path_factory: pytest.TempPathFactory, figures: Counter[str], seed: int
) -> None:
    """Thirty of thirty, whichever senders died; a second copy only of what was marked at a kill."""
    random = Random(seed)  # noqa: S311 - a round that can be repeated
    folder = tmp_path_factory.mktemp("round")
    with fresh(folder) as url, town(folder, url, sink.port, MANAGERS) as here:
        sink.is_marked = here.ledger.is_marked
        sink.take()
        marked = {each for _ in range(KILLS) for each in strike(here, sink, random)}
        here.finish()
        copies, entries = sink.take(), here.ledger.messages("")
        reached = {copy.recipient for copy in copies} & here.expected.keys()
        figures["rounds"] += 1
        figures[f"{len(reached)} of {MANAGERS} reached"] += 1
        figures["kills with a message marked"] += len(marked)
        figures["second copies"] += len(second_copies(copies, entries, marked))
        check_partition(copies, here.expected)
        assert reached == here.expected.keys()
    shutil.rmtree(folder)

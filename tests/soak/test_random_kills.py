"""
`alerter run`, killed at a random moment of its life: the next one loses nothing and sends nothing twice.

10 rounds on each database in the suite, 1,000 on each under `make soak`. The moment is drawn over the time
that an undisturbed run takes, so each seed meets another place on every machine; where it fell is counted.
"""

import shutil
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from statistics import median
from time import monotonic

import pytest

from tests.soak import command
from tests.soak.conftest import Fresh
from tests.soak.ledger import Ledger
from tests.soak.oracle import check_partition, second_copies
from tests.soak.sink import Sink
from tests.soak.size import size
from tests.soak.town import PATIENCE_SECONDS, Town, town

ROUNDS = size(10, 1000)
MEASURE_EVERY = 20
MANAGERS = 5
PAUSE_SECONDS = 0.02  # as long as a real server thinks over a message, so that kills fall there too


@dataclass(slots=True)
class Arena:
    """
    The mail server of all rounds, and how long an undisturbed run takes here, now.
    """

    fresh: Fresh
    sink: Sink
    folders: pytest.TempPathFactory
    _taken: deque[float] = field(default_factory=lambda: deque(maxlen=3))
    _kills: int = 0

    @contextmanager
    def town(self) -> Iterator[Town]:
        """
        Give a round its town; it is left lying only if the round fails.
        """
        folder = self.folders.mktemp("round")
        with self.fresh(folder) as url, town(folder, url, self.sink.port, MANAGERS) as settled:
            self.sink.is_marked = settled.ledger.is_marked
            self.sink.take()
            yield settled
        shutil.rmtree(folder)

    def moment(self, random: Random) -> float:
        """
        Draw the seconds after which to kill; the time of an undisturbed run is taken again and again.
        """
        if self._kills % MEASURE_EVERY == 0:
            self._measure()
        self._kills += 1
        return random.random() * median(self._taken)

    def _measure(self) -> None:
        with self.town() as undisturbed:
            begun = monotonic()
            undisturbed.run().join(PATIENCE_SECONDS)
            self._taken.append(monotonic() - begun)


@pytest.fixture(scope="module")
def arena(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """
    Keep one mail server for all rounds on one kind of database.
    """
    with Sink(lambda _message_id: None, PAUSE_SECONDS) as sink:
        yield Arena(fresh, sink, tmp_path_factory)


def place_of(ledger: Ledger) -> str:
    """
    Return how far a run had come, as its ledger tells.
    """
    states = set(ledger.states().values())
    if not states:
        return "before the plan"
    if in_hand := states & {"claimed", "marked"}:
        return f"with a message {in_hand.pop()}"
    return "between messages" if states - {"sent"} else "after the last message"


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_killed_run_is_finished_by_the_next(arena: Arena, figures: Counter[str], seed: int) -> None:
    """
    Each digest and summary arrives, listing what it must; a second copy only of what was marked at the kill.
    """
    random = Random(seed)  # noqa: S311 - a round that can be repeated
    moment = arena.moment(random)
    with arena.town() as here:
        killed = here.run()
        killed.join(moment)
        command.kill(killed)
        marked = here.ledger.marked()
        figures[f"killed {place_of(here.ledger)}" if command.is_killed(killed) else "ended before"] += 1
        here.finish()
        copies = arena.sink.take()
        figures["second copies"] += len(second_copies(copies, here.ledger.entries(), marked))
        figures["messages"] += len(here.ledger.entries())
        check_partition(copies, here.expected)
        assert here.ledger.runs() == ["done"]
        assert here.ledger.told() == sum(map(len, here.expected.values()))

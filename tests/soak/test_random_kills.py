"""
`alerter run`, killed at random moments of its life: the next one loses nothing and sends nothing twice.

Each round strikes up to three runs in a row, one after the other on the same store, and then lets one end:
12 strikes on each database in the suite, and 6 through Microsoft Graph; up to 1,500 and 600 on each under
`make soak`, for some of them come too late. The moment is drawn over the time that an undisturbed run takes,
so each seed meets another place on every machine; where it fell is counted.
"""

import shutil
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from time import monotonic

import pytest

from tests.soak.conftest import Fresh
from tests.soak.oracle import check_partition, second_copies
from tests.soak.town import PATIENCE_SECONDS, Town, town
from tests.world.graph import GraphDouble
from tests.world.ledger import Ledger
from tests.world.mail_server import MailServer
from tests.world.size import size

ROUNDS = size(4, 500)
GRAPH_ROUNDS = size(2, 200)
STRIKES = 3  # for each round, while there is anything left to do
ALWAYS, SENDING = 0.2, 0.5  # the shares of a run that finds its plan written: what each does, and all to send
MEASURE_EVERY = 20
MANAGERS = 5
PAUSE_SECONDS = 0.02  # as long as a real server thinks over a message, so that kills fall there too


@dataclass(slots=True)
class Arena:
    """
    The mail server of all rounds, or Graph with the settings that lead there, and how long an undisturbed run
    takes here, now.
    """

    fresh: Fresh
    sink: MailServer | GraphDouble
    folders: pytest.TempPathFactory
    _taken: deque[float] = field(default_factory=lambda: deque(maxlen=3))
    _rounds: int = 0

    @contextmanager
    def town(self) -> Iterator[Town]:
        """Give a round its town; it is left lying only if the round fails."""
        folder = self.folders.mktemp("round")
        with self.fresh(folder) as url, self._settled(folder, url) as settled:
            self.sink.is_marked = settled.ledger.is_marked
            self.sink.take()
            yield settled
        shutil.rmtree(folder)

    def _settled(self, folder: Path, url: str) -> AbstractContextManager[Town]:
        changes = self.sink.settings if isinstance(self.sink, GraphDouble) else {}
        return town(folder, url, self.sink.port, MANAGERS, **changes)

    def keep_time(self) -> None:
        """Take the time of an undisturbed run, before every so many rounds."""
        if self._rounds % MEASURE_EVERY == 0:
            with self.town() as undisturbed:
                begun = monotonic()
                undisturbed.run().join(PATIENCE_SECONDS)
                self._taken.append(monotonic() - begun)
        self._rounds += 1

    def moment(self, random: Random, share: float) -> float:
        """Draw the seconds after which to kill a run that has a *share* of the work to do."""
        return random.random() * share * median(self._taken)


def begun(
    fresh: Fresh, sink: MailServer | GraphDouble, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Arena]:
    """
    Keep one mail server for all rounds on one kind of database.

    What processes are forked from is started first, lest that be taken for the time of a run.
    """
    with sink:
        made = Arena(fresh, sink, tmp_path_factory)
        with made.town() as first:
            first.run().join(PATIENCE_SECONDS)
        yield made


@pytest.fixture(scope="module")
def arena(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """Keep a mail server."""
    yield from begun(fresh, MailServer(dot_pause=PAUSE_SECONDS), tmp_path_factory)


@pytest.fixture(scope="module")
def graph_arena(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """Keep a double of Microsoft Graph."""
    pytest.importorskip("msal", reason="needs the extra m365")
    yield from begun(fresh, GraphDouble(pause=PAUSE_SECONDS), tmp_path_factory)


def left_to_do(ledger: Ledger) -> float:
    """Return the share of a run's work that is still to do."""
    states = ledger.outcomes()
    return ALWAYS + SENDING * len(ledger.unsettled()) / len(states) if states else 1.0


def place_of(ledger: Ledger) -> str:
    """Return how far a run had come, as its ledger tells."""
    states = set(ledger.outcomes().values())
    if not states:
        return "before the plan"
    if in_hand := states & {"claimed", "marked"}:
        return f"with a message {in_hand.pop()}"
    return "between messages" if states - {"sent"} else "after the last message"


def strike(arena: Arena, here: Town, random: Random, figures: Counter[str]) -> set[str]:
    """Start a run and kill it; return the messages that were marked then."""
    moment = arena.moment(random, left_to_do(here.ledger))
    struck = here.run()
    struck.join(moment)
    struck.kill()
    figures[f"killed {place_of(here.ledger)}" if struck.is_killed else "ended before"] += 1
    return here.ledger.marked()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_killed_run_is_finished_by_the_next(arena: Arena, figures: Counter[str], seed: int) -> None:
    """
    Each digest and summary arrives, listing what it must; a second copy only of what was marked at a kill.
    """
    end_a_round(arena, figures, seed)


@pytest.mark.parametrize("seed", range(GRAPH_ROUNDS))
def test_killed_run_by_graph_is_finished_by_the_next(
    graph_arena: Arena, figures: Counter[str], seed: int
) -> None:
    """The same through Microsoft Graph, whose requests are whole only after the mark."""
    end_a_round(graph_arena, figures, seed)


def end_a_round(arena: Arena, figures: Counter[str], seed: int) -> None:
    """Strike the runs of one round, let one end, and check what arrived."""
    random = Random(seed)  # noqa: S311 - a round that can be repeated
    arena.keep_time()
    with arena.town() as here:
        marked: set[str] = set()
        for _ in range(STRIKES):
            if [run.state for run in here.ledger.runs()] not in ([], ["prepared"]):
                break
            marked |= strike(arena, here, random, figures)
        here.finish()
        copies, entries = arena.sink.take(), here.ledger.messages("")
        figures["second copies"] += len(second_copies(copies, entries, marked))
        figures["messages"] += len(entries)
        figures["left to a person"] += sum(each.state == "unknown" for each in entries)
        check_partition(copies, here.expected)
        assert here.ledger.listed() == sum(map(len, here.expected.values()))

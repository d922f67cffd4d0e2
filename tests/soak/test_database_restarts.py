"""
The database's server is stopped at once, as by a crash, and started again, while four senders are at work.

Twice in the suite; 30 times under `make soak`, three in each of ten rounds. Two senders are commands, started
anew as soon as they end, and two go on within one process as the service does.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest

from alerter.errors import StoreError
from alerter.store.database import open_database
from alerter.store.migration import migrate
from tests.conftest import MADE_AT, NO_POSTGRES
from tests.soak.fleet import Fleet
from tests.soak.oracle import check_partition, second_copies
from tests.soak.sender import OVER, Post, Timepiece, keep_delivering
from tests.soak.town import PATIENCE_SECONDS, Town, town
from tests.world.mail_server import MailServer
from tests.world.postgres import PostgresCluster, debian_binaries
from tests.world.process import Process
from tests.world.size import size

ROUNDS = size(1, 10)
RESTARTS = size(2, 3)  # in each
MANAGERS = size(60, 150)
AT_DOT_SECONDS = 0.1
LONGEST_UP, LONGEST_DOWN = 1.0, 1.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    """Run a cluster of the test's own, which nobody else misses."""
    binaries = debian_binaries()
    if binaries is None:
        pytest.skip(NO_POSTGRES)
    made = PostgresCluster(binaries)
    made.start()
    yield made
    made.remove()


def is_delivered(here: Town) -> bool:
    """Say whether what was planned is delivered; not while nobody can tell."""
    try:
        return here.ledger.is_delivered()
    except StoreError:
        return False


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_restarted_database_loses_nothing(
    cluster: PostgresCluster, figures: Counter[str], tmp_path: Path, seed: int
) -> None:
    """
    Each message arrives, after its mark; twice at most what each sender had marked when the server went.
    """
    url = cluster.server.create("alerter")
    database = open_database(url)
    migrate(database, MADE_AT)
    database.close()
    timepiece = Timepiece(tmp_path / "clock")
    timepiece.put_forward(timedelta())
    random = Random(seed)  # noqa: S311 - can be repeated
    with (
        MailServer(dot_pause=AT_DOT_SECONDS) as sink,
        town(tmp_path, url, sink.port, MANAGERS) as here,
    ):
        sink.is_marked = here.ledger.is_marked
        services = [
            partial(Process, keep_delivering, Post(url, sink.port, timepiece, f"service{number}", tmp_path))
            for number in range(2)
        ]
        fleet = Fleet([here.run, here.deliver, *services], random)
        fleet.begin()
        fleet.keep_up_until(lambda: bool(sink.arrived), PATIENCE_SECONDS)
        restarts = 0
        while not is_delivered(here):
            fleet.keep_up(random.uniform(0, LONGEST_UP))
            if restarts < RESTARTS:
                cluster.stop()
                restarts += 1
                fleet.keep_up(random.uniform(0, LONGEST_DOWN))
                cluster.start()
        (tmp_path / OVER).touch()
        fleet.end()
        here.finish()
        copies, entries = sink.take(), here.ledger.messages("")
        doubled = second_copies(copies, entries, {each.message_id for each in entries if each.unanswered})
        check_partition(copies, here.expected)
        figures.update(
            {
                "restarts": restarts, "messages": len(entries), "second copies": len(doubled),
                "dots while the database was away": sum(each.was_marked is None for each in copies),
                "left to a person": sum(each.state == "unknown" for each in entries),
            }
        )  # fmt: skip
        assert restarts == RESTARTS
        assert len(doubled) <= RESTARTS * len(fleet.starts)

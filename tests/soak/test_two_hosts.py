"""
Two hosts with two senders each on one PostgreSQL, and one of the senders is killed twice a second.

150 messages in the suite; 2,000 under `make soak`, in rounds of 200, for each sender that starts looks at all
that waits, and with thousands of them hardly any would live to send. Each host has a folder of its own, a
sender that is `alerter run` and one that is `alerter deliver`; they are started anew as soon as they end.
"""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.soak.conftest import postgres_copy
from tests.soak.fleet import Fleet
from tests.soak.oracle import check_partition, second_copies
from tests.soak.town import PATIENCE_SECONDS, town
from tests.world.mail_server import MailServer
from tests.world.postgres import PostgresServer
from tests.world.size import size

ROUNDS = size(1, 10)
MESSAGES = size(150, 200)  # in each
KILL_EVERY_SECONDS = 0.5
SLOW_SECONDS = 20
AT_DOT_SECONDS = 0.01


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_killed_senders_of_two_hosts_lose_nothing(
    postgres_server: PostgresServer,
    migrated_template: str,
    figures: Counter[str],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
) -> None:
    """
    Each message arrives, after its mark; of those whose sender died over them some arrive twice, unchanged.
    """
    other = tmp_path_factory.mktemp("other")
    with (
        postgres_copy(postgres_server, migrated_template) as url,
        MailServer(dot_pause=AT_DOT_SECONDS) as sink,
        town(tmp_path, url, sink.port, MESSAGES) as here,
        town(other, url, sink.port, MESSAGES) as there,
    ):
        sink.is_marked = here.ledger.is_marked
        fleet = Fleet([here.run, here.deliver, there.run, there.deliver], Random(seed))  # noqa: S311 - repeatable
        fleet.begin()
        fleet.keep_up_until(lambda: bool(sink.arrived), PATIENCE_SECONDS)
        while not here.ledger.is_delivered():
            taken = len(sink.arrived)
            fleet.keep_up(KILL_EVERY_SECONDS)
            # On a machine so slow that nobody comes to send within that time, there would be no end of it.
            fleet.keep_up_until(lambda taken=taken: len(sink.arrived) > taken, SLOW_SECONDS)
            fleet.kill_one()
        fleet.end()
        there.finish()
        copies, entries = sink.take(), here.ledger.messages("")
        doubled = second_copies(copies, entries, {each.message_id for each in entries if each.unanswered})
        check_partition(copies, here.expected)
        figures.update(
            {
                "messages": len(entries), "killed": fleet.killed, "started": fleet.started,
                "second copies": len(doubled),
                "left to a person": sum(each.state == "unknown" for each in entries),
            }
        )  # fmt: skip
        assert len(doubled) <= fleet.killed

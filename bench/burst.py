"""
Monday at 08:00 for all of England: what one preparation costs, and when the last digest has gone out.

    python -m bench.burst [ROUNDS COUNCILS SIZE]

The preparations are measured, on PostgreSQL; the mornings are worked out from them and from what
providers allow.
"""

import heapq
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import click

from alerter.store.database import open_database
from bench import council, stores
from bench.history import OPEN, make_history

COUNCILS = 153
ROUNDS = 1
MERGED = 11
"""So many councils of 2,000 open assessments are a third of England, which has 65,000 open at a time."""
SIZE = 1_000_000  # five years of them
MANAGERS = 120
CORES = 2
MINUTE = 60.0
SHARES = (0.5, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Provider:
    """Who takes the messages: so many a minute from each mailbox, one for each council or one for all."""

    name: str
    a_minute: float
    is_shared: bool


PROVIDERS = (
    Provider("Exchange Online, a mailbox for each council", 30, is_shared=False),
    Provider("Exchange Online, one mailbox for all", 30, is_shared=True),
    Provider("GOV.UK Notify, one service for all", 3_000, is_shared=True),
    Provider("a relay of each council's own, 600 a minute", 600, is_shared=False),
)


def prepared(url: str, rounds: int, councils: int) -> tuple[float, float]:
    """Return the seconds of one preparation, and the process's peak of memory in MB."""
    command = [sys.executable, "-m", "bench.weekly", url, str(rounds), str(councils)]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - ourselves
    cost = json.loads(done.stdout)
    return median(cost["seconds"]), cost["peak_mb"]


def morning(provider: Provider, managers: Sequence[int], seconds: float, cores: int = CORES) -> list[float]:
    """
    Return when each digest is taken, in seconds after 08:00; *cores* prepare one council after the other.

    *managers* are each council's digests, *seconds* what the largest one's preparation takes; smaller ones
    take less in proportion.
    """
    free = [0.0] * cores
    ready = []
    for count in managers:
        begun = heapq.heappop(free)
        done = begun + seconds * count / max(managers)
        heapq.heappush(free, done)
        ready.append((done, count))
    return sorted(_taken(provider, ready))


def _taken(provider: Provider, ready: Sequence[tuple[float, int]]) -> Iterator[float]:
    """Yield when each message is taken: none before it is ready, nor sooner than the provider allows."""
    pause, gate = MINUTE / provider.a_minute, 0.0
    for done, count in sorted(ready):
        at = max(done, gate) if provider.is_shared else done
        for _ in range(count):
            yield at
            at += pause
        gate = at


def main(rounds: int = ROUNDS, councils: int = MERGED, size: int = SIZE) -> None:
    """Print what one council and all of them in one installation cost, and a table of mornings."""
    with stores.postgresql() as server:
        if server is None:
            click.echo(f"{stores.NO_POSTGRESQL}.")
            return
        names = {"burst_one": (1, size // councils), "burst_all": (councils, size)}
        try:
            costs = {}
            for name, (many, assessments) in names.items():
                database = open_database(server.create(name))
                make_history(database, assessments, councils=many)
                database.close()
                url = server.url.set(database=name).render_as_string(hide_password=False)
                costs[name] = prepared(url, rounds, many)
        finally:
            for name in names:
                server.drop(name)
    one, everything = costs.values()
    click.echo(
        "| one preparation, PostgreSQL | open | digests | seconds | peak, MB |\n|---|---:|---:|---:|---:|"
    )
    for what, many, (seconds, peak) in (
        ("one council", 1, one),
        (f"{councils} councils in one installation", councils, everything),
    ):
        click.echo(f"| {what} | {OPEN * many:,} | {council.TEAMS * many:,} | {seconds:.1f} | {peak:.0f} |")
    managers = [MANAGERS - number * (MANAGERS - 10) // COUNCILS for number in range(COUNCILS)]
    click.echo(
        f"\n{COUNCILS} councils of 10 to {MANAGERS} managers ({sum(managers):,} digests), "
        f"all at 08:00 on {CORES} cores:\n\n"
        "| provider | half are out after | 95 % | all |\n|---|---:|---:|---:|"
    )
    for provider in PROVIDERS:
        taken = morning(provider, managers, one[0])
        times = (taken[max(0, int(len(taken) * share) - 1)] / MINUTE for share in SHARES)
        click.echo(f"| {provider.name} | {' | '.join(f'{minutes:.1f} min' for minutes in times)} |")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

"""
The weekly job's preparation in a process of its own: judged, routed and written out, and not kept.

    python -m bench.weekly URL ROUNDS [COUNCILS]

It prints one JSON object: the seconds of each round, and the process's peak of memory in MB.
"""

import json
import sys
from time import perf_counter

import click

from alerter.pipeline.prepare import RunRequest, prepare
from alerter.store.database import Database, open_database
from bench import council
from bench.memory import peak_kib

KIB = 1024


def once(database: Database, councils: int = 1) -> float:
    """Return the seconds of one preparation for so many *councils* in one, which is taken back."""
    basis = council.basis()
    with database.rehearse() as connection:
        begin = perf_counter()
        run = prepare(connection, basis, RunRequest(council.AS_OF))
        taken = perf_counter() - begin
    if run is None or run.counts["open"] - run.counts["on_track"] != council.LISTED * councils:
        raise RuntimeError("the week was not prepared as it is")
    return taken


def main(url: str, rounds: int, councils: int = 1) -> None:
    """Print what *rounds* took, after one that is not counted."""
    database = open_database(url)
    once(database, councils)
    seconds = [once(database, councils) for _ in range(rounds)]
    database.close()
    peak = peak_kib() / KIB
    click.echo(json.dumps({"seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main(sys.argv[1], *(int(argument) for argument in sys.argv[2:]))

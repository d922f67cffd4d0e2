"""
The rate of `deliver` against its promise written by hand, and against `smtplib`, which promises nothing.

    python -m bench.delivery [MESSAGES [ROUNDS]]

`deliver` commits twice a message and waits for the disk both times: the mark before the final dot, and the
outcome with the next claim. So does the peer, `bench.by_hand`: `sqlite3` as it is and sockets as they are.
How much all that is depends on how long the mail server takes, so there are three: one that answers at once
and forgets; one that writes a message to the same disk before it accepts it, as RFC 5321 4.2.5 asks; and one
like that, ten milliseconds away.
"""

import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from smtplib import SMTP
from statistics import median

from sqlalchemy import event

from alerter.store.database import Database, open_database
from bench import by_hand, mailbag
from bench.fleet import SENDER, Fleet, send
from bench.mail_sink import HOST, MailSink
from bench.rounds import Contender, processor_ratio, ratio, timed
from bench.server import durable_server

BARE, PEER, OURS = "smtplib", "by hand", "alerter"
GOAL = "2.0"
MS = 1_000
AWAY = 0.01
SENDERS = (2, 4)
INTRODUCTION = """\
{rounds} interleaved rounds of {count} digests on one connection; medians, milliseconds a message. By hand is
the same promise written with `sqlite3` (WAL, synchronous=FULL) and bare sockets: a commit that settles one
message and claims the next, and a commit that marks it. `smtplib` is no floor: it waits for no disk, so
after a power cut nobody knows what was sent, and it asks MAIL, RCPT and DATA one by one, for which it pays
where the server is far away. Ratios are of the rounds' own times; the goal is for the one to by hand.
"""
HEAD = """\
| to | alerter | by hand | smtplib | to by hand | from, to | its processor time | goal |
|---|---:|---:|---:|---:|---:|---:|---:|"""
Messages = list[tuple[str, bytes]]


def push(messages: Messages, port: int) -> None:
    """Push every message through one connection, and keep no account of it."""
    with SMTP(HOST, port) as server:
        for recipient, body in messages:
            server.sendmail(SENDER, [recipient], body)


def row(
    what: str, ways: dict[str, Contender], messages: Messages, sink: MailSink, rounds: int, goal: str = ""
) -> str:
    """Return one row of the table; stop when the mail server did not get each message once from each."""
    expected = sorted(messages)

    def check(who: str) -> None:
        arrived = sorted((parcel.recipient, parcel.message) for parcel in sink.take())
        if arrived != expected:
            sys.exit(
                f"{who}, {what}: the server took {len(arrived)} other messages than the {len(expected)}."
            )

    taken = timed(ways, rounds, check)
    times = [
        f"{median(cost.seconds for cost in taken[who]) * MS / len(messages):.2f}" if who in taken else ""
        for who in (OURS, PEER, BARE)
    ]
    if PEER not in taken:
        return f"| {what} | {' | '.join(times)} | | | | |"
    by_clock, spread = ratio(taken, OURS, PEER)
    by_processor, _ = processor_ratio(taken, OURS, PEER)
    return f"| {what} | {' | '.join(times)} | {by_clock:.2f} | {spread} | {by_processor:.2f} | {goal} |"


def on_file(folder: Path, sinks: dict[str, MailSink], count: int, rounds: int) -> Iterator[str]:
    """Yield the rows of SQLite, of which those by the promise have a peer that is written by hand."""
    for synchronous, names in (("FULL", list(sinks)), ("OFF", list(sinks)[:1])):
        with embedded(folder, synchronous) as database:
            messages = mailbag.fill(database, count)
            path = folder / f"by-hand-{synchronous}.db"
            by_hand.fill(path, messages)
            for name in names:
                sink, is_promise = sinks[name], synchronous == "FULL"
                ways = {BARE: bare(messages, sink.port), OURS: alone(database, sink.port)}
                ways |= {PEER: written_by_hand(path, sink.port)} if is_promise else {}
                goal = GOAL if is_promise and "at once" in name else ""
                yield row(f"SQLite, synchronous={synchronous}, {name}", ways, messages, sink, rounds, goal)


def on_server(
    database: Database, sinks: dict[str, MailSink], count: int, rounds: int, fleets: Sequence[int]
) -> Iterator[str]:
    """Yield the rows of PostgreSQL: to each mail server alone, and by several senders at once."""
    messages = mailbag.fill(database, count)
    for name, sink in sinks.items():
        ways = {BARE: bare(messages, sink.port), OURS: alone(database, sink.port)}
        yield row(f"PostgreSQL, {name}", ways, messages, sink, rounds)
    for number in fleets:
        for name, sink in list(sinks.items())[:2]:
            ways = {OURS: together(database, number, sink.port)}
            yield row(f"PostgreSQL, {name}, {number} senders", ways, messages, sink, rounds)


def bare(messages: Messages, port: int) -> Contender:
    """Return the contender that is `smtplib` alone."""
    return lambda: partial(push, messages, port)


def written_by_hand(path: Path, port: int) -> Contender:
    """Return the contender that is the promise by hand."""

    def ready() -> partial[None]:
        by_hand.refill(path)
        return partial(by_hand.push, path, SENDER, port)

    return ready


def alone(database: Database, port: int) -> Contender:
    """Return the contender that sends from this process."""

    def ready() -> partial[None]:
        mailbag.refill(database)
        return partial(send, database, port)

    return ready


def together(database: Database, count: int, port: int) -> Contender:
    """Return the contender that sends from *count* processes, which are started before anything is timed."""

    def ready() -> Fleet:
        mailbag.refill(database)
        return Fleet(count, database.engine.url.render_as_string(hide_password=False), port)

    return ready


@contextmanager
def embedded(folder: Path, synchronous: str) -> Iterator[Database]:
    """Give a SQLite file; *synchronous* is SQLite's own word for how durable a commit is."""
    database = open_database(f"sqlite:///{folder / f'{synchronous}.db'}")

    def set_it(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")

    event.listen(database.engine, "connect", set_it)
    yield database
    database.close()


def main(count: int = 200, rounds: int = 5, fleets: Sequence[int] = SENDERS) -> None:
    """Print a Markdown table: milliseconds a message of each, and the ratio to the one by hand."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sinks = {
            "a server that answers at once": stack.enter_context(MailSink()),
            "one that writes to disk": stack.enter_context(MailSink(is_durable=True)),
            "the same, 10 ms away": stack.enter_context(MailSink(is_durable=True, seconds_away=AWAY)),
        }
        print(INTRODUCTION.format(rounds=rounds, count=count))
        print(HEAD)
        for line in on_file(folder, sinks, count, rounds):
            print(line, flush=True)
        server = stack.enter_context(durable_server())
        if server is None:
            print("\nPostgreSQL is not installed: not measured.")
            return
        database = open_database(server.create("bench"))
        for line in on_server(database, sinks, count, rounds, fleets):
            print(line, flush=True)
        database.close()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

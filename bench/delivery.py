"""
The rate of `deliver` against the same bytes pushed by bare `smtplib` on one connection to the same server.

    python -m bench.delivery [MESSAGES [ROUNDS]]

`deliver` commits twice a message and waits for the disk both times: the mark before the final dot, and the
outcome with the next claim. `smtplib` keeps no account. How much that is depends on how long the mail server
takes, so there are three: one that answers at once and forgets; one that writes a message to the same disk
before it accepts it, as RFC 5321 4.2.5 asks; and one like that, ten milliseconds away.
"""

import smtplib
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy import event

from alerter.store.database import Database, open_database
from bench import mailbag
from bench.fleet import SENDER, Fleet, send
from bench.mail_sink import HOST, MailSink
from bench.rounds import Contender, ratio, timed
from bench.server import durable_server

BARE, OURS = "smtplib", "alerter"
GOAL = 0.85
AWAY = 0.01
SENDERS = (2, 4)
Messages = list[tuple[str, bytes]]


def push(messages: Messages, port: int) -> None:
    """Push every message through one connection, and keep no account of it."""
    with smtplib.SMTP(HOST, port) as server:
        for recipient, body in messages:
            server.sendmail(SENDER, [recipient], body)


def measure(what: str, ours: Contender, messages: Messages, sink: MailSink, rounds: int, goal: str) -> str:
    """Return one row of the table; stop when the mail server did not get each message once from either."""
    expected = sorted(messages)

    def check(who: str) -> None:
        taken = sorted((each.recipient, each.message) for each in sink.take())
        if taken != expected:
            sys.exit(f"{who}, {what}: the server took {len(taken)} other messages than the {len(expected)}.")

    bare: Contender = lambda: partial(push, messages, sink.port)  # noqa: E731 - one of two
    taken = timed({BARE: bare, OURS: ours}, rounds, check)
    rates = [len(messages) / median(cost.seconds for cost in taken[who]) for who in (OURS, BARE)]
    of_rates, between = ratio(taken, BARE, OURS)
    return f"| {what} | {rates[0]:,.0f} | {rates[1]:,.0f} | {of_rates:.2f} | {between} | {goal} |"


def alone(database: Database, port: int) -> Contender:
    """Return the contender that sends from this process."""

    def ready() -> partial[None]:
        mailbag.refill(database)
        return partial(send, database, port)

    return ready


def together(database: Database, count: int, port: int) -> Contender:
    """Return the contender that sends from *count* processes."""

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


def rows(
    name: str, database: Database, sinks: dict[str, MailSink], count: int, rounds: int, fleets: Sequence[int]
) -> Iterator[str]:
    """Yield the rows of one database: to each mail server alone, and on a server by several senders."""
    messages = mailbag.fill(database, count)
    for server, sink in sinks.items():
        goal = f"{GOAL}" if "at once" in server else ""
        yield measure(f"{name}, {server}", alone(database, sink.port), messages, sink, rounds, goal)
    for number in fleets:
        for server, sink in list(sinks.items())[:2]:
            what = f"{name}, {server}, {number} senders"
            yield measure(what, together(database, number, sink.port), messages, sink, rounds, "")


def main(count: int = 200, rounds: int = 3, fleets: Sequence[int] = SENDERS) -> None:
    """Print a Markdown table: messages a second of each, and the ratio of the rates."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sinks = {
            "a server that answers at once": stack.enter_context(MailSink()),
            "one that writes to disk": stack.enter_context(MailSink(is_durable=True)),
            "the same, 10 ms away": stack.enter_context(MailSink(is_durable=True, seconds_away=AWAY)),
        }
        print(f"{rounds} interleaved rounds of {count} digests, `smtplib` on one connection; medians\n")
        print("| to | alerter, messages a second | smtplib | ratio | rounds' ratios | goal |")
        print("|---|---:|---:|---:|---:|---:|")
        at_once = dict(list(sinks.items())[:1])
        for synchronous, to in (("FULL", sinks), ("OFF", at_once)):
            with embedded(folder, synchronous) as database:
                for row in rows(f"SQLite, synchronous={synchronous}", database, to, count, rounds, ()):
                    print(row, flush=True)
        server = stack.enter_context(durable_server())
        if server is None:
            print("\nPostgreSQL is not installed: not measured.")
            return
        database = open_database(server.create("bench"))
        for row in rows("PostgreSQL", database, sinks, count, rounds, fleets):
            print(row, flush=True)
        database.close()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

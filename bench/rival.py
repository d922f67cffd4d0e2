"""
The whole weekly job against what an analyst would write instead, and its sending against another outbox.

    python -m bench.rival [ROWS [ROUNDS]]

Both jobs are fresh processes that read the same extract and send to the same mail server. Ours also keeps a
store, a ledger and an outbox, and waits for the disk twice a message. In every round both must tell the same
managers of the same assessments.
"""

import email
import re
import sys
import tempfile
from email import policy
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from alerter.store.database import open_database
from bench import caseload, council, mailbag
from bench.commands import ROOT, Command
from bench.django_mailer import IS_INSTALLED, DjangoMailer
from bench.fleet import send
from bench.mail_sink import MailSink, Taken
from bench.rounds import HEAD, Contender, Rounds, row, timed

ANALYST, OURS = "pandas, numpy, Jinja, smtplib", "alerter run"
FIRST = "alerter run, the first ever"
PEER, DELIVER = "django-mailer, send_all", "alerter, deliver"
ADMINS = f"performance@{council.DOMAIN}"
OPEN_PER_ROW = 0.15
GOAL = "1.00"
_NUMBER = re.compile(r"\bA-\d+\b")
Told = dict[str, list[str]]


def told(taken: list[Taken]) -> Told:
    """Return which assessments each recipient's text lists; the admins' summary is nobody's digest."""
    return {
        each.recipient: sorted(set(_NUMBER.findall(_text(each.message))))
        for each in taken
        if each.recipient != ADMINS
    }


def _text(message: bytes) -> str:
    part = email.message_from_bytes(message, policy=policy.SMTP).get_body(("plain",))
    return "" if part is None else str(part.get_content())


def analyst(folder: Path, port: int) -> Contender:
    """Return the analyst's script as a contender."""
    files = ("extract.csv", "directory.csv", "bank-holidays.json")
    script = str(ROOT / "bench" / "analyst.py")
    run = Command(folder, (script, *files, council.AS_OF.isoformat(), str(port)))
    return lambda: run


def weekly(folder: Path, store: Path | None) -> Contender:
    """Return the weekly job as a contender, on a copy of a *store* or on none."""

    def ready() -> Command:
        caseload.put_store(folder, store)
        return Command(folder, ("-m", "alerter", "run", "--as-of", council.AS_OF.isoformat()))

    return ready


def store_of_last_week(folder: Path, rows: int, port: int) -> Path:
    """Return a store that holds what the extract of a week ago held."""
    before = folder / "before"
    before.mkdir()
    caseload.settle(before, rows, int(rows * OPEN_PER_ROW), port)
    caseload.week_before(before)
    Command(before, ("-m", "alerter", "sync"))()
    return before / "alerter.db"


def whole(folder: Path, sink: MailSink, rows: int, rounds: int) -> tuple[Rounds, Told]:
    """Return the costs of the whole job done either way, and what was told; stop when that differs."""
    caseload.settle(folder, rows, int(rows * OPEN_PER_ROW), sink.port)
    store = store_of_last_week(folder, rows, sink.port)
    contenders = {
        ANALYST: analyst(folder, sink.port), OURS: weekly(folder, store), FIRST: weekly(folder, None)
    }  # fmt: skip
    first: Told = {}

    def check(who: str) -> None:
        said = told(sink.take())
        first.update({} if first else said)
        if said != first:
            wrong = [each for each in said.keys() | first.keys() if said.get(each) != first.get(each)]
            sys.exit(f"{who} tells {len(said)} managers, {len(wrong)} of them something else: {wrong[:3]}")

    return timed(contenders, rounds, check), first


def sending(folder: Path, sink: MailSink, count: int, rounds: int) -> Rounds:
    """Return what it costs each outbox to send the same digests."""
    database = open_database(f"sqlite:///{folder / 'outbox.db'}")
    messages = mailbag.fill(database, count)
    expected = sorted((recipient, _text(body).split()) for recipient, body in messages)

    def check(who: str) -> None:
        taken = sorted((each.recipient, _text(each.message).split()) for each in sink.take())
        if taken != expected:
            sys.exit(f"{who} sent {len(taken)} other messages than the {len(expected)}.")

    def ours() -> partial[None]:
        mailbag.refill(database)
        return partial(send, database, sink.port)

    with DjangoMailer(folder, sink.port) as peer:

        def theirs() -> partial[None]:
            peer.fill(messages)
            return partial(peer.send)

        taken = timed({PEER: theirs, DELIVER: ours}, rounds, check)
    database.close()
    return taken


def main(rows: int = 20_000, rounds: int = 3, messages: int = 200) -> None:
    """Print a Markdown table of the whole job, and one of the sending alone."""
    with tempfile.TemporaryDirectory() as name, MailSink() as sink:
        folder = Path(name)
        if find_spec("pandas") is None:
            print("pandas is not installed: the analyst's script is not measured.\n")
        else:
            taken, said = whole(folder, sink, rows, rounds)
            listed = sum(map(len, said.values()))
            print(
                f"{rounds} interleaved rounds: {rows:,} assessments, {rows * OPEN_PER_ROW:,.0f} of them open;"
            )
            print(
                f"{len(said)} managers are told of {listed:,}, the same by either. Fresh processes, SQLite.\n"
            )
            print(HEAD, row(taken, ANALYST, ANALYST), row(taken, OURS, ANALYST, GOAL), sep="\n")
            print(row(taken, FIRST, ANALYST), end="\n\n")
        if not IS_INSTALLED:
            print("django-mailer is not installed: not measured.")
            return
        taken = sending(folder, sink, messages, rounds)
        print(f"{rounds} interleaved rounds of {messages} digests, SQLite with synchronous=FULL for both\n")
        print(HEAD, row(taken, PEER, PEER), row(taken, DELIVER, PEER, GOAL), sep="\n")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

"""
The weekly job against a mail server as councils have it: Debian's Postfix, delivering into Maildirs.

Needs Debian's package `postfix` and root, who alone may run it; the system's own Postfix is not touched.
"""

from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from alerter.mail.delivery_reports import read_bounces
from alerter.transports.inbox import FileInbox
from alerter.transports.smtp import SmtpTransport
from tests.acceptance.caseload import MONDAY, row
from tests.faults.postfix_server import Postfix, is_installed, running
from tests.transports.sending import Letter, Mark, settings
from tests.world.council import ADMINS, FALLBACK, Council
from tests.world.ledger import ledger_of

pytestmark = pytest.mark.skipif(
    not is_installed(), reason="NOT TESTED on Postfix: it needs Debian's package postfix, and root"
)
TAKEN, GREYLISTED, REFUSED, GONE = (f"{name}@council.example" for name in ("m00", "m01", "m02", "m03"))
SENDER = "alerts@council.example"
USERS = [each.partition("@")[0] for each in (TAKEN, GREYLISTED, REFUSED, SENDER, ADMINS, FALLBACK)]


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    """Run the server while this module lasts."""
    with running(USERS, GONE.partition("@")[0]) as server:
        yield server


def test_a_week_by_postfix(postfix: Postfix, tmp_path: Path) -> None:
    """
    Taken, greylisted and taken later, refused, and accepted but bounced: each once, to the byte, and told.
    """
    postfix.answer({GREYLISTED: "450 4.2.0 greylisted", REFUSED: "550 5.1.1 no such user"})
    council = _council(tmp_path, postfix)
    said = council.run(MONDAY)
    assert (said.exit_code, said.json["state"]) == (1, "undelivered"), said.err
    assert [said.json[key] for key in ("digests", "sent", "deferred", "refused")] == [4, 2, 1, 1]
    postfix.answer({})
    assert council.alerter("deliver").exit_code == 0
    postfix.wait_for(lambda: bool(postfix.mailbox(GREYLISTED) and postfix.mailbox(SENDER)))
    postfix.wait_for(lambda: len(postfix.mailbox(ADMINS)) == 2)
    for manager in (TAKEN, GREYLISTED):
        (delivered,) = postfix.mailbox(manager)
        _assert_same(delivered, _written(council, manager))
    assert postfix.mailbox(REFUSED) == []
    (bounce,) = read_bounces(FileInbox(postfix.folder / "mail" / SENDER.partition("@")[0]).messages())
    assert (bounce.status, bounce.recipient) == ("5.1.1", GONE)
    assert bounce.message_id == message_from_bytes(_written(council, GONE))["Message-ID"]


@pytest.mark.parametrize("body", [b"..\r\n.\r\n.a\r\n", b"no line end", b".\r\n" * 3 + b".", b"a\nb\rc\n.\n"])
def test_dots_and_line_ends_arrive_as_written(postfix: Postfix, body: bytes) -> None:
    """Postfix refuses a bare line feed here, and takes a line of a dot alone for the end: neither happens."""
    before = postfix.mailbox(TAKEN)
    transport = SmtpTransport(settings(postfix.port, timeout_seconds=60, dot_timeout_seconds=60))
    letter = Letter(TAKEN, body=b"Subject: dots\r\n\r\n" + body)
    assert transport.send(letter, Mark()).state == "sent"
    transport.close()
    postfix.wait_for(lambda: len(postfix.mailbox(TAKEN)) > len(before))
    (arrived,) = (each.partition(b"\n\n")[2] for each in postfix.mailbox(TAKEN) if each not in before)
    lines = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert arrived == (lines if lines.endswith(b"\n") else lines + b"\n")


def _council(folder: Path, postfix: Postfix) -> Council:
    council = Council(folder, postfix.port)
    council.configure()
    council.directory()
    council.extract([row(number, manager=f"m{number:02d}") for number in range(4)])
    return council


def _written(council: Council, recipient: str) -> bytes:
    """Return the digest of *recipient* as the outbox has it."""
    return next(bytes(row.body) for row in ledger_of(council).messages() if row.recipient == recipient)


def _assert_same(delivered: bytes, written: bytes) -> None:
    """
    Say that a message lies in the mailbox as it was written, but for the line ends and the lines on top.
    """
    lines = written.replace(b"\r\n", b"\n")
    assert delivered.endswith(lines)
    on_top = delivered.removesuffix(lines)
    names = {line.partition(b":")[0] for line in on_top.splitlines() if not line.startswith((b" ", b"\t"))}
    assert names <= {b"Return-Path", b"Delivered-To", b"X-Original-To", b"Received"}

"""What came back, read from mailboxes as mail servers write them."""

import mailbox
import re
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.errors import MailError
from alerter.mail.build import Rendered, build
from alerter.mail.delivery_reports import Bounce, read_bounces
from alerter.transports.inbox import FileInbox
from tests.world import samples

DIGEST = build(
    Rendered("Assessments: 2 overdue", "Hello\n", "<p>Hello</p>\n"), samples.MANAGER, samples.letterhead()
)
HEADERS = DIGEST.body.partition(b"\r\n\r\n")[0].decode("ascii")
OURS = re.compile(r"<run-\d+\.(?:digest|summary)\.[0-9a-f]{24}@[A-Za-z0-9.-]+>", re.ASCII)
GONE = Bounce(DIGEST.message_id, "5.1.1", "n.okafor@council.example")


def report(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    kind: str = "multipart/report; report-type=delivery-status",
    returned: str = "text/rfc822-headers",
    headers: str = HEADERS,
    auto: str = "auto-replied",
) -> bytes:
    """Return a delivery report as Postfix writes it, which calls it auto-replied."""
    lines = [
        "From: MAILER-DAEMON@mail.council.example (Mail Delivery System)",
        "To: alerts@council.example",
        "Subject: Undelivered Mail Returned to Sender",
        f"Auto-Submitted: {auto}",
        "MIME-Version: 1.0",
        f'Content-Type: {kind}; boundary="b1"',
        "",
        "--b1",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "I'm sorry to have to inform you that your message could not be delivered.",
        "",
        "--b1",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mail.council.example",
        "",
        "Final-Recipient: rfc822; n.okafor@council.example",
        f"Action: {action}",
        f"Status: {status}",
        "Diagnostic-Code: smtp; 550 5.1.1 no such user",
        "",
        "--b1",
        f"Content-Type: {returned}",
        "",
        *headers.splitlines(),
        "",
        "--b1--",
        "",
    ]
    return "\r\n".join(lines).encode()


def absence(*, is_quoting: bool) -> bytes:
    """Return a manager's absence note, which may bring the digest back as an attachment."""
    note = EmailMessage(policy=SMTP)
    note["From"], note["To"] = "n.okafor@council.example", "alerts@council.example"
    note["Subject"], note["Auto-Submitted"] = "Out of office", "auto-replied"
    note["In-Reply-To"] = DIGEST.message_id
    note.set_content("I am away. Action: failed\nStatus: 5.1.1\n")
    if is_quoting:
        note.add_attachment(BytesParser(policy=SMTP).parsebytes(DIGEST.body))
        note.set_boundary("b2")  # a random one would give the test another name in each process
    return note.as_bytes()


def came_back(path: Path) -> list[Bounce]:
    """Return what the mailbox at *path* says came back."""
    return read_bounces(FileInbox(path).messages())


def mbox(path: Path, *messages: bytes) -> Path:
    """Write an mbox of *messages*."""
    box = mailbox.mbox(path)
    for message in messages:
        box.add(message)
    box.close()
    return path


def test_a_failed_delivery_is_read_from_both_kinds_of_mailbox(tmp_path: Path) -> None:
    """An mbox and a Maildir tell the same, each bounce once, and neither is changed by it."""
    path = mbox(tmp_path / "mbox", report(), report(returned="message/rfc822"))
    before = path.read_bytes()
    assert came_back(path) == [GONE]
    assert path.read_bytes() == before
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    maildir.add(report())
    assert came_back(tmp_path / "Maildir") == [GONE]
    assert list((tmp_path / "Maildir" / "new").iterdir()) != []


@pytest.mark.parametrize("status", ["5.2.2", "4.4.7", "5.7.129 (blocked)"])
def test_given_up_is_given_up_whatever_the_class(tmp_path: Path, status: str) -> None:
    """A server that stopped trying says `failed`, with a 4 in front where it was only ever busy."""
    (bounce,) = came_back(mbox(tmp_path / "mbox", report(status=status)))
    assert bounce.status == status.partition(" ")[0]


@pytest.mark.parametrize(
    "other",
    [
        report(action="delayed", status="4.4.1"),
        report(action="delivered", status="2.0.0"),
        report(action="failed", status="nonsense"),
        report(headers="Message-ID: <stranger@elsewhere.example>"),
        report(headers="Message-ID: <run-7.digest.short@council.example>"),
        report(headers="Subject: no id"),
        report(headers=""),
        report(kind="multipart/mixed"),
        report(returned="text/plain"),
        absence(is_quoting=False),
        absence(is_quoting=True),
        DIGEST.body,
        b"",
        b"Content-Type: multipart/report\r\n\r\nno parts",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n"
        + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        b"".join(b"Content-Type: multipart/report; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(60)),
    ],
)
def test_whatever_else_is_in_the_mailbox_is_no_bounce(tmp_path: Path, other: bytes) -> None:
    """
    A delay, a success, an absence note, a forgery without our id, and junk; the report after it is read.
    """
    assert came_back(mbox(tmp_path / "mbox", other, report())) == [GONE]
    assert came_back(mbox(tmp_path / "alone", other)) == []


def test_a_mailbox_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    """Mail servers make the file with the first message; a wrong folder is told."""
    assert came_back(tmp_path / "mbox") == []
    with pytest.raises(MailError, match=r"email\.bounces"):
        came_back(tmp_path / "no-such-folder" / "mbox")
    (tmp_path / "empty").mkdir()
    with pytest.raises(MailError, match="correct the path"):
        came_back(tmp_path / "empty")


@given(st.binary(max_size=300), st.integers(0, len(report())))
def test_any_bytes_are_read_without_an_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int
) -> None:
    """
    Junk in the middle of a report makes it a bounce of what looks like ours or none, and never an error.

    Junk within the id makes another id, of a message that the store does not know, or leaves the run.
    """
    whole = report()
    path = tmp_path_factory.mktemp("mail") / "mbox"
    path.write_bytes(b"From x Mon Nov 23 08:00:00 2026\n" + whole[:at] + junk + whole[at:])
    assert all(bounce.run or OURS.fullmatch(bounce.message_id) for bounce in came_back(path))


def exchange_report(*, message_id: str = DIGEST.message_id, run: str = "7") -> bytes:
    """Return a report as Exchange writes it (RFC 3464), with what it kept of the headers."""
    kept = [line for line in HEADERS.split("\r\n") if not line.startswith(("Message-ID", "X-Alerter-Run"))]
    kept += [f"Message-ID: {message_id}", *([f"X-Alerter-Run: {run}"] if run else [])]
    return report(headers="\r\n".join(kept)).replace(
        b"MAILER-DAEMON@mail.council.example (Mail Delivery System)",
        b"<MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@council.example>",
    )


def test_a_replaced_message_id_leaves_run_and_recipient(tmp_path: Path) -> None:
    """Exchange may give a message an id of its own: then its run and recipient are the proof."""
    (ours, *_), other = came_back(mbox(tmp_path / "a", exchange_report())), "<PR3P1@EURPRD.PROD.OUTLOOK.COM>"
    assert ours == GONE
    (replaced,) = came_back(mbox(tmp_path / "b", exchange_report(message_id=other)))
    assert replaced == Bounce("", "5.1.1", "n.okafor@council.example", 7)
    for run in ("", "seven", "7 8"):
        assert came_back(mbox(tmp_path / f"c{run}", exchange_report(message_id=other, run=run))) == []


QMAIL = f"""Return-Path: <>
From: MAILER-DAEMON@gateway.council.example
To: alerts@council.example
Subject: failure notice

Hi. This is the qmail-send program at gateway.council.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<n.okafor@council.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <alerts@council.example>
Message-ID: {DIGEST.message_id}
X-Alerter-Run: 7

"""
EXIM = f"""Return-path: <>
From: Mail Delivery System <Mailer-Daemon@gateway.council.example>
To: alerts@council.example
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: n.okafor@council.example
Auto-Submitted: auto-generated

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  n.okafor@council.example
    Unrouteable address

------ This is a copy of the message's headers. ------

Message-ID: {DIGEST.message_id}
"""
OLD_EXCHANGE = """From: Postmaster <postmaster@exchange.council.example>
To: alerts@council.example
Subject: Undeliverable: 2 overdue

Your message

  To:      N. Okafor
  Subject: 2 overdue

did not reach the following recipient(s):

n.okafor@council.example on Mon, 23 Nov 2026 08:01:02 -0000
    The recipient name is not recognized
    MSEXCH:IMS:COUNCIL:EXCHANGE 0 (000C05A6) Unknown Recipient

X-Alerter-Run: 7
"""


@pytest.mark.parametrize(
    ("text", "bounce"),
    [
        (QMAIL, GONE),
        (EXIM, Bounce(DIGEST.message_id, "5.0.0", "n.okafor@council.example")),
        (OLD_EXCHANGE, Bounce("", "5.0.0", "n.okafor@council.example", 7)),
    ],
    ids=["qmail", "exim", "old exchange"],
)
def test_reports_of_no_standard_are_read_by_their_form(tmp_path: Path, text: str, bounce: Bounce) -> None:
    """They count with our id or run in what they return, from a mail system, never as an absence note."""
    assert came_back(mbox(tmp_path / "whole", text.encode())) == [bounce]
    without = text.replace(DIGEST.message_id, "<x@y.example>").replace("X-Alerter-Run: 7", "")
    person = text.replace("Return-Path: <>", "").replace("Return-path: <>", "").replace("X-Failed", "X-No")
    for system in ("MAILER-DAEMON@", "Mailer-Daemon@", "postmaster@"):
        person = person.replace(system, "somebody@")
    away = text.replace("To: alerts", "Auto-Submitted: auto-replied\nTo: alerts").replace(
        "auto-generated", "x"
    )
    for other in (without, person, away):
        assert came_back(mbox(tmp_path / "other", other.encode())) == []
        (tmp_path / "other").unlink()


def test_what_the_detectors_fall_over_is_no_bounce(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A stranger's message may be anything; nothing of it is written down."""
    broken = QMAIL.replace("<n.okafor@council.example>:", "<\udcff@>:").encode("utf-8", "surrogateescape")
    assert came_back(mbox(tmp_path / "a", broken)) in ([], [Bounce(DIGEST.message_id, "5.1.1", "\ufffd@")])
    assert caplog.text == ""

"""Until when somebody is away, read from automatic replies as Exchange, Gmail and others write them."""

import time
from datetime import date
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.mail.absence_notes import AbsenceNote, read_absence, until_in
from alerter.mail.delivery_reports import read_bounces
from tests.mail.test_delivery_reports import DIGEST, report

TODAY = date(2026, 11, 30)
FOURTH, SIXTH = date(2026, 12, 4), date(2026, 12, 6)
MANAGER = "n.okafor@council.example"
TEXT = "I am away from Monday 30 November until Friday 4 December 2026.\nPlease ring the duty desk.\n"


def reply(text: str = TEXT, *, html: str = "", attached: bytes = b"", **headers: str) -> bytes:
    """Return an automatic reply to the digest, with other *headers*; an empty one is left out."""
    usual = {"From": f'"Okafor, N." <{MANAGER}>', "To": "alerts@council.example", "Subject": "Away",
             "Auto-Submitted": "auto-replied", "In-Reply-To": DIGEST.message_id}  # fmt: skip
    note = EmailMessage(policy=SMTP)
    for name, value in {
        **usual,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }.items():
        if value:
            note[name] = value
    if text:
        note.set_content(text)
    if html and text:
        note.add_alternative(html, subtype="html")
    elif html:
        note.set_content(html, subtype="html")
    if attached:
        note.add_attachment(BytesParser(policy=SMTP).parsebytes(attached))
        note.set_boundary("b2")
    return note.as_bytes()


EXCHANGE = reply(
    "", html="<html><style>p {}</style><body><p>I am on leave<br>until&nbsp;4 December.</p></body></html>",
    Subject="Automatic reply: Assessments: 2 overdue", Auto_Submitted="auto-generated",
    X_Auto_Response_Suppress="All",
)  # fmt: skip
GMAIL = reply(
    "I'll be back in the office on Monday, 7 December.\n\nOn Mon, 30 Nov 2026 at 08:00 Alerts <a@b.example> "
    "wrote:\n> due until 9 December 2026\n",
    Precedence="bulk", In_Reply_To="", References=f"<x@y.example> {DIGEST.message_id}",
)  # fmt: skip
UNMARKED = reply(Auto_Submitted="", X_Auto_Response_Suppress="DR, OOF, AutoReply")
BROUGHT_BACK = reply(In_Reply_To="<x@y.example>", attached=DIGEST.body)


@pytest.mark.parametrize(
    ("raw", "until"),
    [(reply(), FOURTH), (EXCHANGE, FOURTH), (GMAIL, SIXTH), (UNMARKED, FOURTH)],
    ids=["plain", "Exchange", "Gmail", "Exchange without a subject"],
)
def test_an_automatic_reply_to_our_message_tells_until_when(raw: bytes, until: date) -> None:
    """Its sender, what it answers and the day are all that is read, and it is no bounce."""
    assert read_absence(raw, TODAY) == AbsenceNote(DIGEST.message_id, MANAGER, until)
    assert read_bounces([raw]) == []


def test_a_reply_to_a_replaced_id_is_known_by_the_run_that_it_brings_back() -> None:
    """Exchange may give our message another id; a reply that brings the message back has its run."""
    (run,) = {line for line in DIGEST.body.split(b"\r\n") if line.startswith(b"X-Alerter-Run: ")}
    number = int(run.split()[1])
    assert read_absence(BROUGHT_BACK, TODAY) == AbsenceNote("", MANAGER, FOURTH, number)


@pytest.mark.parametrize(
    "raw",
    [
        reply("I am away.\n"),
        reply(Auto_Submitted=""),
        reply(In_Reply_To=""),
        reply(From="nobody"),
        reply(In_Reply_To="<stranger@elsewhere.example>"),
        reply("", html="<p>I am away</p><blockquote>until 4 December</blockquote>"),
        reply("", attached=DIGEST.body),
        report(),
        DIGEST.body,
        b"",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" * 60,
    ],
)
def test_any_other_message_tells_nothing(raw: bytes) -> None:
    """No dates, a person's answer, another's message, a quotation, a report, our own digest, junk."""
    assert read_absence(raw, TODAY) is None


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("away until 4th December", FOURTH),
        ("away until and including Fri, 4 Dec 2026.", FOURTH),
        ("away till December 4, 2026", FOURTH),
        ("away until 04/12/2026", FOURTH),
        ("on leave 2026-11-28 - 2026-12-04", FOURTH),
        ("on leave 28 November \u2013 4 December", FOURTH),
        ("on leave from 1 to 4 December", FOURTH),
        ("away until 4 December. I will return on 7 December. My birthday is 9 December", FOURTH),
        ("away until 4 December / i ffwrdd tan ddydd Gwener 4 Rhagfyr", FOURTH),
        ("i ffwrdd tan ddydd Gwener 4ydd Rhagfyr", FOURTH),
        ("i ffwrdd o 30 Tachwedd i 4 Rhagfyr", FOURTH),
        ("Byddaf yn dychwelyd i'r swyddfa ar 7fed o Rhagfyr", SIXTH),
        ("not back in the office before Monday 7 December", SIXTH),
        ("until 15 January", date(2027, 1, 15)),
        ("until 4 December or until 5 December", None),
        ("back on 7 December, or back on 8 December", None),
        ("until 9 December, back on 7 December", None),
        ("until Monday 4 December", None),
        ("until 31 November", None),
        ("until 04/12/26", None),
        ("until 13 2026", None),
        ("back on 0001-01-01", None),
        ("back on 1 December", None),
        ("until 27 November", None),
        ("until 30 November", None),
        ("until 4 December 2025", None),
        ("until 4 December 2028", None),
        ("until Monday", None),
        ("the office is closed on 25 December", None),
        ("", None),
    ],
)
def test_a_day_counts_that_has_one_reading(text: str, until: date | None) -> None:
    """Without a year it is the nearest; what contradicts itself, has passed or is no day gives none."""
    assert until_in(text, TODAY) == until


@given(st.binary(max_size=200), st.integers(0, len(EXCHANGE)))
def test_any_bytes_are_read_without_an_error(junk: bytes, at: int) -> None:
    """Junk within a reply makes another day or none, never an error."""
    note = read_absence(EXCHANGE[:at] + junk + EXCHANGE[at:], TODAY)
    assert note is None or note.until > TODAY


@pytest.mark.parametrize("name", ["x-made-up", "idna", "hex"])
def test_an_unknown_character_set_is_read_as_utf_8(name: str) -> None:
    """A name that no Python knows, or none of a text, keeps nobody's day."""
    raw = reply().replace(b'charset="utf-8"', f'charset="{name}"'.encode())
    assert name.encode() in raw
    assert read_absence(raw, TODAY) == AbsenceNote(DIGEST.message_id, MANAGER, FOURTH)


def test_a_long_reply_takes_no_long_time() -> None:
    """Half a megabyte of the worst brackets and beginnings of a quotation is read at once."""
    worst = ("<", "<br ", "<body", "on a ", " " * 60 + "\n", "-", "1 ")
    replies = [reply("", html=(text * 100_000)[:480_000]) for text in worst]
    begun = time.monotonic()
    for raw in replies:
        read_absence(raw, TODAY)
    assert time.monotonic() - begun < 2

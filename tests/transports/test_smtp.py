"""Every stage of the conversation against every class of reply, on a real socket."""

import pytest

from alerter.errors import StoreError
from alerter.transports.smtp import SmtpTransport
from alerter.transports.transport import Outcome
from tests.transports.sending import Letter, Mark, attempt, settings
from tests.world.mail_server import GOOD, HANG_UP, SILENT, MailServer

ENVELOPE = ["EHLO", "MAIL", "RCPT", "DATA"]
TOGETHER = {"EHLO": b"250-scripted\r\n250 PIPELINING\r\n"}
JUNK = {
    "code 999": b"999 beyond\r\n",
    "code 099": b"099 beneath\r\n",
    "no code": b"\x00\xff\xfe junk\r\n",
    "one endless line": b"250 " + b"x" * 10_000 + b"\r\n",
    "endless lines": b"250-more\r\n" * 200 + b"250 done\r\n",
}


def test_accepted_message_is_sent_with_one_recipient() -> None:
    """A 250 after the dot is `sent`; the server saw one RCPT and the marked body."""
    outcome, mark, server = attempt({})
    assert outcome == Outcome("sent", "250 2.0.0 queued as 1")
    assert server.verbs() == [*ENVELOPE, "QUIT"]
    assert server.commands[2].lower() == "rcpt to:<n.okafor@council.example>"
    assert (server.bodies, mark.times) == ([Letter().body], 1)


@pytest.mark.parametrize(
    ("step", "reply", "state"),
    [
        ("MAIL", b"451 4.3.0 later\r\n", "deferred"),
        ("MAIL", b"421 closing\r\n", "deferred"),
        ("MAIL", HANG_UP, "deferred"),
        ("RCPT", b"450 4.2.0 greylisted\r\n", "deferred"),
        ("RCPT", b"421 closing\r\n", "deferred"),
        ("RCPT", b"550 5.1.1 no such user\r\n", "refused"),
        ("RCPT", HANG_UP, "deferred"),
        ("RCPT", b"354 out of step\r\n", "deferred"),
        ("DATA", b"451 later\r\n", "deferred"),
        ("DATA", b"550 no\r\n", "refused"),
        ("DATA", b"250 out of step\r\n", "deferred"),
        ("DATA", HANG_UP, "deferred"),
    ],
)
def test_before_the_mark_nothing_is_delivered(step: str, reply: bytes, state: str) -> None:
    """Whatever breaks before the body leaves the message unmarked, undelivered, and its state known."""
    outcome, mark, server = attempt({step: reply})
    assert (outcome.state, mark.times, server.bodies) == (state, 0, [])


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_junk_before_the_mark_is_deferred(step: str, junk: bytes) -> None:
    """What is no SMTP reply, or too long to be one, ends the attempt unmarked."""
    outcome, mark, server = attempt({step: junk})
    assert (outcome.state, mark.times, server.bodies) == ("deferred", 0, [])


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (b"250 ok\r\n", "sent"),
        (b"251-long\r\n251 story\r\n", "sent"),
        (b"421 closing\r\n", "deferred"),
        (b"452 full\r\n", "deferred"),
        (b"552 too big\r\n", "refused"),
        (b"554 5.7.1 blocked\r\n", "refused"),
        (b"354 out of step\r\n", "unknown"),
        (HANG_UP, "unknown"),
        *((junk, "unknown") for junk in JUNK.values()),
    ],
)
def test_after_the_dot_only_a_reply_tells(reply: bytes, state: str) -> None:
    """2xx is sent, 4xx deferred, 5xx refused; anything else leaves the outcome unknown."""
    outcome, mark, server = attempt({"dot": reply})
    assert (outcome.state, mark.times, len(server.bodies)) == (state, 1, 1)


@pytest.mark.parametrize(
    ("step", "reply", "state"),
    [
        ("MAIL", b"451 4.3.0 later\r\n", "deferred"),
        ("RCPT", b"450 4.2.0 greylisted\r\n", "deferred"),
        ("RCPT", b"550 5.1.1 no such user\r\n", "refused"),
        ("DATA", b"550 no\r\n", "refused"),
    ],
)
def test_a_refusal_among_commands_sent_together_is_known(step: str, reply: bytes, state: str) -> None:
    """All replies are read, and the connection is good for the next message."""
    after = ENVELOPE[ENVELOPE.index(step) + 1 :]
    script = {step: [reply, GOOD[step]], **{each: [b"503 no\r\n", GOOD[each]] for each in after}}
    mark = Mark()
    with MailServer({**TOGETHER, **script}) as server:
        transport = SmtpTransport(settings(server.port))
        assert transport.send(Letter(), mark).state == state
        assert transport.send(Letter(), mark).state == "sent"
        transport.close()
    assert server.verbs() == ["EHLO", *ENVELOPE[1:], "RSET", *ENVELOPE[1:], "QUIT"]
    assert (server.bodies, server.connections, mark.times) == ([Letter().body], 1, 1)


def test_a_server_that_takes_a_message_for_nobody_gets_no_dot() -> None:
    """It refuses the only recipient and goes ahead all the same: the connection is closed before any dot."""
    mark = Mark()
    with MailServer({**TOGETHER, "RCPT": [b"550 no such user\r\n", b"250 ok\r\n"]}) as server:
        transport = SmtpTransport(settings(server.port))
        assert transport.send(Letter(), mark).state == "refused"
        assert transport.send(Letter(), mark).state == "sent"
        transport.close()
    assert (server.bodies, [each.content for each in server.incomplete]) == ([Letter().body], [b""])
    assert (server.connections, mark.times) == (2, 1)


def test_silence_before_the_mark_is_deferred_and_after_the_dot_unknown() -> None:
    """A server that never answers costs one timeout, and the place decides the outcome."""
    outcome, mark, _ = attempt({"RCPT": SILENT}, timeout_seconds=0.2)
    assert (outcome.state, mark.times) == ("deferred", 0)
    outcome, mark, _ = attempt({"dot": SILENT}, dot_timeout_seconds=0.2)
    assert (outcome.state, mark.times) == ("unknown", 1)


def test_a_mark_that_is_not_ours_stops_before_the_dot() -> None:
    """A superseded sender closes without the dot, and the server discards the body."""
    with MailServer() as server:
        outcome = SmtpTransport(settings(server.port)).send(Letter(), Mark(is_ours=False))
    assert outcome.state == "superseded"
    assert (server.bodies, [each.content for each in server.incomplete]) == ([], [Letter().body])


def test_a_mark_that_fails_stops_before_the_dot() -> None:
    """When the database is away at the mark, its error passes through and nothing was delivered."""

    def failing() -> bool:
        raise StoreError("the database is away")

    with MailServer() as server, pytest.raises(StoreError, match="away"):
        SmtpTransport(settings(server.port)).send(Letter(), failing)
    assert (server.bodies, [each.content for each in server.incomplete]) == ([], [Letter().body])


@pytest.mark.parametrize(
    ("body", "received"),
    [
        (b".\r\n..\r\n", b"..\r\n...\r\n"),
        (b"a\r\n.b", b"a\r\n..b\r\n"),
        (b"a\n.b\rc", b"a\r\n..b\r\nc\r\n"),
        (b"a.\r\nb", b"a.\r\nb\r\n"),
    ],
)
def test_body_is_dot_stuffed_in_crlf_lines(body: bytes, received: bytes) -> None:
    """A dot that begins a line is doubled, every line end is CRLF, and the last line ends."""
    with MailServer() as server:
        transport = SmtpTransport(settings(server.port))
        assert transport.send(Letter(body=body), Mark()).state == "sent"
        transport.close()
    assert server.bodies == [received]

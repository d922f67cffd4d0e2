"""Reaching the server, logging in, and using one connection for many messages."""

import pytest

from alerter.errors import MailDeferredError, MailStoppedError
from alerter.transports.smtp import SmtpTransport
from tests.transports.sending import Letter, Mark, attempt, settings
from tests.world.mail_server import HANG_UP, SILENT, MailServer

STARTTLS_ONLY = b"250-scripted\r\n250 STARTTLS\r\n"


@pytest.mark.parametrize(
    ("script", "changed"),
    [
        ({"banner": b"554 go away\r\n"}, {}),
        ({"EHLO": b"550 not you\r\n"}, {}),
        ({"MAIL": b"550 5.7.60 not allowed to send as\r\n"}, {}),
        ({"AUTH": b"535 wrong password\r\n"}, {"username": "alerts", "password": "made-up"}),
        ({"EHLO": b"250-scripted\r\n250 AUTH PLAIN LOGIN\r\n"}, {"security": "starttls"}),
        ({"STARTTLS": b"501 no\r\n", "EHLO": STARTTLS_ONLY}, {"security": "starttls"}),
        ({}, {"security": "tls"}),
        ({}, {"security": "tls", "ca_file": "no-such-file.pem"}),
    ],
)
def test_what_no_message_can_pass_stops_the_run(script: dict, changed: dict) -> None:
    """A refused login or sender, or no verified TLS, stops the run: no body, no second try."""
    mark = Mark()
    with MailServer(script) as server, pytest.raises(MailStoppedError):
        SmtpTransport(settings(server.port, **changed)).send(Letter(), mark)
    assert (server.bodies, mark.times, server.verbs().count("AUTH") <= 1) == ([], 0, True)


@pytest.mark.parametrize(
    "script",
    [
        {"banner": b"421 busy\r\n"},
        {"banner": HANG_UP},
        {"banner": b"200 junk\r\n" * 200},
        {"EHLO": b"451 later\r\n"},
        {"EHLO": HANG_UP},
        {"AUTH": b"454 4.7.0 not now\r\n"},
        {"EHLO": STARTTLS_ONLY, "STARTTLS": b"454 4.7.0 not now\r\n"},
        {"EHLO": STARTTLS_ONLY},
    ],
)
def test_a_server_not_ready_defers(script: dict) -> None:
    """
    Before the envelope, what is not a refusal is for later, and for every message.

    The last one hangs up in the middle of the TLS handshake.
    """
    security = "starttls" if STARTTLS_ONLY in script.values() else "none"
    with MailServer(script) as server:
        transport = SmtpTransport(settings(server.port, username="a", password="b", security=security))
        with pytest.raises(MailDeferredError):
            transport.send(Letter(), Mark())


def test_hanging_banner_and_closed_port_defer() -> None:
    """A greeting that never comes, and nobody listening, are for later."""
    with MailServer({"banner": SILENT}) as server:
        with pytest.raises(MailDeferredError, match="no reply in time"):
            SmtpTransport(settings(server.port, timeout_seconds=0.2)).connect()
        port = server.port
    with pytest.raises(MailDeferredError, match="cannot be reached"):
        SmtpTransport(settings(port)).connect()
    with pytest.raises(MailDeferredError, match="cannot be reached"):
        SmtpTransport(settings(port, host="no-such-host.invalid")).connect()


def test_one_connection_serves_many_and_is_reopened_when_lost() -> None:
    """Two letters share a connection; 421 to the third opens a new one and goes on with the third."""
    script = {"RCPT": [b"250 ok\r\n", b"250 ok\r\n", b"421 closing\r\n", b"250 ok\r\n"]}
    with MailServer(script) as server:
        transport = SmtpTransport(settings(server.port))
        states = [transport.send(Letter(), Mark()).state for _ in range(3)]
        transport.close()
        assert server.connections == 2
    assert (states, len(server.bodies)) == (["sent"] * 3, 3)


def test_a_refused_recipient_leaves_the_connection_to_the_next() -> None:
    """After RCPT 550 the transaction is reset, and the next message goes on the same connection."""
    with MailServer({"RCPT": [b"550 no such user\r\n", b"250 ok\r\n"]}) as server:
        transport = SmtpTransport(settings(server.port))
        states = [transport.send(Letter(), Mark()).state for _ in range(2)]
        transport.close()
        assert server.connections == 1
    assert states == ["refused", "sent"]


def test_a_reset_that_fails_drops_the_connection_only() -> None:
    """The refusal stands, and the next message opens a new connection."""
    script = {"RCPT": [b"550 no such user\r\n", b"250 ok\r\n"], "RSET": HANG_UP}
    with MailServer(script) as server:
        transport = SmtpTransport(settings(server.port))
        states = [transport.send(Letter(), Mark()).state for _ in range(2)]
        transport.close()
        assert server.connections == 2
    assert states == ["refused", "sent"]


@pytest.mark.parametrize("reply", [b"421 closing\r\n", b"500 what\r\n", HANG_UP])
def test_quit_never_changes_an_outcome(reply: bytes) -> None:
    """However the server takes QUIT, the message was sent, and closing raises nothing."""
    outcome, _, _ = attempt({"QUIT": reply})
    assert outcome.state == "sent"


def test_closing_twice_or_unopened_does_nothing() -> None:
    """A transport that never opened closes without a word, and the server hears nothing of it."""
    with MailServer() as server:
        transport = SmtpTransport(settings(server.port))
        transport.close()
        transport.close()
    assert server.connections == 0


def test_login_uses_what_is_offered_in_utf_8() -> None:
    """PLAIN goes in one command; where only LOGIN is offered, its two challenges are answered."""
    secret = {"username": "alerts", "password": "pässwort"}
    outcome, _, server = attempt({}, **secret)
    assert outcome.state == "sent"
    assert "AUTH PLAIN AGFsZXJ0cwBww6Rzc3dvcnQ=" in server.commands
    only_login = {
        "EHLO": b"250-s\r\n250 AUTH LOGIN\r\n",
        "AUTH": b"334 VXNlcm5hbWU6\r\n",
        "YWXLCNRZ": b"334 UGFzc3dvcmQ6\r\n",
        "CMOKC3N3B3J0": b"235 welcome\r\n",
    }
    outcome, _, server = attempt(only_login, **secret)
    assert outcome.state == "sent"
    assert server.commands[1:4] == ["AUTH LOGIN", "YWxlcnRz", "cMOkc3N3b3J0"]
    with pytest.raises(MailStoppedError):
        attempt({**only_login, "YWXLCNRZ": b"535 who\r\n"}, **secret)


def test_password_shows_in_no_repr() -> None:
    """Settings can be logged."""
    assert "made-up" not in repr(settings(25, username="a", password="made-up"))

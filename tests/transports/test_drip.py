"""Servers that keep the line busy: a byte now and then is no answer."""

import time

import pytest

from alerter.errors import MailDeferredError
from alerter.transports.conversation import FULL_STEPS
from alerter.transports.smtp import SmtpTransport
from tests.transports.sending import Letter, Mark, attempt, settings
from tests.world.mail_server import DRIP, MailServer

STEP = 0.3


@pytest.mark.parametrize(
    ("script", "state", "marks"),
    [
        ({"MAIL": DRIP}, "deferred", 0),
        ({"DATA": DRIP}, "deferred", 0),
        ({"dot": DRIP}, "unknown", 1),
    ],
)
def test_a_reply_has_its_time_in_all(script: dict, state: str, marks: int) -> None:
    """However many bytes it comes in, a reply that is not whole in time is none."""
    began = time.monotonic()
    outcome, mark, _ = attempt(script, timeout_seconds=STEP, dot_timeout_seconds=STEP)
    assert (outcome.state, mark.times) == (state, marks)
    assert STEP <= time.monotonic() - began < 4 * STEP


def test_a_dripping_banner_defers() -> None:
    """A server is not waited for longer because it has begun to speak."""
    began = time.monotonic()
    with MailServer({"banner": DRIP}) as server, pytest.raises(MailDeferredError, match="no reply in time"):
        SmtpTransport(settings(server.port, timeout_seconds=STEP)).connect()
    assert time.monotonic() - began < 4 * STEP


def test_a_conversation_has_its_time_in_all() -> None:
    """A server that uses up the time of every step is left before the mark, after a few of them."""
    slow = {
        "EHLO": b"250-scripted\r\n250 AUTH LOGIN\r\n",
        "AUTH": b"334 \r\n",
        "YQ==": b"334 \r\n",
        "YG==": b"235 welcome\r\n",
    }
    began = time.monotonic()
    with MailServer(slow, pause=STEP * 0.9) as server:
        transport = SmtpTransport(settings(server.port, timeout_seconds=STEP, username="a", password="b"))
        with pytest.raises(MailDeferredError, match="no reply in time"):
            transport.send(Letter(), Mark())
    assert time.monotonic() - began < (FULL_STEPS + 2) * STEP
    assert server.bodies == []

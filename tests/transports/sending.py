"""What a transport is given in these tests: a letter, a mark before the dot, and a server's settings."""

from dataclasses import dataclass

from alerter.transports.conversation import SmtpServer
from alerter.transports.smtp import SmtpTransport
from alerter.transports.transport import Outcome
from tests.world.mail_server import MailServer


@dataclass(frozen=True)
class Letter:
    """A message with nothing but what a transport needs."""

    recipient: str = "n.okafor@council.example"
    message_id: str = "<run-7.digest.aa@council.example>"
    body: bytes = b"Subject: x\r\n\r\nHello\r\n"


class Mark:
    """The mark before the dot: answers *is_ours*, and counts how often it was asked."""

    def __init__(self, *, is_ours: bool = True) -> None:
        self.is_ours = is_ours
        self.times = 0

    def __call__(self) -> bool:
        """Answer."""
        self.times += 1
        return self.is_ours


def settings(port: int, **changed: object) -> SmtpServer:
    """Return the settings for a scripted server, with short waits."""
    usual = {
        "host": "127.0.0.1",
        "port": port,
        "sender": "alerts@council.example",
        "security": "none",
        "timeout_seconds": 2,
        "dot_timeout_seconds": 2,
        "helo_name": "alerter.council.example",
    }
    return SmtpServer(**{**usual, **changed})


def attempt(script: dict, **changed: object) -> tuple[Outcome, Mark, MailServer]:
    """Send one letter to a server that follows *script*."""
    mark = Mark()
    with MailServer(script) as server:
        transport = SmtpTransport(settings(server.port, **changed))
        outcome = transport.send(Letter(), mark)
        transport.close()
    return outcome, mark, server

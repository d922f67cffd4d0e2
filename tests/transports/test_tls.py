"""TLS that is verified or not used at all, with certificates made for the test by `openssl`."""

import shutil
from pathlib import Path

import pytest

from alerter.errors import MailStoppedError
from alerter.transports.smtp import SmtpTransport
from tests.transports.sending import Letter, Mark, settings
from tests.world.authority import Authority, new_authority
from tests.world.mail_server import MailServer

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
OFFER = {"EHLO": b"250-scripted\r\n250 STARTTLS\r\n"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make a certificate authority."""
    return new_authority(tmp_path_factory.mktemp("authority"))


def test_verified_starttls_sends_after_a_second_greeting(authority: Authority) -> None:
    """With a certificate for the host by a known authority, everything after STARTTLS is encrypted."""
    with MailServer(OFFER, authority.server()) as server:
        transport = SmtpTransport(settings(server.port, security="starttls", ca_file=str(authority.file)))
        assert transport.connect() == f"127.0.0.1:{server.port} (starttls)"
        assert transport.send(Letter(), Mark()).state == "sent"
        transport.close()
    assert server.verbs() == ["EHLO", "STARTTLS", "EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"name": "DNS:other.example"}, "mismatch"),
        ({"days": -1}, "expired"),
        ({"is_old": True}, "(?i)version"),
    ],
    ids=["wrong name", "expired", "TLS 1.1 at most"],
)
def test_unverified_starttls_stops_the_run(authority: Authority, made: dict, says: str) -> None:
    """A wrong name, an expired certificate, and TLS older than 1.2 send nothing, in the clear neither."""
    with MailServer(OFFER, authority.server(**made)) as server:
        transport = SmtpTransport(settings(server.port, security="starttls", ca_file=str(authority.file)))
        with pytest.raises(MailStoppedError, match=says):
            transport.send(Letter(), Mark())
    assert server.verbs() == ["EHLO", "STARTTLS"]


def test_an_authority_nobody_knows_stops_the_run(authority: Authority) -> None:
    """Without `ca_file` only the system's authorities count, and a self-made one is refused."""
    with (
        MailServer(OFFER, authority.server()) as server,
        pytest.raises(MailStoppedError, match="ca_file"),
    ):
        SmtpTransport(settings(server.port, security="starttls")).send(Letter(), Mark())
    assert server.verbs() == ["EHLO", "STARTTLS"]


def test_a_file_that_is_no_certificate_stops_the_run(tmp_path: Path) -> None:
    """`ca_file` that cannot be read as certificates is a setting to mend."""
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nonsense")
    with pytest.raises(MailStoppedError, match="ca_file"):
        SmtpTransport(settings(1, security="tls", ca_file=str(nonsense))).connect()

"""Fault matrix, rows 15 to 20: a mail server that is not reached, not private, or not ours to use."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alerter.errors import MailDeferredError, MailStoppedError
from alerter.transports.oauth import EntraTokens, Registration
from alerter.transports.smtp import SmtpTransport
from tests.pipeline.outgoing import enqueue, states
from tests.transports.sending import Letter, Mark, settings
from tests.world.authority import Authority, new_authority
from tests.world.entra import Entra
from tests.world.mail_server import SILENT, MailServer, free_port
from tests.world.service import MANAGERS, Service, waiting
from tests.world.stored_council import NOW, Council

STARTTLS = {"EHLO": b"250-scripted\r\n250 STARTTLS\r\n"}
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make a certificate authority."""
    return new_authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize("fault", ["refused", "no such host", "silent while TLS begins"])
def test_fault_015_not_connected(monday: Service, post_office: MailServer, fault: str) -> None:
    """
    Refused, unknown by name or silent in the TLS handshake: owed, signalled, and sent once it is mended.
    """
    with MailServer({**STARTTLS, "STARTTLS": SILENT}) as silent:
        monday.configure(
            **{
                "refused": {"email__smtp__port": free_port()},
                "no such host": {
                    "email__smtp__host": "no-such.invalid",
                    "email__smtp__allow_plaintext": True,
                },
                "silent while TLS begins": {
                    "email__smtp__port": silent.port,
                    "email__smtp__security": "starttls",
                    "email__smtp__timeout_seconds": 1,
                },
            }[fault]
        )
        monday.at("08:00")
    assert set(monday.states()) == {"deferred"}
    assert monday.heard() == ["start", "fail"]
    monday.configure()
    monday.at("12:00", "12:01")
    assert [post_office.tally()[each] for each in MANAGERS] == [1, 1]
    assert monday.heard() == ["start", "fail", "success"]


@pytest.mark.parametrize("banner", [b"421 too busy\r\n", SILENT], ids=["421", "hangs"])
def test_fault_016_banner(mailroom: Council, banner: bytes) -> None:
    """A greeting that says 421, or never comes, costs nothing: the message goes a minute later."""
    enqueue(mailroom, 1)
    with MailServer({"banner": [banner, b"220 ready\r\n"]}) as server:
        transport = SmtpTransport(settings(server.port, timeout_seconds=0.5))
        mailroom.deliver(transport)
        assert (states(mailroom), server.commands) == (["deferred"], [])
        transport = SmtpTransport(settings(server.port))
        mailroom.deliver(transport, now=NOW.replace(minute=1))
        transport.close()
    assert (states(mailroom), len(server.bodies)) == (["sent"], 1)


def test_fault_017_starttls_not_offered(tmp_path: Path, migrated_file: Path) -> None:
    """
    A server that offers no STARTTLS, or from whose greeting it was stripped, is told nothing in the clear.
    """
    with MailServer() as server, waiting(tmp_path, migrated_file, server.port) as monday:
        monday.configure(email__smtp__security="starttls")
        monday.at("08:00")
        _assert_stopped(monday, server, ["EHLO"])
        assert "does not offer STARTTLS" in monday.messages()[0]["reply"]
        _assert_resumes(monday)


@needs_openssl
@pytest.mark.parametrize("fault", ["wrong name", "expired", "unknown authority"])
def test_fault_018_certificate(tmp_path: Path, migrated_file: Path, authority: Authority, fault: str) -> None:
    """
    A certificate for another name, out of date, or by nobody we know stops the run before the first MAIL.
    """
    made = {"wrong name": {"name": "DNS:other.example"}, "expired": {"days": -1}}.get(fault, {})
    known = {} if fault == "unknown authority" else {"email__smtp__ca_file": str(authority.file)}
    with (
        MailServer(STARTTLS, authority.server(**made)) as server,
        waiting(tmp_path, migrated_file, server.port) as monday,
    ):
        monday.configure(email__smtp__security="starttls", **known)
        monday.at("08:00")
        _assert_stopped(monday, server, ["EHLO", "STARTTLS"])
        _assert_resumes(monday)


@needs_openssl
@pytest.mark.parametrize(("version", "error"), [
    ("tls1", MailStoppedError), ("tls1_1", MailStoppedError), ("tls1_2", MailDeferredError),
])  # fmt: skip
def test_fault_019_old_tls(authority: Authority, version: str, error: type[Exception]) -> None:
    """
    A server that speaks TLS 1.0 or 1.1 at most stops the run; at 1.2 the same one is only no mail server.
    """
    mark = Mark()
    with _openssl_server(authority, version) as port:
        server = settings(port, security="tls", ca_file=str(authority.file), timeout_seconds=1)
        with pytest.raises(error):
            SmtpTransport(server).send(Letter(), mark)
    assert mark.times == 0


def test_fault_020_password_refused(tmp_path: Path, migrated_file: Path) -> None:
    """535 stops the run with one login, not one a digest; half an hour of ticks tries four times more."""
    script = {"AUTH": b"535 5.7.8 authentication failed\r\n"}
    with MailServer(script) as server, waiting(tmp_path, migrated_file, server.port) as monday:
        monday.configure(email__smtp__username="alerts", email__smtp__password="made-up")
        monday.at("08:00")
        _assert_stopped(monday, server, ["EHLO", "AUTH"])
        monday.at(*(f"08:{minute:02d}" for minute in range(1, 31)))
        assert server.verbs().count("AUTH") <= 5
        assert monday.heard() == ["start", "fail"]
        assert "made-up" not in monday.log.getvalue()
        _assert_resumes(monday)


@needs_openssl
def test_more_of_020_token_refused(
    mailroom: Council, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that is refused is fetched anew once; the second refusal stops the run after two logins."""
    pytest.importorskip("msal", reason="needs the extra m365")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    enqueue(mailroom, 5)
    script = {
        "EHLO": b"250-scripted\r\n250 AUTH XOAUTH2\r\n",
        "AUTH": b"535 5.7.3 authentication unsuccessful\r\n",
    }
    with Entra(authority.server()) as entra, MailServer(script) as server:
        registration = Registration(
            authority=entra.authority,
            client_id="9c0ffee0-0000-4000-8000-000000000001",
            client_secret="made-up",
            scope="https://outlook.office365.com/.default",
        )
        tokens = EntraTokens(registration)
        transport = SmtpTransport(settings(server.port, username="alerts@council.example", token=tokens))
        stopped = mailroom.deliver(transport).stopped
    assert "535" in stopped
    assert (server.verbs().count("AUTH"), len(entra.asked), server.verbs().count("MAIL")) == (2, 2, 0)
    assert "sent" not in states(mailroom)


def test_fault_022_sender_refused(tmp_path: Path, migrated_file: Path) -> None:
    """`5.7.60 SendAs denied` is nobody's message: nothing is sent, the run stops, and goes on when mended."""
    script = {"MAIL": b"550 5.7.60 SMTP; Client does not have permissions to send as this sender\r\n"}
    with MailServer(script) as server, waiting(tmp_path, migrated_file, server.port) as monday:
        monday.at("08:00")
        _assert_stopped(monday, server, ["EHLO", "MAIL"])
        _assert_resumes(monday)


def _assert_stopped(monday: Service, server: MailServer, verbs: list[str]) -> None:
    """Say that the run stopped at its first message: heard as failed, nothing sent, nothing given up."""
    assert server.verbs() == verbs
    assert server.bodies == server.incomplete == []
    assert set(monday.states()) <= {"queued", "deferred"}
    assert monday.heard() == ["start", "fail"]


def _assert_resumes(monday: Service) -> None:
    """Say that once the settings name a server that is well, everything goes out without a further hand."""
    with MailServer() as post_office:
        monday.configure(email__smtp__port=post_office.port)
        monday.at("13:00", "13:01")
    assert [post_office.tally()[each] for each in MANAGERS] == [1, 1]
    assert monday.heard()[-1] == "success"


@contextmanager
def _openssl_server(authority: Authority, version: str) -> Iterator[int]:
    """Run `openssl s_server`, which speaks that *version* of TLS alone, and give its port."""
    authority.server()
    files = ["-cert", authority.folder / "server.pem", "-key", authority.folder / "server.key"]
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0", f"-{version}", "-cipher", "ALL:@SECLEVEL=0"]
    with subprocess.Popen(  # noqa: S603 - fixed words and tmp_path
        [*command, *map(str, files)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        found = (re.fullmatch(r"ACCEPT 127\.0\.0\.1:(\d+)\n", line) for line in process.stdout)
        yield int(next(match for match in found if match)[1])
        process.kill()

"""Access tokens, fetched by the real msal from a double of Entra, and the login with them."""

import base64
import shutil
import ssl

import pytest

from alerter.errors import MailDeferredError, MailStoppedError
from alerter.transports.oauth import EntraTokens, Registration
from alerter.transports.smtp import SmtpTransport
from tests.transports.sending import Letter, Mark, settings
from tests.world.authority import Authority, new_authority
from tests.world.entra import Entra
from tests.world.mail_server import HANG_UP, MailServer
from tests.world.web import Answer

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
pytest.importorskip("msal", reason="needs the extra m365")

MAILBOX = "alerts@council.example"
OFFER = {"EHLO": b"250-scripted\r\n250 AUTH LOGIN XOAUTH2\r\n"}
NOT_YOU = b"535 5.7.3 Authentication unsuccessful\r\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make a certificate authority."""
    return new_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def tls(authority: Authority) -> ssl.SSLContext:
    """Make a server's side of TLS, as Entra has it."""
    return authority.server()


@pytest.fixture(autouse=True)
def known(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the authority as an admin behind an inspecting proxy does: in the environment."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def tokens_of(authority: str) -> EntraTokens:
    """Return the tokens of a made-up application, from *authority*."""
    return EntraTokens(
        Registration(
            authority=authority,
            client_id="9c0ffee0-0000-4000-8000-000000000001",
            client_secret="made-up",
            scope="https://outlook.office365.com/.default",
        )
    )


def words(token: str) -> str:
    """Return the login of *token* as it stands in the command."""
    return base64.b64encode(f"user={MAILBOX}\1auth=Bearer {token}\1\1".encode()).decode()


def test_a_token_is_used_until_a_new_one_is_asked_for(tls: ssl.SSLContext) -> None:
    """The second request is answered from memory, the third one by Entra; secret and scope go in the form."""
    with Entra(tls) as entra:
        tokens = tokens_of(entra.authority)
        got = [tokens(is_anew=is_anew) for is_anew in (False, False, True, False)]
    assert got == ["token-1", "token-1", "token-2", "token-2"]
    assert len(entra.asked) == 2
    form = entra.asked[0]
    assert (form["grant_type"], form["client_secret"]) == ("client_credentials", "made-up")
    assert form["scope"] == "https://outlook.office365.com/.default"


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ((401, {"error": "invalid_client", "error_description": "AADSTS7000222: expired"}), MailStoppedError,
         r"AADSTS7000222: expired \(.*make a new one\). Correct email.smtp.oauth"),
        ((400, {"error": "unauthorized_client"}), MailStoppedError, "unauthorized_client"),
        ((400, {"error": "temporarily_unavailable"}), MailDeferredError, "temporarily_unavailable"),
        ((503, {"error": "server_error"}), MailDeferredError, "trying later"),
        ((200, {"unexpected": "answer"}), MailStoppedError, "refuses an access token"),
    ],
)  # fmt: skip
def test_a_refused_token_stops_and_a_busy_authority_defers(
    tls: ssl.SSLContext, answer: Answer, error: type[Exception], says: str
) -> None:
    """An expired secret is for a person to mend; nothing of the secret is repeated."""
    with Entra(tls, [answer]) as entra, pytest.raises(error, match=says) as caught:
        tokens_of(entra.authority)(is_anew=False)
    assert "made-up" not in str(caught.value)


def test_a_wrong_tenant_stops_and_an_authority_away_defers(tls: ssl.SSLContext, authority: Authority) -> None:
    """A tenant Entra does not know, nobody listening, and a certificate nobody vouches for."""
    with Entra(tls) as entra, pytest.raises(MailStoppedError, match="tenant_id"):
        tokens_of(f"{entra.url}/no-such-tenant")(is_anew=False)
    with pytest.raises(MailDeferredError, match="cannot be reached"):
        tokens_of(entra.authority)(is_anew=False)
    other = authority.server("DNS:other.example")
    with Entra(other) as entra, pytest.raises(MailStoppedError, match="REQUESTS_CA_BUNDLE"):
        tokens_of(entra.authority)(is_anew=False)


def test_login_by_token_is_one_command(tls: ssl.SSLContext) -> None:
    """The mailbox and the token go as Exchange Online wants them, and one token serves many connections."""
    script = {**OFFER, "DATA": [b"421 closing\r\n", b"354 go ahead\r\n"]}
    with Entra(tls) as entra, MailServer(script) as server:
        tokens = tokens_of(entra.authority)
        for _ in range(2):
            transport = SmtpTransport(settings(server.port, username=MAILBOX, token=tokens))
            transport.send(Letter(), Mark())
            transport.close()
    logins = [command for command in server.commands if command.startswith("AUTH")]
    assert logins == [f"AUTH XOAUTH2 {words('token-1')}"] * 2
    assert (len(entra.asked), len(server.bodies)) == (1, 1)


def test_a_refused_token_is_renewed_once(tls: ssl.SSLContext) -> None:
    """The error comes as a challenge, gets its empty answer, and a new token logs in on a new connection."""
    challenge = b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n"
    script = {**OFFER, "AUTH": [challenge, b"235 welcome\r\n"], "": NOT_YOU}
    with Entra(tls) as entra, MailServer(script) as server:
        transport = SmtpTransport(settings(server.port, username=MAILBOX, token=tokens_of(entra.authority)))
        outcome = transport.send(Letter(), Mark())
        transport.close()
        assert server.connections == 2
    assert outcome.state == "sent"
    logins = [f"AUTH XOAUTH2 {words(token)}" for token in ("token-1", "token-2")]
    assert server.commands[:5] == [
        "ehlo alerter.council.example",
        logins[0],
        "",
        server.commands[0],
        logins[1],
    ]


@pytest.mark.parametrize("second", [NOT_YOU, HANG_UP])
def test_two_refused_tokens_stop_the_run(tls: ssl.SSLContext, second: bytes) -> None:
    """There are never more than two logins, whatever the second one meets."""
    mark = Mark()
    with Entra(tls) as entra, MailServer({**OFFER, "AUTH": [NOT_YOU, second]}) as server:
        transport = SmtpTransport(settings(server.port, username=MAILBOX, token=tokens_of(entra.authority)))
        with pytest.raises(MailStoppedError, match=r"535 5\.7\.3"):
            transport.send(Letter(), mark)
    assert (server.verbs().count("AUTH"), mark.times, server.bodies) == (2, 0, [])


def test_what_is_not_a_refused_token_fetches_no_other(tls: ssl.SSLContext) -> None:
    """A server that is busy defers, and one that does not offer XOAUTH2 is not given a token."""
    with Entra(tls) as entra:
        tokens = tokens_of(entra.authority)
        for script, error in (
            ({**OFFER, "AUTH": b"454 4.7.0 not now\r\n"}, MailDeferredError),
            ({"EHLO": b"250-s\r\n250 AUTH PLAIN LOGIN\r\n"}, MailStoppedError),
        ):
            with MailServer(script) as server, pytest.raises(error):
                SmtpTransport(settings(server.port, username=MAILBOX, token=tokens)).send(Letter(), Mark())
            assert server.connections == 1
    assert len(entra.asked) == 1


def test_no_secret_shows_in_a_repr() -> None:
    """Settings can be logged."""
    held = tokens_of("https://login.example/tenant")
    assert "made-up" not in repr(held) + repr(settings(25, token=held))

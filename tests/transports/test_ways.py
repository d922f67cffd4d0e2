"""From the settings file to the way of sending."""

import json
import shutil
from pathlib import Path

import pytest

from alerter.config.file import load_settings
from alerter.errors import MailStoppedError
from alerter.installation.wiring import transport
from alerter.transports.transport import Transport
from tests.config.small_file import MINIMAL
from tests.transports.sending import Letter, Mark
from tests.world.authority import new_authority
from tests.world.entra import Entra
from tests.world.graph import GraphDouble
from tests.world.mail_server import MailServer

MESSAGE = Letter(body=b'Subject: x\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\nHello\r\n')


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def way(folder: Path, changes: dict[str, str]) -> Transport:
    """Return the way of sending of the small settings file with some keys changed."""
    path = folder / "config.toml"
    lines = [f"{key} = {value}\n" for key, value in {**MINIMAL, **changes}.items()]
    path.write_text("".join(lines), encoding="utf-8")
    return transport(load_settings(path, {}))


def test_notify_is_reached_as_the_settings_say(tmp_path: Path) -> None:
    """Key, template, address and reply-to id come from the file."""
    pytest.importorskip("notifications_python_client", reason="needs the extra notify")
    from tests.world.notify import API_KEY, TEMPLATE_ID, NotifyDouble  # noqa: PLC0415 - the extra's

    with NotifyDouble() as double:
        notify = way(
            tmp_path,
            {
                "email.transport": '"notify"',
                "email.notify.api_key": f'"{API_KEY}"',
                "email.notify.template_id": f'"{TEMPLATE_ID}"',
                "email.notify.base_url": f'"{double.url}/"',
                "email.notify.email_reply_to_id": '"8e222534-0000-4000-8000-000000000004"',
            },
        )
        assert notify.send(MESSAGE, Mark()).state == "sent"
        notify.close()
    assert double.taken[0]["email_reply_to_id"] == "8e222534-0000-4000-8000-000000000004"


def test_graph_is_reached_as_the_settings_say(tmp_path: Path) -> None:
    """Application, mailbox and addresses come from the file; the scope is Graph's."""
    pytest.importorskip("msal", reason="needs the extra m365")
    with GraphDouble() as double:
        changes = {key.replace("__", "."): json.dumps(value) for key, value in double.settings.items()}
        graph = way(tmp_path, {**changes, "email.graph.mailbox": '"duty@council.example"'})
        assert graph.send(MESSAGE, Mark()).state == "sent"
        graph.close()
        assert double.asked[0]["scope"] == f"{double.url}/.default"
        assert double.requests[-1].path == "/v1.0/users/duty%40council.example/sendMail"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
def test_a_login_by_token_is_made_as_the_settings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Authority, application, scope and mailbox come from the file."""
    pytest.importorskip("msal", reason="needs the extra m365")
    authority = new_authority(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    offer = {"EHLO": b"250-scripted\r\n250 AUTH XOAUTH2\r\n"}
    with Entra(authority.server()) as entra, MailServer(offer) as server:
        smtp = way(
            tmp_path,
            {
                "email.smtp.port": f"{server.port}",
                "email.smtp.auth": '"xoauth2"',
                "email.smtp.username": '"alerts@council.example"',
                "email.smtp.oauth.tenant_id": '"council.example"',
                "email.smtp.oauth.client_id": '"9c0ffee0-0000-4000-8000-000000000001"',
                "email.smtp.oauth.client_secret": '"made-up"',
                "email.smtp.oauth.authority": f'"{entra.authority}"',
                "email.smtp.oauth.scope": '"https://mail.council.example/.default"',
            },
        )
        assert smtp.send(MESSAGE, Mark()).state == "sent"
        smtp.close()
    assert entra.asked[0]["scope"] == "https://mail.council.example/.default"
    assert server.verbs().count("AUTH") == 1


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
def test_notify_behind_a_certificate_nobody_knows_is_not_spoken_to(tmp_path: Path) -> None:
    """The key goes to nobody who cannot prove who they are."""
    pytest.importorskip("notifications_python_client", reason="needs the extra notify")
    from alerter.transports.notify import NotifyService, NotifyTransport  # noqa: PLC0415 - as above

    with Entra(new_authority(tmp_path).server()) as stranger:
        notify = NotifyTransport(NotifyService(api_key="k" * 80, template_id="t", base_url=stranger.url))
        with pytest.raises(MailStoppedError, match="REQUESTS_CA_BUNDLE"):
            notify.connect()
        notify.close()


def test_a_password_that_is_refused_is_tried_once(tmp_path: Path) -> None:
    """A second login is for tokens alone."""
    with MailServer({"AUTH": b"535 5.7.8 wrong\r\n"}) as server:
        smtp = way(
            tmp_path,
            {
                "email.smtp.port": f"{server.port}",
                "email.smtp.username": '"alerts"',
                "email.smtp.password": '"made-up"',
            },
        )
        with pytest.raises(MailStoppedError, match="535"):
            smtp.send(MESSAGE, Mark())
    assert server.verbs().count("AUTH") == 1

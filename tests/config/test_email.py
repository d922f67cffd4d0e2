"""Sender, recipients and mail server."""

from pathlib import Path

import pytest

from tests.config.small_file import Faults, Load


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        ("alerts@council.example", "", "alerts@council.example"),
        ("<alerts@council.example>", "", "alerts@council.example"),
        ("Assessment alerts <alerts@council.example>", "Assessment alerts", "alerts@council.example"),
        ("Café, Northmere <Alerts@Council.Example>", "Café, Northmere", "Alerts@Council.Example"),
        ('\\"Alerts, Northmere\\" <alerts@council.example>', "Alerts, Northmere", "alerts@council.example"),
    ],
)
def test_a_sender_is_an_address_with_or_without_a_name(
    load: Load, sender: str, name: str, address: str
) -> None:
    """Both parts are there for the message to be built from."""
    email = load({"email.sender": f'"{sender}"'}).email
    assert (email.sender_name, email.sender_address) == (name, address)


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "Alerts",
        "Alerts <alerts>",
        "Alerts alerts@council.example",
        "a@council.example, b@council.example",
        "A <a@council.example> <b@council.example>",
        "A <a@council.example>, b@council.example",
        "A\\r\\nBcc: b@council.example <a@council.example>",
        "A <b@evil.example> <a@council.example",
        "A <alerts@evil.example>",
        "a@mail.council.example",
    ],
)
def test_what_hides_another_address_or_lies_elsewhere_is_no_sender(faults: Faults, sender: str) -> None:
    """One name, one address, in the allowed domains."""
    (fault,) = faults({"email.sender": f'"{sender}"'})
    assert fault.startswith("email.sender: ")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"email.fallback": '"a@elsewhere.example"'}, "email.fallback: does not lie in allowed_domains"),
        ({"email.fallback": '"nobody"'}, "email.fallback: must be one plain email address"),
        (
            {"email.admins": '["a@council.example", "b@elsewhere.example"]'},
            "email.admins: entry 2: does not lie in allowed_domains (council.example)",
        ),
    ],
)
def test_the_fixed_recipients_lie_in_the_allowed_domains(
    faults: Faults, changes: dict[str, str], fault: str
) -> None:
    """Otherwise the one message that tells of trouble would be refused."""
    (found,) = faults(changes)
    assert found.startswith(fault)


def test_subdomains_are_allowed_only_where_written(load: Load) -> None:
    """The star takes in every subdomain, and not the domain itself."""
    changes = {
        "email.allowed_domains": '["Council.Example", "*.council.example"]',
        "email.fallback": '"a@mail.council.example"',
    }
    assert load(changes).email.allowed_domains == ("council.example", "*.council.example")


@pytest.mark.parametrize(
    "domain", ["*", "", "council", "a@council.example", "council.*", "council.example.", "a b.c"]
)
def test_what_is_no_domain_is_refused(faults: Faults, domain: str) -> None:
    """A star alone would allow the world."""
    (fault,) = faults({"email.allowed_domains": f'["council.example", "{domain}"]'})
    assert fault.startswith("email.allowed_domains: entry 2: must be a domain")


def test_an_admin_listed_twice_is_written_to_once(load: Load) -> None:
    """Two addresses that differ in case alone are one recipient."""
    admins = '["a@council.example", "b@council.example", "A@council.example"]'
    assert load({"email.admins": admins}).email.admins == ("a@council.example", "b@council.example")


@pytest.mark.parametrize("prefix", ["[TEST]\\nBcc: x", "a\\u2028b", "a\\u0000"])
def test_a_subject_prefix_cannot_end_its_line(faults: Faults, prefix: str) -> None:
    """A line break in a subject would begin a header."""
    (fault,) = faults({"email.subject_prefix": f'"{prefix}"'})
    assert fault.startswith("email.subject_prefix: must not hold line breaks")


def test_a_subject_prefix_is_read_as_it_is_written(faults: Faults) -> None:
    """An encoded word would be decoded by the readers of the email, and could hold anything."""
    (fault,) = faults({"email.subject_prefix": '"=?UTF-8?Q?=0D=0ABcc?="'})
    assert fault.startswith('email.subject_prefix: must not hold "=?"')


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST"])
def test_no_encryption_is_for_this_machine(load: Load, host: str) -> None:
    """The whole loopback network, in either protocol, and its name."""
    assert load({"email.smtp.host": f'"{host}"', "email.smtp.security": '"none"'}).email.smtp.port == 1025


@pytest.mark.parametrize(
    "host", ["smtp.council.example", "10.0.0.5", "localhost.council.example", "127.example"]
)
def test_another_machine_is_not_written_to_in_clear_unless_the_admin_insists(
    load: Load, faults: Faults, host: str
) -> None:
    """Leaving `security` out is no way round."""
    (fault,) = faults({"email.smtp.host": f'"{host}"'})
    assert fault.startswith("email.smtp.security: ")
    insisted = {"email.smtp.host": f'"{host}"', "email.smtp.allow_plaintext": "true"}
    assert load(insisted).email.smtp.host == host


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 1025)])
def test_the_port_follows_the_security_unless_given(load: Load, security: str, port: int) -> None:
    """The usual ports of RFC 6409 and RFC 8314."""
    chosen = {"email.smtp.security": f'"{security}"'}
    assert load(chosen).email.smtp.port == port
    assert load({**chosen, "email.smtp.port": "2525"}).email.smtp.port == 2525


@pytest.mark.parametrize("host", ["", "smtp://council.example", "smtp.council.example/x", "a b"])
def test_a_host_is_a_name_alone(faults: Faults, host: str) -> None:
    """Not a URL."""
    (fault,) = faults({"email.smtp.host": f'"{host}"', "email.smtp.security": '"tls"'})
    assert fault.startswith("email.smtp.host: must be a host name")


@pytest.mark.parametrize("name", ["alerts.council.example", "[192.0.2.7]", "[IPv6:2001:db8::7]"])
def test_the_machine_may_be_given_a_name(load: Load, name: str) -> None:
    """A host name or an address literal (RFC 5321 4.1.3)."""
    assert load({"email.smtp.helo_name": f'"{name}"'}).email.smtp.helo_name == name


@pytest.mark.parametrize("name", ["", "duty_pc", "192.0.2.7", "[council.example]", "a b", "x\\r\\nMAIL"])
def test_what_no_server_takes_for_a_name_is_refused(faults: Faults, name: str) -> None:
    """Least of all a second line."""
    (fault,) = faults({"email.smtp.helo_name": f'"{name}"'})
    assert fault.startswith("email.smtp.helo_name: must be this machine's full name")


def test_a_certificate_file_must_be_there(load: Load, faults: Faults, tmp_path: Path) -> None:
    """Better known now than on Monday at eight."""
    assert faults({"email.smtp.ca_file": '"ca.pem"'}) == (
        "email.smtp.ca_file: there is no such file; correct the path.",
    )
    (tmp_path / "ca.pem").touch()
    assert load({"email.smtp.ca_file": '"ca.pem"'}).email.smtp.ca_file == tmp_path / "ca.pem"


def test_writing_into_a_folder_needs_the_folder(load: Load, faults: Faults, tmp_path: Path) -> None:
    """It is taken from the settings file's folder on."""
    (fault,) = faults({"email.transport": '"folder"'})
    assert fault.startswith("email.folder: is missing")
    assert load({"email.transport": '"folder"', "email.folder": '"out"'}).email.folder == tmp_path / "out"


OAUTH = {
    "email.smtp.auth": '"xoauth2"',
    "email.smtp.username": '"alerts@council.example"',
    "email.smtp.oauth.tenant_id": '"council.onmicrosoft.com"',
    "email.smtp.oauth.client_id": '"9c0ffee0-0000-4000-8000-000000000001"',
    "email.smtp.oauth.client_secret": '"made-up"',
}
KEY = "made_up-26785a09-0000-4000-8000-000000000001-3d844edf-0000-4000-8000-000000000002"
NOTIFY = {
    "email.transport": '"notify"',
    "email.notify.api_key": f'"{KEY}"',
    "email.notify.template_id": '"f33517ff-0000-4000-8000-000000000003"',
}


def test_a_login_by_token_needs_the_application_alone(load: Load) -> None:
    """Authority and scope are those of Microsoft's public cloud; no secret shows."""
    smtp = load(OAUTH).email.smtp
    assert smtp.oauth is not None
    assert smtp.oauth.authority == "https://login.microsoftonline.com/council.onmicrosoft.com"
    assert smtp.oauth.scope == "https://outlook.office365.com/.default"
    assert "made-up" not in repr(smtp)
    other = load(
        {**OAUTH, "email.smtp.oauth.authority": '"https://login.partner.example/t/"'}
    ).email.smtp.oauth
    assert other is not None
    assert other.authority == "https://login.partner.example/t"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"email.smtp.auth": '"xoauth2"'}, "email.smtp.oauth: auth ="),
        ({**OAUTH, "email.smtp.username": None}, "email.smtp.oauth: auth ="),
        ({**OAUTH, "email.smtp.auth": None, "email.smtp.password": '"x"'}, "email.smtp.oauth: is given, but"),
        ({**OAUTH, "email.smtp.password": '"x"'}, "email.smtp.password: goes with"),
        ({**OAUTH, "email.smtp.auth": '"xoauth"'}, 'email.smtp.auth: must be one of "password", "xoauth2"'),
        ({**OAUTH, "email.smtp.oauth.tenant_id": '"../common"'}, "email.smtp.oauth.tenant_id: must be"),
        ({**OAUTH, "email.smtp.oauth.client_id": '"the app"'}, "email.smtp.oauth.client_id: must be an id"),
        (
            {**OAUTH, "email.smtp.oauth.authority": '"http://login.council.example/t"'},
            "email.smtp.oauth.authority: must begin with https://",
        ),
    ],
)
def test_a_login_by_token_is_whole_or_refused(
    faults: Faults, changes: dict[str, str | None], fault: str
) -> None:
    """Half of one, or both kinds at once, would fail on Monday at eight."""
    (found,) = faults(changes)
    assert found.startswith(fault)


GRAPH = {
    "email.transport": '"graph"',
    "email.graph.tenant_id": '"council.onmicrosoft.com"',
    "email.graph.client_id": '"9c0ffee0-0000-4000-8000-000000000001"',
    "email.graph.client_secret": '"made-up"',
}
PAIR = "'''-----BEGIN CERTIFICATE-----\nmade-up\n-----BEGIN PRIVATE KEY-----\nmade-up'''"


def test_graph_needs_the_application_alone(load: Load) -> None:
    """Mailbox, Graph and Entra are the usual ones; the pace is Graph's own, and no secret shows."""
    email = load({**GRAPH, "email.graph.max_per_minute": "30"}).email
    assert email.graph is not None
    assert email.graph.mailbox is None
    assert email.graph.base_url == "https://graph.microsoft.com"
    assert email.graph.authority == "https://login.microsoftonline.com/council.onmicrosoft.com"
    assert (email.max_per_minute, load({}).email.max_per_minute) == (30, 0)
    assert "made-up" not in repr(email)
    proof = {"email.graph.client_secret": None, "email.graph.client_certificate": PAIR}
    assert "made-up" not in repr(load({**GRAPH, **proof}).email)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"email.transport": '"graph"'}, "email.graph: is missing"),
        ({**GRAPH, "email.graph.client_secret": None}, "email.graph.client_secret: is missing"),
        ({**GRAPH, "email.graph.client_certificate": PAIR}, "email.graph.client_secret: is given beside"),
        (
            {**GRAPH, "email.graph.client_certificate": '"made-up"'},
            "email.graph.client_certificate: must be PEM",
        ),
        (
            {**GRAPH, "email.graph.client_certificate_password": '"made-up"'},
            "email.graph.client_certificate_password: is given without",
        ),
        ({**GRAPH, "email.graph.tenant_id": '"../common"'}, "email.graph.tenant_id: must be"),
        ({**GRAPH, "email.graph.client_id": '"the app"'}, "email.graph.client_id: must be an id"),
        ({**GRAPH, "email.graph.mailbox": '"alerts"'}, "email.graph.mailbox: must be the mailbox's address"),
        ({**GRAPH, "email.graph.base_url": '"http://graph.example"'}, "email.graph.base_url: must begin"),
        (
            {**GRAPH, "email.graph.base_url": '"https://g.example/v1.0/"'},
            "email.graph.base_url: stands without",
        ),
        ({**GRAPH, "email.graph.authority": '"http://login.example/t"'}, "email.graph.authority: must begin"),
    ],
)
def test_graph_is_whole_or_refused(faults: Faults, changes: dict[str, str | None], fault: str) -> None:
    """One proof of the application, no more; https but on this machine; nothing of a secret is repeated."""
    (found,) = faults(changes)
    assert found.startswith(fault)
    assert "made-up" not in found


IMAP = {
    "email.bounces.kind": '"imap"',
    "email.bounces.host": '"imap.council.example"',
    "email.bounces.username": '"alerts"',
    "email.bounces.password": '"made-up"',
}


def test_bounces_come_from_a_file_graph_or_imap(load: Load, tmp_path: Path) -> None:
    """A path starts at the settings file; Graph reads the mailbox that sends; IMAP has its usual port."""
    bounces = load({"email.bounces.mailbox": '"mail/alerts"'}).email.bounces
    assert bounces is not None
    assert (bounces.kind, bounces.path) == ("file", tmp_path / "mail" / "alerts")
    graph = load({**GRAPH, "email.bounces.kind": '"graph"'}).email.bounces
    assert graph is not None
    assert (graph.mailbox, graph.folder) == (None, "Inbox")
    for security, port in (("tls", 993), ("starttls", 143)):
        imap = load({**IMAP, "email.bounces.security": f'"{security}"'}).email.bounces
        assert imap is not None
        assert imap.port == port
        assert "made-up" not in repr(imap)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"email.bounces.kind": '"file"'}, "email.bounces.mailbox: is missing"),
        ({"email.bounces.kind": '"pop"'}, "email.bounces.kind: must be one of"),
        ({"email.bounces.kind": '"graph"'}, "email.bounces: kind = "),
        (
            {**GRAPH, "email.bounces.kind": '"graph"', "email.bounces.mailbox": '"x"'},
            "email.bounces.mailbox: must",
        ),
        ({**IMAP, "email.bounces.host": None}, "email.bounces.host: is missing"),
        ({**IMAP, "email.bounces.security": '"none"'}, "email.bounces.security: "),
        ({**IMAP, "email.bounces.password": None}, "email.bounces.password: a login is"),
        ({**IMAP, "email.bounces.username": None}, "email.bounces.password: a login is"),
    ],
)
def test_bounces_are_whole_or_refused(faults: Faults, changes: dict[str, str | None], fault: str) -> None:
    """Half of a mailbox would never be read."""
    (found,) = faults(changes)
    assert found.startswith(fault)
    assert "made-up" not in found


def test_notify_needs_its_key_and_template(load: Load) -> None:
    """The service's public address is the usual one; the key shows nowhere."""
    notify = load(NOTIFY).email.notify
    assert notify is not None
    assert notify.base_url == "https://api.notifications.service.gov.uk"
    assert notify.api_key.get_secret_value() == KEY
    assert KEY not in repr(notify)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"email.transport": '"notify"'}, "email.notify: is missing"),
        ({**NOTIFY, "email.notify.template_id": None}, "email.notify.template_id: is missing"),
        ({**NOTIFY, "email.notify.api_key": '"3d844edf"'}, "email.notify.api_key: must be a whole key"),
        ({**NOTIFY, "email.notify.template_id": '"digest"'}, "email.notify.template_id: must be an id"),
        ({**NOTIFY, "email.notify.base_url": '"http://notify.example"'}, "email.notify.base_url: must begin"),
    ],
)
def test_notify_is_whole_or_refused(faults: Faults, changes: dict[str, str | None], fault: str) -> None:
    """A key is checked for its form, and not repeated."""
    (found,) = faults(changes)
    assert found.startswith(fault)
    assert "3d844edf" not in found


def test_a_secret_that_cannot_be_read_is_one_fault(faults: Faults) -> None:
    """Its absence is not told again as a key of the wrong form."""
    changes = {**NOTIFY, "email.notify.api_key": None, "email.notify.api_key_file": '"no-such-file"'}
    (found,) = faults(changes)
    assert found.startswith("email.notify.api_key_file: the file cannot be read")

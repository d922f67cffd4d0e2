"""Settings of the emails: senders, recipients, mail server."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from alerter.config.base import (
    UNREAD,
    UUID,
    FilePath,
    List,
    PrivateUrl,
    Security,
    Table,
    Text,
    Uuid,
    is_loopback,
)
from alerter.config.bounces import BounceSettings
from alerter.config.entra import GraphSettings, OauthSettings
from alerter.domain.address import address_key, is_address, is_helo_name, is_in_domains

Login = Literal["password", "xoauth2"]

PORTS: dict[str, int] = {"starttls": 587, "tls": 465, "none": 1025}
"""The usual port by kind of security; without any, that of a mail server on this machine for trying out."""

_SENDER = re.compile(r'(?:"(?P<quoted>[^"\\<>]*)"|(?P<bare>[^"\\<>]*?)) *<(?P<address>[^<> ]+)>')
_DOMAIN = re.compile(r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9._:-]+", re.ASCII)
_NOTIFY_KEY = re.compile(rf".*{UUID}-{UUID}", re.ASCII)


class NotifySettings(Table):
    """
    A service of GOV.UK Notify, and its template with the subject `((subject))` and the message `((body))`.
    """

    api_key: SecretStr
    template_id: Uuid
    base_url: PrivateUrl = "https://api.notifications.service.gov.uk"
    email_reply_to_id: Uuid | None = None

    @field_validator("api_key")
    @classmethod
    def _is_a_key(cls, api_key: SecretStr) -> SecretStr:
        if api_key.get_secret_value() != UNREAD and not _NOTIFY_KEY.fullmatch(api_key.get_secret_value()):
            raise ValueError("must be a whole key as GOV.UK Notify shows it: a name and two ids")
        return api_key


class SmtpSettings(Table):
    """One mail server. Without any keys, one on this machine for trying out."""

    host: str = "127.0.0.1"
    allow_plaintext: bool = False
    security: Security = "none"
    port: int = Field(default_factory=lambda validated: PORTS[validated["security"]], ge=1, le=65535)
    helo_name: str | None = None
    auth: Login = "password"
    username: SecretStr | None = None
    password: SecretStr | None = None
    oauth: OauthSettings | None = None
    timeout_seconds: int = Field(default=60, ge=1, le=600)
    max_per_minute: int = Field(default=0, ge=0)
    ca_file: FilePath | None = None

    @field_validator("host")
    @classmethod
    def _is_a_host(cls, host: str) -> str:
        if not _HOST.fullmatch(host):
            raise ValueError('must be a host name or an IP address alone, such as "smtp.council.example"')
        return host

    @field_validator("helo_name")
    @classmethod
    def _is_a_name(cls, name: str | None) -> str | None:
        if name is not None and not is_helo_name(name):
            raise ValueError(
                'must be this machine\'s full name such as "alerts.council.example", or its address such as '
                '"[192.0.2.7]"'
            )
        return name

    @field_validator("security")
    @classmethod
    def _is_private(cls, security: Security, info: ValidationInfo) -> Security:
        host, allowed = info.data.get("host"), info.data.get("allow_plaintext")
        if security == "none" and host is not None and allowed is False and not is_loopback(host):
            raise ValueError(
                '"none" sends in clear, and is for a mail server on this machine only: write "starttls" or'
                ' "tls" (or allow_plaintext = true, if the network is known to be safe)'
            )
        return security

    @field_validator("password")
    @classmethod
    def _comes_with_a_name(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        username, auth = info.data.get("username"), info.data.get("auth")
        if auth == "xoauth2" and password is not None:
            raise ValueError(
                'goes with auth = "password"; with "xoauth2" the secret stands in email.smtp.oauth'
            )
        if "username" in info.data and auth == "password" and (password is None) != (username is None):
            raise ValueError("username and password go together: give both or neither")
        return password

    @field_validator("oauth")
    @classmethod
    def _comes_with_a_mailbox(cls, oauth: OauthSettings | None, info: ValidationInfo) -> OauthSettings | None:
        is_wanted = info.data.get("auth") == "xoauth2"
        if is_wanted and (oauth is None or info.data.get("username", "") is None):
            raise ValueError(
                'auth = "xoauth2" needs [email.smtp.oauth], and the mailbox that sends as email.smtp.username'
            )
        if oauth is not None and not is_wanted and "auth" in info.data:
            raise ValueError('is given, but email.smtp.auth is not "xoauth2": write that, or leave this out')
        return oauth

    @field_validator("ca_file")
    @classmethod
    def _is_there(cls, ca_file: Path | None) -> Path | None:
        if ca_file is not None and not ca_file.is_file():
            raise ValueError("there is no such file; correct the path")
        return ca_file


def _is_domain(text: str) -> str:
    domain = text.lower()
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(
            'must be a domain such as "council.example", or "*.council.example" for its subdomains'
        )
    return domain


def _is_plain_address(address: str) -> str:
    if not is_address(address):
        raise ValueError('must be one plain email address, such as "name@council.example"')
    return address


def _is_allowed(address: str, info: ValidationInfo) -> str:
    """Refuse an address outside the allowed domains, which stand before every address in the table."""
    domains = info.data.get("allowed_domains")
    if domains is not None and not is_in_domains(address, domains):
        raise ValueError(
            f"does not lie in allowed_domains ({', '.join(domains)}); correct the one or the other"
        )
    return address


def _is_sender(sender: str, info: ValidationInfo) -> str:
    address = _parts(sender)[1]
    if not sender.isprintable() or not is_address(address):
        raise ValueError('must be "Name <name@council.example>", or one plain email address')
    _is_allowed(address, info)
    return sender


def _parts(sender: str) -> tuple[str, str]:
    if (match := _SENDER.fullmatch(sender.strip())) is None:
        return "", sender.strip()
    return (match["quoted"] or match["bare"] or "").strip(), match["address"]


Address = Annotated[str, AfterValidator(_is_plain_address), AfterValidator(_is_allowed)]


class EmailSettings(Table):
    """The sender, those who are always told, and the only domains anything is sent to."""

    allowed_domains: Annotated[tuple[Annotated[str, AfterValidator(_is_domain)], ...], List] = Field(
        min_length=1
    )
    sender: Annotated[str, AfterValidator(_is_sender)]
    admins: Annotated[tuple[Address, ...], List] = Field(min_length=1)
    fallback: Address
    subject_prefix: Text = Field(default="", max_length=60)
    send_all_clear: bool = True
    language: Literal["en", "cy"] = "en"
    templates: FilePath | None = None
    transport: Literal["smtp", "graph", "notify", "folder"] = "smtp"
    folder: FilePath | None = None
    smtp: SmtpSettings = SmtpSettings()
    graph: GraphSettings | None = None
    notify: NotifySettings | None = None
    bounces: BounceSettings | None = None

    @field_validator("subject_prefix")
    @classmethod
    def _is_no_encoded_word(cls, prefix: str) -> str:
        if "=?" in prefix:
            raise ValueError('must not hold "=?", which begins an encoding of its own (RFC 2047)')
        return prefix

    @field_validator("admins")
    @classmethod
    def _once_each(cls, admins: tuple[str, ...]) -> tuple[str, ...]:
        first: dict[str, str] = {}
        for address in admins:
            first.setdefault(address_key(address), address)
        return tuple(first.values())

    @field_validator("templates")
    @classmethod
    def _is_a_folder(cls, templates: Path | None) -> Path | None:
        if templates is not None and not templates.is_dir():
            raise ValueError("there is no such folder; correct the path, or leave it out")
        return templates

    @field_validator("folder")
    @classmethod
    def _is_given_where_needed(cls, folder: Path | None, info: ValidationInfo) -> Path | None:
        if folder is None and info.data.get("transport") == "folder":
            raise ValueError('is missing; transport = "folder" needs the folder to write messages into')
        return folder

    @field_validator("graph")
    @classmethod
    def _names_an_application(cls, graph: GraphSettings | None, info: ValidationInfo) -> GraphSettings | None:
        if graph is None and info.data.get("transport") == "graph":
            raise ValueError('is missing; transport = "graph" needs [email.graph] with its application')
        return graph

    @field_validator("bounces")
    @classmethod
    def _has_an_application(
        cls, bounces: BounceSettings | None, info: ValidationInfo
    ) -> BounceSettings | None:
        if bounces is not None and bounces.kind == "graph" and info.data.get("graph", "") is None:
            raise ValueError('kind = "graph" needs [email.graph] with its application')
        return bounces

    @field_validator("notify")
    @classmethod
    def _is_there_where_needed(
        cls, notify: NotifySettings | None, info: ValidationInfo
    ) -> NotifySettings | None:
        if notify is None and info.data.get("transport") == "notify":
            raise ValueError(
                'is missing; transport = "notify" needs [email.notify] with its key and template'
            )
        return notify

    @property
    def sender_name(self) -> str:
        """Return the sender's display name; empty where only an address is given."""
        return _parts(self.sender)[0]

    @property
    def sender_address(self) -> str:
        """Return the sender's bare address."""
        return _parts(self.sender)[1]

    @property
    def max_per_minute(self) -> int:
        """Return how many messages may go in a minute by the configured transport; 0 is no limit."""
        server = self.graph if self.graph is not None and self.transport == "graph" else self.smtp
        return server.max_per_minute

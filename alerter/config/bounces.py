"""Settings of the mailbox that reports of failed deliveries come to."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from alerter.config.base import FilePath, FilledText, Security, Table, Text, folder_of, is_loopback
from alerter.config.entra import OauthSettings
from alerter.domain.address import is_address

PORTS: dict[str, int] = {"tls": 993, "starttls": 143, "none": 143}
"""The usual port by kind of security (RFC 8314)."""


class BounceSettings(Table):
    """
    A file or Maildir, a folder of a mailbox of Microsoft 365, or one on an IMAP server.

    *mailbox* is the path of the former, and the address of the second, if it is not the one that sends.
    """

    kind: Literal["file", "graph", "imap"] = "file"
    mailbox: Text | None = None
    folder: FilledText = "Inbox"
    host: FilledText | None = None
    security: Security = "tls"
    port: int = Field(
        default_factory=lambda validated: PORTS[validated.get("security", "tls")], ge=1, le=65535
    )
    username: SecretStr | None = None
    oauth: OauthSettings | None = None
    password: SecretStr | None = None
    ca_file: FilePath | None = None
    timeout_seconds: int = Field(default=60, ge=1, le=600)

    @field_validator("mailbox")
    @classmethod
    def _fits_the_kind(cls, mailbox: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if kind == "file":
            if not (mailbox or "").strip():
                raise ValueError("is missing; config.example.toml shows how to write it")
            return str(folder_of(info) / str(mailbox))
        if kind == "graph" and mailbox is not None and not is_address(mailbox):
            raise ValueError('must be the mailbox\'s address, such as "alerts@council.example"')
        return mailbox

    @field_validator("host")
    @classmethod
    def _is_there_for_imap(cls, host: str | None, info: ValidationInfo) -> str | None:
        if host is None and info.data.get("kind") == "imap":
            raise ValueError('is missing; kind = "imap" needs the server\'s name')
        return host

    @field_validator("security")
    @classmethod
    def _is_private(cls, security: Security, info: ValidationInfo) -> Security:
        host = info.data.get("host")
        if security == "none" and host is not None and not is_loopback(host):
            raise ValueError('"none" is for a server on this machine only: write "tls" or "starttls"')
        return security

    @field_validator("password")
    @classmethod
    def _is_the_one_login(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if info.data.get("kind") != "imap" or "oauth" not in info.data:
            return password
        if info.data.get("username", "") is None or (password is None) == (info.data["oauth"] is None):
            raise ValueError(
                "a login is username with password, or with [email.bounces.oauth]: give one of them"
            )
        return password

    @property
    def path(self) -> Path:
        """Return where the file or Maildir is."""
        return Path(self.mailbox or "")

"""Settings of the page for managers: whether there is one, its address, and its sign-in."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from alerter.config.base import UNREAD, FilledText, List, PrivateUrl, Table
from alerter.domain.extension import ExtendedBy

REASONS: Mapping[str, str] = {
    "partner": "waiting for partner agency",
    "family": "family unavailable",
    "absence": "worker absence",
    "sign-off": "with the manager for sign-off",
    "complex": "complex",
    "other": "other",
}
SHORTEST_KEY = 32
_CODE = re.compile(r"[a-z][a-z0-9-]{0,29}", re.ASCII)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*", re.ASCII)


def _is_code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError('must be a short code in small letters, such as "partner"')
    return text


def _is_plain_url(url: str) -> str:
    split = urlsplit(url)
    if split.query or split.fragment or "@" in split.netloc:
        raise ValueError('must be an address alone, such as "https://alerts.council.example"')
    return url


def _is_ip(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError('must be the IP address of one proxy, such as "10.1.2.3"') from None


class ReassuranceSettings(Table):
    """The reasons a manager may give for the day the sign-off is expected, by code."""

    reasons: dict[Annotated[str, AfterValidator(_is_code)], FilledText] = Field(
        default_factory=lambda: dict(REASONS), min_length=1
    )


class ExtensionsSettings(Table):
    """Who may authorise that an assessment goes beyond its limit."""

    by: ExtendedBy = "manager"


class WebSettings(Table):
    """
    Where the page is reached, and by what a person is known there: the link in the email, or a proxy.

    The *secret_key* signs links and sessions; whoever has it can be anybody.
    """

    base_url: Annotated[PrivateUrl, AfterValidator(_is_plain_url)]
    secret_key: SecretStr
    link_days: int = Field(default=14, ge=1, le=60)
    trusted_proxies: Annotated[tuple[Annotated[str, AfterValidator(_is_ip)], ...], List] = ()
    auth: Literal["link", "proxy"] = "link"
    proxy_header: FilledText = "X-Remote-User"

    @field_validator("secret_key")
    @classmethod
    def _is_long_enough(cls, key: SecretStr) -> SecretStr:
        if key.get_secret_value() != UNREAD and len(key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"must have {SHORTEST_KEY} characters or more, made by chance")
        return key

    @field_validator("auth")
    @classmethod
    def _names_its_proxies(cls, auth: str, info: ValidationInfo) -> str:
        if auth == "proxy" and info.data.get("trusted_proxies") == ():
            raise ValueError(
                '"proxy" needs trusted_proxies: the addresses of those that may say who somebody is'
            )
        return auth

    @field_validator("proxy_header")
    @classmethod
    def _is_a_header(cls, header: str) -> str:
        if not _HEADER.fullmatch(header):
            raise ValueError('must be the name of a header, such as "X-Remote-User"')
        return header

    @property
    def port(self) -> int | None:
        """Return the port in *base_url*, where one is written."""
        return urlsplit(self.base_url).port

    @property
    def is_https(self) -> bool:
        """Say whether browsers reach it by https."""
        return self.base_url.startswith("https://")

    @property
    def path(self) -> str:
        """Return the path below which the page lies, empty at the top of a host."""
        return urlsplit(self.base_url).path

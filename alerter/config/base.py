"""What every table of the settings has in common, and the kinds of value they share."""

import ipaddress
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

Security = Literal["starttls", "tls", "none"]
UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

UNREAD = "unread"
"""Takes the place of a secret that could not be read, so that its absence is no second fault."""


class Table(BaseModel):
    """
    One table of the file: frozen, no key it does not know, no value of another type taken for the right one.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_default=True,
        hide_input_in_errors=True,
        defer_build=True,  # the whole is built once, and not each table for itself before
    )


def _is_printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must not hold line breaks or control characters")
    return text


def _is_not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text.strip()


def _beside_the_file(value: object, info: ValidationInfo) -> object:
    """Return a relative path as seen from the settings file's folder, wherever the program was started."""
    if not isinstance(value, str):
        return value
    if not value.strip() or "\0" in value:
        raise ValueError("must be the path of a file or folder")
    return folder_of(info) / value


def _calendar_date(value: object) -> object:
    """Return an ISO date in quotes as the date it is; a TOML date stays what it is."""
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"there is no {value} in the calendar") from None
    return value


def _is_private_url(url: str) -> str:
    split = urlsplit(url)
    is_private = split.scheme == "https" or (split.scheme == "http" and is_loopback(split.hostname or ""))
    if not split.hostname or not is_private:
        raise ValueError("must begin with https:// and a host name")
    return url.rstrip("/")


def _is_uuid(text: str) -> str:
    if not re.fullmatch(UUID, text):
        raise ValueError("must be an id such as 9c0ffee0-0000-4000-8000-000000000001")
    return text


def is_loopback(host: str) -> bool:
    """
    Say whether *host* is this machine and nothing else.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("smtp.council.example")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def folder_of(info: ValidationInfo) -> Path:
    """Return the folder of the settings file that is being read."""
    folder: Path = (info.context or {}).get("folder", Path())
    return folder


Text = Annotated[str, AfterValidator(_is_printable)]
"""One line of text."""

FilledText = Annotated[Text, AfterValidator(_is_not_blank)]
"""One line of text that says something."""

FilePath = Annotated[Path, BeforeValidator(_beside_the_file)]
"""A path; relative ones start at the settings file's folder."""

CalendarDate = Annotated[date, BeforeValidator(_calendar_date)]
"""A TOML date, or the same in quotes."""

List = Field(strict=False)
"""Lets a TOML list stand for a tuple; what is in it stays strict."""

PrivateUrl = Annotated[Text, AfterValidator(_is_private_url)]
"""An address of the web that nobody can read on the way: https, or this machine."""

Uuid = Annotated[str, AfterValidator(_is_uuid)]
"""An id as Microsoft and GOV.UK Notify give them."""

"""Builds the message that is sent from an email as it reads, then reads it back and compares."""

import re
from binascii import a2b_base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.header import decode_header, make_header
from email.message import Message as ReadBack
from email.parser import BytesFeedParser
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Literal
from unicodedata import category

from alerter.domain.address import is_address
from alerter.domain.message import Message
from alerter.domain.plain import phrase
from alerter.domain.routing import Recipient
from alerter.errors import MailRefusedError
from alerter.mail import mime
from alerter.mail.template_set import CONTENT_ID

Kind = Literal["digest", "summary", "link", "note"]
LONGEST_NAME = 300
HASH_CHARACTERS = 24

ENCODED = "=?"
_TEXTS = ("plain", "html")
_HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "X-Alerter-Run", "MIME-Version", "Content-Type",
)  # fmt: skip
# What a display name may hold beside letters, their marks and numbers in any script. Without "=", "?", quotes
# and angles it is no encoded word (RFC 2047), and no second address.
_FIT_FOR_NAME = frozenset(" .,'()&/-\u00b7\u2018\u2019\u200c\u200d")
_LETTERS_AND_NUMBERS = frozenset("LMN")
_FOLDS = re.compile(r"\r\n(?=[ \t])")
_PLAIN_MAILBOX = re.compile(r"(?:[A-Za-z0-9]+ )+<([^<>]+)>")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One email as it reads: a subject, and the same facts as text and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """
    What the messages of one run share.

    *installation* tells two alerters apart, so that their Message-IDs differ; *dated_at* is aware.
    *edition* counts how often a kind of message was written anew in the run; *logo* is a PNG file's bytes
    that each of them carries.
    """

    sender: Recipient
    installation: str
    run: int
    dated_at: datetime
    kind: Kind = "digest"
    edition: int = 1
    logo: bytes = field(default=b"", repr=False)


def build(rendered: Rendered, recipient: Recipient, letterhead: Letterhead) -> Message:
    """
    Return the message for one *recipient*, the same bytes for the same inputs.

    Raises:
        MailRefusedError: The address is not one plain address, or what was built does not read
            back as it was meant: one recipient, these headers, these words.
    """
    if not is_address(recipient.email):
        raise MailRefusedError(
            "the recipient's address is not one plain email address: correct the directory."
        )
    id_ = message_id(letterhead, recipient)
    body = _written(rendered, recipient, letterhead, id_)
    check(body, rendered, recipient, letterhead)
    return Message(recipient.email, id_, rendered.subject, body)


def message_id(letterhead: Letterhead, recipient: Recipient) -> str:
    """Return the Message-ID: a function of installation, run, kind, edition and recipient."""
    identity = (letterhead.installation, letterhead.kind, str(letterhead.edition), recipient.key)
    digest = sha256("\0".join((str(letterhead.run), *identity)).encode("utf-8", "replace")).hexdigest()
    domain = letterhead.sender.email.rpartition("@")[2]
    return f"<run-{letterhead.run}.{letterhead.kind}.{digest[:HASH_CHARACTERS]}@{domain}>"


def check(body: bytes, rendered: Rendered, recipient: Recipient, letterhead: Letterhead) -> None:
    """
    Read *body* back, and compare it with what was meant.

    Raises:
        MailRefusedError: It differs.
    """
    parser = BytesFeedParser(policy=policy.compat32)
    parser.feed(body)
    email = parser.close()
    parts = [part for part in email.walk() if not part.is_multipart()]
    bare = body.replace(b"\r\n", b"")
    faults = [
        "its recipient" if _addresses(email, "To") != [recipient.email] else "",
        "its sender" if _addresses(email, "From") != [letterhead.sender.email] else "",
        "" if _is_named(email, "To", recipient) else "its recipient's name",
        "" if _is_named(email, "From", letterhead.sender) else "its sender's name",
        "its headers" if sorted(email.keys()) != sorted(_HEADERS) else "",
        "its subject" if _words(str(email.get("Subject", ""))) != rendered.subject else "",
        "its line ends" if b"\r" in bare or b"\n" in bare else "",
        "its text" if not _is_text(parts, "plain", rendered.text) else "",
        "its HTML" if not _is_text(parts, "html", rendered.html) else "",
        "its logo" if _contents(parts, "image/png") != [letterhead.logo] * bool(letterhead.logo) else "",
        "its parts" if len(parts) != len(_TEXTS) + bool(letterhead.logo) else "",
    ]
    if faulty := [fault for fault in faults if fault]:
        raise MailRefusedError(
            f"a message of run {letterhead.run} was not built as planned ({', '.join(faulty)}), so it was "
            "not sent; please report this."
        )


@lru_cache(maxsize=64)
def display_name(name: str) -> str:
    r"""
    Return *name* as a header can show it; what could be read as anything but a name is left out.

    >>> display_name("Novak, Petra (Duty & Assessment)"), display_name("=?UTF-8?Q?=0D=0A?=Bcc: x")
    ('Novak, Petra (Duty & Assessment)', 'UTF-8 Q 0D 0A Bcc x')
    """
    fit = "".join(character if _is_fit(character) else " " for character in (phrase(name) if name else ""))
    return " ".join(fit.split())[:LONGEST_NAME].strip()


def _is_fit(character: str) -> bool:
    return character in _FIT_FOR_NAME or category(character)[0] in _LETTERS_AND_NUMBERS


def _written(rendered: Rendered, recipient: Recipient, letterhead: Letterhead, id_: str) -> bytes:
    headers = (
        ("From", _mailbox(letterhead.sender)),
        ("To", _mailbox(recipient)),
        ("Subject", rendered.subject),
        ("Date", format_datetime(letterhead.dated_at)),
        ("Message-ID", id_),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Alerter-Run", str(letterhead.run)),
    )
    boundary = f"part-{sha256(id_.encode()).hexdigest()[:HASH_CHARACTERS]}"
    html = mime.text_part("html", rendered.html)
    if letterhead.logo:
        pictured = (html, mime.picture(letterhead.logo, CONTENT_ID))
        html = mime.multipart("related", f"{boundary}-html", pictured)
    parts = (mime.text_part("plain", rendered.text), html)
    return mime.message(headers, mime.multipart("alternative", boundary, parts))


def _mailbox(recipient: Recipient) -> mime.Mailbox:
    local, _, domain = recipient.email.rpartition("@")
    return mime.Mailbox(display_name(recipient.name), local, domain)


def _addresses(email: ReadBack, header: str) -> list[str]:
    values = (_FOLDS.sub("", str(value)) for value in email.get_all(header, []))
    return [address for value in values for address in _addresses_in(header, value)]


def _is_named(email: ReadBack, header: str, recipient: Recipient) -> bool:
    """Say whether a name in encoded words reads back as it was meant; any other stands there as it is."""
    name = display_name(recipient.name)
    return name.isascii() or _decoded(str(email.get(header, ""))).startswith(f"{name} <")


@lru_cache(maxsize=64)
def _decoded(value: str) -> str:
    return str(make_header(decode_header(_FOLDS.sub("", value))))


def _contents(parts: Sequence[ReadBack], content_type: str) -> list[bytes]:
    """Return each part of exactly one type, as a mail program decodes it."""
    return [_decoded_part(part) for part in parts if part["Content-Type"] == content_type]


def _decoded_part(part: ReadBack) -> bytes:
    if part["Content-Transfer-Encoding"] != "base64":
        return bytes(part.get_payload(decode=True))
    return a2b_base64(str(part.get_payload()))  # the library would take the lines apart once more


def _is_text(parts: Sequence[ReadBack], subtype: str, text: str) -> bool:
    """Say whether exactly one part is this text, with every line ended by CRLF."""
    planned = text.replace("\n", mime.CRLF).encode()
    is_ended_well = "\r" not in text
    return is_ended_well and _contents(parts, f'text/{subtype}; charset="utf-8"') == [planned]


@lru_cache(maxsize=64)
def _addresses_in(header: str, value: str) -> tuple[str, ...]:
    """
    Return the addresses in a header: of a few plain words and an address in angles, which RFC 5322 reads in
    one way only, that one; of anything else those that the standard library's parser finds.
    """
    plain = _PLAIN_MAILBOX.fullmatch(value)
    if plain is not None and is_address(plain[1]):
        return (plain[1],)
    return tuple(address.addr_spec for address in policy.SMTP.header_factory(header, value).addresses)


def _words(value: str) -> str:
    """Return what a header says, its encoded words decoded (RFC 2047)."""
    is_plain = value.isascii() and ENCODED not in value
    return value if is_plain else str(policy.SMTP.header_factory("Subject", _FOLDS.sub("", value)))

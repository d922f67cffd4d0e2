"""From a rendered email to the bytes that are sent: built, then read back and compared."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from hashlib import sha256
from typing import Literal

from alerter.domain.address import is_address
from alerter.domain.routing import Recipient
from alerter.errors import MailRefusedError
from alerter.mail.brand import CONTENT_ID
from alerter.mail.plain import phrase

Kind = Literal["digest", "summary", "link"]
LONGEST_NAME = 100
LONGEST_LINE = 998  # RFC 5322 2.1.1
HASH_CHARACTERS = 24

# Bodies keep the base64 lines of RFC 2045 6.8; headers are never folded, because folding an
# address loses its quotes in Python before 3.13.2 (cpython#80222).
_BUILD = policy.SMTP.clone(cte_type="7bit")
_WRITE = policy.SMTP.clone(cte_type="7bit", max_line_length=LONGEST_LINE)

_HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "X-Alerter-Run", "MIME-Version", "Content-Type",
)  # fmt: skip
# What a display name may hold. Without "=", "?", quotes and angles it is no encoded word (RFC 2047),
# and no second address.
_UNFIT_FOR_NAME = re.compile(r"[^\w .,'\u2019()&/-]|_")


@dataclass(frozen=True, slots=True)
class Message:
    """
    One email as it is sent: to whom, its id, and its bytes.
    """

    recipient: str
    message_id: str
    subject: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """
    One email as it reads: a subject, and the same facts as text and as HTML.
    """

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
    email = _email(rendered, recipient, letterhead, id_)
    body = email.as_bytes(policy=_WRITE)
    check(body, rendered, recipient, letterhead)
    return Message(recipient.email, id_, rendered.subject, body)


def message_id(letterhead: Letterhead, recipient: Recipient) -> str:
    """
    Return the Message-ID: a function of installation, run, kind, edition and recipient.
    """
    parts = (letterhead.installation, letterhead.kind, str(letterhead.edition), recipient.key)
    digest = sha256("\0".join((str(letterhead.run), *parts)).encode("utf-8", "replace")).hexdigest()
    domain = letterhead.sender.email.rpartition("@")[2]
    return f"<run-{letterhead.run}.{letterhead.kind}.{digest[:HASH_CHARACTERS]}@{domain}>"


def check(body: bytes, rendered: Rendered, recipient: Recipient, letterhead: Letterhead) -> None:
    """
    Read *body* back, and compare it with what was meant.

    Raises:
        MailRefusedError: It differs.
    """
    email = BytesParser(policy=policy.SMTP).parsebytes(body)
    bare = body.replace(b"\r\n", b"")
    faults = [
        "its recipient" if _addresses(email, "To") != [recipient.email] else "",
        "its sender" if _addresses(email, "From") != [letterhead.sender.email] else "",
        "its headers" if sorted(email.keys()) != sorted(_HEADERS) else "",
        "its subject" if email["Subject"] != rendered.subject else "",
        "its line ends" if b"\r" in bare or b"\n" in bare else "",
        "its text" if _part(email, "plain") != rendered.text else "",
        "its HTML" if _part(email, "html") != rendered.html else "",
        "its logo" if _attached(email) != ([letterhead.logo] if letterhead.logo else []) else "",
    ]
    if found := [fault for fault in faults if fault]:
        raise MailRefusedError(
            f"a message of run {letterhead.run} was not built as planned ({', '.join(found)}), so it was not "
            "sent; please report this."
        )


def display_name(name: str) -> str:
    r"""
    Return *name* as a header can show it; what could be read as anything but a name is left out.

    >>> display_name("Novak, Petra (Duty & Assessment)"), display_name("=?UTF-8?Q?=0D=0A?=Bcc: x")
    ('Novak, Petra (Duty & Assessment)', 'UTF-8 Q 0D 0A Bcc x')
    """
    fit = _UNFIT_FOR_NAME.sub(" ", phrase(name)) if name else ""
    return " ".join(fit.split())[:LONGEST_NAME].strip()


def _email(rendered: Rendered, recipient: Recipient, letterhead: Letterhead, id_: str) -> EmailMessage:
    email = EmailMessage(policy=_BUILD)
    email["From"] = Address(display_name(letterhead.sender.name), addr_spec=letterhead.sender.email)
    email["To"] = Address(display_name(recipient.name), addr_spec=recipient.email)
    email["Subject"] = rendered.subject
    email["Date"] = letterhead.dated_at
    email["Message-ID"] = id_
    email["Auto-Submitted"] = "auto-generated"
    email["X-Auto-Response-Suppress"] = "All"
    email["X-Alerter-Run"] = str(letterhead.run)
    email.set_content(rendered.text, charset="utf-8", cte="base64")
    email.add_alternative(rendered.html, subtype="html", charset="utf-8", cte="base64")
    boundary = f"part-{sha256(id_.encode()).hexdigest()[:HASH_CHARACTERS]}"
    if letterhead.logo:
        html = list(email.iter_parts())[-1]
        cid = f"<{CONTENT_ID}>"
        html.add_related(letterhead.logo, maintype="image", subtype="png", cid=cid, disposition="inline")
        html.set_boundary(f"{boundary}-html")
    email.set_boundary(boundary)
    return email


def _addresses(email: EmailMessage, header: str) -> list[str]:
    return [address.addr_spec for value in email.get_all(header, []) for address in value.addresses]


def _attached(email: EmailMessage) -> list[bytes]:
    """
    Return every part that is no text, as it would be shown.
    """
    return [part.get_content() for part in email.walk() if part.get_content_maintype() == "image"]


def _part(email: EmailMessage, subtype: str) -> str:
    part = email.get_body(preferencelist=(subtype,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")

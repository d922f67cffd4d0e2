"""Reads delivery reports (RFC 3464) about our own messages from a mailbox, and nothing else in it."""

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from alerter.errors import MailError

LONGEST_MESSAGE = 500_000  # bytes; what a report says stands before the message it returns
DEEPEST = 50  # MIME boundaries; more are no report, and would only cost time
STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}", re.ASCII)  # RFC 3463
# As `alerter.mail.build` makes them: whoever has not had the message cannot guess one.
_OURS = re.compile(r"<run-\d+\.(?:digest|summary)\.[0-9a-f]{24}@[A-Za-z0-9.-]+>", re.ASCII)
_PARSER = BytesParser(policy=policy.compat32)  # reads anything without complaint
_STATUSES = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")


@dataclass(frozen=True, slots=True)
class Bounce:
    """
    One message that came back for good: its Message-ID, the status (RFC 3463), and for whom.

    *recipient* is what the report says, and no more to be trusted than its sender.
    """

    message_id: str
    status: str
    recipient: str


def read_bounces(path: Path) -> list[Bounce]:
    """
    Return what the mailbox at *path* says came back, each once; the mailbox is left as it is.

    A folder is read as a Maildir, a file as an mbox; a file that is not there yet holds nothing. Only
    reports of a failed delivery count: a delay does not, nor does a person's answer or an absence
    note, which are no reports, nor a report about what is not ours.

    Raises:
        MailError: The mailbox cannot be read.
    """
    try:
        if not path.exists() and path.parent.is_dir():
            return []
        found = [bounce for raw in _messages(path) for bounce in _bounces(raw)]
    except (OSError, mailbox.Error) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or "it is no Maildir or mbox"
        raise MailError(
            f"email.bounces.mailbox: {path} cannot be read ({reason}): correct the path or its permissions."
        ) from error
    return list(dict.fromkeys(found))


def _messages(path: Path) -> Iterator[bytes]:
    """Give each message in the mailbox, at most as much of it as a report needs."""
    box: mailbox.Maildir | mailbox.mbox
    box = mailbox.Maildir(path, create=False) if path.is_dir() else mailbox.mbox(path, create=False)
    try:
        for key in box.keys():  # noqa: SIM118 - a mailbox iterates over parsed messages, not keys
            try:
                with box.get_file(key) as file:
                    yield file.read(LONGEST_MESSAGE)
            except (KeyError, FileNotFoundError):
                continue  # somebody tidies up while we read
    finally:
        box.close()


def _bounces(raw: bytes) -> Iterator[Bounce]:
    """Give the failed deliveries one message reports, which must be a delivery report as a whole."""
    report = _parsed(raw)
    if report is None or report.get_content_type() != "multipart/report":
        return
    parts = _parts(report)
    message_id = next((_message_id(part) for part in parts if part.get_content_type() in _RETURNED), "")
    for part in parts:
        if message_id and part.get_content_type() in _STATUSES:
            for fields in _parts(part):  # a group for the message, then one for each recipient
                if bounce := _bounce(fields, message_id):
                    yield bounce


def _parsed(raw: bytes) -> Message | None:
    """Return a message, or None for one nested deeper than any report."""
    if raw.lower().count(b"boundary") > DEEPEST:
        return None
    try:
        return _PARSER.parsebytes(raw)
    except RecursionError:
        return None


def _parts(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _message_id(part: Message) -> str:
    """Return the Message-ID in the returned message or its headers, if it is one of ours."""
    headers = next(iter(_parts(part)), None)
    if headers is None:
        text = part.get_payload(decode=True)
        headers = _PARSER.parsebytes(text if isinstance(text, bytes) else b"", headersonly=True)
    value = str(headers.get("Message-ID", "")).strip()
    return value if _OURS.fullmatch(value) else ""


def _bounce(fields: Message, message_id: str) -> Bounce | None:
    action = str(fields.get("Action", "")).strip().lower()
    status = STATUS.match(str(fields.get("Status", "")).strip())
    if action != "failed" or status is None:
        return None
    recipient = str(fields.get("Final-Recipient", fields.get("Original-Recipient", "")))
    return Bounce(message_id, status[0], recipient.rpartition(";")[2].strip())

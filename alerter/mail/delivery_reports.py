"""Reads delivery reports about our own messages among those of a mailbox, and nothing else in it."""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser

LONGEST_MESSAGE = 500_000  # bytes; what a report says stands before the message it returns
DEEPEST = 50  # MIME boundaries; more are no report, and would only cost time
UNSAID = "5.0.0"  # RFC 3463: a permanent failure, and no more is known
STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}", re.ASCII)  # RFC 3463
# As `alerter.mail.build` makes them: whoever has not had the message cannot guess one.
OUR_MESSAGE_ID = re.compile(r"<run-\d+\.(?:digest|summary)\.[0-9a-f]{24}@[A-Za-z0-9.-]+>", re.ASCII)
OUR_RUN = re.compile(rb"^X-Alerter-Run:[ \t]*(?P<run>\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_FROM = re.compile(r"(?P<local>[A-Za-z0-9._+-]+)@")
REPLY_SUBJECTS = ("automatic reply:", "ateb awtomatig:", "out of office:", "out of office autoreply:")
_SYSTEMS = (
    "mailer-daemon",
    "mailerdaemon",
    "postmaster",
    "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e",
)
_PARSER = BytesParser(policy=policy.compat32)  # reads anything without complaint
_STATUSES = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")


@dataclass(frozen=True, slots=True)
class Bounce:
    """
    One message that came back for good: the status (RFC 3463), for whom, and what proves that it was ours.

    That is its Message-ID or, where that was replaced on its way or left out, the number of its run, which
    holds for its recipient alone. *recipient* is what the report says, and no more to be trusted than its
    sender.
    """

    message_id: str
    status: str
    recipient: str
    run: int = 0


def read_bounces(messages: Iterable[bytes]) -> list[Bounce]:
    """
    Return what *messages* of a mailbox say came back, each once.

    Only reports of a failed delivery count: a delay does not, nor does a person's answer or an absence
    note, which are no reports, nor a report about what is not ours.
    """
    return list(dict.fromkeys(bounce for raw in messages for bounce in _bounces(raw[:LONGEST_MESSAGE])))


def _bounces(raw: bytes) -> Iterator[Bounce]:
    """Give the failed deliveries one message reports, which must be a delivery report as a whole."""
    report = parsed(raw)
    if report is None:
        return
    if report.get_content_type() == "multipart/report":
        yield from _standard(report)
    elif is_from_a_mail_system(report) and not is_automatic_reply(report):
        yield from _older(report, raw)


def _standard(report: Message) -> Iterator[Bounce]:
    """Give what a report by RFC 3464 says."""
    parts = parts_of(report)
    returned = next((_headers(part) for part in parts if part.get_content_type() in _RETURNED), Message())
    message_id, run = _message_id(returned), _run(returned)
    for part in parts:
        if (message_id or run) and part.get_content_type() in _STATUSES:
            for fields in parts_of(part):  # a group for the message, then one for each recipient
                if bounce := _bounce(fields, message_id, run):
                    yield bounce


def _older(report: Message, raw: bytes) -> Iterator[Bounce]:
    """
    Give what a report by no standard says, as older gateways write them: flufl.bounce knows their forms.

    The proof stands in what they return of the message, somewhere in the text.
    """
    message_id, run = OUR_MESSAGE_ID.search(raw.decode("ascii", "replace")), OUR_RUN.search(raw)
    if message_id is None and run is None:
        return
    status = STATUS.search(raw.decode("ascii", "replace"))
    for address in _failed_for(report):
        yield Bounce(
            message_id[0] if message_id else "",
            status[0] if status and status[0].startswith("5") else UNSAID,
            address,
            0 if message_id else int(run["run"]) if run else 0,
        )


def _failed_for(report: Message) -> list[str]:
    """Return the addresses that a report says were given up."""
    from flufl.bounce import scan_message  # noqa: PLC0415 - for those who have such a report alone

    log = logging.getLogger("flufl.bounce")
    log.disabled = True  # it would write down what it cannot read
    try:
        failed = scan_message(report)
    except Exception:  # noqa: BLE001 - a stranger's message may be anything
        return []
    return sorted(address.decode("ascii", "replace") for address in failed)


def is_from_a_mail_system(message: Message) -> bool:
    """Say whether a message is from a mail server: by its own addresses, or its empty return path."""
    local = _FROM.search(str(message.get("From", "")))
    is_named = local is not None and local["local"].lower().startswith(_SYSTEMS)
    return is_named or str(message.get("Return-Path", "")).strip() == "<>" or "X-Failed-Recipients" in message


def is_automatic_reply(message: Message) -> bool:
    """Say whether a message is an absence note: RFC 3834, and what Exchange and others wrote before it."""
    said = str(message.get("Auto-Submitted", "")).strip().lower()
    is_older = any(name in message for name in ("X-Autoreply", "X-Autorespond"))
    is_bulk = str(message.get("Precedence", "")).strip().lower() == "auto_reply"
    is_exchange = str(message.get("Subject", "")).lower().startswith(REPLY_SUBJECTS)
    return said.startswith("auto-replied") or is_older or is_bulk or is_exchange


def parsed(raw: bytes) -> Message | None:
    """Return a message, or None for one nested deeper than any report."""
    if raw.lower().count(b"boundary") > DEEPEST:
        return None
    try:
        return _PARSER.parsebytes(raw)
    except RecursionError:
        return None


def parts_of(message: Message) -> list[Message]:
    """Return the parts of a message, of which it may have none."""
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _headers(part: Message) -> Message:
    """Return the headers of a message that a report returns, in whole or in part."""
    returned = next(iter(parts_of(part)), None)
    if returned is not None:
        return returned
    text = part.get_payload(decode=True)
    return _PARSER.parsebytes(text if isinstance(text, bytes) else b"", headersonly=True)


def _message_id(returned: Message) -> str:
    """Return the Message-ID of what was returned, if it is one of ours."""
    value = str(returned.get("Message-ID", "")).strip()
    return value if OUR_MESSAGE_ID.fullmatch(value) else ""


def _run(returned: Message) -> int:
    """Return the number of its run, 0 where it names none."""
    value = str(returned.get("X-Alerter-Run", "")).strip()
    return int(value) if re.fullmatch(r"\d{1,9}", value, re.ASCII) else 0


def _bounce(fields: Message, message_id: str, run: int) -> Bounce | None:
    action = str(fields.get("Action", "")).strip().lower()
    status = STATUS.match(str(fields.get("Status", "")).strip())
    if action != "failed" or status is None:
        return None
    recipient = str(fields.get("Final-Recipient", fields.get("Original-Recipient", "")))
    return Bounce(message_id, status[0], recipient.rpartition(";")[2].strip(), 0 if message_id else run)

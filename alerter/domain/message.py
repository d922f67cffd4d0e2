"""One email as it is sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """
    One email as it is sent: the one plain address, its id and its bytes.

    *message_id* has its angle brackets; *body* is the whole message, headers too, in lines that end in CRLF.
    """

    recipient: str
    message_id: str
    subject: str
    body: bytes

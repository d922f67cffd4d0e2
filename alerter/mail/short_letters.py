"""Short emails of a few paragraphs, in text and HTML."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from alerter.domain.message import Message
from alerter.mail.build import Letterhead, Rendered, build
from alerter.mail.writer import Writer

SETTLED = ("sent", "refused", "unknown")  # an unknown one may have arrived: nobody is told twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the admins must know: *about* tells two notices apart, so that each is given once."""

    about: str
    headline: str
    said: str
    noticed_at: datetime


def letters(notice: Notice, writer: Writer) -> list[Message]:
    """
    Return *notice* as a message to each admin; the same one again has the same bytes.

    Raises:
        MailRefusedError: What was built does not read back as it was meant.
    """
    at = notice.noticed_at.astimezone(writer.zone)
    lines = [f"{notice.headline}.", notice.said, f"Noticed on {at:%d %B %Y at %H:%M}; this is said once."]
    letterhead = Letterhead(
        sender=writer.sender,
        installation=f"{notice.about} {at.isoformat()}",
        run=0,
        dated_at=at,
        kind="summary",
    )
    prefix = f"{writer.subject_prefix.strip()} " if writer.subject_prefix.strip() else ""
    rendered = Rendered(
        f"{prefix}Assessment alerts: {notice.headline}", "\n\n".join(lines) + "\n", _html(lines)
    )
    return [build(rendered, admin, letterhead) for admin in writer.admins]


def _html(lines: list[str]) -> str:
    paragraphs = "\n".join(f"<p>{escape(line).replace(chr(10), '<br>')}</p>" for line in lines)
    return f'<!doctype html>\n<html lang="en-GB"><body>\n{paragraphs}\n</body></html>\n'

"""Short emails that no template writes: notices to the admins, new links, test messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from alerter.domain.message import Message
from alerter.domain.routing import Recipient
from alerter.mail.build import Kind, Letterhead, Rendered, build
from alerter.mail.run_facts import prefixed
from alerter.mail.writer import Writer


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A paragraph that is a link: its words, and where it leads."""

    words: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortLetter:
    """
    A subject and a few paragraphs; *identity* tells it from every other letter.

    *run* is that of a note between two digests, *lang* the language as HTML names it.
    """

    subject: str
    paragraphs: Sequence[str | LinkLine]
    identity: str
    dated_at: datetime
    kind: Kind = "summary"
    run: int = 0
    lang: str = "en-GB"


def write_letter(letter: ShortLetter, writer: Writer, recipient: Recipient) -> Message:
    """
    Return *letter* as a message to one *recipient*; the same one again has the same bytes.

    Raises:
        MailRefusedError: What was built does not read back as it was meant.
    """
    subject = prefixed(writer.subject_prefix, letter.subject)
    text = "\n\n".join(_text(paragraph) for paragraph in letter.paragraphs)
    letterhead = Letterhead(
        sender=writer.sender,
        installation=letter.identity,
        run=letter.run,
        dated_at=letter.dated_at.astimezone(writer.zone),
        kind=letter.kind,
    )
    return build(Rendered(subject, f"{text}\n", _page(subject, letter)), recipient, letterhead)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the admins must know: *about* tells two notices apart, so that each is sent once."""

    about: str
    headline: str
    said: str
    noticed_at: datetime


def notices(notice: Notice, writer: Writer) -> list[Message]:
    """
    Return *notice* as a message to each admin; the same one again has the same bytes.

    Raises:
        MailRefusedError: What was built does not read back as it was meant.
    """
    at = notice.noticed_at.astimezone(writer.zone)
    letter = ShortLetter(
        subject=f"Assessment alerts: {notice.headline}",
        paragraphs=[
            f"{notice.headline}.",
            notice.said,
            f"Noticed on {at:%d %B %Y at %H:%M}; this is said once.",
        ],
        identity=f"{notice.about} {at.isoformat()}",
        dated_at=at,
    )
    return [write_letter(letter, writer, admin) for admin in writer.admins]


def trial(said: str, writer: Writer, recipient: Recipient, *, dated_at: datetime) -> Message:
    """Return a message that says *said* and nothing else, to try the way to *recipient*."""
    letter = ShortLetter(
        subject="Assessment alerts: test", paragraphs=[said], identity=dated_at.isoformat(), dated_at=dated_at
    )
    return write_letter(letter, writer, recipient)


def _text(paragraph: str | LinkLine) -> str:
    return paragraph if isinstance(paragraph, str) else f"{paragraph.words}: {paragraph.url}"


def _page(subject: str, letter: ShortLetter) -> str:
    paragraphs = "\n".join(f"<p>{_html(paragraph)}</p>" for paragraph in letter.paragraphs)
    return (
        f'<!doctype html>\n<html lang="{letter.lang}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head><body>\n{paragraphs}\n</body></html>\n"
    )


def _html(paragraph: str | LinkLine) -> str:
    if isinstance(paragraph, str):
        return escape(paragraph).replace("\n", "<br>")
    return f'<a href="{escape(paragraph.url)}">{escape(paragraph.words)}</a>'

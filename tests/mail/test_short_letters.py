"""Short emails: the same sentences in both parts, after the council's prefix, and one for each admin."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from alerter.domain.message import Message
from alerter.domain.routing import Recipient
from alerter.mail.short_letters import LinkLine, Notice, ShortLetter, notices, trial, write_letter
from tests.mail.test_writer import parsed
from tests.world import samples

DATED_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LETTER = ShortLetter(
    subject="Assessments: A & B",
    paragraphs=["One < two\nthree", LinkLine("Open your list", "https://alerts.council.example/r/a&b")],
    identity="made up",
    dated_at=DATED_AT,
)


def part(mail: EmailMessage, kind: str) -> str:
    """Return one part of a message."""
    body = mail.get_body(preferencelist=(kind,))
    assert body is not None
    return str(body.get_content())


def test_a_letter_says_the_same_in_text_and_html() -> None:
    """Lines stay lines, a link is one, and nothing is taken for markup."""
    mail = parsed(write_letter(LETTER, samples.writer(), samples.MANAGER).body)
    url = "https://alerts.council.example/r/a"
    assert part(mail, "plain").splitlines() == ["One < two", "three", "", f"Open your list: {url}&b"]
    assert "<title>Assessments: A &amp; B</title>" in part(mail, "html")
    assert "<p>One &lt; two<br>three</p>" in part(mail, "html")
    assert f'<p><a href="{url}&amp;b">Open your list</a></p>' in part(mail, "html")


def letters(prefix: str) -> list[Message]:
    """Return one of each kind of short letter, from a council with a *prefix*."""
    writer = samples.writer(subject_prefix=prefix)
    notice = Notice(about="a", headline="the disk is full", said="Make room.", noticed_at=DATED_AT)
    return [
        write_letter(LETTER, writer, samples.MANAGER),
        *notices(notice, writer),
        trial("x", writer, samples.MANAGER, dated_at=DATED_AT),
    ]


@pytest.mark.parametrize(
    ("prefix", "begins"), [("", ""), (" ", ""), ("[TEST]", "[TEST] "), ("[A]  b ", "[A] b ")]
)
def test_the_prefix_stands_before_every_subject(prefix: str, begins: str) -> None:
    """Notices, links and test messages have it as digests have, with one blank behind it."""
    said = ["Assessments: A & B", "Assessment alerts: the disk is full", "Assessment alerts: test"]
    assert [letter.subject for letter in letters(prefix)] == [f"{begins}{each}" for each in said]


def test_test_message_says_what_it_is_told_and_no_more() -> None:
    """Text and HTML hold the same sentence, with nothing in it taken for markup."""
    message = trial("A < B & C", samples.writer(), Recipient("n.okafor@council.example"), dated_at=DATED_AT)
    mail = parsed(message.body)
    text, html = (mail.get_body(preferencelist=(kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert text.get_content().strip() == "A < B & C"
    assert "<p>A &lt; B &amp; C</p>" in html.get_content()
    assert (mail["To"], mail["Subject"]) == ("n.okafor@council.example", "Assessment alerts: test")


def test_test_messages_of_two_moments_are_two() -> None:
    """A second try is not taken for a copy of the first."""
    moments = (DATED_AT, DATED_AT + timedelta(minutes=1))
    recipient = Recipient("n.okafor@council.example")
    assert len({trial("x", samples.writer(), recipient, dated_at=at).message_id for at in moments}) == 2

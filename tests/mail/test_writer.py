"""Where messages are made: the same facts give the same bytes, and each goes to one person."""

from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from alerter.domain.policy import Stage
from alerter.domain.routing import Recipient
from alerter.mail.summary import Summary
from alerter.mail.writer import Writer
from tests.world import samples

DATED_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ADMINS = (Recipient("performance@council.example"), Recipient("deputy@council.example", "D. Eputy"))


def writer() -> Writer:
    """Return a writer with two admins."""
    return samples.writer(admins=ADMINS)


def summary() -> Summary:
    """Return the summary of run 7, all delivered."""
    return Summary(
        facts=samples.facts(),
        counts=dict.fromkeys(Stage, 1),
        deliveries=[samples.Fate("n.okafor@council.example", "sent")],
    )


def parsed(body: bytes) -> EmailMessage:
    """Return a message as a mail program reads it."""
    message = BytesParser(policy=policy.default).parsebytes(body)
    assert isinstance(message, EmailMessage)
    return message


def test_first_admin_takes_corrections() -> None:
    """Where managers write to is one address, however many admins there are."""
    assert writer().contact == "performance@council.example"


def test_an_email_is_what_reads_and_what_is_sent() -> None:
    """Each digest gives its words and its message, to its recipient and from the council's sender."""
    digests = [samples.usual_week(), samples.digest_of([samples.started(3, "A-1", "7")], recipient=ADMINS[1])]
    emails = [writer().email(digest, samples.facts()) for digest in digests]
    assert [email.message.recipient for email in emails] == [samples.MANAGER.email, "deputy@council.example"]
    for email in emails:
        mail = parsed(email.message.body)
        assert (mail["Subject"], mail["X-Alerter-Run"]) == (email.rendered.subject, "7")
        assert mail["From"] == "Assessment alerts <alerts@council.example>"
        text = mail.get_body(preferencelist=("plain",))
        assert text is not None
        assert text.get_content().replace("\r\n", "\n") == email.rendered.text


def test_same_facts_make_the_same_bytes() -> None:
    """Made twice, by two writers, the messages are one; another installation's differ."""
    first, second, elsewhere = (
        writer().email(samples.usual_week(), samples.facts(installation=installation))
        for installation in ("here", "here", "there")
    )
    assert first == second
    assert elsewhere.message.message_id != first.message.message_id


def test_every_admin_gets_the_summary() -> None:
    """One message each, the same words, and no address of the other in it."""
    letters = writer().summaries(summary(), 1)
    assert [letter.recipient for letter in letters] == [admin.email for admin in ADMINS]
    assert len({letter.subject for letter in letters}) == 1
    assert len({letter.message_id for letter in letters}) == 2
    assert b"deputy@" not in letters[0].body


def test_further_edition_is_another_message() -> None:
    """A summary that tells of changed outcomes is no copy of the first."""
    first, second = (writer().summaries(summary(), edition)[0] for edition in (1, 2))
    assert first.message_id != second.message_id

"""Where messages are made: the same facts give the same bytes, and each goes to one person."""

from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from zoneinfo import ZoneInfo

from alerter.domain.policy import Stage
from alerter.domain.routing import Recipient
from alerter.mail.summary import Summary
from alerter.mail.writer import Press, Renderer, Stationery
from tests.mail import made_up

DATED_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ADMINS = (Recipient("performance@council.example"), Recipient("deputy@council.example", "D. Eputy"))


def press() -> Press:
    """Return a press with two admins."""
    stationery = Stationery(
        council="Sampleford",
        sender=Recipient("alerts@council.example", "Assessment alerts"),
        admins=ADMINS,
        zone=ZoneInfo("Europe/London"),
    )
    return Press(stationery, Renderer())


def summary() -> Summary:
    """Return the summary of run 7, all delivered."""
    return Summary(
        facts=made_up.facts(),
        counts=dict.fromkeys(Stage, 1),
        deliveries=[made_up.Fate("n.okafor@council.example", "sent")],
    )


def parsed(body: bytes) -> EmailMessage:
    """Return a message as a mail program reads it."""
    message = BytesParser(policy=policy.default).parsebytes(body)
    assert isinstance(message, EmailMessage)
    return message


def test_first_admin_takes_corrections() -> None:
    """Where managers write to is one address, however many admins there are."""
    assert press().stationery.contact == "performance@council.example"


def test_proof_is_what_reads_and_what_is_sent() -> None:
    """Each digest gives its words and its message, to its recipient and from the council's sender."""
    digests = [made_up.usual_week(), made_up.digest_of([made_up.started(3, "A-1", "7")], recipient=ADMINS[1])]
    proofs = press().proofs(digests, made_up.facts(), installation="here", dated_at=DATED_AT)
    assert [message.recipient for _, message in proofs] == [made_up.MANAGER.email, "deputy@council.example"]
    for rendered, message in proofs:
        mail = parsed(message.body)
        assert (mail["Subject"], mail["X-Alerter-Run"]) == (rendered.subject, "7")
        assert mail["From"] == "Assessment alerts <alerts@council.example>"
        text = mail.get_body(preferencelist=("plain",))
        assert text is not None
        assert text.get_content().replace("\r\n", "\n") == rendered.text


def test_same_facts_make_the_same_bytes() -> None:
    """Made twice, by two presses, the messages are one; another installation's differ."""
    digests = [made_up.usual_week()]
    facts = made_up.facts()
    first, second = (press().proofs(digests, facts, installation="here", dated_at=DATED_AT) for _ in range(2))
    assert first == second
    elsewhere = press().proofs(digests, facts, installation="there", dated_at=DATED_AT)
    assert elsewhere[0][1].message_id != first[0][1].message_id


def test_every_admin_gets_the_summary() -> None:
    """One message each, the same words, and no address of the other in it."""
    letters = press().summaries(summary(), installation="here", dated_at=DATED_AT, edition=1)
    assert [letter.recipient for letter in letters] == [admin.email for admin in ADMINS]
    assert len({letter.subject for letter in letters}) == 1
    assert len({letter.message_id for letter in letters}) == 2
    assert b"deputy@" not in letters[0].body


def test_further_edition_is_another_message() -> None:
    """A summary that tells of changed outcomes is no copy of the first."""
    first, second = (
        press().summaries(summary(), installation="here", dated_at=DATED_AT, edition=edition)[0]
        for edition in (1, 2)
    )
    assert first.message_id != second.message_id


def test_test_message_says_what_it_is_told_and_no_more() -> None:
    """Text and HTML hold the same sentence, with nothing in it taken for markup."""
    message = press().test("A < B & C", Recipient("n.okafor@council.example"), dated_at=DATED_AT)
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
    assert len({press().test("x", recipient, dated_at=at).message_id for at in moments}) == 2

"""Sending through GOV.UK Notify, by its real client, to a double of its documented API."""

import threading

import pytest

pytest.importorskip("notifications_python_client", reason="needs the extra notify")

from alerter.errors import MailDeferredError, MailStoppedError, StoreError
from alerter.mail.build import build
from alerter.transports.notify import NotifyService, NotifyTransport
from alerter.transports.notify_body import markdown_of
from alerter.transports.transport import Outcome
from tests.transports.sending import Letter, Mark
from tests.world import samples
from tests.world.notify import API_KEY, SERVICE_ID, TEMPLATE, TEMPLATE_ID, NotifyDouble, refusal
from tests.world.web import HANG_UP, SILENT, Answer

LETTER = Letter(body=b'Subject: x\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\nHello\r\n')


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def service(url: str, **changed: object) -> NotifyService:
    """Return the settings for a double at *url*, with short waits."""
    usual = {"api_key": API_KEY, "template_id": TEMPLATE_ID, "base_url": url, "timeout_seconds": 2}
    return NotifyService(**{**usual, **changed})


def attempt(double: NotifyDouble, **changed: object) -> tuple[Outcome, Mark]:
    """Send one letter through *double*."""
    mark = Mark()
    with double:
        transport = NotifyTransport(service(double.url, **changed))
        try:
            return transport.send(LETTER, mark), mark
        finally:
            transport.close()


def test_what_is_stored_is_what_notify_gets() -> None:
    """Subject and text of the stored bytes go to the one recipient, under the Message-ID."""
    rendered = samples.writer().digest(samples.usual_week(), samples.facts())
    message = build(rendered, samples.MANAGER, samples.letterhead())
    with NotifyDouble() as double:
        transport = NotifyTransport(service(double.url, email_reply_to_id="8e222534"))
        assert TEMPLATE_ID in transport.connect()
        outcomes = [transport.send(message, Mark()) for _ in range(2)]
        transport.close()
    assert outcomes[0] == Outcome("sent", "201 accepted as 740e5834-0000-4000-8000-000000000001")
    assert (
        double.taken
        == [
            {
                "email_address": "n.okafor@council.example",
                "template_id": TEMPLATE_ID,
                "personalisation": {"subject": rendered.subject, "body": markdown_of(rendered.text)},
                "reference": message.message_id,
                "email_reply_to_id": "8e222534",
            }
        ]
        * 2
    )
    assert [path for path in double.paths if "template" in path] == [f"/v2/template/{TEMPLATE_ID}"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (
            refusal(400, "BadRequestError", "Can't send to this recipient using a team-only API key"),
            "refused",
        ),
        (refusal(400, "ValidationError", "email_address is not a valid email address"), "refused"),
        (refusal(413, "BadRequestError", "too long"), "refused"),
        (refusal(500, "Exception", "Internal server error"), "deferred"),
        ((502, b"<html>bad gateway</html>"), "unknown"),
        ((504, b""), "unknown"),
        ((HANG_UP, None), "unknown"),
        ((201, b"no json"), "unknown"),
        ((201, {}), "unknown"),
        ((201, []), "unknown"),
    ],
)
def test_each_answer_has_its_outcome(answer: Answer, state: str) -> None:
    """A refusal is final, what Notify could not process is for later, and without its word nobody knows."""
    outcome, mark = attempt(NotifyDouble([answer]))
    assert (outcome.state, mark.times) == (state, 1)
    assert outcome.reply.isascii()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(403, "AuthError", "Invalid token: API key not found"), MailStoppedError),
        (refusal(400, "BadRequestError", "email_reply_to_id 8e222534 does not exist"), MailStoppedError),
        (refusal(405, "Exception", "not allowed"), MailStoppedError),
        (refusal(429, "RateLimitError", "Exceeded rate limit"), MailDeferredError),
        (refusal(503, "Exception", "away"), MailDeferredError),
    ],
)
def test_what_is_no_messages_fault_ends_the_run_or_waits(answer: Answer, error: type[Exception]) -> None:
    """The key and the settings are for a person to mend; a limit passes."""
    with pytest.raises(error, match=str(answer[0])):
        attempt(NotifyDouble([answer]))


@pytest.mark.parametrize(
    ("template", "changed", "error"),
    [
        ((200, TEMPLATE), {"api_key": f"made_up-{SERVICE_ID}-{SERVICE_ID}"}, MailStoppedError),
        (refusal(404, "NoResultFound", "No result found"), {}, MailStoppedError),
        ((200, {**TEMPLATE, "body": "Dear manager"}), {}, MailStoppedError),
        ((200, {**TEMPLATE, "type": "sms"}), {}, MailStoppedError),
        ((200, []), {}, MailStoppedError),
        (refusal(429, "RateLimitError", "Exceeded rate limit"), {}, MailDeferredError),
        ((502, b"<html>"), {}, MailDeferredError),
        ((200, b"no json"), {}, MailDeferredError),
        ((HANG_UP, None), {}, MailDeferredError),
    ],
)
def test_key_and_template_are_proven_before_anything_is_sent(
    template: Answer, changed: dict, error: type[Exception]
) -> None:
    """A wrong key or template refuses no manager's digest: nothing is handed over at all."""
    double = NotifyDouble(template=template)
    with pytest.raises(error):
        attempt(double, **changed)
    assert double.taken == []


def test_nobody_listening_defers_before_and_after_the_template_was_seen() -> None:
    """A request that never left was not delivered, marked or not."""
    mark = Mark()
    with NotifyDouble() as double:
        transport = NotifyTransport(service(double.url))
        transport.connect()
    for _ in range(2):
        with pytest.raises(MailDeferredError, match="no answer"):
            transport.send(LETTER, mark)
        transport.close()
    assert mark.times == 1


def test_silence_leaves_the_outcome_unknown() -> None:
    """A service that takes the request and never answers may have it."""
    outcome, mark = attempt(NotifyDouble([(SILENT, None)]), timeout_seconds=0.3)
    assert (outcome, mark.times) == (Outcome("unknown", "no answer (ReadTimeout)"), 1)


def test_without_the_mark_nothing_is_handed_over() -> None:
    """A mark that is not ours, or fails, leaves Notify alone."""

    def failing() -> bool:
        raise StoreError("the database is away")

    with NotifyDouble() as double:
        transport = NotifyTransport(service(double.url))
        assert transport.send(LETTER, Mark(is_ours=False)).state == "superseded"
        with pytest.raises(StoreError):
            transport.send(LETTER, failing)
        transport.close()
    assert double.taken == []


def test_delivery_states_are_read_back_by_message_id() -> None:
    """
    What was sent twice counts as its better half; what is under way is `sending`; the unknown is left out.
    """
    statuses = {
        "<a@council.example>": ["delivered"],
        "<b@council.example>": ["permanent-failure"],
        "<c@council.example>": ["temporary-failure", "delivered"],
        "<d@council.example>": ["created"],
        "<e@council.example>": ["technical-failure", "permanent-failure"],
    }
    with NotifyDouble(statuses=statuses) as double:
        transport = NotifyTransport(service(double.url))
        states = transport.states([*statuses, "<f@council.example>"])
        transport.close()
    assert states == {
        "<a@council.example>": "delivered",
        "<b@council.example>": "permanent-failure",
        "<c@council.example>": "delivered",
        "<d@council.example>": "sending",
        "<e@council.example>": "permanent-failure",
    }


def test_all_states_together_have_the_time_of_one_answer() -> None:
    """
    A weekly run waits for them: with a service that takes a while for each, some are asked for another time.
    """

    class Slow(NotifyDouble):
        def _list(self, reference: str) -> Answer:
            threading.Event().wait(0.3)
            return super()._list(reference)

    ids = [f"<{number}@council.example>" for number in range(100)]
    with Slow(statuses={each: ["delivered"] for each in ids}) as double:
        transport = NotifyTransport(service(double.url, timeout_seconds=1))
        found = transport.states(ids)
    assert 0 < len(found) <= 4
    assert set(found.values()) == {"delivered"}


def test_the_key_shows_in_no_repr() -> None:
    """Settings can be logged."""
    assert API_KEY not in repr(service("http://127.0.0.1:1"))

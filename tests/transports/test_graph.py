"""Sending through Microsoft Graph: every answer, and a line that breaks at each point."""

import base64
import json
import shutil
import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest

pytest.importorskip("msal", reason="needs the extra m365")

from alerter.errors import MailDeferredError, MailStoppedError, MailThrottledError, StoreError
from alerter.transports.graph import GraphMailbox, GraphTransport
from alerter.transports.oauth import EntraTokens, Registration
from alerter.transports.transport import Outcome
from tests.transports.sending import Letter, Mark
from tests.world.authority import new_authority
from tests.world.graph import (
    HANG_UP,
    HEAD,
    LAST,
    MAILBOX,
    MIDDLE,
    SECRET,
    WHOLE,
    GraphDouble,
    Reply,
    details_of,
    token_with,
)

STEP = 0.4
LETTER = Letter(body=b"To: n.okafor@council.example\r\nMessage-ID: <a@council.example>\r\n\r\nHello\r\n")
LONG = Letter(body=LETTER.body + b"x" * 36_000_000)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def transport_to(double: GraphDouble, *, seconds: float = 5, **proof: str) -> GraphTransport:
    """Return the way to a double, with short waits."""
    tokens = EntraTokens(Registration(**details_of(double), **(proof or {"client_secret": SECRET})))
    return GraphTransport(
        GraphMailbox(mailbox=MAILBOX, token=tokens, base_url=double.url, timeout_seconds=seconds)
    )


def attempt(double: GraphDouble, letter: Letter = LETTER, *, seconds: float = 5) -> tuple[Outcome, Mark]:
    """Hand one message over."""
    mark = Mark()
    with double:
        return transport_to(double, seconds=seconds).send(letter, mark), mark


def test_the_bytes_arrive_as_they_are_with_one_token() -> None:
    """Base64 of the stored bytes, to the mailbox's own address; two messages ask Entra once."""
    with GraphDouble() as double:
        transport, mark = transport_to(double), Mark()
        outcomes = [transport.send(LETTER, mark) for _ in range(2)]
        transport.close()
    assert outcomes == [Outcome("sent", "202")] * 2
    assert [parcel.content for parcel in double.arrived] == [LETTER.body] * 2
    assert (mark.times, len(double.asked), double.unfinished) == (2, 1, 0)
    assert double.asked[0]["client_secret"] == SECRET
    assert double.asked[0]["scope"] == f"{double.url}/.default"
    sent = double.requests[-1]
    assert (sent.method, sent.path) == ("POST", f"/v1.0/users/{MAILBOX}/sendMail".replace("@", "%40"))
    assert base64.b64decode(sent.body) == LETTER.body


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
def test_what_graph_refuses_is_refused(status: int) -> None:
    """Any other 4xx is for this message, and final."""
    outcome, mark = attempt(GraphDouble([Reply(status, "ErrorMimeContentInvalidBase64String")]))
    assert (outcome.state, mark.times) == ("refused", 1)
    assert outcome.reply.startswith(f"{status} ErrorMimeContentInvalidBase64String")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500, "generalException"),
        Reply(502, body=b"<html>bad gateway</html>"),
        Reply(503, "serviceNotAvailable"),
        Reply(504),
        Reply(507),
        Reply(200, body=b"<html>a portal</html>"),
        Reply(201),
        Reply(400, "x", cut=30),
        Reply(202, cut=12),
        Reply(202, body=b"x" * 100, cut=60),
        Reply(202, body=b"x" * 11_000_000),
        Reply(202, is_dripping=True),
        Reply(202, is_silent=True),
        Reply(HANG_UP),
    ],
)
def test_without_graphs_word_nobody_knows(reply: Reply) -> None:
    """5xx, no answer, half of one, one without end, and what is no 202 at all, after the last byte."""
    outcome, mark = attempt(GraphDouble([reply]), seconds=STEP)
    assert (outcome.state, mark.times) == ("unknown", 1)
    assert outcome.reply.isascii()


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (Reply(429, "activityLimitReached", {"Retry-After": "120"}), timedelta(seconds=120)),
        (Reply(429, "activityLimitReached"), timedelta(0)),
        (Reply(503, "serviceNotAvailable", {"Retry-After": "9999999999"}), timedelta(days=1)),
        (Reply(503, headers={"Retry-After": "soon"}), timedelta(0)),
        (Reply(429, headers={"Retry-After": "-5"}), timedelta(0)),
        (Reply(429, headers={"Retry-After": "Mon, 23 Nov 2026 08:02:00 GMT",
                             "Date": "Mon, 23 Nov 2026 08:00:00 GMT"}), timedelta(minutes=2)),
        (Reply(429, headers={"Retry-After": "7"}, step=HEAD), timedelta(seconds=7)),
    ],
)  # fmt: skip
def test_a_limit_is_for_all_and_says_how_long(reply: Reply, wait: timedelta) -> None:
    """429, and 503 with Retry-After, ask to be left alone; a day is the most that is believed."""
    double = GraphDouble([reply])
    with pytest.raises(MailThrottledError, match=f"takes no mail for now: {reply.status}") as caught:
        attempt(double)
    assert caught.value.wait == wait


@pytest.mark.parametrize("step", [HEAD, WHOLE])
@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_permission_stops_all_and_is_named(status: int, step: str) -> None:
    """It is nobody's message, whether it is said at once or at the end."""
    with pytest.raises(MailStoppedError, match=f"{MAILBOX}: {status} .*Mail.Send"):
        attempt(GraphDouble([Reply(status, "ErrorAccessDenied", step=step)]))


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(404, "ErrorInvalidUser"), "email.graph.mailbox"),
        (Reply(404, "MailboxNotEnabledForRESTAPI"), "email.graph.mailbox"),
        (Reply(302, headers={"Location": "https://elsewhere.example/"}), "email.graph.base_url"),
    ],
)
def test_a_wrong_setting_stops_all(reply: Reply, says: str) -> None:
    """No mailbox, or an answer that leads elsewhere, which is not followed with the token."""
    with pytest.raises(MailStoppedError, match=says):
        attempt(GraphDouble([reply]))


@pytest.mark.parametrize("step", [HEAD, MIDDLE])
@pytest.mark.parametrize("reply", [202, 400, 500, HANG_UP])
def test_a_request_that_was_not_whole_was_not_taken(reply: int, step: str) -> None:
    """Whatever is said, or the line lost, before the mark: not marked, deferred, the last byte kept back."""
    double, mark = GraphDouble([Reply(reply, step=step)]), Mark()
    with double, pytest.raises(MailDeferredError):
        transport_to(double).send(LONG, mark)
    assert (mark.times, double.seen, double.arrived) == (0, [], [])


def test_too_large_before_it_was_whole_is_refused() -> None:
    """413 needs no more of the message."""
    outcome, mark = attempt(GraphDouble([Reply(413, step=HEAD)]), LONG)
    assert (outcome.state, mark.times) == ("refused", 0)


@pytest.mark.parametrize("is_tls", [False, True])
@pytest.mark.parametrize("status", [202, 500, HANG_UP])
def test_what_is_said_between_mark_and_last_byte_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, *, is_tls: bool
) -> None:
    """It was marked, and the last byte was not sent: deferred, and certainly not delivered."""
    authority = new_authority(tmp_path) if is_tls and shutil.which("openssl") else None
    if authority is not None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    answered = threading.Event()

    class Hasty(GraphDouble):
        def _say(self, connection: object, reply: Reply) -> bool:
            is_open = super()._say(connection, reply)
            if reply.step == LAST:
                if not is_open:
                    connection.close()
                answered.set()
            return is_open

    marked = threading.Event()
    with Hasty([Reply(status, step=LAST)], tls=authority and authority.server()) as double:
        double.at(LAST, lambda: marked.wait(10))

        def mark() -> bool:
            marked.set()
            assert answered.wait(10)
            threading.Event().wait(0.2)  # until it is here
            return True

        transport = transport_to(double)
        with pytest.raises(MailDeferredError):
            transport.send(LETTER, mark)
        assert double.seen == double.arrived == []


@pytest.mark.parametrize("is_failing", [False, True])
def test_without_the_mark_the_last_byte_stays_here(*, is_failing: bool) -> None:
    """A mark that is not ours, or fails, leaves a request that Graph never has in full."""
    nearly = threading.Event()

    def mark() -> bool:
        assert nearly.wait(10)
        if is_failing:
            raise StoreError("the database is away")
        return False

    with GraphDouble() as double:
        double.at(LAST, nearly.set)
        transport = transport_to(double)
        if is_failing:
            with pytest.raises(StoreError):
                transport.send(LETTER, mark)
        else:
            assert transport.send(LETTER, mark).state == "superseded"
    assert (double.seen, double.arrived, double.unfinished) == ([], [], 1)


def test_the_mark_comes_when_all_but_the_last_byte_has_gone() -> None:
    """Graph has all but one byte of the request as the mark is set, and not that one."""
    nearly = threading.Event()
    with GraphDouble() as double:
        double.at(LAST, nearly.set)

        def mark() -> bool:
            assert nearly.wait(10)
            sent = double.requests[-1]
            assert (len(sent.body), double.seen) == (sent.length - 1, [])
            return True

        assert transport_to(double).send(LETTER, mark).state == "sent"


def test_a_mark_that_takes_long_costs_the_answer_nothing() -> None:
    """The answer has its time anew: a database that was slow makes no outcome unknown."""
    with GraphDouble(pause=STEP * 0.7) as double:

        def mark() -> bool:
            threading.Event().wait(STEP * 0.9)
            return True

        assert transport_to(double, seconds=STEP).send(LETTER, mark).state == "sent"


def test_nobody_listening_and_silence_before_the_mark_defer() -> None:
    """A request that never left, or whose body nobody takes off the line, was not delivered."""
    mark = Mark()
    with GraphDouble([Reply(is_silent=True, step=HEAD)]) as double:
        transport = transport_to(double, seconds=STEP)
        double.at(HEAD, lambda: double.is_over.wait(3 * STEP))
        with pytest.raises(MailDeferredError):
            transport.send(LONG, mark)
    with pytest.raises(MailDeferredError, match="cannot be reached"):
        transport.send(LETTER, mark)
    assert mark.times == 0


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (Reply(401, body=json.dumps({"error": "invalid_client",
               "error_description": "AADSTS7000222: expired"}).encode()), MailStoppedError, "AADSTS7000222"),
        (Reply(400, body=b'{"error": "unauthorized_client"}'), MailStoppedError, "Correct email.graph,"),
        (Reply(503, body=b"busy"), MailDeferredError, "trying later"),
        (Reply(HANG_UP), MailDeferredError, "trying later"),
        (Reply(200, is_dripping=True), MailDeferredError, "ReadTimeout"),
    ],
)  # fmt: skip
def test_without_a_token_nothing_is_sent(reply: Reply, error: type[Exception], says: str) -> None:
    """An expired secret is for a person, a busy Entra passes; no message is begun."""
    with GraphDouble(token_reply=reply) as double:
        tokens = EntraTokens(Registration(**details_of(double), client_secret=SECRET), seconds=STEP)
        transport = GraphTransport(GraphMailbox(mailbox=MAILBOX, token=tokens, base_url=double.url))
        mark = Mark()
        with pytest.raises(error, match=says) as caught:
            transport.send(LETTER, mark)
    assert (mark.times, len(double.requests)) == (0, 1)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("token", "says"),
    [
        (token_with("Mail.Send"), "a token with Mail.Send"),
        (token_with("Mail.Read"), "without Mail.Send"),
        ("no-jwt", "gave a token"),
        ("a.W10.b", "gave a token"),
    ],
)
def test_connect_says_what_the_token_lets_us_do(token: str, says: str) -> None:
    """The claim `roles` names what Entra granted; of what Exchange grants nothing can be seen."""
    with GraphDouble(token=token) as double:
        said = transport_to(double).connect()
    assert said.startswith(f"{double.url} (Microsoft Graph, mailbox {MAILBOX}); Entra ")
    assert says in said
    assert token not in said


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
@pytest.mark.parametrize("password", ["", "made-up"])
def test_a_certificate_proves_the_application(tmp_path: Path, password: str) -> None:
    """An assertion is signed by the key, and no secret is sent; a wrong password is said, and not tried."""
    pem = certificate(tmp_path, password)
    with GraphDouble() as double:
        transport = transport_to(double, certificate=pem, password=password)
        assert transport.send(LETTER, Mark()).state == "sent"
        assert "client_assertion" in double.asked[0]
        assert "client_secret" not in double.asked[0]
        for broken in ({"certificate": pem.replace("M", "N")}, {"certificate": pem, "password": "other"}):
            with pytest.raises(MailStoppedError, match="client_certificate cannot be read"):
                transport_to(double, **broken).connect()


def certificate(folder: Path, password: str) -> str:
    """Return a made-up certificate with its key, as one PEM."""
    key, made = folder / "key.pem", folder / "made.pem"
    lock = ["-passout", f"pass:{password}"] if password else ["-noenc"]
    subprocess.run(  # noqa: S603 - fixed words and tmp_path
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", *lock, "-keyout", key, "-out", made,  # noqa: S607
         "-days", "2", "-subj", "/CN=alerter"],
        check=True, capture_output=True,
    )  # fmt: skip
    return made.read_text() + key.read_text()


def test_no_secret_shows_in_a_repr() -> None:
    """Settings can be logged."""
    held = Registration(authority="https://x.example/t", client_id="c", client_secret="s3", scope="p",
                        certificate="c3", password="p3")  # fmt: skip
    box = GraphMailbox(mailbox=MAILBOX, token=EntraTokens(held))
    assert not any(secret in repr(held) + repr(box) for secret in ("s3", "c3", "p3"))

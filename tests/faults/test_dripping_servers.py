"""
Fault matrix, row 104: a watcher, Notify or a token endpoint that gives a byte now and then, or none.

Some 30 servers here. `ALERTER_SOAK=1 python -m pytest tests/faults/test_dripping_servers.py` tries 700.
"""

import json
import shutil
import threading
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alerter.app.heartbeat import Heartbeat, asked, fault_of
from alerter.deadline import DeadlineError, Lines, within
from alerter.errors import MailDeferredError
from alerter.transports.notify import NotifyService, NotifyTransport
from alerter.transports.oauth import EntraTokens, Registration
from tests.pipeline.outgoing import Dawdling, enqueue, states
from tests.transports.sending import Letter, Mark
from tests.world.authority import new_authority
from tests.world.dripping import TLS_RECORD, Answer, DrippingServer, http
from tests.world.entra import TENANT
from tests.world.mail_server import MailServer
from tests.world.notify import API_KEY, TEMPLATE, TEMPLATE_ID
from tests.world.service import EVERYBODY, Service
from tests.world.size import size
from tests.world.stored_council import NOW, Council

SECONDS = 0.3
LONGEST = 5  # a busy machine is slow; without a deadline each of these takes more than a minute
LATE = "no whole answer in time"
SHORT = 200  # so few bytes come in time, or nearly so, though one after the other
ACCEPTED = http(b'{"id": "740e5834-0000-4000-8000-000000000001"}' + b" " * 2_000, "201 Created")
KNOWN = http(json.dumps(TEMPLATE).encode())
LETTER = Letter(body=b"Subject: x\r\nContent-Type: text/plain\r\n\r\nHello\r\n")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def whole(words: bytes) -> Answer:
    """Return an answer that comes at once."""
    return Answer(words, len(words))


def notify(url: str) -> NotifyTransport:
    """Return the way through Notify, with a deadline in which a busy machine can give a whole answer."""
    return NotifyTransport(
        NotifyService(api_key=API_KEY, template_id=TEMPLATE_ID, base_url=url, timeout_seconds=4 * SECONDS)
    )


@pytest.mark.parametrize("at_once", [0, 12, 40])
def test_fault_104_watcher_drips(monday: Service, at_once: int) -> None:
    """Everything is sent before the watcher has answered the start, which takes none of the run's time."""
    has_mail = threading.Event()
    has_waited: list[bool] = []
    monday.watcher.on_heard = lambda: has_waited.append(has_mail.wait(LONGEST))
    with MailServer(on_rcpt=lambda _recipient: has_mail.set()) as post_office:
        monday.configure(email__smtp__port=post_office.port)
        monday.at("08:00")
    assert has_waited == [True, True]
    assert post_office.tally() == EVERYBODY
    assert monday.heard() == ["start", "success"]
    with DrippingServer([Answer(http(), at_once)]) as server:
        assert fault_of(asked(server.url, "success", SECONDS)) == LATE
        assert server.is_left.wait(LONGEST)


@settings(max_examples=size(20, 600))
@given(st.sampled_from([http(), http(status="503 Away"), http(b"x" * 99), TLS_RECORD]), st.integers(0, 4_200))
def test_more_of_104_watchers_at_random(words: bytes, at_once: int) -> None:
    """Wherever the drip begins, a signal has its time in all, and the server sees the line end."""
    head = len(words) if words == TLS_RECORD else words.find(b"\r\n\r\n") + 4
    is_answered = words != TLS_RECORD and at_once >= head
    assume(is_answered or at_once < head - SHORT)
    with DrippingServer([Answer(words, at_once)]) as server:
        url = server.url.replace("http:", "https:") if words == TLS_RECORD else server.url
        begun = monotonic()
        fault = fault_of(asked(url, "success", SECONDS))
        assert monotonic() - begun < LONGEST
        if not is_answered:
            assert server.is_left.wait(LONGEST)
    assert fault == (LATE if not is_answered else "the answer was 503" if b"503" in words[:20] else "")


def test_more_of_104_proxy_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy's go-ahead for the tunnel is a part of the request."""
    with DrippingServer([Answer(http(), 9)]) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        assert fault_of(asked("https://watch.example/abc", "success", SECONDS)) == LATE
        assert proxy.is_left.wait(LONGEST)
    assert proxy.asked[0].startswith("CONNECT watch.example:443")


def test_more_of_104_watcher_that_hangs_is_told_once() -> None:
    """Start and success are each given up in their time, told of, and tried again when next asked for."""
    told: list[tuple[str, str]] = []
    with DrippingServer([Answer(http(), 0)]) as server:
        heartbeat = Heartbeat(lambda signal, why: told.append((signal, why)), seconds=SECONDS)
        for _ in range(2):
            heartbeat.begin(server.url, "2026-11-23")
            heartbeat.say(server.url, "success", "2026-11-23")
    assert told[:2] == [("start", LATE), ("success", LATE)]
    assert [line.split()[1] for line in server.asked] == ["/start", "/", "/start", "/"]


@settings(max_examples=size(6, 100))
@given(st.integers(0, len(ACCEPTED) - SHORT))
def test_more_of_104_notify_drips(at_once: int) -> None:
    """
    The template was known at once, and the answer to the message has no end: nobody knows if it was taken.
    """
    mark = Mark()
    begun = monotonic()
    with DrippingServer([whole(KNOWN), Answer(ACCEPTED, at_once)]) as server:
        outcome = notify(server.url).send(LETTER, mark)
        assert server.is_left.wait(LONGEST)
    assert (outcome.state, outcome.reply, mark.times) == ("unknown", "no answer (ReadTimeout)", 1)
    assert monotonic() - begun < 2 * LONGEST


def test_more_of_104_notify_drips_before_the_mark(mailroom: Council) -> None:
    """Until the template is known nothing is marked: the message is owed, and the next delivery sends it."""
    enqueue(mailroom, 1)
    with DrippingServer([Answer(KNOWN, 30)]) as server:
        mailroom.deliver(notify(server.url))
        assert states(mailroom) == ["deferred"]
    with DrippingServer([whole(KNOWN), whole(ACCEPTED)]) as server:
        mailroom.deliver(Dawdling(notify(server.url)), now=NOW.replace(hour=12))
    assert states(mailroom) == ["sent"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
@pytest.mark.parametrize("step", ["discovery", "token"])
def test_more_of_104_token_endpoint_drips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Entra is given up in its time, within TLS as well; every message waits, and none is at fault."""
    authority = new_authority(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    answers = [Answer(http(), 60)]
    with DrippingServer(answers, authority.server()) as server:
        named = f"{server.url}/{TENANT}"
        if step == "token":
            oauth = f"{named}/oauth2/v2.0"
            known = {"issuer": f"{named}/v2.0", "authorization_endpoint": f"{oauth}/authorize",
                     "token_endpoint": f"{oauth}/token"}  # fmt: skip
            server.answer_first(whole(http(json.dumps(known).encode())))
        tokens = EntraTokens(
            Registration(authority=named, client_id=TENANT, client_secret="made-up", scope="x/.default"),
            seconds=2,
        )
        begun = monotonic()
        with pytest.raises(MailDeferredError, match="ReadTimeout"):
            tokens(is_anew=False)
        assert monotonic() - begun < 2 + 2 * LONGEST
        assert server.is_left.wait(LONGEST)
    assert len(server.asked) == (1 if step == "discovery" else 2)


def test_more_of_104_nothing_leaves_after_the_time() -> None:
    """Whoever was still waiting for a name or a connection when the time ended sends nothing on it."""
    is_over, tried = threading.Event(), threading.Event()

    def work(lines: Lines) -> None:
        is_over.wait(LONGEST)
        try:
            lines.dial(("127.0.0.1", server.port)).sendall(b"GET / HTTP/1.0\r\n\r\n")
        finally:
            tried.set()

    with DrippingServer([whole(http())]) as server:
        with pytest.raises(DeadlineError):
            within(SECONDS, work)
        is_over.set()
        assert tried.wait(LONGEST)
    assert server.asked in ([], [""])


def test_what_work_raises_is_raised_where_its_result_is_wanted() -> None:
    """A thread of its own loses no error."""

    def failing(_lines: Lines) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        within(LONGEST, failing)

"""
Fault matrix, rows 103 and 122: a mail server that answers before it was asked, or knows no EHLO.

Some 80 servers here. `ALERTER_SOAK=1 python -m pytest tests/faults/test_early_replies.py` tries 5,000.
"""

import shutil
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerter.domain.address import is_helo_name
from alerter.errors import MailDeferredError, MailStoppedError
from alerter.transports.smtp import SmtpTransport
from tests.pipeline.outgoing import Dawdling, enqueue, replies, states
from tests.transports.sending import Letter, Mark, attempt
from tests.transports.sending import settings as server_settings
from tests.world.authority import Authority, new_authority
from tests.world.mail_server import APART, GOOD, HANG_UP, TOGETHER, MailServer
from tests.world.size import size
from tests.world.stored_council import NOW, Council

STEPS = ("banner", "EHLO", "AUTH", "MAIL", "RCPT", "DATA")
LOGIN = {"username": "alerts", "password": "made-up"}
PIPELINED = {"EHLO": b"250-hasty\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n"}
OFFERED = {"EHLO": b"250-hasty\r\n250 STARTTLS\r\n"}
TAKEN = b"250 2.0.0 taken\r\n"
NOT_TAKEN = (HANG_UP, b"554 5.7.1 not wanted\r\n", b"451 4.3.0 not now\r\n")

surpluses = st.sampled_from(
    [TAKEN, b"250 ok\r\n354 go ahead\r\n", b"250-more\r\n250 ok\r\n", GOOD["DATA"], b"\r\n",
     b"554 no\r\n", b"421 closing\r\n"]
)  # fmt: skip


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make a certificate authority."""
    return new_authority(tmp_path_factory.mktemp("authority"))


class PatientMark(Mark):
    """A mark that takes as long as a server needs to have said everything."""

    def __init__(self, server: MailServer) -> None:
        super().__init__()
        self._server = server

    def __call__(self) -> bool:
        """Answer once everything was said."""
        assert self._server.is_ready.wait(10)
        return super().__call__()


def state_by(server: MailServer, mark: Mark, **changed: object) -> str:
    """Return what becomes of one message over *server*."""
    transport = SmtpTransport(server_settings(server.port, **changed))
    try:
        return transport.send(Letter(), mark).state
    except MailDeferredError:
        return "deferred"
    except MailStoppedError:
        return "stopped"
    finally:
        transport.close()


@pytest.mark.parametrize("at_dot", NOT_TAKEN, ids=["hangs up", "554", "451"])
@pytest.mark.parametrize("ehlo", [{}, PIPELINED], ids=["in turn", "pipelined"])
@pytest.mark.parametrize("step", STEPS)
def test_fault_103_reply_before_the_dot(mailroom: Council, step: str, ehlo: dict, at_dot: bytes) -> None:
    """
    Two replies in one packet, whatever would follow the dot: no dot, deferred, and sent by the next server.
    """
    enqueue(mailroom, 1)
    with MailServer({**ehlo, "dot": at_dot}, surplus={step: TAKEN}) as server:
        mailroom.deliver(SmtpTransport(server_settings(server.port, **LOGIN)))
    assert (states(mailroom), server.bodies) == (["deferred"], [])
    with MailServer() as good:
        transport = SmtpTransport(server_settings(good.port))
        mailroom.deliver(transport, now=NOW + timedelta(hours=5))
        transport.close()
    assert (states(mailroom), len(good.bodies)) == (["sent"], 1)


@settings(max_examples=size(30, 4_000))
@given(
    st.dictionaries(st.sampled_from(STEPS), surpluses, min_size=1, max_size=3),
    st.sampled_from([TOGETHER, APART]),
    st.sampled_from([{}, PIPELINED]),
    st.sampled_from([*NOT_TAKEN, TAKEN]),
)
def test_more_of_103_servers_at_random(surplus: dict, packing: str, ehlo: dict, at_dot: bytes) -> None:
    """Whatever is added where, in which packet: no dot is sent, and nothing is taken for sent."""
    with MailServer({**ehlo, "dot": at_dot}, surplus=surplus, packing=packing) as server:
        state = state_by(server, PatientMark(server), **LOGIN)
    assert server.bodies == []
    assert state == "deferred" or (packing == APART and state in ("refused", "stopped"))


def test_more_of_103_during_the_body() -> None:
    """What is said while a long body is on its way is there before the mark, which is not set."""
    mark = Mark()
    long = Letter(body=b"x" * 70 + b"\r\n" + b"y" * 12_000_000)
    with MailServer(surplus={"body": TAKEN}) as server:
        transport = SmtpTransport(server_settings(server.port, timeout_seconds=30))
        assert transport.send(long, mark).state == "deferred"
    assert (mark.times, server.bodies) == (0, [])


@pytest.mark.parametrize("words", [TAKEN, b"2", b"554 no\r\n"])
def test_more_of_103_between_mark_and_dot(mailroom: Council, words: bytes) -> None:
    """It was marked, but no dot was sent: deferred, and not unknown; the same bytes go again."""
    enqueue(mailroom, 1)
    with MailServer() as server:
        transport = SmtpTransport(server_settings(server.port))
        mailroom.deliver(Dawdling(transport, after_mark=lambda: server.say(words)))
        assert (states(mailroom), server.bodies) == (["deferred"], [])
        assert replies(mailroom)[0].startswith("the server spoke before it was asked: ")
        mailroom.deliver(transport, now=NOW + timedelta(hours=5))
        transport.close()
    assert (states(mailroom), len(server.bodies)) == (["sent"], 1)


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (b"250 ok\r\n250 ok as well\r\n", "sent"),
        (b"250 ok\r\n\r\n", "sent"),
        (b"250 ok\r\n554 no\r\n", "unknown"),
        (b"554 no\r\n250 ok\r\n", "unknown"),
        (b"250 ok\r\n451 later\r\n", "unknown"),
        (b"554-no\r\n250 ok\r\n", "unknown"),
        (b"451-not yet\r\n250 ok\r\n", "unknown"),
        (b"250-ok\r\n554 no\r\n", "unknown"),
    ],
)
def test_more_of_103_two_answers_to_the_dot(reply: bytes, state: str) -> None:
    """One of them may have been under way when the dot left: where they differ, nobody knows."""
    outcome, mark, server = attempt({"dot": reply})
    assert (outcome.state, mark.times, len(server.bodies)) == (state, 1, 1)


@pytest.mark.parametrize("ehlo", [{}, PIPELINED], ids=["in turn", "pipelined"])
@pytest.mark.parametrize("step", STEPS)
def test_more_of_103_lines_of_two_codes(step: str, ehlo: dict) -> None:
    """Lines of several codes are no one reply: where they come, the server has fallen out of step."""
    script = {**GOOD, **PIPELINED, **ehlo, "dot": TAKEN}
    first = b"251-another\r\n"
    with MailServer(script | {step: first + script[step].splitlines()[-1] + b"\r\n"}) as server:
        assert state_by(server, Mark(), **LOGIN) == "deferred"
    assert server.bodies == []


@pytest.mark.parametrize("words", [b"421 4.4.2 timeout\r\n", b"250 ok\r\n"])
def test_more_of_103_said_between_two_messages(words: bytes) -> None:
    """
    What a server says while nobody asks is no reply to the next message, which goes on a new connection.
    """
    with MailServer() as server:
        transport = SmtpTransport(server_settings(server.port))
        assert transport.send(Letter(), Mark()).state == "sent"
        server.say(words)
        assert transport.send(Letter(), Mark()).state == "sent"
        transport.close()
        assert server.connections == 2
    assert len(server.bodies) == 2


@pytest.mark.parametrize("packing", [TOGETHER, APART])
@pytest.mark.parametrize("step", ["EHLO", "STARTTLS"])
def test_more_of_103_injected_before_tls(step: str, packing: str) -> None:
    """What was said in the clear is no reply within TLS: the connection ends before TLS or a login begins."""
    injected = b"250-evil\r\n250 AUTH PLAIN\r\n235 welcome\r\n"
    with MailServer(OFFERED, surplus={step: injected}, packing=packing) as server:
        transport = SmtpTransport(server_settings(server.port, security="starttls", **LOGIN))
        with pytest.raises((MailDeferredError, MailStoppedError)):
            transport.send(Letter(), Mark())
    assert not {"AUTH", "MAIL"} & set(server.verbs())


@needs_openssl
def test_more_of_103_injected_before_a_tls_that_begins(authority: Authority) -> None:
    """Though the server goes on to TLS, what somebody in the middle put in is not passed over."""
    with MailServer(OFFERED, authority.server(), surplus={"STARTTLS": b"250 AUTH PLAIN\r\n"}) as server:
        state = state_by(server, Mark(), security="starttls", ca_file=str(authority.file))
    assert (state, server.verbs()) == ("deferred", ["EHLO", "STARTTLS"])


@needs_openssl
@pytest.mark.parametrize("packing", [TOGETHER, APART])
def test_more_of_103_within_tls(authority: Authority, packing: str) -> None:
    """What TLS holds back, in the same record or in the next, is unread all the same."""
    known = {"security": "starttls", "ca_file": str(authority.file)}
    script = {**OFFERED, "dot": HANG_UP}
    with MailServer(script, authority.server(), surplus={"DATA": TAKEN}, packing=packing) as server:
        state = state_by(server, PatientMark(server), **known)
    assert (state, server.bodies) == ("deferred", [])
    with MailServer(OFFERED, authority.server()) as good:
        transport = SmtpTransport(server_settings(good.port, **known))
        assert [transport.send(Letter(), Mark()).state for _ in range(2)] == ["sent", "sent"]
        transport.close()
    assert (len(good.bodies), good.connections) == (2, 1)


@pytest.mark.parametrize(
    ("script", "surplus"),
    [
        (PIPELINED, {"MAIL": b"554 no\r\n"}),
        ({**PIPELINED, "RCPT": b"550 no\r\n"}, {"DATA": TAKEN}),
        ({"RCPT": b"550 no\r\n"}, {"RCPT": TAKEN}),
    ],
)
def test_more_of_103_a_refusal_out_of_step(script: dict, surplus: dict) -> None:
    """Nobody's address is given up for a reply that may belong to another step."""
    with MailServer({**script, "DATA": b"503 no\r\n"}, surplus=surplus) as server:
        assert state_by(server, Mark(), **LOGIN) == "deferred"
    assert server.bodies == []


@pytest.mark.parametrize("code", [500, 502])
def test_fault_122_only_helo(code: int) -> None:
    """A server that knows no EHLO is greeted by HELO, and takes the message."""
    outcome, _, server = attempt({"EHLO": f"{code} what\r\n".encode(), "HELO": b"250 old\r\n"})
    assert (outcome.state, server.verbs()[:3]) == ("sent", ["EHLO", "HELO", "MAIL"])
    assert server.commands[1] == "helo alerter.council.example"


@pytest.mark.parametrize("wanted", [{"security": "starttls"}, LOGIN])
def test_more_of_122_never_where_tls_or_a_login_is_wanted(wanted: dict) -> None:
    """Whoever took EHLO out of the conversation gets neither the message nor the password."""
    script = {"EHLO": b"502 what\r\n", "HELO": b"250 old\r\n"}
    with MailServer(script) as server, pytest.raises(MailStoppedError, match="does not know EHLO"):
        SmtpTransport(server_settings(server.port, **wanted)).send(Letter(), Mark())
    assert server.verbs() == ["EHLO"]


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        ("EHLO", b"501 5.5.2 syntax error in parameters\r\n"),
        ("EHLO", b"550 bad name\r\n"),
        ("RCPT", b"504 5.5.2 <alerter>: Helo command rejected: need fully-qualified hostname\r\n"),
        ("MAIL", b"550 5.7.1 Invalid HELO name\r\n"),
    ],
)
def test_more_of_122_name_refused(step: str, reply: bytes) -> None:
    """The server's dislike of our name is nobody's bad address: the run stops, and the setting is named."""
    script = {step: reply, "HELO": b"250 old\r\n"}
    with MailServer(script) as server, pytest.raises(MailStoppedError, match=r"email\.smtp\.helo_name"):
        SmtpTransport(server_settings(server.port)).send(Letter(), Mark())
    assert (server.bodies, "HELO" in server.verbs()) == ([], False)


def test_more_of_122_name_by_default() -> None:
    """Without a name of its own the machine gives a full host name, or its address in brackets."""
    with MailServer() as server:
        transport = SmtpTransport(server_settings(server.port, helo_name=""))
        transport.connect()
        transport.close()
    assert is_helo_name(server.commands[0].partition(" ")[2])

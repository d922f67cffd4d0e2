"""
Mail servers that answer each step at random: what they said decides what must be made of it.

Some 40 servers in the suite. `ALERTER_SOAK=1 python -m pytest tests/faults/test_random_servers.py` tries
10,000; `make soak` runs it with the other long ones.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerter.domain.delivery import MOST_UNANSWERED
from alerter.errors import MailDeferredError, MailStoppedError
from alerter.store import outbox
from alerter.store.database import open_database
from alerter.transports.smtp import SmtpTransport
from tests.pipeline.outgoing import enqueue
from tests.transports.sending import Letter, Mark
from tests.transports.sending import settings as server_settings
from tests.world.mail_server import HANG_UP, MailServer
from tests.world.size import size
from tests.world.stored_council import NOW, Council

STEPS = ("banner", "EHLO", "MAIL", "RCPT", "DATA", "dot")
GO_ON = {"banner": "220", "DATA": "354"}
PATIENT = {"timeout_seconds": 30, "dot_timeout_seconds": 30}
ATTEMPTS = 5

codes = st.sampled_from(
    [200, 220, 221, 235, 250, 251, 252, 334, 354, 421, 432, 450, 451, 452, 455, 471,
     500, 501, 502, 503, 521, 530, 535, 550, 551, 552, 553, 554, 571]
)  # fmt: skip
words = st.sampled_from(["", "ok", "5.1.1 no", "250 as well", "x" * 300])
lines = st.builds("{} {}\r\n".format, codes, words)
several = st.builds("{0}-first\r\n{0}-second\r\n{0} last\r\n".format, codes)
rubbish = st.sampled_from([b"999 x\r\n", b"25 x\r\n", b"\0\xff\n", b"hello\r\n", b"2500 x\r\n", b"\r\n",
                           b"250=x\r\n", b"250-" + b"x" * 9_000 + b"\r\n", b"250-x\r\n" * 101])  # fmt: skip
Script = dict[str, list[bytes]]


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Draw up to four answers for each step; most steps go well, so that the later ones are reached."""
    said: Script = {}
    for step in STEPS:
        well = f"{GO_ON.get(step, '250')} ok\r\n".encode()
        odd = (lines | several).map(str.encode) | rubbish | st.just(HANG_UP)
        said[step] = draw(st.lists(st.just(well) | st.just(well) | odd, min_size=1, max_size=4))
    return said


def meaning(step: str, reply: bytes) -> str:
    """
    Say what RFC 5321 makes of a reply: `go`, `later`, `never`, or `none` for what is no reply to this step.
    """
    first, *_, last = [*reply.split(b"\n"), b""]
    code = first[:3].decode("ascii", "replace")
    is_reply = (
        reply.endswith(b"\n")
        and code.isdigit()
        and first[3:4] in (b" ", b"-", b"\r", b"")
        and len(reply.split(b"\n")) <= 101
        and max(map(len, reply.split(b"\n"))) < 8192
    )
    if not is_reply or last:
        return "none"
    if code == GO_ON.get(step) or (step not in GO_ON and code[0] == "2"):
        return "go"
    return {"4": "later", "5": "never"}.get(code[0], "none")


def must_be(script: Script) -> str:
    """Return what one attempt on a new connection must end as, by the first answer to each step."""
    for step in STEPS:
        match meaning(step, script[step][0]):
            case "go":
                continue
            case "later":
                return "deferred"
            case "never":
                return "stopped" if step in ("banner", "EHLO", "MAIL") else "refused"
            case _:
                return "unknown" if step == "dot" else "deferred"
    return "sent"


@settings(max_examples=size(30, 9_000))
@given(scripts())
def test_one_attempt_ends_as_the_servers_answers_say(script: Script) -> None:
    """Every stage by every class of reply: the outcome, the mark just before the dot, and one dot at most."""
    mark = Mark()
    with MailServer(dict(script)) as server:
        transport = SmtpTransport(server_settings(server.port, **PATIENT))
        try:
            state = str(transport.send(Letter(), mark).state)
        except MailStoppedError:
            state = "stopped"
        except MailDeferredError:
            state = "deferred"
        transport.close()
    assert state == must_be(script)
    reached_dot = all(meaning(step, script[step][0]) == "go" for step in STEPS[:-1])
    assert (len(server.bodies), mark.times) == (reached_dot, reached_dot)


@settings(max_examples=size(10, 1_000))
@given(scripts(), st.sampled_from(["resend", "hold"]))
def test_a_delivery_accepts_once_and_repeats_only_what_is_unknown(
    tmp_path_factory: pytest.TempPathFactory, migrated_file: Path, script: Script, policy: str
) -> None:
    """
    Three messages over days: one acceptance each, and each copy before it was one that no server answered.
    """
    with _council(tmp_path_factory, migrated_file) as council, MailServer(script) as server:
        enqueue(council, 3)
        for attempt in range(ATTEMPTS):
            transport = SmtpTransport(server_settings(server.port, **PATIENT))
            council.deliver(transport, unknown_outcome=policy, now=NOW + attempt * timedelta(hours=5))
            transport.close()
        with council.database.read() as connection:
            ended = {each.recipient: each.state for each in outbox.deliveries(connection, 1)}
    for recipient, state in ended.items():
        said = [
            (step, meaning(step, reply))
            for to, step, reply in server.replies
            if to == recipient and step in ("RCPT", "DATA", "dot")
        ]
        _check(state, said, policy)


def _check(state: str, said: list[tuple[str, str]], policy: str) -> None:
    """Say that a message that was answered so may stand as it does."""
    dots = [answer for step, answer in said if step == "dot"]
    assert dots.count("go") <= 1
    assert all(answer not in ("go", "never") for answer in dots[:-1])
    most = MOST_UNANSWERED if policy == "resend" else 1
    assert dots.count("none") <= most
    if dots.count("none") == most:
        assert dots[-1] == "none"
    last = said[-1] if said else ("", "none")
    if last == ("dot", "go"):
        assert state == "sent"
    elif last[1] == "never":
        assert state == "refused"
    elif last == ("dot", "none") and dots.count("none") == most:
        assert state == "unknown"
    else:
        assert state in ("queued", "deferred", "unknown" if "none" in dots else "undelivered")


@contextmanager
def _council(factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Council]:
    folder = factory.mktemp("council")
    shutil.copy(migrated_file, folder / "alerter.db")
    with closing(open_database(f"sqlite:///{folder / 'alerter.db'}")) as database:
        yield Council(database, folder)

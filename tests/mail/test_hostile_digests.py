"""
Digests made of the worst text there is, sent to a raw socket: nobody else's, no further header, no bare CR.

Some 300 digests in the suite. `ALERTER_SOAK=1 python -m pytest tests/mail/test_hostile_digests.py` sends
some 20,000, which takes a quarter of an hour; `make soak` runs it with the other long ones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerter.domain.compiling import compile_digests
from alerter.domain.digest import Digest
from alerter.domain.plain import one_line
from alerter.domain.policy import Policy, Window
from alerter.domain.routing import Judged, Recipient, Route
from alerter.mail.build import build
from alerter.mail.writer import Writer
from alerter.transports.notify_body import markdown_of
from alerter.transports.smtp import SmtpTransport
from tests.mail.gallery import RECORD_URL
from tests.transports.sending import Mark
from tests.transports.sending import settings as server_settings
from tests.world import samples
from tests.world.letters import read_html
from tests.world.mail_server import MailServer
from tests.world.size import size

WEEKS = size(150, 10_000)  # two digests each on average
PATIENCE_SECONDS = 600  # on a busy machine an hour of examples has long pauses
STRAY = re.compile(rb"\r(?!\n)|(?<!\r)\n|[^\r\n -~]|(?m:^\.)")
MARKED = re.compile(r"Q\dQ")
HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "X-Alerter-Run", "MIME-Version", "Content-Type",
)  # fmt: skip
TAGS = {
    "a", "b", "body", "br", "caption", "h1", "h2", "head", "hr", "html", "li", "meta", "p", "span", "style",
    "table", "tbody", "td", "th", "title", "tr", "ul",
}  # fmt: skip
HOSTILE = (
    "\r\nBcc: x@evil.example", "\r\n.\r\nMAIL FROM:<x@evil.example>", "\n.\n", "\r.\r", ".", "..", "\0",
    "=?UTF-8?Q?=0D=0ABcc=3A_x=40evil.example?=", "=?utf-8?b?DQpCY2M6IHhAZXZpbC5leGFtcGxl?=",
    "a@x)b@evil.example", '"a, b" <x@evil.example>', "x@evil.example, y@evil.example", ";", ":;",
    "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1b[2J", "\u202e", "\u2066", "\ufeff", "\ud800", "\udfff",
    "<script>alert(1)</script>", "<img src=x onerror=x>", "</td></tr></table>", "&lt;b&gt;", "'\"><a href=x>",
    "{{ view }}", "{% raw %}", "{{ 7*7 }}", "((name))", "[x](https://evil.example)", "https://evil.example",
    "# x", "* x", "1. x", "^ x", "--b1", "--part-", "Overdue (9)", "  child 1  ", "A" * 400, "\U0001f600",
)  # fmt: skip
texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), max_size=4).map("".join)
prefixes = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), max_size=20).filter(
    lambda text: "=?" not in text  # the settings refuse it
)
local_parts = st.text("abcXYZ019#$&'*+/=?^_`{|}~-", min_size=1, max_size=20)
POLICY = Policy(samples.calendar(), {"core": samples.CORE}, Window(samples.AS_OF, samples.NEXT_RUN))


@dataclass(frozen=True)
class Sink:
    """A raw socket server, the one connection to it, and what the digests are written with."""

    server: MailServer
    transport: SmtpTransport
    writer: Writer

    def take(self) -> tuple[list[str], bytes]:
        """Return the commands and the body of the last message, and forget them."""
        commands, bodies = list(self.server.commands), list(self.server.bodies)
        self.server.commands.clear()
        self.server.bodies.clear()
        (body,) = bodies
        return commands, body


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    """Keep one connection for all digests."""
    with MailServer() as server:
        waits = {"timeout_seconds": PATIENCE_SECONDS, "dot_timeout_seconds": PATIENCE_SECONDS}
        transport = SmtpTransport(server_settings(server.port, **waits))
        transport.connect()
        server.commands.clear()
        yield Sink(server, transport, samples.writer())
        transport.close()


@st.composite
def hostile_weeks(draw: st.DrawFn) -> list[Digest]:
    """Make the digests of one week, compiled together; every id bears the mark of its manager's address."""
    judged = []
    for number in range(draw(st.integers(1, 3))):
        recipient = Recipient(f"{draw(local_parts)}.{_mark(number)}@council.example", draw(texts))
        route = Route(recipient, covering_for=draw(texts))
        for place, days in enumerate(draw(st.lists(st.integers(1, 60), min_size=1, max_size=4))):
            ids = f"{draw(texts)}{_mark(number)}-{place}", f"{draw(texts)}{_mark(number)}"
            assessment = samples.started(days, *ids, worker=draw(texts), team=draw(texts))
            judged.append(Judged(0, POLICY.judge(assessment, None), route))
    return compile_digests(draw(st.permutations(judged)), ())


def _mark(number: int) -> str:
    return f"Q{number}Q"


@settings(max_examples=WEEKS)
@given(hostile_weeks(), texts, prefixes)
def test_hostile_digests_reach_their_one_reader_and_nothing_else(
    sink: Sink, week: list[Digest], council: str, prefix: str
) -> None:
    """
    At the socket: one RCPT which is To, the headers we write, CRLF alone, this digest's ids and no other's.
    """
    facts = samples.facts(council=council, subject_prefix=prefix, source_name=council, record_url=RECORD_URL)
    for digest in week:
        rendered = sink.writer.digest(digest, facts)
        message = build(rendered, digest.recipient, samples.letterhead())
        assert sink.transport.send(message, Mark()).state == "sent"
        commands, wire = sink.take()
        to = digest.recipient.email
        assert commands == ["MAIL FROM:<alerts@council.example>", f"RCPT TO:<{to}>", "DATA"]
        assert wire == message.body
        assert not STRAY.search(wire)
        read = message_from_bytes(wire, policy=policy.SMTP)
        assert sorted(read.keys()) == sorted(HEADERS)
        assert [each.addr_spec for each in read["To"].addresses] == [to]
        assert {tag.split()[0] for tag in read_html(rendered.html).tags} <= TAGS
        text, html = (read.get_body((kind,)).get_content() for kind in ("plain", "html"))
        for words in (text, html, markdown_of(text.replace("\r\n", "\n"))):
            _check_marks(words, digest)


def _check_marks(words: str, digest: Digest) -> None:
    """Say that *words* show each id of *digest*, by the mark at its end, and no other digest's."""
    ours = digest.recipient.email.partition("@")[0].rpartition(".")[2]
    assert set(MARKED.findall(words)) <= {ours}
    shown = [one_line(alert.assessment.assessment_id)[-5:] for alert in digest.alerts]
    assert all(words.count(id_) >= shown.count(id_) for id_ in shown)

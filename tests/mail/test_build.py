"""From words to bytes: the headers, the one recipient, and the reading back."""

import email
import re
import socket
from dataclasses import replace
from email import policy
from email.header import decode_header, make_header
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from hypothesis import example, given
from hypothesis import strategies as st

from alerter.domain.message import Message
from alerter.domain.routing import Recipient
from alerter.errors import MailRefusedError
from alerter.mail.build import Rendered, build, check, display_name, message_id
from alerter.mail.mime import LONGEST_LINE, encoded_words
from alerter.transports.smtp import SmtpTransport
from tests.transports.sending import Mark
from tests.transports.sending import settings as server_settings
from tests.world import samples

PLAIN = Rendered("Assessments: 2 overdue (23 November 2026)", ".\nHello\n", "<p>Hello</p>\n")


def built(recipient: Recipient = samples.MANAGER, rendered: Rendered = PLAIN) -> Message:
    """Return the message of *rendered* to *recipient*."""
    return build(rendered, recipient, samples.letterhead())


def read(message: Message) -> email.message.EmailMessage:
    """Return *message* as its reader parses it."""
    return email.message_from_bytes(message.body, policy=policy.default)


def test_same_inputs_give_the_same_bytes() -> None:
    """A message built twice does not differ, the MIME boundary included."""
    assert built() == built()


def test_message_id_is_a_function_of_run_and_recipient() -> None:
    """Case of the address does not matter; run, kind, edition, installation and recipient do."""
    usual = samples.letterhead()
    ids = {
        message_id(letterhead, recipient)
        for letterhead in (
            usual,
            replace(usual, run=8),
            replace(usual, kind="summary"),
            replace(usual, edition=2),
            replace(usual, installation="another"),
        )
        for recipient in (samples.MANAGER, Recipient("other@council.example"))
    }
    assert len(ids) == 10
    assert message_id(usual, Recipient("N.Okafor@COUNCIL.example")) in ids
    assert all(each.startswith("<run-") and each.endswith("@council.example>") for each in ids)


def test_headers_mark_an_automatic_message() -> None:
    """The headers of the contract are there, and no Cc or Bcc."""
    headers = dict(read(built()).items())
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Alerter-Run"] == "7"
    assert headers["Date"] == "Mon, 23 Nov 2026 08:00:00 +0000"
    assert headers["Message-ID"] == built().message_id
    assert not {"Cc", "Bcc", "Reply-To"} & set(headers)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Okafor, Ngozi (Duty and Assessment North, Locality and Safeguarding Partnerships East)",
        "Ødegård-Nuñez, Zoë (Équipe d\u2019évaluation, un très long nom d'équipe pour plier la ligne)",
        "Plain Name",
        "n.okafor@council.example",
    ],
)
def test_names_come_back_as_they_went(name: str) -> None:
    """A long name with a comma, brackets or accents is one address still."""
    to = read(built(Recipient("n.okafor@council.example", name)))["To"].addresses
    shown = [(" ".join(each.display_name.split()), each.addr_spec) for each in to]
    assert shown == [(name.replace("@", " "), "n.okafor@council.example")]


def letters(script: str) -> st.SearchStrategy[str]:
    """Return names of one script, with the blanks and signs that names have."""
    parts = st.text(st.sampled_from(f"{script} -'.,()"), min_size=1, max_size=60)
    return st.builds(lambda part, times: display_name(part * times), parts, st.integers(1, 30))


names = st.one_of(
    letters("abcXYZ"), letters("éøßñÅŁ"), letters("आईकि\u094dते"), letters("漢字仮名"), letters("ابت\u200c"),
    letters("กขค\u0e31"), letters("𐌰𐌱"), letters("aé漢𐌰"),
).filter(bool)  # fmt: skip


@example("漢" * 300, "")
@example("Zoë Ødegård-Nuñez " * 16 + "Zoë", "é" * 60)
@given(names, st.text(st.sampled_from("abé漢 :"), max_size=60).map(str.strip))
def test_long_names_and_subjects_are_folded(name: str, prefix: str) -> None:
    """
    No encoded word has more than 75 characters, no line with one more than 76, and all reads back (RFC 2047).
    """
    subject = f"{prefix} Assessments to look at: 2 overdue".strip()
    message = built(Recipient("n.okafor@council.example", name), Rendered(subject, "x\n", "<p>x</p>\n"))
    head = message.body.partition(b"\r\n\r\n")[0].decode("ascii")
    encoded = re.findall(r"=\?[^ ]*\?=", head)
    assert max(map(len, encoded), default=0) <= 75
    assert max((len(line) for line in head.split("\r\n") if "=?" in line), default=0) <= 76
    to = str(make_header(decode_header(email.message_from_bytes(message.body)["To"].replace("\r\n", ""))))
    assert to.replace('"', "") == f"{name} <n.okafor@council.example>"
    (address,) = read(message)["To"].addresses
    assert address.addr_spec == "n.okafor@council.example"
    assert read(message)["Subject"] == subject


@pytest.mark.parametrize("name", ["漢" * 300, "नमस्ते " * 43, "a" * 300, "É" * 299 + "漢"])
def test_a_name_is_whole_up_to_300_characters(name: str) -> None:
    """Vowel signs and joiners, which are no letters, are part of a name."""
    assert display_name(name) == name.strip()
    assert display_name(name + "x" * 300)[:200] == name[:200]


def test_a_header_is_one_line() -> None:
    """Not even an encoded one may hold a line end, which some readers would act upon."""
    with pytest.raises(ValueError, match="one line"):
        list(encoded_words("é\r\nBcc: x@evil.example", 60))


@pytest.mark.parametrize(
    "address", ["", "a@x.example, b@evil.example", "a@x\r\nBcc: b@evil.example", "é@x.example"]
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    """No message is built for an address that is none, or two."""
    with pytest.raises(MailRefusedError, match="plain email address"):
        built(Recipient(address))


def test_body_is_base64_in_crlf_lines() -> None:
    """Lines are 7-bit, short, and none begins with a dot; both parts come back whole."""
    message = built(rendered=samples.writer().digest(samples.usual_week(), samples.facts()))
    lines = message.body.split(b"\r\n")
    assert message.body.isascii()
    assert not any(b"\r" in line or b"\n" in line or line.startswith(b".") for line in lines)
    assert max(len(line) for line in lines) <= LONGEST_LINE
    kinds = [
        (part.get_content_type(), part["Content-Transfer-Encoding"]) for part in read(message).iter_parts()
    ]
    assert kinds == [("text/plain", "base64"), ("text/html", "base64")]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"n.okafor@", b"n.other@", "recipient"),
        (b"<n.okafor@council.example>", b"<n.okafor@council.example>, x@evil.example", "recipient"),
        (b"From: ", b"Cc: x@evil.example\r\nFrom: ", "headers"),
        (b"alerts@council", b"others@council", "sender"),
        (b"2 overdue", b"9 overdue", "subject"),
        (b"Subject: ", b"Subject: x\n", "line ends"),
        (b"Lg0KSGVsbG8NCg==", b"Lg0KSGVsbG8hCg==", "text"),
        (b"PHA+SGVsbG88L3A+DQo=", b"PHA+SGVsbG88L3A+IQo=", "HTML"),
    ],
)
def test_bytes_that_read_back_differently_are_refused(old: bytes, new: bytes, fault: str) -> None:
    """One more recipient, header or bare line end, or other words, and nothing is sent."""
    body = built().body
    assert old in body
    with pytest.raises(MailRefusedError, match=fault):
        check(body.replace(old, new, 1), PLAIN, samples.MANAGER, samples.letterhead())


def test_every_message_is_read_back() -> None:
    """
    Words that an email cannot carry as they are make no message, rather than one that says something else.
    """
    with pytest.raises(MailRefusedError, match="text"):
        built(rendered=replace(PLAIN, text="one line\rand another\n"))


@given(st.text(max_size=150) | st.just("=?UTF-8?Q?=0D=0ABcc=3A_x=40evil.example?="))
def test_any_name_gives_one_recipient(name: str) -> None:
    """No name makes a second address or a header."""
    message = read(built(Recipient("n.okafor@council.example", name)))
    assert [each.addr_spec for each in message["To"].addresses] == ["n.okafor@council.example"]
    assert len(message.keys()) == 10


class Inbox:
    """Keeps what a real server accepted."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []

    async def handle_DATA(self, *talk: object) -> str:  # noqa: N802 - aiosmtpd's name
        """Accept a message."""
        self.envelopes.append(talk[-1])
        return "250 2.0.0 accepted"


def test_a_real_server_gets_the_very_bytes() -> None:
    """What aiosmtpd accepted is byte for byte what was built, to one recipient."""
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    transport = SmtpTransport(server_settings(port))
    message = built(rendered=samples.writer().digest(samples.usual_week(), samples.facts()))
    outcome = transport.send(message, Mark())
    transport.close()
    controller.stop()
    assert outcome.state == "sent"
    assert [envelope.rcpt_tos for envelope in inbox.envelopes] == [["n.okafor@council.example"]]
    assert inbox.envelopes[0].content == message.body

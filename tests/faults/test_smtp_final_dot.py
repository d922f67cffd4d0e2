"""Fault matrix, rows 28 to 36: what follows the final dot, and a peer that is no longer there."""

from datetime import datetime, timedelta
from email import message_from_bytes

import pytest

from alerter.pipeline.deliver import LEASE, Delivered
from alerter.transports.conversation import SmtpServer
from alerter.transports.smtp import SmtpTransport
from tests.pipeline.outgoing import enqueue, replies, states
from tests.transports.sending import Letter, Mark, attempt, settings
from tests.world.council import ADMINS
from tests.world.mail_server import ACCEPT, BODY, DROP, HANG_UP, NEVER_AT_DOT, SILENT, MailServer
from tests.world.service import EVERYBODY, MANAGERS, Service, text_of
from tests.world.stored_council import NOW, Council

STEPS = ("banner", "EHLO", "MAIL", "RCPT", "DATA")
JUNK = {
    "10 MB in one line": b"250 " + b"x" * 10_000_000 + b"\r\n",
    "10 MB in lines": b"250-" + b"x" * 70 + b"\r\n",
    "binary": b"\x00\xff\xfe\x80 junk\n",
    "code 999": b"999 beyond\r\n",
}
JUNK["10 MB in lines"] *= 10_000_000 // len(JUNK["10 MB in lines"])


@pytest.mark.parametrize("reply", [b"452 4.3.1 insufficient storage\r\n", b"421 4.3.2 closing\r\n"])
def test_fault_028_later_after_the_dot(monday: Service, reply: bytes) -> None:
    """4xx after the dot is owed and goes again with the same bytes; the ledger knows that it was marked."""
    with MailServer({"dot": [reply, b"250 ok\r\n"]}) as server:
        monday.configure(email__smtp__port=server.port)
        monday.at("08:00")
        first = monday.messages()[0]
        assert (first["state"], first["reply"][:3]) == ("deferred", reply[:3].decode())
        assert first["marked_at"] is not None
        monday.at("08:01")
    assert monday.states() == ["sent", "sent"]
    copies = [body for body in server.bodies if f"To: {MANAGERS[0]}".encode() in body]
    assert len(copies) == 2
    assert copies[0] == copies[1]


@pytest.mark.parametrize("reply", [b"552 5.3.4 too big\r\n", b"554 5.7.1 blocked by policy\r\n"])
def test_fault_029_never_after_the_dot(mailroom: Council, reply: bytes) -> None:
    """Too big, or blocked for what it says: refused, and the same bytes are never sent again."""
    enqueue(mailroom, 2)
    _, server = _over_smtp(mailroom, {"dot": [reply, b"250 ok\r\n"]})
    assert states(mailroom) == ["refused", "sent"]
    assert replies(mailroom)[0] == reply.decode().strip()
    _, later = _over_smtp(mailroom, {}, now=NOW + timedelta(days=2))
    assert (len(server.bodies), later.bodies) == (2, [])


def test_more_of_029_the_admins_read_it(monday: Service, post_office: MailServer) -> None:
    """The summary names whom the content was refused for, in the server's words."""
    post_office.reply(MANAGERS[0], NEVER_AT_DOT)
    monday.at("08:00", "08:01")
    told = text_of(post_office, ADMINS)
    assert MANAGERS[0] in told
    assert "550 5.7.1 not wanted" in told


def test_fault_030_closed_after_the_dot_and_not_stored(monday: Service, post_office: MailServer) -> None:
    """
    The link goes after the dot and the message is lost: unknown, sent again a minute later, accepted once.
    """
    post_office.reply(MANAGERS[0], DROP, ACCEPT)
    monday.at("08:00", "08:01")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}
    copies = [parcel.content for parcel in post_office.seen if parcel.recipient == MANAGERS[0]]
    assert len(copies) == 2
    assert copies[0] == copies[1]


@pytest.mark.parametrize(("policy", "most"), [("resend", 5), ("hold", 1)])
def test_fault_031_closed_after_the_dot_and_stored(
    monday: Service, post_office: MailServer, policy: str, most: int
) -> None:
    """
    The message was stored: at most five copies, with one Message-ID; with `hold` one, and a person is asked.

    The server keeps every message, and drops the connection on each of this manager's.
    """
    monday.configure(delivery__unknown_outcome=policy)
    post_office.reply(MANAGERS[0], *[DROP] * 9)
    monday.at("08:00", *(f"{hour:02}:{minute:02}" for hour in (8, 9) for minute in range(1, 60, 2)))
    copies = [parcel.content for parcel in post_office.seen if parcel.recipient == MANAGERS[0]]
    assert len(copies) == most
    assert len({message_from_bytes(copy)["Message-ID"] for copy in copies}) == 1
    assert monday.states() == ["unknown", "sent"]
    assert monday.heard() == ["start", "fail"]
    assert "unknown" in text_of(post_office, ADMINS)


def test_fault_032_a_late_reply_is_waited_for() -> None:
    """
    The reply to the dot may take ten minutes, and no step before it; a claim lasts longer than both.

    Scaled: every other step has a second here, and this reply takes two.
    """
    with MailServer(dot_pause=2) as server:
        transport = SmtpTransport(settings(server.port, timeout_seconds=1, dot_timeout_seconds=120))
        outcome = transport.send(Letter(), Mark())
        transport.close()
    assert (outcome.state, len(server.bodies)) == ("sent", 1)
    usual = SmtpServer(host="mail.council.example", port=25, sender="alerts@council.example")
    assert timedelta(minutes=9, seconds=50) < timedelta(seconds=usual.dot_timeout_seconds) < LEASE


def test_fault_033_no_reply_ever(mailroom: Council) -> None:
    """
    When the time for the reply is over the outcome is unknown: sent again, and after five left to a person.
    """
    enqueue(mailroom, 1)
    for hour in range(5):
        now = NOW + hour * timedelta(hours=1)
        delivered, server = _over_smtp(mailroom, {"dot": SILENT}, now=now, dot_timeout_seconds=0.3)
        assert (delivered.outcomes, len(server.bodies)) == (["unknown"], 1)
        assert states(mailroom) == ["deferred" if hour < 4 else "unknown"]
    assert replies(mailroom) == ["no reply in time"]


@pytest.mark.parametrize("reply", [b"421 4.4.2 gone\r\n", b"500 what\r\n", HANG_UP])
def test_fault_034_quit_changes_nothing(mailroom: Council, reply: bytes) -> None:
    """Accepted is accepted, however the server takes leave."""
    enqueue(mailroom, 2)
    _, server = _over_smtp(mailroom, {"QUIT": reply})
    assert (states(mailroom), server.verbs()[-1]) == (["sent"] * 2, "QUIT")
    assert mailroom.deliver().outcomes == []


@pytest.mark.parametrize("step", STEPS)
def test_fault_035_peer_vanishes_before_the_mark(mailroom: Council, step: str) -> None:
    """Neither an answer nor an end of the connection: each step has its time, and the message stays owed."""
    enqueue(mailroom, 1)
    delivered, server = _over_smtp(mailroom, {step: SILENT}, timeout_seconds=0.3)
    assert (delivered.outcomes, states(mailroom)) == (["deferred"], ["deferred"])
    assert server.bodies == server.incomplete == []


def test_more_of_035_peer_vanishes_in_the_body() -> None:
    """A body that nobody takes off the line runs into its time as well, and was never marked."""
    mark = Mark()
    with MailServer() as server:
        server.at(BODY, lambda: server.is_over.wait() and None)
        transport = SmtpTransport(settings(server.port, timeout_seconds=0.5))
        outcome = transport.send(Letter(body=(b"x" * 70 + b"\r\n") * 300_000), mark)
        transport.close()
    assert (outcome.state, mark.times) == ("deferred", 0)


def test_more_of_035_peer_vanishes_after_the_mark() -> None:
    """Gone between the mark and the reply, nobody knows."""
    outcome, mark, _ = attempt({"dot": SILENT}, dot_timeout_seconds=0.3)
    assert (outcome.state, mark.times) == ("unknown", 1)


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("step", [*STEPS, "dot"])
def test_fault_036_no_reply_at_all(mailroom: Council, step: str, junk: str) -> None:
    """A reply without end, or none of SMTP's, is read no further: owed before the mark, unknown after."""
    enqueue(mailroom, 1)
    delivered, server = _over_smtp(mailroom, {step: JUNK[junk]}, unknown_outcome="hold")
    expected = "unknown" if step == "dot" else "deferred"
    assert (delivered.outcomes, states(mailroom)) == ([expected], [expected])
    assert len(server.bodies) == (step == "dot")
    assert max(map(len, replies(mailroom))) <= 200


def _over_smtp(
    mailroom: Council,
    script: dict[str, bytes | list[bytes]],
    *,
    unknown_outcome: str = "resend",
    now: datetime = NOW,
    **changed: object,
) -> tuple[Delivered, MailServer]:
    """Deliver what is due through a server that follows *script*."""
    with MailServer(script) as server:
        transport = SmtpTransport(settings(server.port, **changed))
        delivered = mailroom.deliver(transport, unknown_outcome=unknown_outcome, now=now)
        transport.close()
    return delivered, server

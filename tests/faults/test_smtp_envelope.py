"""Fault matrix, rows 21 to 27: a mail server that says no before it has the body."""

from datetime import timedelta
from time import monotonic

from alerter.pipeline.deliver import Channel, Delivered, deliver
from alerter.pipeline.sending import Pace
from alerter.transports.smtp import SmtpTransport
from tests.pipeline.outgoing import enqueue, replies, states
from tests.transports.sending import settings
from tests.world.council import ADMINS
from tests.world.mail_server import NEVER, MailServer
from tests.world.readings import run_with
from tests.world.service import MANAGERS, Service, text_of
from tests.world.stored_council import NEXT_RUN, NOW, Council

OK = b"250 ok\r\n"
MINUTE = timedelta(minutes=1)
Script = dict[str, bytes | list[bytes]]


def test_fault_021_mail_later(mailroom: Council) -> None:
    """
    MAIL answered with 451, or 421 on two connections, leaves a message owed and unmarked until its back-off.
    """
    enqueue(mailroom, 2)
    script: Script = {"MAIL": [b"451 4.3.0 later\r\n", *[b"421 4.3.2 closing\r\n"] * 2, OK]}
    with MailServer(script) as server:
        _deliver(mailroom, server)
        assert (states(mailroom), server.bodies) == (["deferred"] * 2, [])
        _deliver(mailroom, server, minutes=1)
    assert (states(mailroom), len(server.bodies)) == (["sent"] * 2, 2)


def test_fault_023_greylisted(mailroom: Council) -> None:
    """A server that wants five minutes between two tries gets them by the second back-off, and takes it."""
    enqueue(mailroom, 1)
    with MailServer({"RCPT": b"450 4.2.0 greylisted, wait five minutes\r\n"}) as server:
        _deliver(mailroom, server)
        _deliver(mailroom, server, minutes=1)
        assert (states(mailroom), server.verbs().count("RCPT")) == (["deferred"], 2)
        for minute in range(2, 6):
            assert _deliver(mailroom, server, minutes=minute).outcomes == []
    with MailServer() as server:
        assert _deliver(mailroom, server, minutes=6).outcomes == ["sent"]


def test_fault_024_no_such_user(monday: Service, post_office: MailServer) -> None:
    """
    RCPT 550 refuses one manager's digest: the other has theirs, and the admins read who has not, and why.
    """
    post_office.reply(MANAGERS[0], NEVER)
    monday.at("08:00", "08:01", "09:00")
    assert post_office.tally() == {MANAGERS[1]: 1, ADMINS: 1}
    assert monday.states() == ["refused", "sent"]
    told = text_of(post_office, ADMINS)
    (line,) = (line for line in told.splitlines() if MANAGERS[0] in line)
    assert "refused" in line
    assert "5.1.1 no such user" in told
    assert monday.heard() == ["start", "fail"]


def test_fault_025_closing_at_the_seventh_of_fifty(mailroom: Council) -> None:
    """421 at the seventh opens a new connection that goes on with the seventh; nobody gets a second copy."""
    enqueue(mailroom, 50)
    script: Script = {"RCPT": [*[OK] * 6, b"421 4.4.2 closing\r\n", OK]}
    with MailServer(script) as server:
        _deliver(mailroom, server)
        assert server.connections == 2
    assert states(mailroom) == ["sent"] * 50
    told = [command for command in server.commands if command.upper().startswith("RCPT")]
    assert (len(told), len(set(told)), told[6]) == (51, 50, told[7])
    assert len(server.bodies) == 50


def test_fault_026_throttled(mailroom: Council) -> None:
    """
    Too many connections, or messages a minute, is for later; one connection at a set pace meets neither.
    """
    enqueue(mailroom, 8)
    busy: Script = {
        "banner": [b"432 4.3.2 concurrent connections\r\n", b"220 ready\r\n"],
        "RCPT": [OK, b"451 4.7.0 too many messages\r\n", OK],
    }
    with MailServer(busy) as server:
        _deliver(mailroom, server)
        assert states(mailroom) == ["deferred", "sent", "deferred", *["sent"] * 5]
        _deliver(mailroom, server, minutes=1)
    assert states(mailroom) == ["sent"] * 8
    enqueue_more(mailroom, 7)
    began = monotonic()
    with MailServer() as server:
        transport = SmtpTransport(settings(server.port))
        deliver(
            Channel(
                database=mailroom.database,
                transport=transport,
                unknown_outcome="resend",
                clock=lambda: NOW,
                pace=Pace(600).wait,
            )
        )
        transport.close()
        assert (server.connections, len(server.bodies)) == (1, 7)
    assert monotonic() - began >= 6 * 60 / 600


def test_fault_027_data_refused(mailroom: Council) -> None:
    """DATA answered with 451 is for later, with 550 never; either way no body went, and no mark was made."""
    enqueue(mailroom, 3)
    script: Script = {"DATA": [b"451 4.3.0 later\r\n", b"550 5.7.1 no\r\n", b"354 go ahead\r\n"]}
    with MailServer(script) as server:
        _deliver(mailroom, server)
        assert states(mailroom) == ["deferred", "refused", "sent"]
        assert replies(mailroom)[:2] == ["451 4.3.0 later", "550 5.7.1 no"]
        assert (len(server.bodies), server.incomplete) == (1, [])
        _deliver(mailroom, server, minutes=1)
    assert states(mailroom) == ["sent", "refused", "sent"]


def enqueue_more(mailroom: Council, count: int) -> None:
    """Put another run with *count* digests into the outbox."""
    with mailroom.database.write() as connection:
        run_with(connection, *(f"n{number}@council.example" for number in range(count)), send_date=NEXT_RUN)


def _deliver(mailroom: Council, server: MailServer, *, minutes: int = 0) -> Delivered:
    """Send what is due so many *minutes* after eight."""
    transport = SmtpTransport(settings(server.port))
    delivered = mailroom.deliver(transport, now=NOW + minutes * MINUTE)
    transport.close()
    return delivered

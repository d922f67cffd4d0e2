"""Fault matrix, rows 37 to 39: what happens to a message after it was accepted."""

import mailbox
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.mail.test_delivery_reports import report
from tests.world.council import ADMINS
from tests.world.mail_server import MailServer, Parcel
from tests.world.service import EVERYBODY, MANAGERS, Service, text_of


def test_fault_037_bounced(monday: Service, post_office: MailServer) -> None:
    """
    A report of a failed delivery comes back: an exception, told the same day and each week until one stands.
    """
    mailbox_ = monday.folder / "bounces"
    monday.configure(email__bounces__mailbox="bounces")
    monday.at("07:00", "08:00", "08:01")
    assert post_office.tally() == EVERYBODY
    _put(mailbox_, report(headers=_head_of(post_office, MANAGERS[0])))
    monday.at("09:30", "09:31")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}
    assert monday.states() == ["sent", "sent"]
    told = text_of(post_office, ADMINS)
    assert MANAGERS[0] in told
    assert "5.1.1" in told
    assert [message["bounced_at"] is None for message in monday.messages()] == [False, True]
    monday.tick_at("Mon 2026-11-30 08:00")
    kinds = "SELECT run_id, kind FROM exceptions ORDER BY run_id"
    assert [each["kind"] for each in monday.asked(kinds)] == ["bounced"]
    assert "bounced" in text_of(post_office, ADMINS)
    monday.tick_at("Mon 2026-12-07 08:00")
    assert len(monday.asked(kinds)) == 1


def test_fault_038_automatic_reply(monday: Service, post_office: MailServer) -> None:
    """An absence note that brings the digest back and speaks like a report is none: nothing changes by it."""
    monday.configure(email__bounces__mailbox="bounces")
    monday.at("07:00", "08:00", "08:01")
    digest = next(each for each in post_office.arrived if each.recipient == MANAGERS[0])
    note = EmailMessage(policy=policy.SMTP)
    note["From"], note["To"] = MANAGERS[0], "alerts@council.example"
    note["Subject"], note["Auto-Submitted"] = "Out of office", "auto-replied"
    note["In-Reply-To"] = str(message_from_bytes(digest.content)["Message-ID"])
    note.set_content("I am away. Action: failed\nStatus: 5.1.1\n")
    note.add_attachment(message_from_bytes(digest.content, policy=policy.SMTP))
    _put(monday.folder / "bounces", note.as_bytes())
    monday.at("09:30", "11:00", "16:00")
    assert post_office.tally() == EVERYBODY
    assert monday.heard() == ["start", "success"]
    assert [message["bounced_at"] for message in monday.messages()] == [None, None]


class Stutterer(MailServer):
    """A relay that accepts a message once and delivers it twice."""

    def accept(self, parcel: Parcel) -> None:
        """Take the message, and deliver a second copy of it."""
        self.arrived += [parcel, parcel]


def test_fault_039_a_relay_that_delivers_twice(monday: Service) -> None:
    """We send each message once; the copies are told by their one Message-ID, and nothing is amiss for us."""
    with Stutterer() as relay:
        monday.configure(email__smtp__port=relay.port)
        monday.at("08:00", "08:01")
    assert Counter(parcel.recipient for parcel in relay.seen) == EVERYBODY
    assert relay.tally() == dict.fromkeys([*MANAGERS, ADMINS], 2)
    assert len({message_from_bytes(parcel.content)["Message-ID"] for parcel in relay.arrived}) == 3
    assert (monday.states(), monday.heard()) == (["sent", "sent"], ["start", "success"])


def _head_of(post_office: MailServer, recipient: str) -> str:
    """Return the headers of what *recipient* was sent."""
    sent = next(each for each in post_office.arrived if each.recipient == recipient)
    return sent.content.partition(b"\r\n\r\n")[0].decode("ascii")


def _put(path: Path, message: bytes) -> None:
    """Put a message into the mailbox at *path*, as a mail server does."""
    box = mailbox.mbox(path)
    box.add(message)
    box.close()

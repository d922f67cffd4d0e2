"""Fault matrix C2, rows 37 to 39: what happens to a message after it was accepted."""

from collections import Counter
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.acceptance.council import ADMINS
from tests.acceptance.post_office import Parcel
from tests.app.serving.made_up_service import EVERYBODY, MANAGERS, Office
from tests.faults.monday import Monday


class Stutterer(Office):
    """
    A relay that accepts a message once and delivers it twice.
    """

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """
        Take the message, and deliver a second copy of it.
        """
        reply = await super().handle_DATA(server, session, envelope)
        self.arrived.append(Parcel(self.arrived[-1].recipient, self.arrived[-1].content))
        return reply


def test_fault_039_a_relay_that_delivers_twice(monday: Monday) -> None:
    """
    We send each message once; the copies are told by their one Message-ID, and nothing is amiss for us.
    """
    with Stutterer() as relay:
        monday.configure(email__smtp__port=relay.port)
        monday.at("08:00", "08:01")
    assert Counter(parcel.recipient for parcel in relay.seen) == EVERYBODY
    assert relay.tally() == dict.fromkeys([*MANAGERS, ADMINS], 2)
    assert len({message_from_bytes(parcel.content)["Message-ID"] for parcel in relay.arrived}) == 3
    assert (monday.states(), monday.heard()) == (["sent", "sent"], ["start", "success"])

"""One settled message sent again by a person: the same bytes, recorded, and refused where it must be."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from alerter.app.resending import Resent, resend
from alerter.errors import ConfigError, SourceError
from alerter.installation.installation import Installation
from alerter.pipeline.retention import purge
from alerter.store import assessments, events, outbox, trail
from tests.world.council import ADMINS
from tests.world.mail_server import ACCEPT, DROP, LATER, NEVER, MailServer
from tests.world.office import AS_OF, NORTH, SOUTH, Office, row

MANAGER = str(NORTH["manager_email"])
SUCCESSOR = {**NORTH, "manager_email": "n.ortega@council.example"}


def sent_week(office: Office, post_office: MailServer, **changes: object) -> Installation:
    """Do one week's job through *post_office* for the two managers."""
    office.extract(row("A-1"), row("A-2", team="South"))
    smtp = {"email__transport": "smtp", "email__smtp__port": post_office.port}
    weekly = office.weekly(**smtp, **changes)
    weekly.run(AS_OF)
    return weekly.of


def again(of: Installation, recipient: str = MANAGER, *, is_anyway: bool = False) -> Resent:
    """Have what *recipient* was sent in the first run sent again."""
    return resend(of, 1, recipient, by="A. Admin", reason="she never got it", is_anyway=is_anyway)


def copies(post_office: MailServer, recipient: str = MANAGER) -> list[bytes]:
    """Return what the mail server saw of one recipient's."""
    return [each.content for each in post_office.seen if each.recipient == recipient]


def test_a_message_that_arrived_goes_again_with_the_same_bytes(office: Office) -> None:
    """
    Also when its address is written in capitals; trail and history say who and why, and nothing else goes.
    """
    with MailServer() as post_office:
        of = sent_week(office, post_office)
        resent = again(of, MANAGER.upper())
        assert [(each.state, each.attempts) for each in resent.deliveries] == [("sent", 2)]
        assert resent.is_sent
        assert len(copies(post_office)) == 2
        assert len(set(copies(post_office))) == 1
        assert len(copies(post_office, str(SOUTH["manager_email"]))) == 1
        assert len(copies(post_office, ADMINS)) == 1
    with of.database.read() as connection:
        (entry,) = [each for each in trail.every(connection) if each.act == "resent"]
        (number,) = assessments.find(connection, "A-1", None)
        told = [event for event in events.of_assessment(connection, number) if event.kind == "resent"]
    assert (entry.actor, entry.detail) == ("A. Admin", f"run 1 to {MANAGER}: she never got it")
    assert [event.what for event in told] == [f"run 1 to {MANAGER}: she never got it (by A. Admin)"]


@pytest.mark.parametrize("mood", [NEVER, DROP])
def test_what_failed_makes_the_run_done_when_it_is_taken(office: Office, mood: str) -> None:
    """Refused or of unknown outcome, then accepted: the admins are told, and the run is done."""
    with MailServer(to={MANAGER: [mood, ACCEPT]}) as post_office:
        of = sent_week(office, post_office, delivery__unknown_outcome="hold")
        assert again(of).is_sent
        assert len(copies(post_office, ADMINS)) == 2
    with of.database.read() as connection:
        assert outbox.is_all_sent(connection, 1)
        assert outbox.failed(connection, 1) == []


@pytest.mark.parametrize(("mood", "state"), [(NEVER, "refused"), (LATER, "deferred"), (DROP, "deferred")])
def test_what_the_server_does_not_take_is_said(office: Office, mood: str, state: str) -> None:
    """It ends as any delivery does: refused, or owed again, whatever it was before."""
    with MailServer(to={MANAGER: [ACCEPT, mood]}) as post_office:
        of = sent_week(office, post_office)
        resent = again(of)
    assert ([each.state for each in resent.deliveries], resent.is_sent) == ([state], False)


def test_an_admins_summary_goes_again(office: Office) -> None:
    """The last one, where the admin has no digest of their own."""
    with MailServer() as post_office:
        of = sent_week(office, post_office)
        assert again(of, ADMINS).is_sent
        assert len(set(copies(post_office, ADMINS))) == 1
        assert len(copies(post_office, ADMINS)) == 2


def test_what_is_owed_is_not_sent_by_hand(office: Office) -> None:
    """It goes by itself, or with `deliver`."""
    with MailServer(to={MANAGER: [LATER]}) as post_office:
        of = sent_week(office, post_office)
        with pytest.raises(ConfigError, match="still owed: `alerter deliver`"):
            again(of)
        assert len(copies(post_office)) == 0


@pytest.mark.parametrize(
    ("run", "recipient", "said"),
    [
        (7, MANAGER, "there is no run 7"),
        (1, "nobody@council.example", "run 1 has no message to nobody@council.example"),
    ],
)
def test_what_is_not_there_is_refused(office: Office, run: int, recipient: str, said: str) -> None:
    """No such run, or nobody of that address in it."""
    with MailServer() as post_office:
        of = sent_week(office, post_office)
        with pytest.raises(ConfigError, match=said):
            resend(of, run, recipient, by="A. Admin", reason="asked")


def test_what_was_withdrawn_is_not_sent(office: Office) -> None:
    """A digest that never went out, because nothing was left to say, is none to send again."""
    with MailServer() as post_office:
        of = sent_week(office, post_office)
        with of.database.write() as connection:
            connection.execute(update(outbox.outbox).values(state="withdrawn"))
        with pytest.raises(ConfigError, match="that went out: it is withdrawn"):
            again(of)


def test_what_retention_has_deleted_is_refused(office: Office) -> None:
    """Without its text there is nothing to send, and the command that writes the week anew is named."""
    with MailServer() as post_office:
        of = sent_week(office, post_office)
        purge(of, of.today() + timedelta(days=2))
        with pytest.raises(ConfigError, match=r"is gone .* alerter run --again"):
            again(of)


def test_one_whom_the_directory_no_longer_names_gets_nothing_unless_told(office: Office) -> None:
    """The address is the one it was written to; with `anyway` a person answers for that."""
    with MailServer() as post_office:
        of = sent_week(office, post_office)
        office.council.directory(SUCCESSOR, SOUTH)
        with pytest.raises(ConfigError, match=f"does not name {MANAGER} any more"):
            again(of)
        assert again(of, is_anyway=True).is_sent
        assert len(copies(post_office)) == 2


def test_an_address_outside_the_allowed_domains_gets_nothing_at_all(office: Office) -> None:
    """Settings that no longer allow a domain hold for old messages too."""
    with MailServer() as post_office:
        of = sent_week(office, post_office)
        with of.database.write() as connection:
            connection.execute(
                update(outbox.outbox)
                .where(outbox.outbox.c.recipient == MANAGER)
                .values(recipient="m@elsewhere.example")
            )
        with pytest.raises(ConfigError, match=r"outside .* allowed_domains"):
            again(of, "m@elsewhere.example", is_anyway=True)


def test_without_a_directory_nothing_is_sent_again(office: Office) -> None:
    """Nobody can say whose it is now."""
    with MailServer() as post_office:
        of = sent_week(office, post_office)
        (office.folder / "directory.csv").unlink()
        with pytest.raises(SourceError):
            again(of)
        assert len(copies(post_office)) == 1


def test_what_was_sent_again_keeps_its_bytes_though_it_waits(office: Office) -> None:
    """Refused before it was ever marked, then sent again and deferred: it is not written anew a day later."""
    with MailServer(to={MANAGER: [NEVER, LATER, ACCEPT]}) as post_office:
        of = sent_week(office, post_office)
        with of.database.read() as connection:
            before = connection.execute(outbox.outbox.select()).mappings().all()
        again(of)
        with of.database.write() as connection:
            connection.execute(
                update(outbox.outbox)
                .where(outbox.outbox.c.recipient == MANAGER)
                .values(prepared_at=of.now() - timedelta(days=2))
            )
        office.weekly(email__transport="smtp", email__smtp__port=post_office.port).deliver()
        sent = copies(post_office)
    assert sent[-1].splitlines() == bytes(before[0]["body"]).splitlines()

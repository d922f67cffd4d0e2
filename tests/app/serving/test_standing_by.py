"""The service beside other senders and on failing disks: what it takes over, remembers, and ends of."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from alerter.errors import StoreBrokenError
from alerter.scheduler import RELIEF_JOB, TICK_JOB, make_scheduler, serve
from alerter.store import claims
from alerter.store.senders import fresh_token
from tests.world.council import ADMINS
from tests.world.mail_server import LATER, MailServer
from tests.world.service import EVERYBODY, MANAGERS, Service, subjects, text_of

DEAD = "f" * 32
SMALL = 4096


def claim_for_the_dead(service: Service) -> None:
    """Take a message in the name of a sender that is not there."""
    assert service.serving is not None
    installation = service.serving.installation
    with installation.database.write() as connection:
        now = installation.now() + timedelta(minutes=1)
        assert claims.claim(
            connection, token=fresh_token(DEAD), now=now, lease_until=now + timedelta(hours=1)
        )


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes, which SQLite is told as an error of the disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def report_of(message_id: str) -> str:
    """Return an mbox with one report that a message could not be delivered after all."""
    return (
        "From MAILER-DAEMON Mon Nov 23 09:00:00 2026\n"
        "From: MAILER-DAEMON@mail.council.example\nTo: alerts@council.example\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.council.example\n\n"
        "Final-Recipient: rfc822; a.manager@council.example\nAction: failed\nStatus: 5.1.1\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\n\n--b--\n\n"
    )


def test_the_work_of_a_dead_sender_is_taken_over_between_two_ticks(
    service: Service, post_office: MailServer
) -> None:
    """Nothing was in anybody's hand: nothing to do. Then a sender dies over a message: it goes at once."""
    post_office.reply(MANAGERS[0], LATER)
    service.tick_at("Sun 2026-11-22 09:00")
    service.tick_at("Mon 2026-11-23 08:00")
    assert service.serving is not None
    service.serving.relieve()
    assert post_office.tally()[MANAGERS[0]] == 0
    claim_for_the_dead(service)
    service.hands.move(service.hands.at + timedelta(seconds=10))
    service.serving.relieve()
    assert post_office.tally()[MANAGERS[0]] == 1
    assert service.events("delivered")[-1]["sent"] >= 1


def test_nothing_is_taken_over_before_the_first_tick_nor_while_the_clock_is_doubted(
    service: Service, post_office: MailServer
) -> None:
    """What is not ready, is told to stop, or does not know the time, leaves the work to others."""
    serving = service.start()
    service.council.write("config.toml", service.council.folder.joinpath("config.toml").read_text() + "\n")
    service.tick_at("Sun 2026-11-22 09:00")
    service.hands.jump(timedelta(days=1))
    serving.tick()
    serving.relieve()
    service.should_stop = lambda: True
    serving.relieve()
    assert not post_office.arrived
    assert service.events("failed") == []


def test_a_failure_while_taking_over_is_told_and_survived(service: Service, post_office: MailServer) -> None:
    """The database's file was put away between two looks: the log says so, and the service goes on."""
    service.tick_at("Sun 2026-11-22 09:00")
    path = service.council.folder / "alerter.db"
    path.rename(path.with_suffix(".away"))
    assert service.serving is not None
    service.serving.relieve()
    assert "was deleted or replaced" in service.events("failed")[-1]["why"]
    path.with_suffix(".away").rename(path)
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally() == EVERYBODY | {ADMINS: 2}  # one of them says what was found


def test_a_restart_over_the_very_first_send_moment_loses_nothing(
    service: Service, post_office: MailServer
) -> None:
    """Started on Wednesday, stopped on Sunday, started again on Monday at nine: the first run is owed."""
    service.tick_at("Wed 2026-11-18 10:01")
    service.stop()
    service.tick_at("Mon 2026-11-23 09:00")
    assert post_office.tally() == EVERYBODY


def test_what_came_back_is_told_the_same_day_and_the_next_week(
    service: Service, post_office: MailServer
) -> None:
    """
    Accepted at eight, returned at nine: the admins get the summary anew, and an exception on Monday next.
    """
    mailbox = service.council.folder / "bounces.mbox"
    service.council.configure(email__bounces__mailbox="bounces.mbox")
    service.tick_at("Sun 2026-11-22 09:00")
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally() == EVERYBODY
    (sent,) = [each.content for each in post_office.arrived if each.recipient == MANAGERS[0]]
    (id_,) = [line[12:] for line in sent.decode().splitlines() if line.startswith("Message-ID: ")]
    mailbox.write_text(report_of(id_), encoding="ascii")
    service.tick_at("Mon 2026-11-23 08:30")
    assert post_office.tally()[ADMINS] == 1
    service.tick_at("Mon 2026-11-23 09:01")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}
    told = text_of(post_office, ADMINS).splitlines()
    assert "Came back (1): accepted by the mail server, and not delivered after all" in told
    assert f"- {MANAGERS[0]}: 5.1.1" in told
    service.tick_at("Mon 2026-11-23 10:02")
    assert post_office.tally()[ADMINS] == 2
    service.tick_at("Mon 2026-11-30 08:00")
    assert "To mend, bounced (1)" in text_of(post_office, ADMINS)
    service.tick_at("Mon 2026-12-07 08:00")
    assert "bounced" not in text_of(post_office, ADMINS)


def test_a_mailbox_that_cannot_be_read_keeps_nobodys_digest(
    service: Service, post_office: MailServer
) -> None:
    """The log says so once an hour; the run goes."""
    service.council.configure(email__bounces__mailbox="no such folder/bounces.mbox")
    service.tick_at("Sun 2026-11-22 09:00")
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally() == EVERYBODY
    assert "email.bounces.mailbox" in service.events("bounces_not_read")[0]["why"]


def test_a_disk_that_fails_ends_the_service(service: Service, post_office: MailServer) -> None:
    """What was written may not be on the disk: the process ends, and the next one sends what is owed."""
    service.tick_at("Sun 2026-11-22 09:00")
    assert service.serving is not None
    service.serving.installation.database.wipe()  # an empty log of writes, which has to grow
    with no_file_beyond(SMALL):
        service.tick_at("Mon 2026-11-23 08:00")
    assert service.serving.broken is not None
    scheduler, stop = make_scheduler(service.serving, Event()), Event()
    assert {TICK_JOB, RELIEF_JOB} <= {job.id for job in scheduler.get_jobs()}
    with pytest.raises(StoreBrokenError, match="the disk reports an error"):
        serve(service.serving, stop)
    assert stop.is_set()
    assert subjects(post_office, MANAGERS[0]) == []
    service.stop()
    service.tick_at("Mon 2026-11-23 08:02")
    assert post_office.tally() == EVERYBODY
    assert Path(service.council.folder / "alerter.db").exists()

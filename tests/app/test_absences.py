"""Who is away by an automatic reply: told to the admins once, where nobody covers and never otherwise."""

import mailbox
from datetime import date, timedelta
from email.message import EmailMessage

import pytest

from alerter.pipeline.learn_bounces import CameBack, learn_bounces
from alerter.store import absences, trail
from tests.world.office import NORTH, SOUTH, Office, WeeklyJob, row, today
from tests.world.terminal import alerter

OKAFOR, LINDQVIST = str(NORTH["manager_email"]), str(SOUTH["manager_email"])
MAILBOX = {"email__bounces__mailbox": "bounces"}
PRIVATE = "a hernia operation"


def sent_digest(office: Office) -> tuple[WeeklyJob, str]:
    """Send a week's digest to North's manager; return the job, and the digest's Message-ID."""
    office.extract(row("A-1", as_of=today()))
    weekly = office.weekly(**MAILBOX)
    assert weekly.run().state == "done"
    return weekly, str(office.sent(OKAFOR)[0]["Message-ID"])


def reply(office: Office, id_: str, until: date | None, sender: str = OKAFOR) -> None:
    """Put an automatic reply to a message into the mailbox."""
    note = EmailMessage()
    note["From"], note["To"], note["In-Reply-To"] = sender, "alerts@council.example", id_
    note["Subject"], note["Auto-Submitted"] = "Away", "auto-replied"
    note.set_content(f"I am away for {PRIVATE}{f' until {until.isoformat()}' if until else ''}.")
    box = mailbox.mbox(office.folder / "bounces")
    box.add(note)
    box.close()


def away(office: Office) -> list[str]:
    """Return the sentences about absences in what the admins were sent."""
    said = [" ".join(summary.split()) for summary in office.summaries()]
    return [text[text.index(OKAFOR + " is away") :] for text in said if " is away " in text]


def test_an_absence_without_cover_is_told_once(office: Office) -> None:
    """The same day again tells nothing, another day does; nothing of the reply but its day is kept."""
    weekly, id_ = sent_digest(office)
    until = today() + timedelta(days=10)
    reply(office, id_, until)
    weekly.run()
    (said,) = away(office)
    assert "by an automatic reply, and nobody covers: record one with `alerter cover`." in said
    assert f" {until.day} " in said
    reply(office, id_, until)
    weekly.run()
    assert len(office.summaries()) == 2
    reply(office, id_, until + timedelta(days=1))
    weekly.run()
    _, second = away(office)
    assert second.count("is away until") == 1
    assert f" {(until + timedelta(days=1)).day} " in second
    with weekly.of.database.read() as connection:
        details = [entry.detail for entry in trail.every(connection) if entry.act == "told_absence"]
        assert [absence.until.isoformat() for absence in absences.of_run(connection, 1)] == details
    assert details == [until.isoformat(), (until + timedelta(days=1)).isoformat()]
    for path in office.folder.rglob("*"):
        assert path.name == "bounces" or not path.is_file() or PRIVATE.encode() not in path.read_bytes()


@pytest.mark.parametrize("days", [None, -1, 0])
def test_a_reply_without_a_day_to_come_tells_nothing(office: Office, days: int | None) -> None:
    """No dates, and dates that have passed, are no absence that anybody can still cover."""
    weekly, id_ = sent_digest(office)
    reply(office, id_, None if days is None else today() + timedelta(days=days))
    assert learn_bounces(weekly.of) == CameBack()


def test_only_the_recipient_tells_of_an_absence(office: Office) -> None:
    """Somebody else's reply to the digest, and a reply to what the store does not know, tell nothing."""
    weekly, id_ = sent_digest(office)
    until = today() + timedelta(days=10)
    reply(office, id_, until, sender=LINDQVIST)
    reply(office, f"<run-1.digest.{'0' * 24}@council.example>", until)
    assert learn_bounces(weekly.of) == CameBack()


@pytest.mark.parametrize("is_recorded", [False, True])
@pytest.mark.parametrize(("covered_days", "is_told"), [(10, False), (3, True)])
def test_a_cover_that_stands_until_then_keeps_it_quiet(
    office: Office, *, is_recorded: bool, covered_days: int, is_told: bool
) -> None:
    """Recorded or in the directory, on each working day; one that ends earlier does not do."""
    weekly, id_ = sent_digest(office)
    last = (today() + timedelta(days=covered_days)).isoformat()
    if is_recorded:
        options = ("--for", OKAFOR, "--by", LINDQVIST, "--from", today().isoformat(), "--until", last)
        assert alerter(office, "cover", *options).exit_code == 0
    else:
        office.council.directory(NORTH | {"cover_email": LINDQVIST, "cover_until": last}, SOUTH)
        weekly.sync()
    reply(office, id_, today() + timedelta(days=10))
    assert bool(learn_bounces(weekly.of).runs) == is_told

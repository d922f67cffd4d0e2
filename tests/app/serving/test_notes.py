"""The note between two digests: to whom, when, once a day, and nothing of the weekly run changed by it."""

import pytest
from sqlalchemy import update

from alerter.pipeline.letters import Basis
from alerter.pipeline.notes import prepare_notes
from alerter.pipeline.sending import send
from alerter.store.schema import assessments
from tests.world.council import ADMINS
from tests.world.mail_server import LATER, NEVER, MailServer
from tests.world.service import EVERYBODY, MANAGERS, Service, row, subjects, text_of

FIRST, SECOND = MANAGERS
MONDAY = ("Mon 2026-11-23 07:59", "Mon 2026-11-23 08:00")
DAILY = {"digest__interim": "daily"}
DUE_MONDAY, DUE_WEDNESDAY = "2026-10-05", "2026-10-07"
"""Started so that the limit is Monday 23 November, or the Wednesday after it."""


@pytest.fixture
def daily(service: Service) -> Service:
    """Return a service that sends notes: two of the first manager's become overdue in the week."""
    service.configure(**DAILY)
    service.extract(
        row(1, manager_email=FIRST, started_on=DUE_MONDAY),
        row(2, manager_email=FIRST, started_on=DUE_WEDNESDAY),
        row(3, manager_email=SECOND, started_on="2026-09-01"),
        row(4, manager_email=SECOND, started_on="2026-11-16"),
    )
    for at in MONDAY:
        service.tick_at(at)
    return service


def ledger(service: Service) -> tuple[object, ...]:
    """Return all that the store holds of the run and its digests."""
    tables = ("SELECT * FROM runs", "SELECT * FROM alerts", "SELECT * FROM outbox WHERE kind <> 'note'")
    return tuple(service.asked(query) for query in tables)


def test_a_note_goes_to_whom_something_became_overdue(daily: Service, post_office: MailServer) -> None:
    """At eight on a working day, once; what was overdue on Monday is no news, nor what was noted."""
    assert post_office.tally() == EVERYBODY
    before = ledger(daily)
    daily.tick_at("Tue 2026-11-24 07:59")
    assert post_office.tally() == EVERYBODY
    for at in ("Tue 2026-11-24 08:00", "Tue 2026-11-24 08:01", "Wed 2026-11-25 09:00"):
        daily.tick_at(at)
    assert post_office.tally() == EVERYBODY | {FIRST: 2}
    assert subjects(post_office, FIRST)[-1] == "Assessments: 1 now overdue or escalated, 24 November 2026"
    lines = text_of(post_office, FIRST).splitlines()
    assert "Overdue (1)" in lines
    assert [line for line in lines if line.startswith("A-")] == [
        "A-1  child C1  day 36 of 35, was due Mon 23 Nov (1 working day over)"
    ]
    daily.tick_at("Thu 2026-11-26 08:00")
    assert daily.events("failed") == []
    assert post_office.tally() == EVERYBODY | {FIRST: 3}
    assert "A-2  child C2" in text_of(post_office, FIRST)
    assert "A-1" not in text_of(post_office, FIRST)
    assert ledger(daily) == before
    assert [message["state"] for message in daily.messages("note")] == ["sent", "sent"]
    for at in ("Sat 2026-11-28 09:00", "Mon 2026-11-30 07:00", "Mon 2026-11-30 08:00"):
        daily.tick_at(at)
    assert post_office.tally() == {FIRST: 4, SECOND: 2, ADMINS: 2}


def test_without_the_setting_there_is_none(service: Service, post_office: MailServer) -> None:
    """That is how it is unless the settings say otherwise."""
    service.extract(row(1, manager_email=FIRST, started_on=DUE_MONDAY), row(4, manager_email=SECOND))
    for at in (*MONDAY, "Tue 2026-11-24 08:00", "Wed 2026-11-25 08:00"):
        service.tick_at(at)
    assert post_office.tally() == EVERYBODY


def test_what_was_signed_off_meanwhile_is_no_news(daily: Service, post_office: MailServer) -> None:
    """The source is read before; and while its reading is held, or it is not there, nobody gets a note."""
    daily.extract(
        row(1, manager_email=FIRST, started_on=DUE_MONDAY, authorised_on="2026-11-23"),
        row(2, manager_email=FIRST, started_on=DUE_WEDNESDAY),
        row(3, manager_email=SECOND, started_on="2026-09-01"),
        row(4, manager_email=SECOND, started_on="2026-11-16"),
    )
    daily.tick_at("Tue 2026-11-24 08:00")
    daily.council.extract([], columns=list(row(1)))
    daily.tick_at("Thu 2026-11-26 08:00")
    (daily.folder / "extract.csv").unlink()
    daily.tick_at("Fri 2026-11-27 08:00")
    assert post_office.tally() == EVERYBODY
    assert [event["reasons"] > 0 for event in daily.events("notes_written")] == [False, True]
    assert len(daily.events("notes_not_written")) == 1


def test_killed_between_preparation_and_sending_nothing_is_lost(
    daily: Service, post_office: MailServer
) -> None:
    """The next process sends what was written, to the byte, and prepares nobody's a second time."""
    daily.tick_at("Tue 2026-11-24 07:00")
    assert daily.serving is not None
    daily.hands.move(daily.hands.at.replace(hour=8))
    of = daily.serving.installation
    assert prepare_notes(of.database, Basis.of(of), of.today()) == 1
    (waiting,) = daily.messages("note")
    daily.stop()
    assert post_office.tally() == EVERYBODY
    daily.tick_at("Tue 2026-11-24 08:30")
    daily.tick_at("Tue 2026-11-24 08:31")
    (sent,) = daily.messages("note")
    assert (waiting["state"], sent["state"], sent["message_id"]) == ("queued", "sent", waiting["message_id"])
    assert post_office.tally() == EVERYBODY | {FIRST: 2}
    assert post_office.arrived[-1].content == waiting["body"]


def test_a_note_that_could_not_go_is_told_on_another_day(daily: Service, post_office: MailServer) -> None:
    """What waits until the day is over is withdrawn, and stands in the next day's note with what is new."""
    post_office.reply(FIRST, *[LATER] * 40)
    daily.tick_at("Tue 2026-11-24 08:00")
    daily.tick_at("Wed 2026-11-25 07:00")
    daily.tick_at("Wed 2026-11-25 08:00")
    states = [(message["edition"], message["state"]) for message in daily.messages("note")]
    assert states[0][1] == "withdrawn"
    assert states[1][1] == "deferred"
    assert [run["state"] for run in daily.asked("SELECT state FROM runs")] == ["done"]


def test_a_note_waits_for_no_manager_whose_it_is_no_more(daily: Service, post_office: MailServer) -> None:
    """Whose assessments go to somebody else meanwhile has the note withdrawn."""
    post_office.reply(FIRST, LATER)
    daily.tick_at("Tue 2026-11-24 08:00")
    assert [message["state"] for message in daily.messages("note")] == ["deferred"]
    assert daily.serving is not None
    with daily.serving.installation.database.write() as connection:
        connection.execute(update(assessments).values(manager_email=SECOND))
    daily.tick_at("Tue 2026-11-24 08:05")
    assert [message["state"] for message in daily.messages("note")] == ["withdrawn"]


def test_a_refused_note_is_not_the_runs(daily: Service, post_office: MailServer) -> None:
    """The run stays done, nothing of it waits for a person, and the next digest tells all of it anyway."""
    post_office.reply(FIRST, NEVER)
    daily.tick_at("Tue 2026-11-24 08:00")
    assert [message["state"] for message in daily.messages("note")] == ["refused"]
    assert daily.serving is not None
    send(daily.serving.installation)
    assert [run["state"] for run in daily.asked("SELECT state FROM runs")] == ["done"]
    assert len(daily.messages("summary")) == 1


def test_a_note_in_welsh(daily: Service, post_office: MailServer) -> None:
    """In the language of the digests."""
    daily.configure(**DAILY, email__language="cy")
    daily.tick_at("Tue 2026-11-24 08:00")
    text = text_of(post_office, FIRST)
    assert "Mae hyn wedi newid i chi ers crynodeb dydd Llun 23 Tachwedd." in text
    assert "Yn hwyr (1)" in text
    assert "A-1  plentyn C1" in text

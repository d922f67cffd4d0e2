"""How the installation stands: fine, or what needs a person, in numbers and in words."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerter.app.status import Status, status_of
from alerter.domain.wording import full_day_words
from alerter.installation import clock
from tests.world.mail_server import HANG_UP, MailServer, free_port
from tests.world.office import AS_OF, LONDON, WEEK, Office, row, today


def from_now(hours: int) -> datetime:
    """Return a moment some *hours* away, or twice as many where the settings allow no send time."""
    moment = clock.now(LONDON) + timedelta(hours=hours)
    return moment if moment.hour != 1 else moment + timedelta(hours=hours)


def scheduled(moment: datetime) -> dict[str, object]:
    """Return settings under which digests are due each week at that *moment*, holidays or not."""
    return {
        "schedule__weekday": f"{moment:%A}".lower(),
        "schedule__time": f"{moment:%H:%M}",
        "calendar__working_days": [moment.date() - WEEK, moment.date(), moment.date() + WEEK],
    }


def status_after_run(office: Office, **changes: object) -> Status:
    """Do this week's job under settings with *changes*, and return how the installation then stands."""
    office.extract(row("A-1", as_of=today()), at=from_now(-2))
    weekly = office.weekly(**changes)
    weekly.run()
    return status_of(weekly.of)


def test_no_database_is_made_by_a_look(office: Office) -> None:
    """Without one nothing is known, which is not well; the next send date is said all the same."""
    (office.folder / "alerter.db").unlink()
    status = status_of(office.open())
    assert (status.is_ok, status.last_run, status.owed) == (False, None, 0)
    assert status.sentences()[0].startswith("There is no database")
    assert not (office.folder / "alerter.db").exists()


def test_new_installation_waits_for_its_first_run(office: Office) -> None:
    """Without a run and without data nothing is wrong: the next send date is awaited."""
    (office.folder / "alerter.db").unlink()
    installation = office.open()
    installation.migrate()
    status = status_of(installation)
    upcoming = status.next_run_at
    assert (status.last_run, status.data_age_hours, status.is_ok) == (None, None, True)
    assert (upcoming.tzinfo, upcoming.hour, upcoming.minute) == (LONDON, 8, 0)
    later = replace(installation, clock=lambda zone: upcoming.astimezone(zone) + timedelta(minutes=1))
    assert status_of(later).is_run_overdue


def test_week_that_is_done_is_fine(office: Office) -> None:
    """After this week's run nothing is owed, and the data are as old as their file."""
    status = status_after_run(office)
    assert status.last_run is not None
    assert (status.last_run.state, status.is_ok) == ("done", True)
    assert (status.owed, status.held, status.stuck) == (0, 0, 0)
    assert status.next_run_at > clock.now(LONDON)
    assert status.data_age_hours is not None
    assert 1.9 < status.data_age_hours < 4.1
    assert status.sentences() == [
        f"Last run: 1, as of {today().isoformat()}, done.",
        f"Next run: {full_day_words(status.next_run_at.date())} at 08:00.",
        f"Age of the data: {status.data_age_hours:.1f} hours.",
    ]


@pytest.mark.parametrize(("hours", "is_overdue"), [(-2, True), (2, False)])
def test_run_is_overdue_once_its_moment_has_come(office: Office, hours: int, *, is_overdue: bool) -> None:
    """With last week's run in the ledger, this week's is overdue after its time of day and not before."""
    due = from_now(hours)
    office.extract(row("A-1", as_of=due.date() - WEEK))
    weekly = office.weekly(**scheduled(due))
    weekly.run(due.date() - WEEK)
    status = status_of(weekly.of)
    assert (status.is_run_overdue, status.is_ok) == (is_overdue, not is_overdue)
    assert ("A run is overdue: run `alerter run`." in status.sentences()) is is_overdue


def test_held_run_needs_a_person(office: Office) -> None:
    """A run that waits for a release is counted and said."""
    status = status_after_run(office, source__max_age_hours=1)
    assert (status.held, status.is_ok) == (1, False)
    assert status.sentences()[0] == "1 run held: read the admins' summary."


def test_owed_messages_make_a_run_undelivered(office: Office) -> None:
    """What the mail server has not taken is counted, and the run is not fine until it has."""
    away = {"email__transport": "smtp", "email__smtp__port": free_port()}
    status = status_after_run(office, **away)
    assert status.last_run is not None
    assert (status.last_run.state, status.owed, status.is_ok) == ("undelivered", 2, False)
    assert status.sentences()[0] == "2 messages still owed: `alerter deliver`."


def test_unknown_outcome_waits_for_a_person(office: Office) -> None:
    """A message whose reply never came, and which is not to be sent again, is stuck."""
    with MailServer({"dot": [HANG_UP, b"250 queued\r\n"]}) as server:
        status = status_after_run(
            office,
            email__transport="smtp",
            email__smtp__port=server.port,
            delivery__unknown_outcome="hold",
        )
    assert (status.stuck, status.owed, status.is_ok) == (1, 0, False)
    assert status.sentences()[0] == "1 message of unknown outcome."


def test_server_is_never_migrated_by_a_look(office: Office, empty_postgresql_url: str) -> None:
    """Also asking how things stand refuses a server's old schema, and a current one is not migrated again."""
    installation = office.open(database__url=empty_postgresql_url)
    assert (installation.migrate(), installation.migrate()) == (True, False)
    assert status_of(installation).is_ok


def test_next_run_follows_one_that_came_early(office: Office) -> None:
    """Where the last run was for a send date still to come, the next one is the one after it."""
    later = today() + WEEK
    office.extract(row("A-1", as_of=AS_OF))
    weekly = office.weekly()
    result = weekly.run(later)
    assert result.run is not None
    next_run = weekly.of.rules.schedule.next_after(result.run.send_date)
    assert status_of(weekly.of).next_run_at.date() == next_run


def test_next_run_is_by_the_settings_as_they_are(office: Office) -> None:
    """The ledger's working days count while the settings are the same; a closure since moves the day."""
    office.extract(row("A-1", as_of=today()), at=from_now(-2))
    weekly = office.weekly()
    weekly.run()
    upcoming = status_of(weekly.of).next_run_at.date()
    assert upcoming == weekly.of.rules.schedule.next_after(today())
    closed = office.open(calendar__office_closed=[upcoming])
    assert status_of(closed).next_run_at.date() == closed.rules.schedule.next_after(today())
    assert status_of(closed).next_run_at.date() > upcoming

"""The service tick by tick, on a clock of the test's own, with a real mail server and a real store."""

from datetime import date, timedelta

import pytest

from alerter.errors import StoreError
from tests.world.council import ADMINS
from tests.world.mail_server import LATER, NEVER, MailServer
from tests.world.readings import run_with
from tests.world.service import EVERYBODY, MANAGERS, Service, subjects, text_of
from tests.world.web import Watcher


def test_the_first_start_sends_nothing_before_the_next_send_date(
    service: Service, post_office: MailServer
) -> None:
    """Started on a Wednesday, the service waits for Monday at eight, and then runs once."""
    for at in ("Wed 2026-11-18 10:01", "Sun 2026-11-22 20:00", "Mon 2026-11-23 07:59"):
        service.tick_at(at)
    assert not post_office.arrived
    for at in ("Mon 2026-11-23 08:00", "Mon 2026-11-23 08:01", "Tue 2026-11-24 09:00"):
        service.tick_at(at)
    assert post_office.tally() == EVERYBODY
    (ended,) = service.events("run_ended")
    assert (ended["send_date"], ended["is_late"], ended["state"], ended["sent"]) == (
        "2026-11-23",
        0,
        "done",
        2,
    )


def test_weeks_missed_are_one_late_run_as_of_today(service: Service, post_office: MailServer) -> None:
    """Down from one Monday's run until a Thursday three weeks on: one digest, which says that it is late."""
    service.tick_at("Mon 2026-11-23 07:00")
    service.tick_at("Mon 2026-11-23 08:00")
    service.stop()
    service.tick_at("Thu 2026-12-17 11:30")
    service.tick_at("Thu 2026-12-17 11:31")
    assert post_office.tally() == dict.fromkeys(EVERYBODY, 2)
    late = service.events("run_ended")[-1]
    assert (late["send_date"], late["as_of"], late["is_late"]) == ("2026-12-14", "2026-12-17", 1)
    assert "late" in text_of(post_office, MANAGERS[0])


def test_down_time_over_the_send_moment_is_made_up_for_by_the_first_tick(
    service: Service, post_office: MailServer
) -> None:
    """Asleep from one minute before until three hours after: the run is not marked late on its own day."""
    service.tick_at("Mon 2026-11-23 07:59")
    service.tick_at("Mon 2026-11-23 11:00")
    assert post_office.tally() == EVERYBODY
    assert service.events("run_ended")[0]["is_late"] == 0


def test_a_run_made_for_a_day_to_come_does_not_silence_the_weeks_before_it(
    service: Service, post_office: MailServer
) -> None:
    """An older alerter let somebody mail for a day in January; Monday's run is owed all the same."""
    service.tick_at("Wed 2026-11-18 10:01")
    assert service.serving is not None
    with service.serving.installation.database.write() as connection:
        run_with(connection, send_date=date(2027, 1, 4), prepared_at=service.hands.at, state="done")
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally() == EVERYBODY


def test_a_held_run_is_tried_again_each_hour_or_with_another_extract_and_told_once(
    service: Service, post_office: MailServer, watcher: Watcher
) -> None:
    """
    An extract without a row is held, hourly and not each minute; once a good one has come, the run goes.
    """
    extract = service.council.folder / "extract.csv"
    kept = extract.read_bytes()
    extract.write_bytes(kept.splitlines(keepends=True)[0])
    service.tick_at("Sun 2026-11-22 10:00")
    for minute in (0, 1, 30, 59):
        service.tick_at(f"Mon 2026-11-23 08:{minute:02d}")
    service.tick_at("Mon 2026-11-23 09:00")
    assert [(each["state"], each["reasons"]) for each in service.events("run_ended")] == [("held", 1)] * 2
    assert post_office.tally() == {ADMINS: 1}
    extract.write_bytes(kept)
    service.tick_at("Mon 2026-11-23 09:01")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}
    assert watcher.heard == ["/ping/abc/start", "/ping/abc/fail", "/ping/abc"]


def test_each_message_is_tried_again_by_its_back_off(service: Service, post_office: MailServer) -> None:
    """
    A manager's server says later: a minute after, the next tick delivers, and the summary tells the end.
    """
    post_office.reply(MANAGERS[0], LATER)
    service.tick_at("Mon 2026-11-23 07:00")
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally()[MANAGERS[0]] == 0
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally()[MANAGERS[0]] == 0
    service.tick_at("Mon 2026-11-23 08:01")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}
    assert service.events("delivered")[-1]["sent"] == 2


def test_an_extract_that_is_not_there_is_waited_for(
    service: Service, post_office: MailServer, watcher: Watcher
) -> None:
    """Each tick tries; the admins hear of it once, after a quarter of an hour; then it goes by itself."""
    extract = service.council.folder / "extract.csv"
    kept = extract.read_bytes()
    extract.unlink()
    service.tick_at("Mon 2026-11-23 07:00")
    for minute in (0, 1, 14):
        service.tick_at(f"Mon 2026-11-23 08:{minute:02d}")
    assert not post_office.arrived
    for minute in (15, 16, 19):
        service.tick_at(f"Mon 2026-11-23 08:{minute:02d}")
    assert post_office.tally() == {ADMINS: 1}
    assert "the weekly job cannot be done" in subjects(post_office, ADMINS)[0]
    assert len(service.events("admins_told")) == 1
    assert watcher.heard == ["/ping/abc/start", "/ping/abc/fail"]
    extract.write_bytes(kept)
    service.tick_at("Mon 2026-11-23 08:20")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}
    assert watcher.heard[2:] == ["/ping/abc"]


def test_nothing_is_planned_by_a_clock_that_jumped(
    service: Service, post_office: MailServer, watcher: Watcher
) -> None:
    """
    A day ahead on Sunday would send Monday's digest; it goes out on Monday, when the clock is right again.
    """
    service.tick_at("Sun 2026-11-22 09:00")
    service.hands.jump(timedelta(days=1))
    service.tick_at("Mon 2026-11-23 09:01")
    service.tick_at("Mon 2026-11-23 09:30")
    assert not post_office.arrived
    assert [each["jumped_minutes"] for each in service.events("clock_jumped")] == [24 * 60]
    assert watcher.heard == ["/ping/abc/fail"]
    service.hands.jump(timedelta(days=-1))
    service.tick_at("Sun 2026-11-22 09:31")
    assert not post_office.arrived
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally() == EVERYBODY


def test_a_jump_confirmed_by_an_hour_is_planned_by(service: Service, post_office: MailServer) -> None:
    """The clock was a day behind and somebody set it right: an hour later the run goes."""
    service.tick_at("Sun 2026-11-22 09:00")
    service.hands.jump(timedelta(days=1))
    for at in ("Mon 2026-11-23 09:01", "Mon 2026-11-23 10:00"):
        service.tick_at(at)
    assert not post_office.arrived
    service.tick_at("Mon 2026-11-23 10:01")
    assert post_office.tally() == EVERYBODY


def test_a_week_set_back_is_not_sent_again(service: Service, post_office: MailServer) -> None:
    """
    Even when the new time is confirmed, the ledger has its run, and the admins hear that the clock is behind.
    """
    service.tick_at("Sun 2026-11-22 09:00")
    service.tick_at("Mon 2026-11-23 08:00")
    service.hands.jump(timedelta(weeks=-1))
    service.tick_at("Mon 2026-11-16 08:01")
    service.tick_at("Mon 2026-11-16 09:01")
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}


def test_a_stop_leaves_the_rest_for_the_next_start(service: Service, post_office: MailServer) -> None:
    """The message in hand goes out; nobody gets two, and nothing is signalled as wrong."""
    service.should_stop = lambda: bool(post_office.arrived)
    service.tick_at("Sun 2026-11-22 09:00")
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally() == {MANAGERS[0]: 1}
    service.should_stop = lambda: False
    service.stop()
    service.tick_at("Mon 2026-11-23 08:05")
    assert post_office.tally() == EVERYBODY


def test_a_defect_does_not_end_the_service_and_its_text_is_not_logged(
    service: Service, post_office: MailServer
) -> None:
    """Its own words could hold data; the log says where it happened."""
    service.tick_at("Sun 2026-11-22 09:00")
    service.defect = "C70001"
    service.tick_at("Mon 2026-11-23 08:00")
    assert "ZeroDivisionError at service.py" in service.events("failed")[0]["why"]
    assert "C70001" not in service.log.getvalue()
    service.defect = ""
    service.tick_at("Mon 2026-11-23 08:01")
    assert post_office.tally() == EVERYBODY


def test_a_server_with_an_old_schema_is_refused(service: Service, empty_postgresql_url: str) -> None:
    """A database that others may be using is never migrated by the service; the error names the command."""
    service.council.configure(database__url=empty_postgresql_url)
    with pytest.raises(StoreError, match="alerter migrate"):
        service.start()


def test_the_log_names_no_child_and_no_address(service: Service, post_office: MailServer) -> None:
    """Through a run, a refusal, a broken edit and a lost extract."""
    post_office.reply(MANAGERS[0], NEVER)
    service.tick_at("Sun 2026-11-22 09:00")
    service.tick_at("Mon 2026-11-23 08:00")
    (service.council.folder / "extract.csv").unlink()
    service.tick_at("Mon 2026-11-30 08:00")
    service.council.write("config.toml", "council =")
    service.tick_at("Mon 2026-11-30 08:01")
    log = service.log.getvalue()
    assert len(service.events()) > 5
    for secret in ("A-7000", "C7000", "@", "manager", "W7000", "Duty"):
        assert secret not in log

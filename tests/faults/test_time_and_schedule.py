"""Time and schedule: the service on a clock of the test's own, through down-time, jumps and holidays."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alerter.bank_holidays import NOTICE, coverage_warning, working_calendar
from alerter.domain.schedule import Schedule
from tests.world.clock import Hands
from tests.world.council import ADMINS
from tests.world.letters import read
from tests.world.mail_server import LATER, MailServer
from tests.world.service import EVERYBODY, MANAGERS, Service, row, text_of, waiting
from tests.world.terminal import alerter

ENGLAND = working_calendar("england")
EXTRACTED_AT = datetime(2026, 11, 22, 18, 5, tzinfo=UTC).timestamp()
ZONES = ("Europe/London", "UTC", "Asia/Kathmandu", "America/Los_Angeles", "Pacific/Kiritimati")


@pytest.fixture
def zone_of_host(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Let a test set the time zone of this process, and set it back."""
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("back", "send_date", "is_late"),
    [
        pytest.param("Mon 2026-11-30 08:01", "2026-11-30", 0, id="a minute"),
        pytest.param("Mon 2026-11-30 11:00", "2026-11-30", 0, id="three hours"),
        pytest.param("Sun 2026-12-06 08:00", "2026-11-30", 1, id="six days"),
        pytest.param("Tue 2027-03-02 08:00", "2027-03-01", 1, id="thirteen weeks"),
    ],
)
def test_fault_059_down_over_the_send_moment(
    monday: Service, post_office: MailServer, back: str, send_date: str, is_late: int
) -> None:
    """
    The first tick makes up for it, once, for the send date last due and marked late; older ones get no run.
    """
    monday.at("08:00")
    monday.stop()
    post_office.arrived.clear()
    monday.tick_at(back)
    monday.tick_at(back)
    assert post_office.tally() == EVERYBODY
    ended = monday.events("run_ended")[1:]
    assert [(each["send_date"], each["is_late"], each["state"]) for each in ended] == [
        (send_date, is_late, "done")
    ]
    assert ("late" in text_of(post_office, MANAGERS[0])) == bool(is_late)


def test_fault_060_asleep_over_the_send_moment(monday: Service, post_office: MailServer) -> None:
    """A machine that slept from a minute before until two hours after does the run at its first tick."""
    monday.at("07:59")
    assert not post_office.arrived
    monday.at("10:00")
    assert post_office.tally() == EVERYBODY
    assert not monday.events("clock_jumped")


def test_fault_061_a_day_ahead_and_back(monday: Service, post_office: MailServer) -> None:
    """
    Monday's digest is not sent on Sunday by a wrong clock; the watcher hears of it, and Monday's run goes.
    """
    monday.tick_at("Sun 2026-11-22 09:00")
    monday.hands.jump(timedelta(days=1))
    monday.at("09:01", "09:50")
    assert (post_office.arrived, monday.heard()) == ([], ["fail"])
    monday.hands.jump(timedelta(days=-1))
    monday.tick_at("Sun 2026-11-22 10:00")
    assert not post_office.arrived
    monday.at("08:00", "08:01")
    assert post_office.tally() == EVERYBODY
    assert monday.heard()[-1] == "success"


def test_fault_062_a_week_back(monday: Service, post_office: MailServer) -> None:
    """
    The ledger has the run of the week to come, so nothing is sent again; log, watcher and admins hear of it.
    """
    monday.at("08:00")
    monday.hands.jump(timedelta(weeks=-1))
    for at in ("Mon 2026-11-16 08:01", "Mon 2026-11-16 09:02", "Mon 2026-11-23 08:00"):
        monday.tick_at(at)
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}
    assert len(monday.events("clock_jumped")) == 1
    assert "fail" in monday.heard()


@pytest.mark.parametrize("at", ["00:59", "02:00"])
@pytest.mark.parametrize("sunday", [date(2026, 10, 25), date(2027, 3, 28)], ids=["October", "March"])
def test_fault_063_the_clocks_change(monday: Service, post_office: MailServer, sunday: date, at: str) -> None:
    """
    A time in the hour that is missing or comes twice is refused; just before and after it there is one run.
    """
    monday.configure(schedule__weekday="sunday", schedule__time="01:30")
    said = alerter(monday.council, "status")
    assert (said.exit_code, "schedule.time" in said.err) == (2, True)
    monday.configure(schedule__weekday="sunday", schedule__time=at)
    moment = datetime(sunday.year, sunday.month, sunday.day, tzinfo=UTC)
    monday.hands = Hands(moment - timedelta(hours=12))
    serving = monday.start()
    for minutes in range(0, 5 * 60, 20):
        monday.hands.move(moment + timedelta(minutes=minutes))
        serving.tick()
    assert post_office.tally() == EVERYBODY
    assert [each["send_date"] for each in monday.events("run_ended")] == [sunday.isoformat()]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system's time zone is not set by TZ")
def test_fault_064_zone_of_the_host(
    tmp_path: Path, migrated_file: Path, post_office: MailServer, zone_of_host: pytest.MonkeyPatch
) -> None:
    """
    The council's zone is in its settings: on a host of any other the same bytes go out at the same moment.
    """
    sent: list[set[bytes]] = []
    for zone in ZONES:
        zone_of_host.setenv("TZ", zone)
        time.tzset()
        folder = tmp_path / zone.replace("/", "-")
        folder.mkdir()
        with waiting(folder, migrated_file, post_office.port) as monday:
            os.utime(folder / "extract.csv", (EXTRACTED_AT, EXTRACTED_AT))
            monday.at("07:59")
            assert not post_office.arrived
            monday.at("08:00")
        # The summary shows a fingerprint of the settings, which name the folder.
        sent.append({each.content for each in post_office.arrived if each.recipient in MANAGERS})
        post_office.arrived.clear()
    assert len(sent[0]) == len(MANAGERS)
    assert all(each == sent[0] for each in sent)


def test_fault_065_a_bank_holiday(monday: Service, post_office: MailServer) -> None:
    """
    Monday 28 December 2026 stands for Boxing Day: the run is Tuesday's, and the one before looks ahead to it.
    """
    # Working day 25 of Friday 20 November is Tuesday 29 December, eight days after the run.
    monday.extract(row(1, started_on="2026-11-20", manager_email=MANAGERS[0]))
    monday.tick_at("Mon 2026-12-21 08:00")
    (letter,) = [read(each) for each in post_office.arrived if each.recipient == MANAGERS[0]]
    assert [each.stage for each in letter.rows([("A-1", "C1")])] == ["approaching"]
    post_office.arrived.clear()
    for at in ("Mon 2026-12-28 08:00", "Mon 2026-12-28 17:00", "Tue 2026-12-29 07:59"):
        monday.tick_at(at)
    assert not post_office.arrived
    monday.tick_at("Tue 2026-12-29 08:00")
    assert post_office.tally()[MANAGERS[0]] == 1
    assert monday.events("run_ended")[-1]["is_late"] == 0


def test_fault_066_the_list_of_bank_holidays_ends_or_changes(
    monday: Service, post_office: MailServer
) -> None:
    """
    Ninety days before the list is too short there is a warning; past it nothing is counted by guess, and the
    whole run fails, heard by the watcher; and a day that becomes a holiday is told with whose dates it moved.
    """
    council = monday.council
    last = next(
        day for day in (ENGLAND.last_day - timedelta(days=n) for n in range(400))
        if not coverage_warning(ENGLAND, day)
    )  # fmt: skip
    assert ENGLAND.nth_day(last + NOTICE, 45) <= ENGLAND.last_day
    assert "known to 2035-12-31" in coverage_warning(ENGLAND, last + timedelta(days=1))
    beyond = alerter(council, "run", "--as-of", "2035-12-31", "--dry-run")
    assert (beyond.exit_code, "2035" in beyond.err) == (2, True)
    assert alerter(council, "run", "--as-of", "2035-12-31").exit_code == 2
    assert (post_office.arrived, monday.asked("SELECT * FROM runs")) == ([], [])
    assert monday.heard()[-1] == "fail"

    monday.at("08:00")
    monday.configure(calendar__days_off=[date(2026, 11, 25)])
    monday.tick_at("Mon 2026-11-30 08:00")
    moved = "A-70001 child C70001: due date from Mon 30 Nov to Tue 1 Dec"
    assert moved in text_of(post_office, ADMINS)


@pytest.mark.parametrize("nation", [None, "", "uk", "common", "England and Wales"])
def test_fault_067_the_wrong_nation(monday: Service, nation: str | None) -> None:
    """
    It is one of the four and never taken for granted: without it nothing starts, and the sentence lists them.
    """
    monday.configure(calendar__nation=nation, calendar__count_start_day=False)
    said = alerter(monday.council, "run")
    assert said.exit_code == 2
    assert "calendar.nation" in said.err
    assert nation is None or all(each in said.err for each in ("england", "wales", "scotland", "ireland"))


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize(
    "around", ["2020-02-29", "2028-02-29", "2020-12-31", "2026-12-31", "2027-12-31", "2032-12-31"]
)
def test_fault_068_leap_days_and_week_53(around: str, weekday: int) -> None:
    """For eight weeks around it each week has one send date, and the one after each is the next week's."""
    schedule = Schedule(weekday, ENGLAND)
    begin = date.fromisoformat(around) - timedelta(weeks=4)
    days = [begin + timedelta(days=n) for n in range(8 * 7)]
    dates = sorted({schedule.due_on_or_before(day) for day in days})
    assert [schedule.next_after(each) for each in dates[:-1]] == dates[1:]
    assert all(
        each <= day < schedule.next_after(each) for day in days for each in [schedule.due_on_or_before(day)]
    )
    weeks = [(each - timedelta(days=weekday)).isocalendar()[:2] for each in dates]
    assert len(set(weeks)) == len(dates)


def test_fault_069_the_next_send_date_comes_while_one_is_sent(
    monday: Service, post_office: MailServer
) -> None:
    """
    What a manager's server put off for a week is overtaken: the new digest goes, the old one never does.
    """
    post_office.reply(MANAGERS[0], *[LATER] * 40)
    monday.at("08:00", "08:02", "09:00", "12:00")
    assert post_office.tally()[MANAGERS[0]] == 0
    post_office.reply(MANAGERS[0])
    monday.hands.move(monday.hands.at + timedelta(days=6, hours=20))
    for at in ("Mon 2026-11-30 08:00", "Mon 2026-11-30 08:01", "Mon 2026-11-30 10:00"):
        monday.tick_at(at)
    first, second = monday.messages()[0], monday.messages()[2]
    assert (first["recipient"], first["state"]) == (MANAGERS[0], "superseded")
    assert (second["recipient"], second["state"]) == (MANAGERS[0], "sent")
    (arrived,) = [read(each) for each in post_office.arrived if each.recipient == MANAGERS[0]]
    assert arrived.message["X-Alerter-Run"] == "2"

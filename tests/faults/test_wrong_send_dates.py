"""Fault matrix, rows 107 and 108: days that have not come, and days that are over."""

from datetime import date, timedelta
from random import Random

import pytest

from alerter.errors import ConfigError
from alerter.installation import clock
from alerter.store import runs
from tests.world.council import ADMINS
from tests.world.mail_server import MailServer
from tests.world.office import AS_OF, GATED, LONDON, Office, row, today
from tests.world.readings import run_with
from tests.world.service import EVERYBODY, Service
from tests.world.terminal import alerter

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def test_fault_107_a_day_that_has_not_come(desk: Office) -> None:
    """More than seven days ahead is refused and leaves no run; a look may go as far as it likes."""
    desk.extract(row("A-1", as_of=today()))
    weekly = desk.weekly()
    for ahead in (8 * DAY, timedelta(days=366)):
        said = alerter(desk.council, "run", "--as-of", today() + ahead)
        assert (said.exit_code, "seven days ahead" in said.err) == (2, True)
        assert alerter(desk.council, "run", "--dry-run", "--as-of", today() + ahead).exit_code == 0
    preview = alerter(desk.council, "preview", "--as-of", today() + 8 * DAY, "--out", desk.folder / "look")
    assert preview.exit_code == 0
    with weekly.of.database.read() as connection:
        assert runs.latest(connection) is None
    assert weekly.run(today() + 7 * DAY).state == "done"


def test_more_of_107_a_run_made_ahead_blinds_nobody(desk: Office) -> None:
    """`status` goes by the run whose date has come, which was held and can still be released."""
    desk.extract(row("A-1", as_of=today()))
    weekly = desk.weekly(source__max_age_hours=1)
    held = weekly.run()
    ahead = desk.weekly().run(today() + 7 * DAY)
    assert held.run is not None
    assert ahead.run is not None
    assert (held.state, ahead.state) == ("held", "done")
    said = alerter(desk.council, "status", "--json")
    assert (said.json["last_run"]["run"], said.json["held"], said.exit_code) == (held.run.id, 1, 1)
    assert date.fromisoformat(said.json["next_run"][:10]) > ahead.run.send_date
    assert alerter(desk.council, "release", str(held.run.id)).exit_code == 0


def test_more_of_107_status_names_no_command_that_is_refused(desk: Office) -> None:
    """
    A send date that comes to lie before a run made ahead has none and gets none: `status` says which has.
    """
    desk.extract(row("A-1", as_of=today()))
    tomorrow = today() + DAY
    usual = {"schedule__weekday": f"{today():%A}".lower(), "schedule__time": "00:00"}
    desk.weekly(**usual, calendar__working_days=[today() - WEEK]).run(today() - WEEK)
    desk.weekly(**usual, calendar__days_off=[today()], calendar__working_days=[tomorrow]).run(tomorrow)
    desk.configure(**usual, calendar__working_days=[today(), tomorrow])
    said = alerter(desk.council, "status")
    assert (said.exit_code, f"is for {tomorrow} already" in said.out) == (1, True)
    assert "`alerter run`" not in said.out
    assert alerter(desk.council, "run").exit_code == 2


def test_more_of_107_a_slip_of_an_older_alerter_keeps_no_week(desk: Office) -> None:
    """
    A run that was mailed for a day a year ahead is still in the ledger: this week has its own all the same.
    """
    desk.extract(row("A-1", as_of=today()))
    weekly = desk.weekly()
    weekly.of.ensure_schema()
    with weekly.of.database.write() as connection:
        run_with(connection, send_date=today() + 52 * WEEK, prepared_at=clock.now(LONDON), state="done")
        held = run_with(
            connection, send_date=today() + 53 * WEEK, prepared_at=clock.now(LONDON), state="held"
        )
    assert weekly.run().state == "done"
    assert alerter(desk.council, "status").exit_code == 0
    with pytest.raises(ConfigError, match="more than seven days ahead"):
        weekly.release(held, by="A. Admin", reason="")


def test_more_of_107_a_held_run_is_not_tried_each_minute(monday: Service, post_office: MailServer) -> None:
    """Beside a run made ahead, too: hourly, or as soon as the extract is another one."""
    monday.tick_at("Sun 2026-11-22 10:00")
    assert monday.serving is not None
    with monday.serving.installation.database.write() as connection:
        run_with(connection, send_date=date(2027, 11, 22), prepared_at=monday.hands.at, state="done")
    extract = monday.folder / "extract.csv"
    kept = extract.read_bytes()
    extract.write_bytes(kept.splitlines(keepends=True)[0])
    monday.at("08:00", "08:01", "08:02", "08:59", "09:00")
    assert [each["state"] for each in monday.events("run_ended")] == ["held"] * 2
    extract.write_bytes(kept)
    monday.at("09:01")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}


def test_more_of_107_what_cannot_be_opened_is_no_news(monday: Service) -> None:
    """A held run whose extract has gone since is not tried until its hour is over."""
    monday.tick_at("Sun 2026-11-22 10:00")
    extract = monday.folder / "extract.csv"
    kept = extract.read_bytes()
    extract.write_bytes(kept.splitlines(keepends=True)[0])
    monday.at("08:00")
    extract.write_bytes(b"\x00")
    monday.at("08:01")
    extract.unlink()
    monday.at("08:02")
    assert len(monday.events("run_started")) == 1
    assert not monday.events("failed")


def test_fault_108_two_weeks_back(monday: Service, post_office: MailServer) -> None:
    """Started anew by a clock two weeks behind, the service mails for no older date, and says why, once."""
    monday.tick_at("Sun 2026-11-22 10:00")
    monday.at("08:00")
    monday.stop()
    monday.hands.jump(-2 * WEEK)
    for minute in range(3):
        monday.tick_at(f"Mon 2026-11-09 08:0{minute}")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}
    assert len(monday.events("clock_behind")) == 1
    assert monday.heard()[-1] == "fail"
    monday.stop()
    monday.hands.jump(2 * WEEK)
    monday.at("08:10")
    monday.tick_at("Mon 2026-11-30 08:00")
    assert post_office.tally() == dict.fromkeys(EVERYBODY, 2) | {ADMINS: 3}


def test_more_of_108_by_hand(desk: Office) -> None:
    """The date that has its run is `already_done`; an older one is refused, whether or not it has one."""
    desk.extract(row("A-1"))
    weekly = desk.weekly()
    weekly.run(AS_OF - 2 * WEEK)
    weekly.run(AS_OF)
    for as_of in (AS_OF, AS_OF - 2 * WEEK):
        assert weekly.run(as_of).state == "already_done"
    sent = len(desk.sent())
    for arguments in (
        ("--as-of", AS_OF - WEEK), ("--as-of", AS_OF - 2 * WEEK, "--again", "--reason", "asked"),
    ):  # fmt: skip
        said = alerter(desk.council, "run", *arguments)
        assert (said.exit_code, "nothing is mailed for" in said.err) == (2, True)
    assert len(desk.sent()) == sent
    assert alerter(desk.council, "run", "--dry-run", "--as-of", AS_OF - WEEK).exit_code == 0


def test_more_of_108_status_names_the_clock(desk: Office) -> None:
    """A run from after now is no success: whoever set the clock reads what to do."""
    desk.extract(row("A-1", as_of=today()))
    weekly = desk.weekly()
    weekly.run()
    with weekly.of.database.write() as connection:
        runs.amend(connection, 1, prepared_at=clock.now(LONDON) + 2 * WEEK)
    said = alerter(desk.council, "status")
    assert (said.exit_code, "set it right" in said.out) == (1, True)
    assert "set the clock right" in alerter(desk.council, "run", "--as-of", AS_OF).err


@pytest.mark.parametrize("seed", range(4))
def test_more_of_108_whatever_days_are_typed(desk: Office, seed: int) -> None:
    """Days at random: send dates only ever go forward, and never more than seven days ahead of today."""
    random = Random(seed)  # noqa: S311 - a history that can be repeated
    desk.extract(row("A-1"))
    weekly = desk.weekly(**{key: not value for key, value in GATED.items()})
    prepared: list[date] = []
    for _ in range(12):
        as_of = today() + timedelta(days=random.randint(-60, 20))
        again = random.choice(("", "once more"))
        try:
            result = weekly.run(as_of, is_synced=not prepared, again=again)
        except ConfigError:
            continue
        assert as_of <= today() + 7 * DAY
        assert result.run is not None
        if result.state == "done":
            prepared.append(result.run.send_date)
    assert prepared
    assert prepared == sorted(prepared)

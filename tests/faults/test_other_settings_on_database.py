"""Fault matrix, rows 105 and 106: another transport, and another council, on one database."""

from random import Random

import pytest

from tests.acceptance.caseload import MONDAY
from tests.faults.week import MANAGERS, made_ready
from tests.world.council import ADMINS, Council
from tests.world.ledger import ledger_of
from tests.world.mail_server import MailServer
from tests.world.service import EVERYBODY, Service
from tests.world.terminal import alerter

TRIAL = {"email__transport": "folder", "email__folder": "trial"}


def test_fault_105_trial_on_the_real_database(monday: Service, post_office: MailServer) -> None:
    """
    The trial is no run for people: `status` knows none, the service mails its own, and the trial stays one.
    """
    council = monday.council
    monday.configure(**TRIAL)
    assert alerter(council, "run", "--as-of", "2026-11-23").exit_code == 0
    tried = len(list((monday.folder / "trial").iterdir()))
    assert tried == len(EVERYBODY)
    monday.configure()
    assert alerter(council, "status", "--json").json["last_run"] is None
    monday.at("08:00", "08:01")
    assert post_office.tally() == EVERYBODY
    runs = monday.asked("SELECT * FROM runs ORDER BY id")
    assert [(run["is_trial"], run["state"]) for run in runs] == [(1, "done"), (0, "done")]
    monday.configure(**TRIAL)
    assert alerter(council, "run", "--as-of", "2026-11-23").exit_code == 0
    assert len(list((monday.folder / "trial").iterdir())) == tried


def test_more_of_105_what_waits_for_people_goes_into_no_folder(week: Council, office: MailServer) -> None:
    """
    Owed by mail while somebody tries it out into a folder: each kind of sender leaves the other's alone.
    """
    week.configure(**_database(week), email__smtp__port=1)
    assert alerter(week, "run", "--no-sync", "--as-of", MONDAY).exit_code == 1
    with ledger_of(week).opened() as database, database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET next_attempt_at = prepared_at")
    week.configure(**_database(week), **TRIAL)
    assert alerter(week, "deliver", "--json").json["owed"] == 0
    assert alerter(week, "run", "--no-sync", "--as-of", MONDAY).exit_code == 0
    assert alerter(week, "resend", "1", MANAGERS[0], "--reason", "asked").exit_code == 2
    week.configure(**_database(week))
    assert alerter(week, "deliver").exit_code == 0
    assert office.tally() == {ADMINS: office.tally()[ADMINS]} | dict.fromkeys(MANAGERS, 1)
    assert {run.is_trial: run.state for run in ledger_of(week).runs()} == {True: "done", False: "done"}


@pytest.mark.parametrize("seed", range(3))
def test_more_of_105_whichever_comes_first(council: Council, office: MailServer, seed: int) -> None:
    """Trials and real runs in any order: the managers have one digest a send date, each trial has its own."""
    random = Random(seed)  # noqa: S311 - a history that can be repeated
    made_ready(council)
    done = set()
    for _ in range(6):
        is_trial = random.random() < 0.5
        council.configure(**(TRIAL if is_trial else {}))
        said = alerter(council, "run", "--no-sync", "--as-of", MONDAY, "--json")
        assert said.json["state"] == ("already_done" if is_trial in done else "done")
        done.add(is_trial)
    assert dict(office.tally()) == ({ADMINS: 1} | dict.fromkeys(MANAGERS, 1) if False in done else {})
    assert len(ledger_of(council).runs()) == len(done)


def test_fault_106_another_councils_settings(either_council: Council, office: MailServer) -> None:
    """
    Every command refuses and `check` says so, until the database is adopted; then the first is the stranger.
    """
    council = made_ready(either_council)
    database = _database(council)
    council.configure(**database, council="Brent")
    for command in COMMANDS:
        said = alerter(council, *command)
        assert (said.exit_code, "belongs to" in said.err) == (2, True), command
    checked = alerter(council, "check")
    assert "belongs to" in checked.out + checked.err
    assert (office.tally(), ledger_of(council).runs()) == ({}, [])
    assert alerter(council, "migrate", "--adopt").exit_code == 0
    assert alerter(council, "run", "--as-of", MONDAY).exit_code == 0
    council.configure(**database)
    assert alerter(council, "status").exit_code == 2


def test_more_of_106_the_same_council_in_other_letters(council: Council) -> None:
    """Case and blanks make no other council, and a database that has met no settings takes the first."""
    made_ready(council)
    with ledger_of(council).opened() as database, database.write() as connection:
        connection.exec_driver_sql("UPDATE installation SET council = NULL")
    assert alerter(council, "migrate").exit_code == 0
    name = _council(council)
    council.configure(council=f"  {name.upper()} ")
    assert alerter(council, "sync").exit_code == 0


COMMANDS = (
    ("run",),
    ("run", "--dry-run"),
    ("sync",),
    ("deliver",),
    ("status",),
    ("release", "1"),
    ("resend", "1", MANAGERS[0], "--reason", "asked"),
    ("migrate",),
    ("purge",),
    ("history", "A-1"),
    ("explain", "A-1"),
    ("report",),
    ("quality",),
    ("preview", "--out", "looked-at"),
    ("reassure", "A-1", "--by", MANAGERS[0], "--expected", "2026-12-01"),
    ("serve",),
)


def _database(council: Council) -> dict[str, object]:
    return {"database__url": ledger_of(council).url}


def _council(council: Council) -> str:
    with ledger_of(council).read() as connection:
        return str(connection.exec_driver_sql("SELECT council FROM installation").scalar_one())

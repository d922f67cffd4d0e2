"""Fault matrix, rows 100 to 102, 124, 125: watcher, admins, two hosts, two versions, two hands."""

from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import text

from alerter.errors import StoreError
from alerter.store.database import Database
from alerter.transports.folder import FolderTransport
from tests.pipeline.outgoing import Dawdling, enqueue, states
from tests.world.council import ADMINS
from tests.world.mail_server import NEVER, NEVER_AT_DOT, MailServer
from tests.world.service import EVERYBODY, MANAGERS, Service, text_of
from tests.world.stored_council import NOW, Council
from tests.world.terminal import alerter


def test_fault_100_watcher_down(monday: Service, post_office: MailServer) -> None:
    """
    Nobody answers the heartbeat: everything is sent, the log says so, and success is told when it is back.
    """
    monday.watcher.answer = 503
    monday.at("07:00", "08:00", "08:01", "08:02")
    assert post_office.tally() == EVERYBODY
    assert [each["signal"] for each in monday.events("heartbeat_failed")] == ["start", "success"]
    monday.watcher.answer = 200
    monday.watcher.heard.clear()
    monday.at("08:03", "08:04")
    assert monday.heard() == ["success"]


def test_fault_101_admins_refused(monday: Service, post_office: MailServer) -> None:
    """
    The admins' mailbox refuses the summary: managers have theirs, success is withheld, and `status` exits 1.
    """
    post_office.reply(ADMINS, NEVER, NEVER_AT_DOT, NEVER)
    monday.at("08:00", "08:01", "12:00")
    assert post_office.tally() == dict.fromkeys(MANAGERS, 1)
    assert monday.heard() == ["start", "fail"]
    monday.stop()
    said = alerter(monday.council, "status", "--json")
    assert said.exit_code == 1
    assert (said.json["last_run"]["state"], said.json["ok"]) == ("undelivered", False)


def test_fault_102_clocks_that_differ(database: Database, tmp_path: Path) -> None:
    """A host five minutes ahead, or behind, leaves alone what a living sender on the other has in hand."""
    council = Council(database, tmp_path)
    enqueue(council, 2)
    other = FolderTransport(tmp_path / "other")

    def on_the_other_host() -> None:
        for minutes in (5, -5):
            council.deliver(other, now=NOW + timedelta(minutes=minutes))

    first = Dawdling(FolderTransport(tmp_path / "first"), before_mark=on_the_other_host)
    assert council.deliver(first).outcomes == ["sent"]
    assert states(council) == ["sent", "sent"]
    folders = [len(list((tmp_path / name).iterdir())) for name in ("first", "other")]
    assert folders == [1, 1]


def test_fault_124_newer_program(database: Database, tmp_path: Path) -> None:
    """A newer program changes the schema in mid-delivery: what is in hand ends, and no more is claimed."""
    council = Council(database, tmp_path)
    enqueue(council, 3)
    before = _revision(database)
    upgrading = Dawdling(
        FolderTransport(tmp_path / "sent"), before_mark=lambda: _set_revision(database, "9999")
    )
    with pytest.raises(StoreError, match="another version of alerter"):
        council.deliver(upgrading)
    assert states(council) == ["sent", "queued", "queued"]
    with pytest.raises(StoreError):
        council.deliver()
    _set_revision(database, before)
    council.deliver()
    assert states(council) == ["sent"] * 3


def test_fault_125_sent_twice_by_hand(monday: Service, post_office: MailServer) -> None:
    """
    "Send now" twice after the weekly run: one mail each; a second needs `--again` and a reason, on record.
    """
    monday.at("07:00", "08:00")
    as_of = ("--as-of", "2026-11-23", "--json")
    hand = monday.council
    said = [alerter(hand, "run", *as_of), alerter(hand, "run", *as_of), alerter(hand, "deliver")]
    assert [each.exit_code for each in said] == [0, 0, 0]
    assert [each.json["state"] for each in said[:2]] == ["already_done"] * 2
    assert alerter(hand, "run", *as_of, "--again").exit_code == 2
    assert post_office.tally() == EVERYBODY
    again = alerter(hand, "run", *as_of, "--again", "--reason", "the directory was wrong")
    assert (again.exit_code, again.json["state"]) == (0, "done")
    assert post_office.tally() == dict.fromkeys(EVERYBODY, 2)
    assert "the directory was wrong" in text_of(post_office, ADMINS)
    ledger = monday.asked("SELECT send_date, attempt, reason FROM runs ORDER BY id")
    assert [each["reason"] != "" for each in ledger] == [False, True]
    assert "the directory was wrong" in ledger[1]["reason"]
    ids = [message_from_bytes(each.content)["Message-ID"] for each in post_office.arrived]
    assert len(set(ids)) == len(ids) == 6


def _revision(database: Database) -> str:
    with database.read() as connection:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def _set_revision(database: Database, revision: str) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})

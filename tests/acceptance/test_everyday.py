"""An administrator's weeks: set up, look, run, and what the calendar and the clock's settings change."""

import os
import re
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from tests.acceptance.caseload import ENGLAND, MONDAY, NEXT_MONDAY, key, row, start_at
from tests.world.council import ADMINS, FALLBACK, Council, csv_text
from tests.world.first_hour import fill_in
from tests.world.letters import letters_by_recipient, read
from tests.world.mail_server import MailServer

MANAGER = "a.manager@council.example"
STATUS = {"last_run", "owed", "held", "next_run", "data_age_hours", "ok"}


def test_from_an_empty_folder_to_the_first_run(tmp_path: Path, post_office: MailServer) -> None:
    """What `init` wrote, filled in, passes `check`; trials leave no trace, and `run` sends."""
    council = Council(tmp_path, post_office.port)
    assert council.alerter("init").exit_code == 0
    fill_in(tmp_path)
    written = (tmp_path / "config.toml").read_text(encoding="utf-8")
    written = written.replace("[source]", "[source]\nmax_quiet_days = 0")  # `check` goes by today
    written = written.replace('transport = "folder"', 'transport = "smtp"')
    council.write("config.toml", f"{written}\n[email.smtp]\nport = {post_office.port}\n")
    council.write("directory.csv", f"team,manager_email\nDuty and Assessment North,{MANAGER}\n")
    council.alerter("init")
    assert f"port = {post_office.port}" in (tmp_path / "config.toml").read_text(encoding="utf-8")
    rows = [row(1, team="Duty and Assessment North"), row(2, "on_track", team="Duty and Assessment North")]
    council.write("extracts/assessments.csv", csv_text(list(rows[0]), rows))

    checked = council.alerter("check", "--send-test", ADMINS)
    assert checked.exit_code == 0, checked.err
    assert [parcel.recipient for parcel in post_office.arrived] == [ADMINS]
    said = checked.out + checked.err
    assert all(part in said for part in ("england", "assessments.csv", "127.0.0.1"))
    post_office.arrived.clear()

    before = dump(tmp_path / "alerter.db")
    dry = council.run(MONDAY, "--dry-run")
    assert (dry.exit_code, dry.json["state"], dry.json["digests"]) == (0, "dry_run", 1)
    looked = council.alerter("preview", "--as-of", MONDAY, "--out", "look")
    assert looked.exit_code == 0, looked.err
    assert dump(tmp_path / "alerter.db") == before
    assert post_office.arrived == []
    files = [path.name for path in (tmp_path / "look").iterdir()]
    assert sorted({name.rpartition(".")[2] for name in files}) == ["eml", "html", "txt"]
    assert not any(re.search(r"[AC]-?[15]000\d", name) for name in files)
    (text,) = [path.read_text(encoding="utf-8") for path in (tmp_path / "look").glob("*.txt")]
    assert re.search(r"^A-10001 .*day 27 of 35", text, re.MULTILINE)

    ran = council.run(MONDAY)
    assert (ran.exit_code, ran.json["state"]) == (0, "done"), ran.err
    assert ran.json["assessments"] == dry.json["assessments"]
    assert post_office.tally() == {MANAGER: 1, ADMINS: 1}
    status = council.alerter("status", "--json")
    assert status.json.keys() >= STATUS
    assert status.json["last_run"] == {"run": ran.json["run"], "as_of": MONDAY.isoformat(), "state": "done"}
    assert (status.json["owed"], status.json["held"]) == (0, 0)
    assert datetime.fromisoformat(status.json["next_run"]).tzinfo is not None
    assert status.json["data_age_hours"] < 1
    assert status.exit_code == (0 if status.json["ok"] else 1)


def test_closed_office_moves_the_send_day_and_not_the_clock(
    council: Council, post_office: MailServer
) -> None:
    """A closed Monday is Tuesday's run; who runs on the Monday still has last week's send date."""
    council.configure(calendar__office_closed=[NEXT_MONDAY])
    council.directory()
    council.extract([row(1)])
    tuesday = NEXT_MONDAY + timedelta(days=1)
    first = council.run(MONDAY)
    assert first.json["next_run"] == tuesday.isoformat()
    assert council.run(NEXT_MONDAY).json["state"] == "already_done"
    second = council.run(tuesday)
    assert (second.json["state"], second.json["next_run"]) == ("done", "2025-10-13")
    letter = [read(parcel) for parcel in post_office.arrived if parcel.recipient == FALLBACK][-1]
    assert f"day {ENGLAND.age(start_at(27), tuesday)} of 35" in letter.rows([key(1)])[0].line
    assert "late" not in letter.text


def test_late_run_says_that_it_is_late(council: Council, post_office: MailServer) -> None:
    """
    A run on Wednesday for Monday's send date judges as of Wednesday, and both parts say that it is late.
    """
    council.directory()
    council.extract([row(1)])
    wednesday = MONDAY + timedelta(days=2)
    said = council.run(wednesday)
    assert (said.json["as_of"], said.json["next_run"]) == ("2025-10-01", NEXT_MONDAY.isoformat())
    letter = letters_by_recipient(post_office.arrived)[FALLBACK]
    assert "day 29 of 35" in letter.rows([key(1)])[0].line
    assert re.search(r"\blate\b", letter.text)
    assert re.search(r"\blate\b", letter.visible)


def test_rows_without_an_id_are_known_by_child_and_start(council: Council, post_office: MailServer) -> None:
    """The reference is `child_id/started_on`, in emails and in commands."""
    council.directory()
    start = start_at(27).isoformat()
    rows = [{**row(number), "assessment_id": ""} for number in (1, 2)]
    council.extract(rows)
    assert council.run(MONDAY).exit_code == 0
    letter = letters_by_recipient(post_office.arrived)[FALLBACK]
    references = [(f"{each['child_id']}/{start}", str(each["child_id"])) for each in rows]
    lines = [line for line in letter.text.splitlines() if line.split(" ")[0] in dict(references)]
    assert [line.split(" ")[0] for line in lines] == [reference for reference, _ in references]
    reassured = council.alerter(
        "reassure", references[0][0], "--by", FALLBACK, "--expected", NEXT_MONDAY, "--on", MONDAY
    )
    assert reassured.exit_code == 0, reassured.err
    assert council.run(NEXT_MONDAY, "--dry-run").json["assessments"]["reassured"] == 1


def test_vanished_and_doubled_assessments_are_exceptions(council: Council, post_office: MailServer) -> None:
    """
    Two open ones for one child are both in the digest; one that is missing next week is named, and not open.
    """
    council.directory()
    council.extract([row(1), row(2, "overdue", child_id="C50001"), row(3, authorised_on=MONDAY)])
    said = council.run(MONDAY)
    assert said.json["assessments"]["open"] == 2
    assert "duplicate_open" in {each["kind"] for each in said.json["exceptions"]}
    found = letters_by_recipient(post_office.arrived)[FALLBACK].rows([key(1), ("A-10002", "C50001")])
    assert [each.stage for each in found] == ["overdue", "past_alert"]
    council.extract([row(1)])
    synced = council.alerter("sync", "--json").json
    assert synced.keys() >= {"source", "stored", "new", "changed", "unchanged", "vanished", "collapsed"}
    assert [synced[each] for each in ("stored", "new", "changed", "unchanged")] == [1, 0, 0, 1]
    said = council.run(NEXT_MONDAY)
    assert said.json["assessments"]["open"] == 1
    vanished = [each["assessment_id"] for each in said.json["exceptions"] if each["kind"] == "vanished"]
    assert vanished == ["A-10002"]
    assert "A-10002" in read(post_office.arrived[-1]).text


def test_newest_file_of_a_folder_and_own_headings(council: Council, post_office: MailServer) -> None:
    """The newest file of a folder is read: here UTF-16 with a BOM, tabs, and the council's own headings."""
    council.configure(
        source__path="extracts",
        source__columns__child_id="Person ID",
        source__columns__assessment_id="Assessment ID",
        source__columns__started_on="When did it start?",
        source__columns__worker="Worker's name",
    )
    folder = council.folder / "extracts"
    folder.mkdir()
    (folder / "old.csv").write_text("of no use", encoding="utf-8")
    text = "\u00a0person id\u00a0\tASSESSMENT ID\twhen did it start\tWorker\u2019s name\r\nC50001\tA-10001\t"
    (folder / "new.csv").write_bytes(
        f"{text}{start_at(27):%d/%m/%Y} 00:00:00\tRen\u00e9e\r\n".encode("utf-16")
    )
    os.utime(folder / "old.csv", (1_700_000_000, 1_700_000_000))
    council.directory({"worker": "REN\u00c9E", "manager_email": MANAGER})
    said = council.run(MONDAY)
    assert (said.exit_code, said.json["source"]["name"]) == (0, "new.csv"), said.err
    (found,) = letters_by_recipient(post_office.arrived)[MANAGER].rows([key(1)])
    assert "Ren\u00e9e" in found.line


def test_dates_answers_by_the_councils_calendar(council: Council) -> None:
    """`dates --json` has the contract's fields, here for its worked start in Scotland."""
    council.configure(calendar__nation="scotland")
    assert council.alerter("dates", "2009-04-09", "--json").json == {
        "start": "2009-04-09", "nation": "scotland",
        "alert_on": "2009-05-18", "past_alert_from": "2009-05-19",
        "due_on": "2009-06-02", "overdue_from": "2009-06-03",
    }  # fmt: skip


def dump(path: Path) -> list[str]:
    """Return all that a SQLite database says."""
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()

"""The parts of an installation: each made from the settings as they stand."""

import sqlite3
import uuid
from contextlib import closing
from datetime import date
from pathlib import Path
from time import monotonic

import pytest

from alerter.domain.escalation import EscalationRule
from alerter.domain.routing import Recipient
from alerter.errors import ConfigError, StoreError
from alerter.installation import wiring
from alerter.installation.installation import LARGEST_ALWAYS_SEARCHED
from alerter.pipeline.sending import Pace
from alerter.store.sqlite_file import was_left
from alerter.transports.folder import FolderTransport
from alerter.transports.notify import NotifyTransport
from alerter.transports.smtp import SmtpTransport
from tests.world.council import ADMINS, FALLBACK
from tests.world.mail_server import MailServer
from tests.world.office import Office, row, today
from tests.world.readings import damage_table

INITIAL = {
    "assessments__initial__label": "Initial assessment",
    "assessments__initial__working_days": 10,
    "assessments__initial__alert_after": 7,
}


def test_rules_are_the_settings(office: Office) -> None:
    """The council's own days count, a closure moves the send day only, and the rest is as written."""
    rules = office.open(
        calendar__days_off=[date(2009, 11, 23)],
        calendar__working_days=[date(2009, 8, 31)],
        calendar__office_closed=[date(2009, 11, 24)],
        email__send_all_clear=False,
        digest__reassurance_lasts_runs=2,
        escalation__from_day=36,
    ).rules
    assert not rules.calendar.is_working_day(date(2009, 11, 23))
    assert rules.calendar.is_working_day(date(2009, 8, 31))
    assert rules.calendar.is_working_day(date(2009, 11, 24))
    assert rules.schedule.next_after(date(2009, 11, 16)) == date(2009, 11, 25)
    assert (rules.fallback, rules.allowed_domains) == (Recipient(FALLBACK), ("council.example",))
    assert (rules.send_all_clear, rules.reassurance_lasts_runs) == (False, 2)
    assert rules.escalation == EscalationRule(after_digests=2, from_day=36)
    assert rules.settings == office.opened[0].settings.fingerprint


def test_writer_is_the_settings(office: Office) -> None:
    """Who writes, who answers and what stands before a subject."""
    writer = office.open(email__subject_prefix="[TEST]").writer
    assert writer.sender == Recipient("alerts@council.example", "Assessment alerts")
    assert (writer.contact, writer.subject_prefix, writer.council) == (
        ADMINS,
        "[TEST]",
        "Sampleford",
    )


def test_transport_is_the_one_named(office: Office) -> None:
    """A folder where one is asked for, a mail server otherwise, also with a folder that is only named."""
    assert isinstance(office.open().transport(), FolderTransport)
    assert isinstance(office.open(email__transport="smtp").transport(), SmtpTransport)


def test_login_reaches_the_server(office: Office) -> None:
    """Name and password of the settings are what the server is given."""
    with MailServer() as server:
        transport = office.open(
            email__transport="smtp",
            email__smtp__port=server.port,
            email__smtp__username="alerter",
            email__smtp__password="made up",
        ).transport()
        transport.connect()
        transport.close()
    assert server.verbs() == ["EHLO", "AUTH", "QUIT"]


def test_notify_is_a_way_of_sending(office: Office) -> None:
    """With GOV.UK Notify named and set up, messages go through it."""
    key = f"made_up-{uuid.UUID(int=1)}-{uuid.UUID(int=2)}"
    installation = office.open(
        email__transport="notify",
        email__notify__api_key=key,
        email__notify__template_id=str(uuid.UUID(int=3)),
    )
    assert isinstance(installation.transport(), NotifyTransport)


def test_query_is_a_source(office: Office, tmp_path: Path) -> None:
    """Rows of a query are read like rows of a file, as extracted at the moment they are asked for."""
    with closing(sqlite3.connect(tmp_path / "cases.db")) as cases:
        cases.execute("CREATE TABLE open (assessment_id, child_id, started_on)")
        cases.execute("INSERT INTO open VALUES ('A-1', '7', '2009-10-15')")
        cases.commit()
    weekly = office.weekly(
        source__kind="sql",
        source__path=None,
        source__url="sqlite:///cases.db",
        source__query="SELECT * FROM open",
    )
    before = weekly.of.now()
    read = weekly.sync().sync
    assert (read.rows, read.stored) == (1, 1)
    assert before <= read.extracted_at <= weekly.of.now()


def test_clock_is_found_by_key_or_label(office: Office) -> None:
    """The only type needs no name; of several one is named, in any case."""
    only = office.open().rules.clocks
    assert wiring.clock_of(only, "").type == "core"
    both = office.open(**INITIAL).rules.clocks
    assert wiring.clock_of(both, "INITIAL").type == "initial"
    assert wiring.clock_of(both, "core assessment").type == "core"
    for type_ in ("", "unheard of"):
        with pytest.raises(ConfigError, match="core, initial"):
            wiring.clock_of(both, type_)


def test_now_is_told_in_the_councils_zone(office: Office) -> None:
    """The clock's zone is the schedule's, and a send moment is that zone's time of day, summer and winter."""
    installation = office.open()
    assert installation.now().tzinfo == installation.zone
    offsets = [installation.timetable().moment(date(2009, month, 6)).isoformat() for month in (7, 12)]
    assert offsets == ["2009-07-06T08:00:00+01:00", "2009-12-06T08:00:00+00:00"]


def test_pace_lets_every_message_go_in_the_end() -> None:
    """Nought a minute is no limit; with one, each further message waits its turn."""
    for per_minute, shortest in ((0, 0.0), (6_000, 0.04)):
        pace = Pace(per_minute)
        begin = monotonic()
        for _ in range(5):
            pace.wait()
        assert monotonic() - begin >= shortest


def test_a_large_file_is_searched_for_damage_before_every_fourth_run(office: Office) -> None:
    """A page that no run reads keeps three runs from nothing, and the fourth from everything."""
    office.extract(row("A-1", as_of=today()))
    weekly = office.weekly()
    weekly.run()
    weekly.of.database.close()
    file = office.folder / "alerter.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE filler AS SELECT zeroblob(?) AS filler", (LARGEST_ALWAYS_SEARCHED,))
        connection.execute("DROP TABLE filler")
        connection.commit()
    damage_table(file, "ended_sessions")
    for number in (2, 3, 4):
        assert weekly.run(again="once more").run.id == number
    with pytest.raises(StoreError, match="is damaged; restore a backup"):
        weekly.run(again="once more")


def test_a_log_is_left_by_who_was_killed(office: Office) -> None:
    """Whoever has the file open still needs the log beside it."""
    file = office.folder / "alerter.db"
    assert not was_left(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("SELECT count(*) FROM runs").fetchall()
        assert Path(f"{file}-wal").exists()
        assert not was_left(file)
    Path(f"{file}-wal").touch()
    assert was_left(file)

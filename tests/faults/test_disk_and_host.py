"""Disk and host: full, failing, read-only, exchanged, damaged; several at work; what a crash leaves."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from alerter.store.engine import KINDS, kind_of_mount
from tests.faults.system_calls import THE_DOT, Call, fail_at_next, failing_at, first, plan_writes
from tests.faults.week import MANAGERS, WEEK, killed, needs_linux, settled
from tests.world.council import ADMINS, Council
from tests.world.ledger import ledger_of
from tests.world.letters import read
from tests.world.mail_server import DOT, MailServer
from tests.world.readings import damage_table
from tests.world.service import EVERYBODY, Service
from tests.world.terminal import alerter

FOR_GOOD = 10_000
"""Calls; no command makes as many of one kind."""


@needs_linux
def test_fault_047_disk_full_while_the_plan_is_written(
    on_file: Council, office: MailServer, sqlite_calls: list[Call]
) -> None:
    """The whole plan is taken back, the exit code is 3, and with room again the same command does it all."""
    said = failing_at(on_file, plan_writes(sqlite_calls)[1], "ENOSPC", *WEEK, times=FOR_GOOD)
    assert (said.exit_code, "the disk is full" in said.err) == (3, True)
    assert (ledger_of(on_file).runs(), office.arrived) == ([], [])
    settled(on_file, office)


@needs_linux
def test_fault_048_disk_full_between_dot_and_record(on_file: Council, office: MailServer) -> None:
    """The answer is kept and recorded when there is room: no second copy, though the first tries fail."""
    victim = on_file.start(*WEEK)
    office.at(DOT, lambda: fail_at_next(on_file, victim, "pwrite64", "ENOSPC", times=3))
    said = victim.ended()
    assert said.exit_code == 0, said
    settled(on_file, office)


@needs_linux
def test_fault_049_disk_full_for_the_log(monday: Service, post_office: MailServer) -> None:
    """Everything is sent and signalled; with room again the log says how many lines it lost."""
    with Path("/dev/full").open("w", encoding="utf-8") as log, (monday.folder / "log").open("w") as room:
        monday.log = cast("Any", log)
        monday.at("07:59", "08:00")
        assert post_office.tally() == EVERYBODY
        assert monday.heard()[-1] == "success"
        os.dup2(room.fileno(), log.fileno())
        (monday.folder / "config.toml").write_text("council =")
        monday.at("08:01")
        monday.stop()
    assert '"lines_lost": ' in (monday.folder / "log").read_text(encoding="utf-8")


@needs_linux
def test_fault_050_error_on_sync(on_file: Council, office: MailServer, sqlite_calls: list[Call]) -> None:
    """
    A commit that the disk did not confirm is none, and nothing goes out on it; the process ends at once.
    """
    claim = first(sqlite_calls, "fdatasync", after=first(sqlite_calls, "flock"))
    said = failing_at(on_file, claim, "EIO", *WEEK)
    assert (said.exit_code, "the disk reports an error" in said.err) == (3, True)
    assert (office.arrived, office.unfinished()) == ([], [])
    settled(on_file, office)


def test_fault_051_read_only_file_system(on_file: Council, office: MailServer) -> None:
    """
    It is refused at the start with a sentence and exit code 3, and goes on when the file may be written.
    """
    with _read_only(on_file.folder):
        said = alerter(on_file, *WEEK)
    assert said.exit_code == 3
    assert "let the alerter's account" in said.err
    assert not office.arrived
    settled(on_file, office)


@pytest.mark.shown_in_part("no network drive is mounted here: the system's own list of mounts is made up")
def test_fault_052_on_a_network_drive(council: Council) -> None:
    """
    A file on a share is refused before it is opened; other kinds are known by the system's list of mounts.
    """
    council.configure(database__url="sqlite://///server/share/alerter.db")
    said = alerter(council, "status")
    assert (said.exit_code, "network drive" in said.err) == (3, True)
    for kind in KINDS:
        mounts = f"1 1 0:1 / / rw - ext4 disk rw\n2 1 0:2 / /srv/share rw shared:1 - {kind} server:/x rw\n"
        assert kind_of_mount(Path("/srv/share/alerter.db"), mounts) == kind
        assert kind_of_mount(Path("/srv/own/alerter.db"), mounts) == "ext4"


@pytest.mark.parametrize("fault", ["deleted", "replaced"])
def test_fault_053_file_exchanged_while_running(
    monday: Service, post_office: MailServer, migrated_file: Path, fault: str
) -> None:
    """
    A new file would owe nothing, or all of it again: the service goes by none but the one it began with.
    """
    monday.at("07:59")
    file = monday.folder / "alerter.db"
    kept = file.rename(monday.folder / "kept.db")
    if fault == "replaced":
        shutil.copy(migrated_file, file)
    monday.at("08:00", "08:01")
    assert post_office.tally() == {ADMINS: 1}
    assert "deleted or replaced" in monday.events("failed")[0]["why"]
    assert "success" not in monday.heard()
    kept.rename(file)
    monday.at("08:02", "08:03")
    assert post_office.tally() == EVERYBODY | {ADMINS: 2}


@pytest.mark.parametrize("table", ["assessments", "outbox", "runs"])
def test_fault_054_damaged_page(on_file: Council, office: MailServer, table: str) -> None:
    """
    Rows that cannot be read are not taken for rows that are not there: a run searches the file, and exits 3.

    So does every other command after a kill, which leaves SQLite's log behind.
    """
    damage_table(on_file.folder / "alerter.db", table)
    for command in (WEEK, ("migrate",), ("deliver",), ("status",)):
        if command in (("deliver",), ("status",)):
            (on_file.folder / "alerter.db-wal").touch()
        said = alerter(on_file, *command)
        assert (said.exit_code, said.out) == (3, "")
        assert "damaged" in said.err
    assert not office.arrived


@pytest.mark.parametrize("table", ["outbox", "runs"])
def test_damage_since_the_run_is_noticed_as_it_is_read(
    on_file: Council, office: MailServer, table: str
) -> None:
    """What a command reads is looked at as it is read, although it does not search the file."""
    assert alerter(on_file, *WEEK).exit_code == 0
    damage_table(on_file.folder / "alerter.db", table)
    said = alerter(on_file, "status")
    assert (said.exit_code, said.out, "damaged" in said.err) == (3, "", True)


@needs_linux
def test_fault_055_four_at_once(week: Council, office: MailServer) -> None:
    """One of four processes plans, all of them send, nobody gets two, and each says that it went well."""
    for said in [victim.ended() for victim in [week.start(*WEEK) for _ in range(4)]]:
        assert said.exit_code == 0, said
    settled(week, office)


@pytest.mark.shown_in_part("there is one machine here, so both copies name the same")
def test_fault_056_two_copies_of_one_file(on_file: Council, office: MailServer, tmp_path: Path) -> None:
    """Neither can know of the other, so all goes out twice; the summaries name installation and machine."""
    copy = tmp_path / "copy"
    shutil.copytree(on_file.folder, copy, ignore=shutil.ignore_patterns(copy.name))
    for each in (on_file, Council(copy, office.port)):
        assert alerter(each, *WEEK).exit_code == 0
    assert office.tally() == dict.fromkeys([*MANAGERS, ADMINS], 2)
    texts = [read(each).text for each in office.arrived if each.recipient == ADMINS]
    written = [line for text in texts for line in text.splitlines() if "installation" in line]
    assert len(written) == 2
    assert all(socket.gethostname() in line for line in written)


@pytest.mark.shown_in_part(
    "nothing unsynced is lost here, for want of LazyFS; shown is that each mark waits for the disk"
)
def test_fault_057_power_lost_after_a_commit(calls: list[Call], week: Council) -> None:
    """
    No dot leaves before the disk, or the server, has confirmed its mark; nor does a commit go unconfirmed.
    """
    dots = [call for call in calls if call.name == "sendto" and call.has(THE_DOT)]
    assert len(dots) == len(MANAGERS) + 1
    ends = "fdatasync" if ledger_of(week).is_file else "sendto"
    writes = "pwrite64" if ledger_of(week).is_file else "sendto"
    for dot in dots:
        before = [call for call in calls[: calls.index(dot)] if call.name in (ends, writes)][-1]
        assert before.name == "fdatasync" or before.has("COMMIT")
    if ledger_of(week).is_file:
        with ledger_of(week).read() as connection:
            full = 2
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == full


@needs_linux
def test_fault_058_left_over_locks(on_file: Council, office: MailServer) -> None:
    """What a killed sender leaves beside the file holds nobody up, and is cleared away."""
    killed(on_file, office, "RCPT", *WEEK)
    (left,) = on_file.folder.glob("alerter.db.sender-*.lock")
    assert (on_file.folder / "alerter.db-wal").exists()
    settled(on_file, office)
    assert not left.exists()
    assert not list(on_file.folder.glob("alerter.db?*"))


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    """Let *folder* be a file system that may only be read."""
    for mount in (["--bind", str(folder), str(folder)], ["-o", "remount,bind,ro", str(folder)]):
        done = subprocess.run(["mount", *mount], capture_output=True, check=False)  # noqa: S603, S607 - the system's mount
        if done.returncode != 0:
            pytest.skip("no file system may be mounted here without root")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)  # noqa: S603, S607 - the same

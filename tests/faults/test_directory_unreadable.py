"""Fault matrix, row 111: a directory that cannot be read when digests are to go."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.world.council import ADMINS
from tests.world.mail_server import LATER, MailServer, free_port
from tests.world.service import EVERYBODY, MANAGERS, Service, text_of
from tests.world.terminal import alerter

HEADINGS = b"team,worker,manager_name,manager_email,cover_email,cover_from,cover_until,escalate_to\n"


def _missing(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _without_a_column(path: Path) -> None:
    path.write_bytes(HEADINGS.replace(b"manager_email,", b""))


def _half_written(path: Path) -> None:
    path.write_bytes(HEADINGS + b'Duty,,"N. Okaf')


DAMAGES = (_missing, _empty, _folder, _without_a_column, _half_written)
each_damage = pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__.strip("_"))


def _mend(path: Path) -> None:
    if path.is_dir():
        path.rmdir()
    path.write_bytes(HEADINGS)


def _is_told(post_office: MailServer, times: int) -> bool:
    return post_office.tally()[ADMINS] == times and "directory.csv" in text_of(post_office, ADMINS)


@each_damage
def test_fault_111_directory_unreadable_at_delivery(
    monday: Service, post_office: MailServer, damage: Callable[[Path], None]
) -> None:
    """Each command ends with 3, nothing goes, the admins have one email, and all goes once it is back."""
    directory, council = monday.folder / "directory.csv", monday.council
    for manager in MANAGERS:
        post_office.reply(manager, LATER)
    assert alerter(council, "run", "--as-of", "2026-11-23").exit_code == 1
    told = post_office.tally()[ADMINS]
    damage(directory)
    run = "run --as-of 2026-11-23"
    for command in ("deliver", run, f"{run} --again --reason new", "deliver"):
        said = alerter(council, *command.split())
        assert said.exit_code == 3, command
        assert "directory.csv" in said.err
        assert "alerter deliver" in said.err
        assert _is_told(post_office, told + 1), command
        assert monday.states() == ["deferred"] * len(MANAGERS)
    _mend(directory)
    assert alerter(council, "deliver").exit_code == 0
    assert {each: post_office.tally()[each] for each in MANAGERS} == dict.fromkeys(MANAGERS, 1)


@each_damage
def test_the_service_says_it_once_and_goes_on(
    monday: Service, post_office: MailServer, damage: Callable[[Path], None]
) -> None:
    """It tries each minute, signals failure, writes one email however long it lasts, and sends by itself."""
    for manager in MANAGERS:
        post_office.reply(manager, LATER)
    monday.at("07:00", "08:00")
    damage(monday.folder / "directory.csv")
    monday.at("08:02", "08:03", "08:10", "08:20", "09:30")
    assert _is_told(post_office, EVERYBODY[ADMINS] + 1)
    assert monday.states() == ["deferred"] * len(MANAGERS)
    assert monday.heard()[-1] == "fail"
    _mend(monday.folder / "directory.csv")
    monday.at("09:32")
    assert monday.states() == ["sent"] * len(MANAGERS)
    assert monday.heard()[-1] == "success"


def test_without_reading_the_source_the_directory_is_read(monday: Service, post_office: MailServer) -> None:
    """A run from the store sends nothing by an older directory than there is."""
    council = monday.council
    assert alerter(council, "sync").exit_code == 0
    _missing(monday.folder / "directory.csv")
    assert alerter(council, "run", "--as-of", "2026-11-23", "--no-sync").exit_code == 3
    assert monday.states() == ["queued"] * len(MANAGERS)
    assert _is_told(post_office, 1)


def test_a_released_run_waits_for_the_directory_too(monday: Service, post_office: MailServer) -> None:
    """What was held may be days old: it goes by the directory as it is when it is let go."""
    council = monday.council
    monday.configure(source__max_quiet_days=1)
    assert alerter(council, "run", "--as-of", "2026-11-23").exit_code == 1
    _missing(monday.folder / "directory.csv")
    assert alerter(council, "release", "1").exit_code == 3
    assert monday.states() == ["queued"] * len(MANAGERS)
    _mend(monday.folder / "directory.csv")
    assert alerter(council, "deliver").exit_code == 0
    assert monday.states() == ["sent"] * len(MANAGERS)


def test_admins_who_cannot_be_reached_are_told_later(monday: Service, post_office: MailServer) -> None:
    """A mail server that is away keeps the word waiting, not the exit code."""
    council = monday.council
    for manager in MANAGERS:
        post_office.reply(manager, LATER)
    assert alerter(council, "run", "--as-of", "2026-11-23").exit_code == 1
    told = post_office.tally()[ADMINS]
    _missing(monday.folder / "directory.csv")
    post_office.reply(ADMINS, LATER)
    assert alerter(council, "deliver").exit_code == 3
    assert post_office.tally()[ADMINS] == told
    assert alerter(council, "deliver").exit_code == 3
    assert _is_told(post_office, told + 1)


def test_nothing_that_waits_needs_no_directory(monday: Service) -> None:
    """`deliver` with nothing to send has nobody to look up."""
    assert alerter(monday.council, "run", "--as-of", "2026-11-23").exit_code == 0
    _missing(monday.folder / "directory.csv")
    assert alerter(monday.council, "deliver").exit_code == 0


def test_admins_who_cannot_be_reached_are_told_next_time(monday: Service, post_office: MailServer) -> None:
    """The exit code says it until then."""
    council = monday.council
    for manager in MANAGERS:
        post_office.reply(manager, LATER)
    assert alerter(council, "run", "--as-of", "2026-11-23").exit_code == 1
    told = post_office.tally()[ADMINS]
    _missing(monday.folder / "directory.csv")
    monday.configure(email__smtp__port=free_port())
    assert alerter(council, "deliver").exit_code == 3
    assert post_office.tally()[ADMINS] == told
    monday.configure(email__smtp__port=post_office.port)
    assert alerter(council, "deliver").exit_code == 3
    assert _is_told(post_office, told + 1)

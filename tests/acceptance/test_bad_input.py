"""Bad settings, files and databases: their exit code and one clear sentence, before anything is done."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.caseload import MONDAY, key, row, start_at
from tests.world.council import Council, at_once
from tests.world.mail_server import free_port
from tests.world.process import Said

RUN = ("run", "--as-of", MONDAY)
STARTED = start_at(27).isoformat()
HEADER = "assessment_id,child_id,started_on,team,worker\n"
GOOD_LINE = f"A-10001,C50001,{STARTED},Duty,W01\n"
COUNCIL = 'council = "Sampleford"\n'
Arrange = Callable[[Council], object]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, the exit code the contract gives it, and the words the complaint must have."""

    arrange: Arrange
    exit_code: int
    names: tuple[str, ...]
    command: tuple[object, ...] = RUN
    is_one_sentence: bool = True


def settings(*names: str, **changes: object) -> Fault:
    """Return a fault of the settings."""
    return Fault(lambda council: council.configure(**changes), 2, names)


def source(text: str | bytes, *names: str) -> Fault:
    """Return a fault of the extract, which is *text*."""
    content = text if isinstance(text, bytes) else text.encode()
    return Fault(
        lambda council: (council.folder / "extract.csv").write_bytes(content), 3, ("extract.csv", *names)
    )


def directory(text: str, *names: str) -> Fault:
    """Return a fault of the directory, which is *text*."""
    return Fault(lambda council: council.write("directory.csv", text), 3, ("directory.csv", *names))


def gone(name: str, exit_code: int) -> Fault:
    """Return the fault that the file *name* is not there."""
    return Fault(lambda council: (council.folder / name).unlink(), exit_code, (name,))


def usage(*command: object, names: tuple[str, ...]) -> Fault:
    """Return a fault of the command line, which is *command*."""
    return Fault(lambda _council: None, 2, names, command, is_one_sentence=False)


FAULTS = {
    "no settings file": gone("config.toml", 2),
    "settings named but not there": usage("--config", "nowhere.toml", *RUN, names=("nowhere.toml",)),
    "settings that are no TOML": Fault(
        lambda council: council.write("config.toml", f"{COUNCIL}[email\n"), 2, ("config.toml", "line 2"),
    ),
    "unknown key": settings("email.fallbak", "fallback", email__fallbak="m@council.example"),
    "many faults at once": Fault(
        lambda council: council.configure(
            council=None, calender__nation="england", calendar__nation="cornwall",
            source__max_age_hours="many", schedule__weekday="funday", email__admins="nobody",
            email__sender="a@elsewhere.example", email__fallback="a@sub.council.example",
            email__smtp__host="mail.example",
        ),
        2,
        (
            "council:", "calender", "calendar.nation", "northern-ireland", "source.max_age_hours",
            "schedule.weekday", "email.admins", "email.sender", "email.fallback", "email.smtp",
            "allow_plaintext",
        ),
        is_one_sentence=False,
    ),
    "a date no option takes": usage("run", "--as-of", "31/12/2025", names=("--as-of", "31/12/2025")),
    "no such command": usage("rum", names=("rum",)),
    "no extract": gone("extract.csv", 3),
    "extract without its id column": source(f"assessment_id,started_on\nA-10001,{STARTED}\n", "child_id"),
    "extract without the clock's column": source("assessment_id,child_id\nA-10001,C50001\n", "started_on"),
    "month first": source(f"{HEADER}{GOOD_LINE}A-10002,C50002,09/25/2025,Duty,W01\n", "started_on", "month"),
    "quote that never ends": source(f'{HEADER}{GOOD_LINE}A-2,"C50002,{STARTED},Duty\n{GOOD_LINE}', "line 3"),
    "NUL": source(f"{HEADER}{GOOD_LINE}A-10002,C50002,{STARTED},Du\x00ty,W01\n", "line 3"),
    "huge field": source(f"{HEADER}{GOOD_LINE}A-10002,C50002,{STARTED},{'x' * 200_000},W01\n", "line 3"),
    "extract that is a workbook": source(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff\xfe\x00\x00" * 40),
    "no directory": gone("directory.csv", 3),
    "directory without its column": directory("team,worker,manager\nDuty,,M\n", "manager_email"),
    "database in a folder that is not there": Fault(
        lambda council: council.configure(database__url="sqlite:///gone/alerter.db"), 3, ("gone",),
    ),
    "database that is a text file": Fault(
        lambda council: council.write("alerter.db", "I am a shopping list.\n" * 100), 3, ("alerter.db",),
    ),
    "database that is a folder": Fault(
        lambda council: (council.folder / "alerter.db").mkdir(), 3, ("alerter.db",),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """Commit every fault, each in a council of its own."""

    def commit(name: str) -> Said:
        council = sound(tmp_path_factory.mktemp("council"))
        FAULTS[name].arrange(council)
        return council.alerter(*FAULTS[name].command)

    return at_once(commit, FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_named_in_one_sentence(name: str, complaints: dict[str, Said]) -> None:
    """
    Each has its exit code, names its file, line or key, and is no traceback; standard output stays empty.
    """
    said, fault = complaints[name], FAULTS[name]
    assert (said.exit_code, said.out) == (fault.exit_code, ""), said.err
    for words in fault.names:
        assert words in said.err
    assert "Traceback" not in said.err
    assert "unexpected" not in said.err
    assert len(said.err.strip().splitlines()) == 1 or not fault.is_one_sentence
    assert "C50002" not in said.err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("name", ["extract.csv", "directory.csv"])
def test_unreadable_file_is_named(name: str, tmp_path: Path) -> None:
    """A file without the right to read it is exit 3, and named."""
    council = sound(tmp_path)
    (council.folder / name).chmod(0)
    said = council.alerter(*RUN)
    assert (said.exit_code, said.out) == (3, "")
    assert name in said.err


def test_bad_file_changes_nothing_of_what_was_read_before(tmp_path: Path) -> None:
    """After a refused extract or directory the store has what it had, and no run was begun."""
    council = sound(tmp_path)
    assert council.alerter("sync").exit_code == 0
    for name in ("extract.csv", "directory.csv"):
        sound_text = (tmp_path / name).read_text(encoding="utf-8")
        council.write(name, f'{HEADER}{GOOD_LINE}"A-10002')
        assert council.alerter(*RUN).exit_code == 3
        council.write(name, sound_text)
    said = council.run(MONDAY, "--no-sync", "--dry-run")
    assert (said.json["state"], said.json["assessments"]["open"]) == ("dry_run", 2)
    assert {each["kind"] for each in said.json["exceptions"]} == set()


def test_bad_rows_are_rejected_with_their_lines_and_the_others_go_on(tmp_path: Path) -> None:
    """Every row is stored, collapsed or rejected, and the sums say so."""
    council = sound(tmp_path)
    good = row(1)
    council.extract(
        [
            good,
            good,
            row(2, started_on="tomorrow"),
            row(3, child_id=""),
            row(4, type="Phantom"),
            row(5, started_on="NULL"),
            row(6, authorised_on="31/02/2025"),
            row(7),
        ]
    )
    said = council.alerter("sync", "--json")
    assert said.exit_code == 0, said.err
    result = said.json
    assert (result["source"]["rows"], result["source"]["rejected"]) == (8, 4)
    assert (result["stored"], result["collapsed"]) == (3, 1)
    assert result["stored"] == result["new"] + result["changed"] + result["unchanged"]
    kinds = [
        (each["kind"], each["assessment_id"]) for each in council.run(MONDAY, "--dry-run").json["exceptions"]
    ]
    assert ("unknown_type", "A-10004") in kinds
    assert ("start_missing", "A-10005") in kinds
    assert ("unreadable_value", "A-10006") in kinds


def sound(folder: Path) -> Council:
    """Return a council without a fault, two assessments, and no mail server."""
    council = Council(folder, free_port())
    council.configure()
    council.directory({"team": "Duty", "manager_email": "m@council.example"})
    council.extract([row(1), row(2)])
    assert key(1) == ("A-10001", "C50001")
    return council

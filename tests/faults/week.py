"""One week of a small council, prepared up to the weekly job, and how it must have ended."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.caseload import MONDAY, managed
from tests.faults.system_calls import Call, recorded
from tests.world.council import ADMINS, Council
from tests.world.ledger import ledger_of
from tests.world.mail_server import MailServer
from tests.world.process import Process
from tests.world.terminal import alerter

needs_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="processes are watched through Linux's /proc"
)
WEEK = ("run", "--no-sync", "--as-of", MONDAY)
FIRST, SECOND = "m00@council.example", "m01@council.example"
MANAGERS = (FIRST, SECOND)


def made_ready(council: Council, how_many: int = len(MANAGERS)) -> Council:
    """Give *council* an extract of as many managers, and read it into the store."""
    managed(council, how_many)
    said = alerter(council, "sync")
    assert said.exit_code == 0, said.err
    return council


def calls_of_week(folder: Path, url: str | None = None, how_many: int = len(MANAGERS)) -> list[Call]:
    """Do a whole week in *folder*, and return the system calls of the weekly job."""
    with MailServer() as office:
        council = Council(folder, office.port)
        council.configure(**({} if url is None else {"database__url": url}))
        return recorded(made_ready(council, how_many), *WEEK)


def settled(council: Council, office: MailServer, *, twice: str = "") -> None:
    """
    Do the weekly job again, and check that nothing is lost: each manager was sent one digest.

    The one named by *twice* was sent two, which are the same to the byte.
    """
    said = alerter(council, *WEEK)
    assert said.exit_code == 0, said
    ledger = ledger_of(council)
    ledger.assert_sound()
    assert [run.state for run in ledger.runs()] == ["done"]
    managers = ledger.states()
    assert set(managers.values()) == {"sent"}
    tally = office.tally()
    wanted = dict.fromkeys(managers, 1) | ({twice: 2} if twice else {})
    assert {each: tally[each] for each in managers} == wanted
    assert len(set(office.copies(twice))) == (1 if twice else 0)
    assert tally[ADMINS] >= 1


def amend(council: Council, line: str) -> None:
    """Add one *line* to the settings."""
    settings = (council.folder / "config.toml").read_text(encoding="utf-8")
    council.write("config.toml", f"{settings}{line}\n")


def struck(
    council: Council,
    office: MailServer,
    step: str,
    strike: Callable[[Process], None],
    *arguments: object,
    to: str = "",
) -> None:
    """Start a command, and *strike* it at *step* of the message *to* a recipient, of which it dies."""
    victim = council.start(*arguments)
    office.at(step, lambda: strike(victim), to)
    said = victim.ended()
    assert said.exit_code == -signal.SIGKILL, said


def killed(council: Council, office: MailServer, step: str, *arguments: object, to: str = "") -> None:
    """Start a command, and kill it when its conversation comes to *step* of the message *to* a recipient."""
    struck(council, office, step, Process.kill, *arguments, to=to)

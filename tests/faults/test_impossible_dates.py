"""Fault matrix, row 121: dates that no calendar knows, given to every command that takes one."""

import importlib
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import click
import pytest

from alerter.bank_holidays import FIRST_YEAR, LAST_YEAR
from alerter.cli.commands import COMMANDS
from alerter.cli.options import Day
from tests.world.office import Office, row, today
from tests.world.process import REPOSITORY, Said
from tests.world.size import size
from tests.world.terminal import alerter

WEEKS = size(60, 2000)
BEFORE, AFTER = f"{FIRST_YEAR - 1}-12-31", f"{LAST_YEAR + 1}-01-01"
UNKNOWN = ("0001-01-01", "0001-12-31", "1600-02-29", BEFORE, AFTER, "9999-12-31")
EDGES = (f"{FIRST_YEAR}-01-01", f"{FIRST_YEAR}-02-01", f"{LAST_YEAR}-11-20", f"{LAST_YEAR}-12-31")
USUAL = "2026-11-20"
ADDRESS = "n.okafor@council.example"
VALUES = {"out": "out.csv", "by": ADDRESS, "email": ADDRESS, "for": ADDRESS}
"""What is given where something must be, by the words in a parameter's name."""


def commands() -> Iterator[tuple[str, click.Command]]:
    """Give every command that takes a date."""
    for name in COMMANDS:
        command: click.Command = importlib.import_module(f"alerter.cli.{name}").command
        if any(isinstance(each.type, Day) for each in command.params):
            yield name, command


def line(command: click.Command, odd: click.Parameter, day: str, folder: Path) -> list[str]:
    """
    Return the words for *command* with all that it must have, usual but for the *odd* parameter's *day*.
    """
    given: list[str] = []
    for each in command.params:
        is_date = isinstance(each.type, Day)
        if each is not odd and not each.required and each.name != "out":
            continue
        value = day if each is odd else USUAL if is_date else _value(each, folder)
        given += [value] if isinstance(each, click.Argument) else [each.opts[0], value]
    return given


def _value(parameter: click.Parameter, folder: Path) -> str:
    if isinstance(parameter.type, click.Choice):
        return str(parameter.type.choices[0])
    if isinstance(parameter.type, click.types.IntParamType):
        return "20"
    name = str(parameter.name)
    value = next((value for word, value in VALUES.items() if word in name), "A-1")
    return str(folder / "odd" / value) if name == "out" else value


@pytest.fixture
def wide(desk: Office) -> Office:
    """Return a council with an overdue assessment that was sent out today."""
    desk.extract(row("A-1", as_of=today(), days=40), row("A-2", as_of=today()))
    assert alerter(desk, "run").exit_code == 0
    return desk


def test_fault_121_odd_dates(wide: Office, tmp_path: Path) -> None:
    """
    Each is refused with 2 and a sentence; at the edge of what is known a sentence does too. Nothing changes.
    """
    tried = set()
    for name, command in commands():
        for odd in command.params:
            if not isinstance(odd.type, Day):
                continue
            tried.add(name)
            for day in UNKNOWN:
                said = alerter(wide, name, *line(command, odd, day, tmp_path))
                assert said.exit_code == 2, (name, day, said)
                assert "bank holidays are known" in said.err
            for day in EDGES:
                said = alerter(wide, name, *line(command, odd, day, tmp_path))
                assert said.exit_code in {0, 1, 2}, (name, day, said)
                assert "unexpected fault" not in said.err, (name, day, said)
    assert {"run", "explain", "replay", "purge", "reassure", "dates", "report", "preview", "quality"} <= tried
    assert alerter(wide, "status", "--json").json["ok"] is True


def test_any_weeks_at_all_end_in_a_sentence(wide: Office) -> None:
    """Dates drawn from all that can be written, as both ends of what takes two."""
    rng = Random(121)  # noqa: S311 - the same seed must give the same dates
    for _ in range(WEEKS):
        first, last = (date.fromordinal(rng.randint(1, date.max.toordinal())) for _ in range(2))
        command = rng.choice((("replay", "--alert-after", "20"), ("report",)))
        said = alerter(wide, *command, "--from", first, "--to", last)
        assert said.exit_code in {0, 2}, (command, first, last, said)
        assert "unexpected fault" not in said.err


@pytest.mark.parametrize("year", ["0", "1", "1989", "2036", "9999", "10000"])
def test_a_year_that_is_not_known(wide: Office, year: str) -> None:
    """The list of days off is refused for it, with 2."""
    assert alerter(wide, "calendar", year).exit_code == 2


def test_a_purge_of_days_to_come_is_not_done_unasked(wide: Office) -> None:
    """Nobody at a terminal to ask: refused, and nothing goes. Today is no day to come."""
    tomorrow = today() + timedelta(days=1)
    said = alerter(wide, "purge", "--before", tomorrow)
    assert (said.exit_code, said.out) == (2, "")
    assert "give an earlier day, or --yes" in said.err
    assert "messages 0" in alerter(wide, "purge", "--before", today()).out
    assert "messages 0" not in alerter(wide, "purge", "--before", tomorrow, "--yes").out


@pytest.mark.parametrize(("answer", "code"), [("n", 2), ("", 2), ("y", 0)])
def test_a_purge_of_days_to_come_asks_at_a_terminal(wide: Office, answer: str, code: int) -> None:
    """Only a yes deletes anything."""
    said = at_a_terminal(wide, answer, "purge", "--before", today() + timedelta(days=1))
    assert said.exit_code == code
    assert "Delete it? [y/N]" in said.err
    assert said.out.startswith("Deleted: messages 2") is (code == 0)


def at_a_terminal(office: Office, answer: str, *arguments: object) -> Said:
    """Run a command in a process whose standard input is a terminal at which *answer* is typed."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(  # noqa: S603 - this Python, on arguments the tests wrote
        [sys.executable, "-m", "alerter", "--config", str(office.config), *map(str, arguments)],
        cwd=REPOSITORY, stdin=theirs, capture_output=True, text=True, check=False,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    return Said(done.returncode, done.stdout, done.stderr)

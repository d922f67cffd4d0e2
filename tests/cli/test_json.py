"""What all commands have in common that print JSON."""

import importlib
import re
from collections.abc import Iterator
from datetime import datetime

import click
import pytest

from alerter.cli.commands import COMMANDS
from tests.world.office import AS_OF, NORTH, Office, row
from tests.world.terminal import alerter

ARGUMENTS: dict[str, tuple[object, ...]] = {
    "init": ("new",),
    "check": (),
    "sync": (),
    "run": ("--as-of", AS_OF),
    "release": (1,),
    "resend": (1, NORTH["manager_email"], "--reason", "asked for"),
    "deliver": (),
    "preview": ("--as-of", AS_OF, "--out", "look"),
    "list": ("--as-of", AS_OF),
    "explain": ("A-1", "--as-of", AS_OF),
    "dates": ("2009-04-09",),
    "calendar": (2009,),
    "quality": ("--as-of", AS_OF),
    "replay": ("--alert-after", 20, "--from", "2009-10-26", "--to", AS_OF),
    "history": ("A-1",),
    "status": (),
    "cover": (),
    "purge": (),
}
"""What each command is called with, in the order they are called."""
FIELD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
DAY_OR_MOMENT = re.compile(r".*_on|.*_at|at|date|as_of|start|from|to|.*_run|.*_from|.*_until")


def fields(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Yield each field in a JSON value, however deep."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield key, below
            yield from fields(below, key)
    elif isinstance(value, list):
        for below in value:
            yield from fields(below, name)


def has_json(name: str) -> bool:
    """Say whether a command has the option."""
    command = importlib.import_module(f"alerter.cli.{name}").command
    return any(isinstance(option, click.Option) and "--json" in option.opts for option in command.params)


def test_every_json_is_one_object_with_plain_names_and_iso_days(office: Office) -> None:
    """For every command that has `--json`, one that is added too: nothing else is on standard output."""
    assert set(ARGUMENTS) == set(filter(has_json, COMMANDS))
    office.configure(source__max_quiet_days=1)
    office.extract(row("A-1"), row("A-2", started_on="2009-12-01"), row("A-3", team="Nowhere", worker=""))
    for name, arguments in ARGUMENTS.items():
        paths = [office.folder / each if each in {"new", "look"} else each for each in arguments]
        said = alerter(office, name, *paths, "--json")
        assert said.exit_code in {0, 1}, (name, said)
        for field, value in fields(said.json):
            assert FIELD.fullmatch(field), (name, field)
            if isinstance(value, str) and DAY_OR_MOMENT.fullmatch(field) and field != "starts_from":
                assert datetime.fromisoformat(value), (name, field)


@pytest.mark.parametrize("name", ["list", "quality", "history"])
def test_a_file_leaves_the_json_as_it_is(office: Office, name: str) -> None:
    """With `--out` beside `--json` the file is written, and standard output has the same object."""
    office.extract(row("A-1"))
    alerter(office, "run", "--as-of", AS_OF)
    command, file = (name, *ARGUMENTS[name], "--json"), office.folder / "rows.csv"
    said = alerter(office, *command, "--out", file)
    assert said.json == alerter(office, *command).json
    assert file.exists()


@pytest.mark.parametrize("options", [["A-1", "--from", AS_OF], ["A-1", "--to", AS_OF], ["--to", AS_OF], []])
def test_history_is_of_one_assessment_or_of_a_whole_period(office: Office, options: list[object]) -> None:
    """Half a period, also beside an id, is refused and not passed over."""
    assert alerter(office, "history", *options).exit_code == 2

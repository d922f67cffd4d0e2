"""
How long commands take to start, against what they cannot be faster than.

    python -m bench.starting [ROUNDS]

Every round is a fresh process of each, in turns.
"""

import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from alerter.installation import clock
from bench.commands import Command
from bench.rounds import HEAD, row, timed

ROUNDS = 9
SETTINGS = """
council = "Sampleford"
[database]
url = "sqlite:///alerter.db"
[source]
kind = "csv"
path = "assessments.csv"
[directory]
path = "directory.csv"
[calendar]
nation = "england"
[assessments.core]
label = "Core assessment"
working_days = 35
alert_after = 25
[email]
transport = "folder"
folder = "sent"
sender = "alerts@council.example"
admins = ["performance@council.example"]
fallback = "service.manager@council.example"
allowed_domains = ["council.example"]
"""
EXTRACT = "assessment_id,child_id,started_on,authorised_on,team\nA-1,1,{},,North\n"
NOTHING, OPENING = "python -c pass", "import sqlalchemy, make an engine, connect"
OPEN = "import sqlalchemy; sqlalchemy.create_engine('sqlite:///alerter.db').connect().close()"


@dataclass(frozen=True, slots=True)
class Start:
    """A command, what it cannot be faster than, and how many times as long it may take."""

    name: str
    arguments: tuple[str, ...]
    floor: str
    goal: str = ""


STARTS = (
    Start(NOTHING, ("-c", "pass"), NOTHING),
    Start("import click", ("-c", "import click"), NOTHING),
    Start("alerter --help", ("-m", "alerter", "--help"), NOTHING, "6"),
    Start("alerter --version", ("-m", "alerter", "--version"), NOTHING, "6"),
    Start(OPENING, ("-c", OPEN), OPENING),
    Start("alerter status", ("-m", "alerter", "status"), OPENING, "2.0 (better 1.6)"),
)


def main(rounds: int = ROUNDS) -> None:
    """Print a Markdown table: what each command takes, and as a multiple of its floor."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _settle_in(folder)
        commands = {start.name: Command(folder, start.arguments) for start in STARTS}
        for command in commands.values():
            command()  # fills the caches of bytecode and files
        taken = timed({name: partial(_ready, command) for name, command in commands.items()}, rounds)
    print(f"{rounds} interleaved rounds of fresh processes; each as a multiple of what stands first\n")
    print(HEAD)
    for start in STARTS:
        print(row(taken, start.name, start.floor, start.goal))


def _ready(command: Command) -> Command:
    return command


def _settle_in(folder: Path) -> None:
    """Set up an installation that has read an empty extract and sent its week."""
    (folder / "config.toml").write_text(SETTINGS, encoding="utf-8")
    today = clock.now(ZoneInfo("Europe/London")).date().isoformat()
    (folder / "assessments.csv").write_text(EXTRACT.format(today), encoding="utf-8")
    (folder / "directory.csv").write_text("team,manager_email\n", encoding="utf-8")
    Command(folder, ("-m", "alerter", "run"))()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

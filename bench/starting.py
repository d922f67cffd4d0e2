"""
How long commands take to start, against what they cannot be faster than.

    python -m bench.starting [ROUNDS]

Every round is a fresh process of each, in turns.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

import click

from alerter.installation import clock

ROUNDS = 15
MS = 1_000
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
OPENING = "import sqlalchemy; sqlalchemy.create_engine('sqlite:///alerter.db').connect().close()"


def commands() -> dict[str, list[str]]:
    """Return what is started, by name."""
    python = sys.executable
    return {
        "python -c pass": [python, "-c", "pass"],
        "alerter --help": [python, "-m", "alerter", "--help"],
        "import sqlalchemy, open the file": [python, "-c", OPENING],
        "alerter status": [python, "-m", "alerter", "status"],
    }


PAIRS = (
    ("alerter --help", "python -c pass", 5.0),
    ("alerter status", "import sqlalchemy, open the file", 1.5),
)


def main(rounds: int = ROUNDS) -> None:
    """Print a Markdown table: milliseconds, and each command as a multiple of its floor."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _settle_in(folder)
        taken: dict[str, list[float]] = {each: [] for each in commands()}
        for number in range(rounds + 1):
            for each, command in commands().items():
                begin = perf_counter()
                done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603 - ourselves
                if number:  # the first round fills the caches of bytecode and files
                    taken[each].append(perf_counter() - begin)
                if done.returncode:
                    raise RuntimeError(done.stderr.decode())
    click.echo(f"{rounds} interleaved rounds of fresh processes; medians\n")
    click.echo("| command | ms | times | what | rounds' ratios | goal |\n|---|---:|---:|---|---|---:|")
    for ours, floor, goal in PAIRS:
        ratios = [one / other for one, other in zip(taken[ours], taken[floor], strict=True)]
        spread = f"{min(ratios):.1f} to {max(ratios):.1f}"
        click.echo(f"| {floor} | {median(taken[floor]) * MS:.0f} | 1.0 | | | |")
        taken_by_ours = median(taken[ours]) * MS
        click.echo(f"| {ours} | {taken_by_ours:.0f} | {median(ratios):.1f} | {floor} | {spread} | {goal:g} |")


def _settle_in(folder: Path) -> None:
    """Set up an installation that has read an empty extract and sent its week."""
    (folder / "config.toml").write_text(SETTINGS, encoding="utf-8")
    today = clock.now(ZoneInfo("Europe/London")).date().isoformat()
    (folder / "assessments.csv").write_text(EXTRACT.format(today), encoding="utf-8")
    (folder / "directory.csv").write_text("team,manager_email\n", encoding="utf-8")
    command = [sys.executable, "-m", "alerter", "run"]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)  # noqa: S603 - ourselves


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

"""`alerter init`: a settings file and a directory to fill in."""

from pathlib import Path

import click

from alerter.cli import output
from alerter.config.file import example_settings
from alerter.errors import ConfigError

DIRECTORY = (
    "team,worker,manager_name,manager_email,cover_email,cover_from,cover_until,escalate_to\n"
    "Duty and Assessment North,,A Manager,a.manager@council.example,,,,\n"
)


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=".")
def command(folder: Path) -> None:
    """Write config.toml and a directory template into DIR; nothing is ever overwritten."""
    files = {
        folder / "config.toml": example_settings(),
        folder / "directory.csv": DIRECTORY,
    }
    if existing := [path for path in files if path.exists()]:
        raise ConfigError([f"{path} exists already and is not overwritten." for path in existing])
    (folder / "extracts").mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
        click.echo(f"Wrote {path}")
    output.talk("Fill in both, put an extract into extracts/, then run `alerter check`.")

"""`alerter demo`: the real job on a made-up borough."""

from __future__ import annotations

import sys
from datetime import date  # noqa: TC003 - click's callback signature
from pathlib import Path

import click

from alerter.cli import options, output


@click.command("demo")
@click.option("--out", type=click.Path(path_type=Path), default=Path("alerter-demo"), show_default=True,
              help="The folder to write into.")  # fmt: skip
@options.as_of
def command(out: Path, as_of: date | None) -> None:
    """Run the weekly job on one borough of made-up data, with its own database and mail server."""
    from alerter.demo.show import show  # noqa: PLC0415 - help needs no mail server

    shown = show(out.resolve(), as_of)
    borough, result = shown.borough, shown.result
    counts = result.counts
    click.echo(
        f"{borough.council}, a made-up borough: {borough.teams} teams, {borough.managers} managers, "
        f"{borough.workers} workers, {borough.assessments} assessments, {counts['open']} open.\n"
        f"Weekly run as of {result.as_of}: {result.state}; {counts['overdue']} overdue, "
        f"{counts['past_alert']} past day 25, {counts['approaching']} reach it by {result.next_run}, "
        f"{counts['on_track']} on track.\n"
    )
    output.print_table(("to", "subject"), [(each.recipient, each.subject) for each in shown.arrived])
    first = next((each.page for each in shown.arrived if "overdue" in each.subject), shown.folder)
    click.echo(
        f"\n{len(shown.arrived)} emails arrived in {shown.folder / 'emails'}\nOpen one: {first.as_uri()}"
    )
    output.talk(f"The settings, the extract and the database are in {shown.folder}; try `alerter --config "
                f"{shown.folder / 'config.toml'} status`.")  # fmt: skip
    sys.exit(0 if result.state == "done" else 1)

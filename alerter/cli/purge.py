"""`alerter purge`: delete what retention says may go."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from alerter.cli import options, output

if TYPE_CHECKING:
    from datetime import date


@click.command("purge")
@click.option(
    "--before", type=options.Day(), help="Delete all from before this day, in place of [retention]'s days."
)
@options.json_
@click.pass_context
def command(ctx: click.Context, before: date | None, *, is_json: bool) -> None:
    """Delete what retention says may go: texts of sent messages, old runs, assessments long ended."""
    from alerter.app.retention import purge  # noqa: PLC0415 - help needs no database

    answer = asdict(purge(options.open_app(ctx), before))
    if is_json:
        output.print_json(answer)
    else:
        click.echo("Deleted: " + ", ".join(f"{name} {count:,}" for name, count in answer.items()) + ".")

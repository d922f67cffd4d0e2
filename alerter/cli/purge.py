"""`alerter purge`: delete what retention says may go."""

import sys
from dataclasses import asdict
from datetime import date

import click

from alerter.cli import options, output
from alerter.errors import ConfigError
from alerter.pipeline.retention import purge


@click.command("purge")
@click.option(
    "--before", type=options.Day(), help="Delete all from before this day, in place of [retention]'s days."
)
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask before deleting up to a day to come.")
@options.json_
@click.pass_context
def command(ctx: click.Context, before: date | None, *, is_sure: bool, is_json: bool) -> None:
    """Delete what retention says may go: texts of sent messages, old runs, assessments long ended."""
    app = options.open_app(ctx)
    if before is not None and before > app.today() and not is_sure:
        _ask(before)
    answer = asdict(purge(app, before))
    if is_json:
        output.print_json(answer)
    else:
        output.print_counts(answer, "Deleted: ")


def _ask(before: date) -> None:
    """
    Ask at a terminal whether all up to a day to come is to go.

    Raises:
        ConfigError: There is nobody to ask, or the answer is no.
    """
    said = f"--before: {before} is still to come, so everything that may go at all would go, today's too"
    if not sys.stdin.isatty():
        raise ConfigError([f"{said}: give an earlier day, or --yes."])
    if not click.confirm(f"{said}. Delete it?", err=True):
        raise ConfigError(["--before: nothing was deleted."])

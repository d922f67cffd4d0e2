"""`alerter purge`: delete what retention says may go."""

import sys
from dataclasses import asdict
from datetime import date

import click

from alerter.cli import options, output
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.pipeline.retention import purge, would_purge_all


@click.command("purge")
@click.option(
    "--before", type=options.Day(), help="Delete all from before this day, in place of [retention]'s days."
)
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask where everything would go.")
@options.json_
@click.pass_context
def command(ctx: click.Context, before: date | None, *, is_sure: bool, is_json: bool) -> None:
    """Delete what retention says may go: texts of sent messages, old runs, assessments long ended."""
    app = options.open_app(ctx)
    if not is_sure:
        _ask_where_it_is_everything(app, before)
    answer = asdict(purge(app, before))
    if is_json:
        output.print_json(answer)
    else:
        output.print_counts(answer, "Deleted: ")


def _ask_where_it_is_everything(app: Installation, before: date | None) -> None:
    """
    Ask at a terminal whether everything is to go: up to a day to come, or all assessments that have ended.

    Raises:
        ConfigError: There is nobody to ask, or the answer is no.
    """
    if before is not None and before > app.today():
        said = f"--before: {before} is still to come, so everything that may go at all would go, today's too"
    elif would_purge_all(app, before):
        what = "[retention]" if before is None else "--before"
        said = f"{what}: every assessment that has ended would go, with all that is recorded of it"
    else:
        return
    if not sys.stdin.isatty():
        raise ConfigError([f"{said}: give an earlier day, or --yes."])
    if not click.confirm(f"{said}. Delete it?", err=True):
        raise ConfigError([f"{said.partition(':')[0]}: nothing was deleted."])

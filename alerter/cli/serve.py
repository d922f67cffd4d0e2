"""`alerter serve`: the service that does the weekly job by itself."""

import os
import sys
from pathlib import Path

import click

from alerter.app.logs import Format, open_journal
from alerter.app.serving import Serving
from alerter.config.file import find_config
from alerter.installation.clock import steady
from alerter.installation.installation import Installation
from alerter.scheduler import serve, stop_on_signals


@click.command("serve")
@click.option(
    "--log",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How each line of the log is written.",
)
@click.pass_context
def command(ctx: click.Context, form: Format) -> None:
    """Prepare weekly, deliver every minute, until SIGTERM; what was missed meanwhile is made up for once."""
    stop = stop_on_signals()
    journal = open_journal(sys.stderr, form)
    serving = Serving(
        find_config(ctx.find_root().obj, os.environ, Path.cwd()),
        lambda path: Installation.open(path, os.environ),
        journal,
        steady=steady,
        should_stop=stop.is_set,
    )
    try:
        serve(serving, stop)
    finally:
        serving.close()
    journal.note("stopped")

"""`alerter serve`: the service that does the weekly job by itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from alerter.app.logs import Format


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
    from alerter.app.logs import open_journal  # noqa: PLC0415 - the same
    from alerter.app.serving import Serving  # noqa: PLC0415 - the same
    from alerter.config.file import find_config  # noqa: PLC0415 - the same
    from alerter.installation.clock import steady  # noqa: PLC0415 - the same
    from alerter.installation.installation import Installation  # noqa: PLC0415 - help needs no database
    from alerter.scheduler import serve, stop_on_signals  # noqa: PLC0415 - the same

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

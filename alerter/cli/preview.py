"""`alerter preview`: every digest as files, nothing sent."""

import sys
from datetime import date
from pathlib import Path

import click

from alerter.app.preview import preview
from alerter.cli import options, output
from alerter.domain.wording import counted


@click.command("preview")
@options.as_of
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to write into.")
@click.pass_context
def command(ctx: click.Context, as_of: date | None, out: Path) -> None:
    """Write every digest as .html, .txt and .eml; nothing is sent and nothing recorded."""
    shown = preview(options.open_app(ctx), as_of, out)
    click.echo(f"Written to {out}: {counted(shown.digests, 'digest')}.")
    output.show_rejected(shown.synced.rejected)
    output.warn_held(shown.synced.held_because)
    sys.exit(1 if shown.synced.held_because else 0)

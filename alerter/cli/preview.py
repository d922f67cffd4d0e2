"""`alerter preview`: every digest as files, nothing sent."""

from __future__ import annotations

import sys
from datetime import date  # noqa: TC003 - click's callback signature
from pathlib import Path

import click

from alerter.cli import options, output


@click.command("preview")
@options.as_of
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to write into.")
@click.pass_context
def command(ctx: click.Context, as_of: date | None, out: Path) -> None:
    """Write every digest as .html, .txt and .eml; nothing is sent and nothing recorded."""
    from alerter.app.preview import preview  # noqa: PLC0415 - help needs no database
    from alerter.domain.wording import counted  # noqa: PLC0415 - the same

    shown = preview(options.open_app(ctx), as_of, out)
    click.echo(f"Written to {out}: {counted(shown.digests, 'digest')}.")
    output.show_rejected(shown.synced.rejected)
    output.warn_held(shown.synced.held_because)
    sys.exit(1 if shown.synced.held_because else 0)

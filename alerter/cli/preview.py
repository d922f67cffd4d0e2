"""`alerter preview`: every digest as files, nothing sent."""

import sys
from datetime import date
from pathlib import Path

import click

from alerter.app.preview import preview
from alerter.cli import options, output
from alerter.cli.run import source_json
from alerter.domain.wording import counted


@click.command("preview")
@options.as_of
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to write into.")
@options.json_
@click.pass_context
def command(ctx: click.Context, as_of: date | None, out: Path, *, is_json: bool) -> None:
    """Write every digest as .html, .txt and .eml; nothing is sent and nothing recorded."""
    app = options.open_app(ctx)
    previewed = preview(app, as_of, out)
    synced = previewed.synced
    if is_json:
        output.print_json(
            {
                "as_of": as_of or app.today(),
                "digests": previewed.digests,
                "source": source_json(synced.sync),
                "held_because": list(synced.held_because),
                "index": previewed.index.as_uri(),
            }
        )
    else:
        output.print_read(synced.sync, synced.rejected)
        output.print_written(out, counted(previewed.digests, "digest"))
        click.echo(f"Open {previewed.index.as_uri()}")
    output.warn_held(synced.held_because)
    sys.exit(1 if synced.held_because else 0)

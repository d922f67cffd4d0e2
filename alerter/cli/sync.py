"""`alerter sync`: read the source and the directory into the store."""

import click

from alerter.cli import options, output
from alerter.cli.run import source_json

COUNTS = ("stored", "new", "changed", "unchanged", "vanished", "collapsed")


@click.command("sync")
@options.json_
@click.pass_context
def command(ctx: click.Context, *, is_json: bool) -> None:
    """Read the source and the directory into the store."""
    from alerter.app.weekly import Weekly  # noqa: PLC0415 - help needs no database

    done = Weekly(options.open_app(ctx)).sync()
    counts = {name: getattr(done, name) for name in COUNTS}
    if is_json:
        output.print_json({"source": source_json(done)} | counts)
        return
    click.echo(f"Read {done.source_name}: {done.rows} rows, {done.rejected} rejected.")
    click.echo(", ".join(f"{name} {count}" for name, count in counts.items()) + ".")

"""`alerter sync`: read the source and the directory into the store."""

import sys
from functools import partial

import click

from alerter.app.notices import telling_if_lost
from alerter.cli import options, output
from alerter.cli.run import source_json
from alerter.pipeline.outcome import ignored_on
from alerter.pipeline.weekly import sync_only

COUNTS = ("stored", "new", "changed", "unchanged", "vanished", "collapsed")


@click.command("sync")
@click.option("--accept", "is_accepted", is_flag=True, help="Apply this reading whatever the gates say.")
@options.json_
@click.pass_context
def command(ctx: click.Context, *, is_accepted: bool, is_json: bool) -> None:
    """Read the source and the directory into the store, unless a gate holds the extract."""
    app = options.open_app(ctx)
    done = telling_if_lost(app, partial(sync_only, app, is_accepted=is_accepted))
    with app.database.read() as connection:
        ignored = ignored_on(connection, app.rules, app.today())
    held_because = [] if is_accepted else list(done.held_because)
    read = done.sync
    counts = {name: getattr(read, name) for name in COUNTS}
    counts |= {} if ignored is None else {"ignored": ignored}
    if is_json:
        output.print_json({"source": source_json(read)} | counts | {"held_because": held_because})
    else:
        output.print_read(read, done.rejected)
        output.print_counts(counts)
    output.warn_held(held_because)
    if held_because:
        output.warn("nothing was applied; to apply it all the same: alerter sync --accept")
    sys.exit(1 if held_because else 0)

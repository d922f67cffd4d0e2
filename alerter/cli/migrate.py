"""`alerter migrate`: bring the database to the current schema."""

import click

from alerter.cli import options


@click.command("migrate")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Bring the database to the current schema."""
    is_changed = options.open_app(ctx).migrate()
    click.echo(
        "The database was brought to the current schema." if is_changed else "The database is current."
    )

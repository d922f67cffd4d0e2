"""`alerter migrate`: bring the database to the current schema."""

import click

from alerter.cli import options


@click.command("migrate")
@click.option(
    "--adopt", "is_adopted", is_flag=True, help="Let the database belong to the council of these settings."
)
@click.pass_context
def command(ctx: click.Context, *, is_adopted: bool) -> None:
    """Bring the database to the current schema."""
    is_changed = options.open_app(ctx).migrate(is_adopted=is_adopted)
    click.echo(
        "The database was brought to the current schema." if is_changed else "The database is current."
    )

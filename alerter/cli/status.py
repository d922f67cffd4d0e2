"""`alerter status`: how the installation stands, with an exit code for monitoring."""

import sys

import click

from alerter.app.standing import standing_of
from alerter.cli import options, output


@click.command("status")
@options.json_
@click.pass_context
def command(ctx: click.Context, *, is_json: bool) -> None:
    """Show last run, owed messages, next run and the age of the data; exit 1 when something is wrong."""
    standing = standing_of(options.open_app(ctx))
    last = standing.last_run
    age = standing.data_age_hours
    answer = {
        "last_run": None
        if last is None
        else {"run": last.id, "as_of": last.as_of.isoformat(), "state": last.state},
        "owed": standing.owed,
        "held": standing.held,
        "next_run": standing.next_run_at.isoformat(),
        "data_age_hours": None if age is None else round(age, 1),
        "ok": standing.is_ok,
    }
    if is_json:
        output.print_json(answer)
    else:
        for line in standing.sentences():
            click.echo(line)
    sys.exit(0 if standing.is_ok else 1)

"""`alerter status`: how the installation stands, with an exit code for monitoring."""

import sys

import click

from alerter.app.status import status_of
from alerter.cli import options, output


@click.command("status")
@options.json_
@click.pass_context
def command(ctx: click.Context, *, is_json: bool) -> None:
    """Show last run, owed messages, next run and the age of the data; exit 1 when something is wrong."""
    status = status_of(options.open_app(ctx))
    last = status.last_run
    age = status.data_age_hours
    answer = {
        "last_run": None if last is None else {"run": last.id, "as_of": last.as_of, "state": last.state},
        "owed": status.owed,
        "held": status.held,
        "next_run": status.next_run_at,
        "data_age_hours": None if age is None else round(age, 1),
        "ok": status.is_ok,
    }
    if is_json:
        output.print_json(answer)
    else:
        for line in status.sentences():
            click.echo(line)
    sys.exit(0 if status.is_ok else 1)

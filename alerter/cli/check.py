"""`alerter check`: every part tried once."""

import sys

import click

from alerter.app import check
from alerter.cli import options, output


@click.command("check")
@click.option("--send-test", metavar="ADDRESS", help="Also send one test message to ADDRESS.")
@click.pass_context
def command(ctx: click.Context, send_test: str | None) -> None:
    """Try settings, calendar, database, source, directory and mail server, and show the next send dates."""
    app = options.open_app(ctx)
    rows = list(check.check(app))
    output.print_table(
        ("part", "", "found"),
        [
            (row.part, "fault" if row.exit_code else "look" if row.is_warning else "ok", row.found)
            for row in rows
        ],
    )
    faults = [row.exit_code for row in rows if row.exit_code]
    if send_test and faults:
        output.talk("alerter: no test message was sent: mend the faults first.")
    elif send_test:
        click.echo(f"The test message was accepted: {check.send_test(app, send_test)}")
    sys.exit(faults[0] if faults else int(any(row.would_hold for row in rows)))

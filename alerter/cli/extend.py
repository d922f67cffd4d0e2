"""`alerter extend`: record that a manager authorised going beyond the limit, or take that back."""

from datetime import date

import click

from alerter.app.extensions import extend, withdraw
from alerter.cli import options
from alerter.domain.extension import Extension
from alerter.domain.wording import counted


@click.command("extend")
@click.argument("assessment_id")
@click.option("--child", "child_id", metavar="ID", help="Only this child of a sibling group.")
@click.option("--by", metavar="EMAIL", required=True, help="The manager who authorises it.")
@click.option("--until", type=options.Day(), help="Until when it may take; a day beyond the due date.")
@click.option("--reason", metavar="R", default="", help="Why: one of the settings' reasons.")
@click.option("--note", metavar="TEXT", default="", help="200 characters at most; nothing about the child.")
@click.option("--undo", is_flag=True, help="Take back what was recorded within the last hour.")
@click.pass_context
def command(
    ctx: click.Context,
    assessment_id: str,
    child_id: str | None,
    by: str,
    until: date | None,
    reason: str,
    note: str,
    *,
    undo: bool,
) -> None:
    """Record that a manager authorised ASSESSMENT_ID to go beyond its limit; it stays late."""
    if undo == (until is not None):
        raise click.UsageError("Give either --until, the last day of the extension, or --undo.")
    app = options.open_app(ctx)
    if until is None:
        count = withdraw(app, assessment_id, child_id, by=by)
        click.echo(f"Withdrawn for {counted(count, 'child', 'children')}; the record is kept.")
        return
    extension = Extension(by=by, until=until, reason=reason, recorded_on=app.today())
    count = extend(app, assessment_id, child_id, extension, note=note)
    click.echo(f"Recorded for {counted(count, 'child', 'children')}; extended until {until.isoformat()}.")

"""`alerter reassure`: record that a manager looked, or take that back."""

from datetime import date

import click

from alerter.app.reassurances import reassure, withdraw
from alerter.cli import options
from alerter.domain.policy import Reassurance
from alerter.domain.wording import counted


@click.command("reassure")
@click.argument("assessment_id")
@click.option("--child", "child_id", metavar="ID", help="Only this child of a sibling group.")
@click.option("--by", metavar="EMAIL", required=True, help="The manager who looked.")
@click.option("--expected", type=options.Day(), help="When sign-off is expected.")
@click.option("--on", "given_on", type=options.Day(), help="When the manager looked; today if not given.")
@click.option("--reason", metavar="R", default="", help="Why it takes longer: one of the settings' reasons.")
@click.option("--note", metavar="TEXT", default="", help="200 characters at most; nothing about the child.")
@click.option("--on-behalf", is_flag=True, help="By somebody who does not answer for it; recorded so.")
@click.option("--undo", is_flag=True, help="Take back what was recorded within the last hour.")
@click.pass_context
def command(
    ctx: click.Context,
    assessment_id: str,
    child_id: str | None,
    by: str,
    expected: date | None,
    given_on: date | None,
    reason: str,
    note: str,
    *,
    on_behalf: bool,
    undo: bool,
) -> None:
    """Record a manager's reassurance that ASSESSMENT_ID is nearly done."""
    if undo == (expected is not None):
        raise click.UsageError("Give either --expected, the day of the sign-off, or --undo.")
    app = options.open_app(ctx)
    if expected is None:
        count = withdraw(app, assessment_id, child_id, by=by)
        click.echo(f"Withdrawn for {counted(count, 'child', 'children')}; the record is kept.")
        return
    reassurance = Reassurance(by=by, given_on=given_on or app.today(), expected_on=expected, reason=reason)
    count = reassure(app, assessment_id, child_id, reassurance, note=note, on_behalf=on_behalf)
    click.echo(f"Recorded for {counted(count, 'child', 'children')}; expected {expected.isoformat()}.")

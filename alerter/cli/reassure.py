"""`alerter reassure`: record that a manager looked."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - click's callback signature

import click

from alerter.cli import options


@click.command("reassure")
@click.argument("assessment_id")
@click.option("--child", "child_id", metavar="ID", help="Only this child of a sibling group.")
@click.option("--by", metavar="EMAIL", required=True, help="The manager who looked.")
@click.option("--expected", type=options.Day(), required=True, help="When sign-off is expected.")
@click.option("--on", "given_on", type=options.Day(), help="When the manager looked; today if not given.")
@click.option("--reason", metavar="R", default="", help="Why it takes longer, such as absence.")
@click.option("--note", metavar="TEXT", default="", help="A remark for the record; nothing about the child.")
@click.pass_context
def command(
    ctx: click.Context,
    assessment_id: str,
    child_id: str | None,
    by: str,
    expected: date,
    given_on: date | None,
    reason: str,
    note: str,
) -> None:
    """Record a manager's reassurance that ASSESSMENT_ID is nearly done."""
    from alerter.app.reassure import reassure  # noqa: PLC0415 - help needs no database
    from alerter.domain.policy import Reassurance  # noqa: PLC0415 - the same

    app = options.open_app(ctx)
    given = Reassurance(by=by, given_on=given_on or app.today(), expected_on=expected, reason=reason)
    count = reassure(app, assessment_id, child_id, given, note=note)
    click.echo(
        f"Recorded for {count} {'child' if count == 1 else 'children'}; expected {expected.isoformat()}."
    )

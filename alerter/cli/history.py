"""`alerter history`: who was told what, when; reassurances; changed facts."""

import click

from alerter.cli import options, output
from alerter.errors import ConfigError
from alerter.store import assessment_events, assessments


@click.command("history")
@click.argument("assessment_id")
@click.option("--child", "child_id", metavar="ID", help="Only this child of a sibling group.")
@options.json_
@click.pass_context
def command(ctx: click.Context, assessment_id: str, child_id: str | None, *, is_json: bool) -> None:
    """Show who was told what of ASSESSMENT_ID and when, its reassurances, and what was changed."""
    app = options.open_app(ctx)
    app.ensure_schema()
    with app.database.read() as connection:
        found = assessments.find(connection, assessment_id, child_id)
        rows = [
            (event.at.astimezone(app.zone), assessment.child_id, event.kind, event.what)
            for number, assessment in found.items()
            for event in assessment_events.events(connection, number)
        ]
    if not found:
        raise ConfigError(["no assessment in the store has this id: check it, or run `alerter sync`."])
    output.print_rows("events", ("at", "child_id", "kind", "what"), rows, is_json=is_json)

"""`alerter dates`: the threshold dates for a start date."""

from datetime import date

import click

from alerter.cli import options, output
from alerter.domain.policy import thresholds
from alerter.installation.wiring import clock_of


@click.command("dates")
@click.argument("start", type=options.Day())
@click.option(
    "--type", "type_", metavar="TYPE", default="", help="The assessment type, where several are configured."
)
@options.json_
@click.pass_context
def command(ctx: click.Context, start: date, type_: str, *, is_json: bool) -> None:
    """Show the threshold dates for an assessment whose clock started on START."""
    app = options.open_app(ctx)
    clock = clock_of(app.rules.clocks, type_)
    calendar = app.rules.calendar
    dates = thresholds(calendar, clock, start)
    if is_json:
        output.print_json({"start": start, "nation": calendar.nation} | dates)
        return

    said = {
        "Start": start, f"Day {clock.alert_after}": dates["alert_on"],
        f"First day past {clock.alert_after}": dates["past_alert_from"],
        f"Day {clock.working_days}, due": dates["due_on"], "First day overdue": dates["overdue_from"],
    }  # fmt: skip
    output.print_table(("", clock.label), said.items())
    first = "the first working day is day 1" if calendar.count_start_day else "the start is day 0"
    output.talk(f"Working days of {calendar.nation} ({calendar.version}); {first}.")

"""`alerter replay`: what other alert days would have meant in past weeks."""

from datetime import date
from typing import Any

import click

from alerter.app.reports import replay_weeks
from alerter.cli import options, output
from alerter.statistics.alert_days import Replayed

HEADINGS = ("alert_after", "manager", "emails", "rows", "rows_per_week", "most_rows")


@click.command("replay")
@click.option(
    "--alert-after", "alert_days", metavar="DAY", type=int, multiple=True, required=True,
    help="The alert day to try; may be given more than once, to compare.",
)  # fmt: skip
@click.option("--from", "first", type=options.Day(), required=True, help="The first day of the weeks.")
@click.option("--to", "last", type=options.Day(), required=True, help="The last day.")
@options.json_
@click.pass_context
def command(
    ctx: click.Context, alert_days: tuple[int, ...], first: date, last: date, *, is_json: bool
) -> None:
    """Show what other alert days would have meant: rows per manager, and how early late ones were told."""
    done = replay_weeks(options.open_app(ctx), alert_days, first, last)
    if is_json:
        days = {"from": first, "to": last}
        output.print_json(days | {"alert_after": [as_json(replayed) for replayed in done]})
        return
    output.print_table(
        HEADINGS,
        [
            (
                replayed.alert_after,
                row.manager,
                row.emails,
                row.rows,
                round(row.rows / replayed.weeks, 2),
                row.most_rows,
            )
            for replayed in done
            for row in replayed.managers
        ],
    )
    for replayed in done:
        output.talk(sentence(replayed))


def as_json(replayed: Replayed) -> dict[str, Any]:
    """Return one alert day's weeks."""
    return {
        "alert_after": replayed.alert_after,
        "weeks": replayed.weeks,
        "rows": replayed.rows,
        "late": replayed.late,
        "warned": replayed.warned,
        "days_left": {
            "median": replayed.median_days_left,
            "least": min(replayed.days_left, default=None),
            "most": max(replayed.days_left, default=None),
        },
        "managers": [
            {
                "manager": row.manager,
                "emails": row.emails,
                "rows": row.rows,
                "rows_per_week": round(row.rows / replayed.weeks, 2),
                "most_rows": row.most_rows,
            }
            for row in replayed.managers
        ],
    }


def sentence(replayed: Replayed) -> str:
    """Return what one alert day would have meant, to a person."""
    said = (
        f"Day {replayed.alert_after}: {replayed.rows:,} rows in {replayed.weeks} weeks; "
        f"{replayed.late} became overdue, {replayed.warned} of them listed before"
    )
    if replayed.median_days_left is None:
        return f"{said}."
    return f"{said}, with {replayed.median_days_left:g} working days left for half of them or more."

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
        output.print_json(days | {"alert_after": [as_json(each) for each in done]})
        return
    output.print_table(
        HEADINGS,
        [
            (
                each.alert_after,
                row.manager,
                row.emails,
                row.rows,
                round(row.rows / each.weeks, 2),
                row.most_rows,
            )
            for each in done
            for row in each.managers
        ],
    )
    for each in done:
        output.talk(sentence(each))


def as_json(each: Replayed) -> dict[str, Any]:
    """Return one alert day's weeks."""
    return {
        "alert_after": each.alert_after,
        "weeks": each.weeks,
        "rows": each.rows,
        "late": each.late,
        "warned": each.warned,
        "days_left": {
            "median": each.median_days_left,
            "least": min(each.days_left, default=None),
            "most": max(each.days_left, default=None),
        },
        "managers": [
            {
                "manager": row.manager,
                "emails": row.emails,
                "rows": row.rows,
                "rows_per_week": round(row.rows / each.weeks, 2),
                "most_rows": row.most_rows,
            }
            for row in each.managers
        ],
    }


def sentence(each: Replayed) -> str:
    """Return what one alert day would have meant, to a person."""
    said = (
        f"Day {each.alert_after}: {each.rows:,} rows in {each.weeks} weeks; {each.late} became overdue, "
        f"{each.warned} of them listed before"
    )
    if each.median_days_left is None:
        return f"{said}."
    return f"{said}, with {each.median_days_left:g} working days left for half of them or more."

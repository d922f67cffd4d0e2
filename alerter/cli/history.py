"""`alerter history`: what happened to one assessment, or in a period."""

from datetime import date
from pathlib import Path

import click

from alerter.app.history import Entry, of_assessment, of_period
from alerter.cli import options, output
from alerter.domain.wording import counted
from alerter.private_files import write_private
from alerter.reports.spreadsheet import Cell, spreadsheet

HEADINGS = ("at", "assessment_id", "child_id", "kind", "what")


@click.command("history")
@click.argument("assessment_id", required=False)
@click.option("--child", "child_id", metavar="ID", help="Only this child of a sibling group.")
@click.option("--from", "first", type=options.Day(), help="The first day of a period.")
@click.option("--to", "last", type=options.Day(), help="Its last day.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a .csv or .xlsx file.")
@options.json_
@click.pass_context
def command(
    ctx: click.Context,
    assessment_id: str | None,
    child_id: str | None,
    first: date | None,
    last: date | None,
    out: Path | None,
    *,
    is_json: bool,
) -> None:
    """Show who was told what of ASSESSMENT_ID, and what was recorded and changed; or all of a period."""
    if (assessment_id is None) == (first is None) or (first is None) != (last is None):
        raise click.UsageError("Give an ASSESSMENT_ID, or --from and --to, the days of a period.")
    app = options.open_app(ctx)
    if assessment_id is not None:
        entries = of_assessment(app, assessment_id, child_id)
    elif first is not None and last is not None:
        entries = of_period(app, first, last)
    if out is not None:
        rows = [[f"{entry.at:%Y-%m-%d %H:%M}", *_row(entry)[1:]] for entry in entries]
        write_private(out, spreadsheet(out.suffix, HEADINGS, rows))
    if out is None or is_json:
        output.print_rows("events", HEADINGS, [_row(entry) for entry in entries], is_json=is_json)
    else:
        output.print_written(out, counted(len(entries), "event"))


def _row(entry: Entry) -> list[Cell]:
    return [entry.at, entry.assessment_id, entry.child_id, entry.kind, entry.what]

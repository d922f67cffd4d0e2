"""`alerter list`: every open assessment, a row each."""

from datetime import date
from pathlib import Path

import click

from alerter.app.open_list import COLUMNS, Wanted, open_list
from alerter.cli import options, output
from alerter.domain.policy import Stage
from alerter.domain.wording import counted
from alerter.private_files import write_private
from alerter.reports.spreadsheet import spreadsheet


@click.command("list")
@options.as_of
@click.option("--stage", type=click.Choice([stage.value for stage in Stage]), help="Only this stage.")
@click.option("--team", default="", help="Only this team.")
@click.option("--manager", metavar="EMAIL", default="", help="Only this manager's, or what they cover.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a .csv or .xlsx file.")
@options.json_
@click.pass_context
def command(
    ctx: click.Context,
    as_of: date | None,
    stage: str | None,
    team: str,
    manager: str,
    out: Path | None,
    *,
    is_json: bool,
) -> None:
    """List every open assessment: stage, age, dates, reassurance, extension; worst first."""
    wanted = Wanted(stage=Stage(stage) if stage else None, team=team, manager=manager)
    listed = open_list(options.open_app(ctx), as_of, wanted)
    rows = [assessment.cells for assessment in listed.assessments]
    if out is not None:
        write_private(out, spreadsheet(out.suffix, COLUMNS, rows))
    if out is None or is_json:
        output.print_rows("assessments", COLUMNS, rows, is_json=is_json, as_of=listed.as_of)
    else:
        output.print_written(out, counted(len(rows), "open assessment"))

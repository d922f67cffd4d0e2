"""`alerter quality`: the records to mend, by team."""

from datetime import date
from pathlib import Path

import click

from alerter.app.reports import quality
from alerter.cli import options, output
from alerter.domain.wording import counted
from alerter.private_files import write_private
from alerter.reports.spreadsheet import spreadsheet

HEADINGS = ("team", "assessment_id", "child_id", "worker", "field", "dfe_rule", "what")


@click.command("quality")
@options.as_of
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a .csv or .xlsx file instead."
)
@options.json_
@click.pass_context
def command(ctx: click.Context, as_of: date | None, out: Path | None, *, is_json: bool) -> None:
    """List the records to mend by team: which field, and the DfE's rule where there is one."""
    app = options.open_app(ctx)
    rows = [
        (
            fault.assessment.team,
            fault.assessment.assessment_id,
            fault.assessment.child_id,
            fault.assessment.worker,
            fault.field,
            fault.rule,
            fault.sentence,
        )
        for fault in quality(app, as_of)
    ]
    if out is not None:
        write_private(out, spreadsheet(out.suffix, HEADINGS, rows))
    if out is None or is_json:
        output.print_rows("records", HEADINGS, rows, is_json=is_json, as_of=as_of or app.today())
    else:
        output.print_written(out, f"{counted(len(rows), 'record')} to mend")

"""`alerter quality`: the records to mend, by team."""

from datetime import date
from pathlib import Path

import click

from alerter.app.reports import quality
from alerter.cli import options, output
from alerter.private_files import write_private
from alerter.reports.spreadsheet import spreadsheet

HEADINGS = ("team", "assessment_id", "child_id", "worker", "field", "dfe_rule", "what")


@click.command("quality")
@options.as_of
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a .csv or .xlsx file instead."
)
@click.pass_context
def command(ctx: click.Context, as_of: date | None, out: Path | None) -> None:
    """List the records to mend by team: which field, and the DfE's rule where there is one."""
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
        for fault in quality(options.open_app(ctx), as_of)
    ]
    if out is None:
        output.print_table(HEADINGS, rows)
        return
    write_private(out, spreadsheet(out.suffix, HEADINGS, rows))
    click.echo(f"{len(rows)} records to mend were written to {out}.")

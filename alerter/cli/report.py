"""`alerter report`: timeliness against target, as a page, a Word document, or a table."""

from datetime import date
from pathlib import Path

import click

from alerter.app.reports import figures, write_report
from alerter.cli import options, output
from alerter.reports.csv_table import HEADINGS


@click.command("report")
@click.option("--from", "first", type=options.Day(), help="The first day of authorisation that counts.")
@click.option("--to", "last", type=options.Day(), help="The last one; today if not given.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write: .html, .docx (committee papers, small numbers hidden) or .csv (exact).",
)  # fmt: skip
@click.pass_context
def command(ctx: click.Context, first: date | None, last: date | None, out: Path | None) -> None:
    """Report timeliness against target by month, with what is open and overdue beside it."""
    app = options.open_app(ctx)
    if out is not None:
        write_report(app, first, last, out)
        output.print_written(out, "the report")
        return
    reported = figures(app, first, last)
    output.print_table(HEADINGS, reported.rows)
    output.talk(f"Open: {reported.open:,}, of these overdue and in no figure above: {reported.overdue:,}.")

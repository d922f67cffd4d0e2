"""`alerter cover`: who stands in for an absent manager."""

from datetime import date

import click

from alerter.app.covers import end_covers, listed_covers, record_cover
from alerter.cli import options, output
from alerter.domain.cover import Cover
from alerter.domain.wording import counted

HEADINGS = ("manager", "cover", "from", "until", "source")


@click.command("cover")
@click.option("--for", "manager", metavar="EMAIL", help="The manager who is away.")
@click.option("--by", "cover", metavar="EMAIL", help="Who stands in; with --end only this one's is ended.")
@click.option("--from", "first", type=options.Day(), help="The first day.")
@click.option("--until", "last", type=options.Day(), help="The last day.")
@click.option("--end", "is_end", is_flag=True, help="End what was recorded here for this manager.")
@options.json_
@click.pass_context
def command(
    ctx: click.Context,
    manager: str | None,
    cover: str | None,
    first: date | None,
    last: date | None,
    *,
    is_end: bool,
    is_json: bool,
) -> None:
    """Record who stands in for a manager who is away, end that, or list all covers."""
    app = options.open_app(ctx)
    match (manager, cover, first, last):
        case (None, None, None, None) if not is_end:
            rows = [
                (known.manager_email, known.cover_email, known.first, known.last, known.source)
                for known in listed_covers(app)
            ]
            output.print_rows("covers", HEADINGS, rows, is_json=is_json)
        case _ if is_json:
            raise click.UsageError("--json goes with the list of covers alone.")
        case (str(), _, None, None) if is_end:
            count = end_covers(app, manager, cover or "", by=options.login_name(), means="command")
            click.echo(f"Ended {counted(count, 'cover')} for {manager}; the record is kept.")
        case (str(), str(), date(), date()) if not is_end:
            recorded = Cover(
                manager_email=manager,
                cover_email=cover,
                first=first,
                last=last,
                recorded_at=app.now(),
                recorded_by=options.login_name(),
            )
            record_cover(app, recorded, means="command")
            click.echo(f"Recorded: {recorded.words}.")
        case _:
            raise click.UsageError("Give --for, --by, --from and --until; or --for and --end; or nothing.")

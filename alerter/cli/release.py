"""`alerter release`: let a held run go."""

import sys
from functools import partial

import click

from alerter.app.heartbeat import watched
from alerter.cli import options, output
from alerter.cli.run import FAILED, as_json, tell, warn
from alerter.pipeline import weekly


@click.command("release")
@options.run_number
@click.option("--by", metavar="NAME", help="Who lets it go; your login name if not given.")
@click.option("--reason", metavar="TEXT", default="", help="Why; it is recorded.")
@options.json_
@click.pass_context
def command(ctx: click.Context, run: int, by: str | None, reason: str, *, is_json: bool) -> None:
    """Let held run number RUN go: apply its extract, prepare and deliver; recorded with a name."""
    app = options.open_app(ctx)
    job = partial(weekly.release, app, run, by=by or options.login_name(), reason=reason.strip())
    result = watched(app, job, output.talk)
    if is_json:
        output.print_json(as_json(result))
    else:
        tell(result)
    warn(result)
    sys.exit(1 if result.state in FAILED else 0)

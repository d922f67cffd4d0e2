"""`alerter demo`: the real job on a made-up borough."""

import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import click

from alerter.app.logs import open_journal
from alerter.cli import options, output
from alerter.cli.check import print_sections
from alerter.cli.init import show_extract
from alerter.demo.own_extract import FirstHour, first_hour
from alerter.demo.postbox import HOST
from alerter.demo.shelf import PATH, Shelf
from alerter.demo.show import Shown, showing
from alerter.errors import ConfigError
from alerter.web.server import serve_page

MISSING = 'demo: needs the package of its mail server: run pip install "alerter[demo]".'
NO_SIGN_OFF = (
    "No column was certain to be the manager's sign-off, so everything counts as open: name it as "
    "authorised_on in [source.columns] of {settings}, then run "
    "`alerter --config {settings} preview --out look`."
)
NO_PAGE = 'The page on which managers answer needs its packages: run pip install "alerter[web]".'


@click.command("demo")
@click.option("--out", type=click.Path(path_type=Path), default=Path("alerter-demo"), show_default=True,
              help="The folder to write into.")  # fmt: skip
@click.option("--extract", type=click.Path(path_type=Path), metavar="FILE",
              help="Do the first hour on your own extract instead; nobody is mailed.")  # fmt: skip
@click.option("--serve", is_flag=True, help="Keep the page and the emails open in the browser until Ctrl+C.")
@options.as_of
def command(out: Path, extract: Path | None, as_of: date | None, *, serve: bool) -> None:
    """Run the weekly job on one borough of made-up data, with its own database and mail server."""
    if extract is not None:
        if serve:
            raise click.UsageError("--serve goes with the made-up borough alone.")
        _show_first_hour(first_hour(out.resolve(), extract, as_of))
        return
    if find_spec("aiosmtpd") is None:
        raise ConfigError([MISSING])
    with showing(out.resolve(), as_of) as shown:
        _tell(shown)
        if shown.link:
            _tell_page(shown, is_served=serve)
        else:
            output.talk(NO_PAGE)
        if serve and shown.link:
            _serve(shown)
    sys.exit(0 if shown.result.state == "done" else 1)


def _show_first_hour(hour: FirstHour) -> None:
    """Print each step of the hour, and at its end where the digests are."""
    show_extract(hour.extract)
    click.echo()
    print_sections(hour.sections)
    result, counts = hour.result, hour.result.counts
    stages = ", ".join(f"{count} {stage.replace('_', ' ')}" for stage, count in counts.items())
    click.echo(f"\nWeekly run as of {result.as_of}: {result.state}; {stages}. Nobody was mailed.")
    if "authorised_on" in hour.extract.mapping.open:
        output.talk(NO_SIGN_OFF.format(settings=hour.folder / "config.toml"))
    output.warn_held(result.held_because)
    click.echo(f"Open {hour.previewed.index.as_uri()}")


def _tell(shown: Shown) -> None:
    borough, result = shown.borough, shown.result
    counts = result.counts
    click.echo(
        f"{borough.council}, a made-up borough: {borough.teams} teams, {borough.managers} managers, "
        f"{borough.workers} workers, {borough.assessments} assessments, {counts['open']} open.\n"
        f"Weekly run as of {result.as_of}: {result.state}; {counts['overdue']} overdue, "
        f"{counts['past_alert']} past day 25, {counts['approaching']} reach it by {result.next_run}, "
        f"{counts['on_track']} on track.\n"
    )
    output.print_table(("to", "subject"), [(email.recipient, email.subject) for email in shown.arrived])
    first = next((email.page for email in shown.arrived if "overdue" in email.subject), shown.folder)
    click.echo(
        f"\n{len(shown.arrived)} emails arrived in {shown.folder / 'emails'}\nOpen one: {first.as_uri()}"
    )
    output.talk(f"The settings, the extract and the database are in {shown.folder}; try `alerter --config "
                f"{shown.folder / 'config.toml'} status`.")  # fmt: skip


def _tell_page(shown: Shown, *, is_served: bool) -> None:
    """Say where the page is, and how it is started where it is not."""
    program, config = _program(), shown.folder / "config.toml"
    when = "until Ctrl+C" if is_served else f"while this runs: {program} --config {config} web"
    click.echo(f"\nThe page on which managers answer opens {when}")
    click.echo(f"  a manager's list:  {shown.link}")
    click.echo(f"  all teams:         {shown.service_link}")
    if is_served:
        click.echo(f"  the emails:        http://127.0.0.1:{shown.port}{PATH}/")
    else:
        click.echo(f"Or all in one, with the emails beside it: {program} demo --serve")


def _program() -> str:
    """Return how this program was called, so that what is shown can be called again from here."""
    called = Path(sys.argv[0])
    return str(called) if called.stem == "alerter" and called.is_file() else "alerter"


def _serve(shown: Shown) -> None:

    journal = open_journal(sys.stderr, "text", "alerter.page")
    serve_page(shown.installation, journal, HOST, shown.port, {PATH: Shelf(shown.postbox)})

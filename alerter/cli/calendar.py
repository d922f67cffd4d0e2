"""`alerter calendar`: the days that do not count in a year."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import click

from alerter.bank_holidays import calendar_differences
from alerter.cli import options, output
from alerter.domain.calendar import DayOff, WorkingCalendar
from alerter.domain.wording import counted
from alerter.errors import CalendarRangeError, ConfigError


@click.command("calendar")
@click.argument("year", type=click.IntRange(1, 9999))
@click.option("--ics", "is_ics", is_flag=True, help="Print an iCalendar file (needs the extra `ics`).")
@click.option(
    "--compare",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="List only what differs from GOV.UK's bank-holidays.json; exit code 1 if anything does.",
)
@options.json_
@click.pass_context
def command(ctx: click.Context, year: int, *, is_ics: bool, compare: Path | None, is_json: bool) -> None:
    """Show the days off of YEAR, each with its name and who says so."""
    if is_ics and (compare or is_json):
        raise click.UsageError("--ics goes with neither --compare nor --json.")
    calendar = options.open_app(ctx).rules.calendar
    if not calendar.first_day.year <= year <= calendar.last_day.year:
        known = f"{calendar.first_day.year} to {calendar.last_day.year}"
        raise CalendarRangeError(f"the bank holidays of {calendar.nation} are known for {known} only.")
    if compare is not None:
        sys.exit(_compare(calendar, year, compare, is_json=is_json))
    days = [day for on, day in calendar.days_off.items() if on.year == year]
    if is_ics:
        click.echo(_ics(calendar, days), nl=False)
        return
    rows = [(day.on, day.name, day.source) for day in days]
    about = _heading(calendar, year)
    output.print_rows("days_off", ("date", "name", "source"), rows, is_json=is_json, **about)
    if not is_json:
        output.talk(f"{len(days)} days off in {year}: {calendar.nation}, {calendar.version}.")


def _heading(calendar: WorkingCalendar, year: int) -> dict[str, object]:
    return {"year": year, "nation": calendar.nation, "calendar": calendar.version}


def _compare(calendar: WorkingCalendar, year: int, path: Path, *, is_json: bool) -> int:
    """Print where the calendar differs from GOV.UK's file; return the exit code."""
    differences = calendar_differences(calendar, year, path)
    none = None if is_json else "no day off"
    rows = [(day.on, day.ours or none, day.published or none) for day in differences]
    if rows or is_json:
        about = _heading(calendar, year) | {"file": path.name}
        output.print_rows("differences", ("date", "here", "published"), rows, is_json=is_json, **about)
    source = f"{calendar.nation}, {calendar.version}"
    if not differences:
        output.talk(f"The bank holidays of {year} are those of {path.name} ({source}).")
    else:
        differ = "differs" if len(differences) == 1 else "differ"
        output.talk(f"{counted(len(differences), 'day')} of {year} {differ} from {path.name} ({source}).")
    if any(not day.ours for day in differences):
        output.talk("A day that was proclaimed goes into [calendar] days_off until a newer release has it.")
    return 1 if differences else 0


def _ics(calendar: WorkingCalendar, days: Sequence[DayOff]) -> str:
    try:
        import icalendar  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise ConfigError(["--ics needs the package icalendar: run pip install 'alerter[ics]'."]) from error

    book = icalendar.Calendar()
    book.add("prodid", "-//alerter//working days//EN")
    book.add("version", "2.0")
    for day in days:
        event = icalendar.Event()
        event.add("uid", f"{day.on.isoformat()}.{calendar.nation}@alerter")
        # The stamp is the day itself, so that one calendar always makes one file.
        event.add("dtstamp", datetime.combine(day.on, time(), UTC))
        event.add("dtstart", day.on)
        event.add("dtend", day.on + timedelta(days=1))
        event.add("summary", f"{day.name} ({day.source})")
        event.add("transp", "TRANSPARENT")
        book.add_component(event)
    content: bytes = book.to_ical()
    return content.decode()

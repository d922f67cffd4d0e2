"""`alerter calendar`: the days that do not count in a year."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import click

from alerter.cli import options, output
from alerter.domain.calendar import DayOff, WorkingCalendar
from alerter.domain.wording import full_day_words
from alerter.errors import CalendarRangeError, ConfigError


@click.command("calendar")
@click.argument("year", type=click.IntRange(1, 9999))
@click.option("--ics", "is_ics", is_flag=True, help="Print an iCalendar file (needs the extra `ics`).")
@options.json_
@click.pass_context
def command(ctx: click.Context, year: int, *, is_ics: bool, is_json: bool) -> None:
    """Show the days off of YEAR, each with its name and who says so."""
    calendar = options.open_app(ctx).rules.calendar
    if not calendar.first_day.year <= year <= calendar.last_day.year:
        known = f"{calendar.first_day.year} to {calendar.last_day.year}"
        raise CalendarRangeError(f"the bank holidays of {calendar.nation} are known for {known} only.")
    days = [day for on, day in calendar.days_off.items() if on.year == year]
    if is_ics:
        click.echo(_ics(calendar, days), nl=False)
    elif is_json:
        listed = [{"date": day.on.isoformat(), "name": day.name, "source": day.source} for day in days]
        of = {"year": year, "nation": calendar.nation, "calendar": calendar.version}
        output.print_json(of | {"days_off": listed})
    else:
        rows = [(full_day_words(day.on), day.name, day.source) for day in days]
        output.print_table(("day off", "name", "source"), rows)
        output.talk(f"{len(days)} days off in {year}: {calendar.nation}, {calendar.version}.")


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

"""Makes a working calendar from a nation's bank holidays and a council's own days; compares GOV.UK's file."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

from alerter.domain.calendar import ONE_DAY, SATURDAY, DayOff, WorkingCalendar
from alerter.errors import CalendarRangeError, ConfigError

FIRST_YEAR = 1990  # a child assessed earlier is no child today: an older start is a slip of the keyboard
LAST_YEAR = 2035  # by the standing rules; days by proclamation arrive with new releases of `holidays`

SUBDIVISIONS = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern-ireland": "NIR"}
"""What `holidays` calls each nation."""

NOT_BANK_HOLIDAYS = {
    # St Andrew's Day Bank Holiday (Scotland) Act 2007, Royal Assent January 2007: first kept on 2007-11-30.
    ("scotland", date(2006, 11, 30)),
}
"""Days that `holidays` has and the law had not, checked for 1990 to 2035 against the statutes."""

PUBLISHED_NAMES = {
    "Battle of the Boyne": "Battle of the Boyne (Orangemen's Day)",
    "Coronation of Charles III": "Bank holiday for the coronation of King Charles III",
    "Diamond Jubilee of Elizabeth II": "Queen's Diamond Jubilee",
    "Late Summer Bank Holiday": "Summer bank holiday",
    "May Day": "Early May bank holiday",
    "New Year Holiday": "2nd January",
    "Platinum Jubilee of Elizabeth II": "Platinum Jubilee bank holiday",
    "Saint Andrew's Day": "St Andrew's Day",
    "Saint Patrick's Day": "St Patrick's Day",
    "Scotland's participation in the FIFA World Cup final": "World Cup bank holiday",
    "Spring Bank Holiday": "Spring bank holiday",
    "State Funeral of Queen Elizabeth II": "Bank Holiday for the State Funeral of Queen Elizabeth II",
    "Summer Bank Holiday": "Summer bank holiday",
}
"""GOV.UK's names for what `holidays` calls otherwise; a name not listed is shown as it is."""

NAMES_OF_DAYS = {
    ("scotland", date(2012, 1, 2)): "2nd January",
    ("scotland", date(2012, 1, 3)): "New Year's Day (substitute day)",
    ("scotland", date(2017, 1, 2)): "2nd January",
    ("scotland", date(2017, 1, 3)): "New Year's Day (substitute day)",
} | {(nation, date(2020, 5, 8)): "Early May bank holiday (VE day)" for nation in SUBDIVISIONS}
"""GOV.UK's names for single days, by nation."""

DIVISIONS = {
    "england": "england-and-wales",
    "wales": "england-and-wales",
    "scotland": "scotland",
    "northern-ireland": "northern-ireland",
}
"""What GOV.UK's `bank-holidays.json` calls each nation."""

SUBSTITUTE = " (substitute day)"
BANK_HOLIDAY = "bank holiday"
COUNCIL = "council"
NOTICE = timedelta(days=90)

Dates = Iterable[tuple[date, str]]


def is_known(on: date) -> bool:
    """
    Say whether *on* lies in the years whose bank holidays are known.

    >>> is_known(date(2026, 11, 30)), is_known(date(1, 1, 1)), is_known(date(9999, 12, 31))
    (True, False, False)
    """
    return FIRST_YEAR <= on.year <= LAST_YEAR


def working_calendar(
    nation: str, *, days_off: Dates = (), working_days: Dates = (), count_start_day: bool = False
) -> WorkingCalendar:
    """
    Return the working calendar of *nation*, with the council's own days as (date, name).

    *days_off* stop counting, *working_days* are bank holidays that count after all; a date in both is
    off. A weekend never counts, whatever is said about it.

    >>> scotland = working_calendar("scotland", days_off=[(date(2026, 9, 21), "Autumn holiday")])
    >>> scotland.days_off[date(2026, 11, 30)].name, scotland.days_off[date(2026, 9, 21)].source
    ("St Andrew's Day", 'council')

    Raises:
        ConfigError: *nation* is not one of the four.
    """
    off = bank_holidays(nation)
    for on, _ in working_days:
        off.pop(on, None)
    for on, name in days_off:
        if _is_known_weekday(on):
            off.setdefault(on, DayOff(on, name, COUNCIL))
    return WorkingCalendar(
        nation,
        FIRST_YEAR,
        LAST_YEAR,
        off.values(),
        count_start_day=count_start_day,
        version=source_version(),
    )


def source_version() -> str:
    """Return where the bank holidays come from, as printed beside every figure: `holidays 0.109`."""
    return f"holidays {version('holidays')}"


def bank_holidays(nation: str) -> dict[date, DayOff]:
    """
    Return every bank holiday of *nation* in the years known that takes a weekday, under GOV.UK's name.

    A holiday on a weekend is there by its substitute day (Banking and Financial Dealings Act 1971,
    Schedule 1; by proclamation where the Act is silent).

    Raises:
        ConfigError: *nation* is not one of the four.
    """
    if nation not in SUBDIVISIONS:
        raise ConfigError([f"calendar.nation: must be one of {', '.join(SUBDIVISIONS)}."])
    from holidays import country_holidays  # noqa: PLC0415 - a tenth of a second many commands do not need

    holidays = country_holidays(
        "GB", subdiv=SUBDIVISIONS[nation], years=range(FIRST_YEAR, LAST_YEAR + 1), language="en_GB"
    )
    return {
        on: DayOff(on, NAMES_OF_DAYS.get((nation, on)) or published_name(name), BANK_HOLIDAY)
        for on, name in holidays.items()
        if _is_known_weekday(on) and (nation, on) not in NOT_BANK_HOLIDAYS
    }


def published_name(name: str) -> str:
    """
    Return GOV.UK's name for a holiday as `holidays` names it.

    Where two fall on one day the substitute is the one that made it a bank holiday:

    >>> published_name("New Year Holiday; New Year's Day (observed)")
    "New Year's Day (substitute day)"
    """
    title, observed, _ = name.rsplit("; ", maxsplit=1)[-1].partition(" (observed)")
    return PUBLISHED_NAMES.get(title, title) + (SUBSTITUTE if observed else "")


@dataclass(frozen=True, slots=True)
class CalendarDifference:
    """A day that GOV.UK's file has otherwise: its name here and there, empty where it is no day off."""

    on: date
    ours: str
    published: str


def calendar_differences(calendar: WorkingCalendar, year: int, path: Path) -> list[CalendarDifference]:
    """
    Return where the bank holidays of *year* differ from GOV.UK's `bank-holidays.json` at *path*.

    The council's own days are no differences: what it has off already, or works, may stand in the file.

    Raises:
        ConfigError: The file cannot be read as GOV.UK's, or has no day of the nation in that year.
    """
    ours = {on: day.name for on, day in bank_holidays(calendar.nation).items() if on.year == year}
    published = {on: name for on, name in _published(path, calendar.nation).items() if on.year == year}
    if not published:
        raise ConfigError([f"--compare: {path} has no bank holidays of {calendar.nation} in {year}."])
    return [
        CalendarDifference(on, ours.get(on, ""), published.get(on, ""))
        for on in sorted(ours.keys() | published.keys())
        if _title(ours.get(on, "")) != _title(published.get(on, ""))
        and not (on not in ours and (on in calendar.days_off or not _is_known_weekday(on)))
    ]


def _published(path: Path, nation: str) -> dict[date, str]:
    """Return the days of *nation* in GOV.UK's file, each with its name."""
    try:
        divisions = json.loads(path.read_text(encoding="utf-8-sig"))
        events = divisions[DIVISIONS[nation]]["events"]
        return {date.fromisoformat(event["date"]): str(event["title"]) for event in events}
    except OSError as error:
        raise ConfigError([f"--compare: {path} cannot be read ({error.strerror})."]) from error
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        address = "https://www.gov.uk/bank-holidays.json"
        raise ConfigError([f"--compare: {path} is not GOV.UK's bank-holidays.json ({address})."]) from error


def _title(name: str) -> str:
    """Return a name as it is compared: GOV.UK writes curly apostrophes, and notes a substitute day apart."""
    return " ".join(
        name.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").removesuffix(SUBSTITUTE).split()
    ).casefold()


def idle_overrides(nation: str, *, days_off: Dates = (), working_days: Dates = ()) -> list[str]:
    """
    Return a sentence for each override that changes nothing, which is a slip more often than a wish.

    Days in a row under one name are one override: a Christmas closure may well span bank
    holidays, and is idle only if every day of it is.

    >>> idle_overrides("england", days_off=[(date(2026, 12, 26), "Boxing Day")])
    ['calendar.days_off: 2026-12-26 (Boxing Day) changes nothing: no weekday in it would count in england.']

    Raises:
        ConfigError: *nation* is not one of the four.
    """
    holidays = bank_holidays(nation).keys()
    off, worked = list(days_off), list(working_days)
    dates_off, dates_worked = {on for on, _ in off}, {on for on, _ in worked}
    useful_off = {on for on in dates_off if _is_known_weekday(on)} - (holidays - dates_worked)
    useful_worked = (dates_worked & holidays) - dates_off
    return [
        f"calendar.days_off: {stretch} changes nothing: no weekday in it would count in {nation}."
        for stretch, dates in _stretches(off)
        if useful_off.isdisjoint(dates)
    ] + [
        f"calendar.working_days: {stretch} changes nothing: no bank holiday of {nation}, or off by days_off."
        for stretch, dates in _stretches(worked)
        if useful_worked.isdisjoint(dates)
    ]


def coverage_warning(calendar: WorkingCalendar, on: date, *, longest_clock: int = 45) -> str:
    """
    Return a sentence when, in 90 days from *on*, a new assessment's due date will be unknown; else "".

    *longest_clock* is the most working days of any assessment type configured.
    """
    try:
        calendar.nth_day(on + NOTICE, longest_clock)
    except CalendarRangeError:
        return (
            f"The bank holidays of {calendar.nation} are known to {calendar.last_day.isoformat()} only "
            f"({calendar.version}), too short within 90 days: install a newer release of alerter."
        )
    return ""


def _is_known_weekday(on: date) -> bool:
    return FIRST_YEAR <= on.year <= LAST_YEAR and on.weekday() < SATURDAY


def _stretches(overrides: Dates) -> list[tuple[str, list[date]]]:
    """Return days in a row under one name together, each with how to call it."""
    stretches: list[tuple[str, list[date]]] = []
    for on, name in sorted(overrides, key=lambda override: (override[1], override[0])):
        if stretches and stretches[-1][0] == name and on - stretches[-1][1][-1] <= ONE_DAY:
            stretches[-1][1].append(on)
        else:
            stretches.append((name, [on]))
    return [(_called(name, dates), dates) for name, dates in sorted(stretches, key=lambda s: s[1][0])]


def _called(name: str, dates: list[date]) -> str:
    first, last = dates[0].isoformat(), dates[-1].isoformat()
    when = first if first == last else f"{first} to {last}"
    return f"{when} ({name})" if name else when

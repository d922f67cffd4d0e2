"""What is owed, at which moment, by what the ledger has."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerter.bank_holidays import working_calendar
from alerter.domain.schedule import LastRun, Schedule, Timetable, is_owed

LONDON = ZoneInfo("Europe/London")
MONDAYS = Timetable(Schedule(0, working_calendar("england")), time(8), LONDON)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    """Return the moment of "Mon 2026-11-23 08:00" in London, having checked that it is a Monday."""
    weekday, rest = text.split(maxsplit=1)
    moment = datetime.fromisoformat(rest).replace(tzinfo=LONDON)
    assert moment.strftime("%a") == weekday, f"{rest} is no {weekday}"
    return moment


def run_for(send_date: str, *, held_at: str = "") -> LastRun:
    """Return the run of a send date, which went out, or was held at a moment."""
    on = date.fromisoformat(send_date.split()[1])
    tried = at(held_at) if held_at else datetime.combine(on, time(8), LONDON)
    return LastRun(send_date=on, is_held=bool(held_at), tried_at=tried.astimezone(UTC))


def owed(now: str, last: LastRun | None, since: datetime = LONG_AGO) -> bool:
    """Say whether a run is owed, the moment given in UTC as well as in London's words."""
    local = is_owed(MONDAYS, at(now), last, serving_since=since)
    assert is_owed(MONDAYS, at(now).astimezone(UTC), last, serving_since=since) == local
    return local


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        ("Mon 2026-11-23 07:59", "Mon 2026-11-16", False),
        ("Mon 2026-11-23 08:00", "Mon 2026-11-16", True),
        ("Mon 2026-11-23 08:00", "Mon 2026-11-23", False),
        ("Sun 2026-11-29 23:59", "Mon 2026-11-23", False),
        ("Wed 2026-11-25 14:00", "Mon 2026-11-16", True),  # missed, two days ago
        ("Wed 2026-11-25 14:00", "Mon 2026-08-03", True),  # missed for a quarter
        ("Mon 2026-11-30 03:00", "Mon 2026-11-16", True),  # back on the next send date's morning
        ("Mon 2026-11-30 03:01", "Mon 2026-11-30", False),  # which that run was for
        ("Mon 2026-11-30 08:00", "Mon 2026-11-30", False),
        ("Mon 2026-04-06 08:00", "Mon 2026-03-30", False),  # Easter Monday
        ("Tue 2026-04-07 07:59", "Mon 2026-03-30", False),
        ("Tue 2026-04-07 08:00", "Mon 2026-03-30", True),
        ("Mon 2026-03-30 08:00", "Mon 2026-03-23", True),  # the day after the clocks went forward
        ("Mon 2026-03-30 07:59", "Mon 2026-03-23", False),
        ("Mon 2026-10-26 07:59", "Mon 2026-10-19", False),  # the day after they went back
        ("Mon 2026-10-26 08:00", "Mon 2026-10-19", True),
        ("Mon 2026-11-16 09:00", "Mon 2026-11-23", False),  # the clock was set back by a week
    ],
)
def test_a_run_is_owed_from_its_moment_until_it_is_there(now: str, last: str, expected: object) -> None:
    """However many send dates went by, and wherever the bank holidays and the clock changes lie."""
    assert owed(now, run_for(last)) is expected


@pytest.mark.parametrize(
    ("since", "now", "expected"),
    [
        ("Mon 2026-11-23 08:01", "Mon 2026-11-23 08:01", False),
        ("Mon 2026-11-23 08:01", "Mon 2026-11-30 07:59", False),
        ("Mon 2026-11-23 08:01", "Mon 2026-11-30 08:00", True),
        ("Mon 2026-11-23 07:59", "Mon 2026-11-23 08:00", True),
        ("Wed 2026-11-25 10:00", "Thu 2026-12-10 10:00", True),
    ],
)
def test_a_store_without_a_run_waits_for_the_next_send_date(since: str, now: str, expected: object) -> None:
    """Whoever starts the service on a Wednesday does not send a digest on that Wednesday."""
    assert owed(now, None, at(since)) is expected


@pytest.mark.parametrize(
    ("now", "held", "expected"),
    [
        ("Mon 2026-11-23 08:59", ("Mon 2026-11-23", "Mon 2026-11-23 08:00"), False),
        ("Mon 2026-11-23 09:00", ("Mon 2026-11-23", "Mon 2026-11-23 08:00"), True),
        ("Sun 2026-11-29 23:59", ("Mon 2026-11-23", "Sun 2026-11-29 22:59"), True),
        ("Mon 2026-11-30 00:00", ("Mon 2026-11-23", "Sun 2026-11-29 22:59"), False),  # the next one's morning
        ("Mon 2026-11-30 08:00", ("Mon 2026-11-23", "Mon 2026-11-30 07:59"), True),  # its own moment
        ("Mon 2026-11-30 07:59", ("Mon 2026-11-30", "Mon 2026-11-30 03:00"), False),  # held before its moment
        ("Mon 2026-11-30 08:00", ("Mon 2026-11-30", "Mon 2026-11-30 03:00"), True),
        ("Mon 2026-11-23 09:30", ("Mon 2026-11-23", "Mon 2026-11-23 11:00"), True),  # the clock was set back
        ("Sun 2026-10-25 01:30", ("Mon 2026-10-19", "Sun 2026-10-25 00:45"), False),
    ],
)
def test_a_held_run_is_tried_again_after_an_hour(now: str, held: tuple[str, str], expected: object) -> None:
    """Until the next send date's own morning, when it gives way to the next run."""
    send_date, held_at = held
    assert owed(now, run_for(send_date, held_at=held_at)) is expected


def test_a_held_run_is_tried_again_at_once_with_another_extract() -> None:
    """News ends the hour's rest, but not the next send date's claim to its own morning."""
    held = replace(run_for("Mon 2026-11-23", held_at="Mon 2026-11-23 08:00"), has_news=True)
    assert owed("Mon 2026-11-23 08:01", held)
    assert not owed("Mon 2026-11-30 07:59", held)
    assert not owed("Mon 2026-11-23 08:01", replace(held, is_held=False))


def test_an_hour_is_an_hour_when_the_clocks_go_back() -> None:
    """Held at 00:45, and 01:30 comes twice: 45 minutes later, and an hour and 45 minutes later."""
    held = run_for("Mon 2026-10-19", held_at="Sun 2026-10-25 00:45")
    second = at("Sun 2026-10-25 01:30").replace(fold=1)
    assert is_owed(MONDAYS, second, held, serving_since=LONG_AGO)
    assert second.astimezone(UTC) - at("Sun 2026-10-25 01:30").astimezone(UTC) == timedelta(hours=1)


def test_the_moment_of_a_send_date_is_the_councils_own_time() -> None:
    """Eight o'clock in London is 07:00 UTC in summer, and 08:00 in winter."""
    assert MONDAYS.moment(date(2026, 7, 6)).astimezone(UTC).hour == 7
    assert MONDAYS.moment(date(2026, 11, 23)).astimezone(UTC).hour == 8

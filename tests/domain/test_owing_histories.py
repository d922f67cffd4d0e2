"""
Random down-time over ten years: no week missed, none twice, and each made up for by the first tick.

`make soak` goes through 1,000 histories; the suite through a few.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from alerter.bank_holidays import working_calendar
from alerter.domain.schedule import LastRun, Schedule, Timetable, is_owed
from tests.world.size import size

HISTORIES = size(12, 1000)
TICK = timedelta(minutes=1)
LONDON = ZoneInfo("Europe/London")
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
END = datetime(2030, 1, 1, tzinfo=UTC)
NATIONS = ("england", "scotland", "northern-ireland")
LONGEST_DOWN = timedelta(weeks=13)
LONGEST_UP = timedelta(days=60)


@dataclass(slots=True)
class Ledger:
    """Which run was made when, as the store would know."""

    runs: dict[date, datetime] = field(default_factory=dict)

    @property
    def last(self) -> LastRun:
        """Return the run of the latest send date."""
        send_date = max(self.runs)
        return LastRun(send_date=send_date, is_held=False, tried_at=self.runs[send_date])


def send_dates(weekday: int, days_off: frozenset[date]) -> list[date]:
    """List every send date, by walking from each weekday to the next day that is not off."""
    on, found = date(2019, 12, 16) + timedelta(days=weekday), set()
    while on < date(2030, 2, 1):
        moved = on
        while moved in days_off:
            moved += timedelta(days=1)
        found.add(moved)
        on += timedelta(weeks=1)
    return sorted(found)


def times_up(random: Random) -> Iterator[tuple[datetime, datetime]]:
    """
    Yield when the service was up: spells of a minute to two months, and down-time of seconds to 13 weeks.
    """
    at = BEGIN
    while at < END:
        up = max(TICK, LONGEST_UP * random.random() ** 4)
        yield at, min(at + up, END)
        at += up + max(timedelta(seconds=1), LONGEST_DOWN * random.random() ** 6)


def ticks(up_from: datetime, up_until: datetime, moments: list[datetime], random: Random) -> list[datetime]:
    """
    Return the ticks of a spell at which anything can change: the first, those around moments, and some other.
    """
    last = (up_until - up_from) // TICK
    numbers = {0, random.randint(0, last)}
    for moment in moments[bisect_right(moments, up_from) : bisect_right(moments, up_until)]:
        after = -((up_from - moment) // TICK)
        numbers |= {after - 1, after, after + 1}
    return [up_from + number * TICK for number in sorted(numbers) if up_from + number * TICK < up_until]


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(HISTORIES))
def test_no_week_is_missed_or_done_twice(seed: int) -> None:
    """
    At each tick, once it has done its work, the send date last due has its run, and nothing more is owed.
    """
    random = Random(seed)  # noqa: S311 - a history that can be repeated
    calendar = working_calendar(random.choice(NATIONS))
    schedule = Schedule(random.randrange(7), calendar)
    timetable = Timetable(schedule, time(random.choice((0, 2, 7, 8, 13, 23)), random.randrange(60)), LONDON)
    dates = send_dates(schedule.weekday, frozenset(calendar.days_off))
    moments = [datetime.combine(on, timetable.time, LONDON).astimezone(UTC) for on in dates]
    ledger = Ledger({dates[bisect_right(moments, BEGIN) - 1]: BEGIN})
    made = 0
    for up_from, up_until in times_up(random):
        for now in ticks(up_from, up_until, moments, random):
            due = bisect_right(moments, now) - 1
            if is_owed(timetable, now, ledger.last, serving_since=up_from):
                is_first = now == up_from
                assert is_first or moments[due] > now - TICK, "late, and not the first tick after down-time"
                send_date = schedule.due_on_or_before(now.astimezone(LONDON).date())
                assert send_date not in ledger.runs, "a send date was done twice"
                assert moments[due] > ledger.last.tried_at, "two runs, and no moment between them"
                ledger.runs[send_date] = now
                made += 1
            assert ledger.last.send_date >= dates[due], "a send date was missed"
            assert not is_owed(timetable, now, ledger.last, serving_since=up_from)
    assert made > 100

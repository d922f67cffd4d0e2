"""
Compare the working-day calendar with its peers, side by side in one process.

    python bench/working_days.py [ROUNDS]

Needs the `holidays` package; numpy, pandas and workalendar are measured where they are installed. Rounds are
interleaved and each makes its dates afresh, so that no peer profits from a warm cache or a quiet
minute. Before anything is timed, every peer has to give the calendar's own answers.
"""

import random
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter_ns
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from alerter.bank_holidays import FIRST_YEAR, LAST_YEAR, working_calendar
from alerter.domain.calendar import WorkingCalendar

ON = date(2026, 11, 23)
DAY = 25
OURS = "alerter"
NUMPY_READY, NUMPY_DATES = "numpy, arrays ready", "numpy, from dates"


@dataclass(frozen=True, slots=True)
class Dates:
    """One round's dates: *starts*, and for each the *end* it is counted to."""

    starts: list[date]
    ends: list[date]

    def first(self, n: int) -> "Dates":
        """Return the first *n* of them, for a peer too slow for all."""
        return Dates(self.starts[:n], self.ends[:n])


@dataclass(frozen=True, slots=True)
class Contender:
    """
    One way to answer one question.

    *ready* takes the dates and returns what is timed; what it does beforehand is not.
    """

    question: str
    name: str
    items: int
    ready: Callable[[Dates], Callable[[], Any]]


def fresh_dates(rng: random.Random, items: int) -> Dates:
    """
    Return *items* starts on working days of the last ten months, each with an end within ninety days.

    That is half of them within 32 working days, where the national median for a finished assessment is 33.
    """
    calendar = working_calendar("england")
    days = calendar.working_days_between(ON - timedelta(days=300), ON)
    starts = [date.fromordinal(rng.choice(days).toordinal()) for _ in range(items)]
    return Dates(starts, [start + timedelta(days=rng.randrange(1, 91)) for start in starts])


def ours(calendar: WorkingCalendar, items: int) -> Iterator[Contender]:
    """Yield the calendar itself, asked one date at a time, and its cut-off compared with every start."""
    yield Contender(
        "age", OURS, items,
        lambda d: lambda: [calendar.age(start, end) for start, end in zip(d.starts, d.ends, strict=True)],
    )  # fmt: skip
    yield Contender(
        "nth_day", OURS, items, lambda d: lambda: [calendar.nth_day(start, DAY) for start in d.starts]
    )

    def cut_off(d: Dates) -> list[bool]:
        latest = calendar.latest_start(ON, DAY)
        return [start <= latest for start in d.starts]

    yield Contender("cut-off", OURS, items, lambda d: lambda: cut_off(d))


def numpy_peers(calendar: WorkingCalendar, items: int) -> Iterator[Contender]:
    """
    Yield numpy's busday functions, from arrays made beforehand and from lists of dates.

    busday_count counts [begin, end): one day is added to both, so that the start is day 0.
    """
    np = import_module("numpy")
    days = np.busdaycalendar(holidays=[np.datetime64(on) for on in calendar.days_off])
    one, on = np.timedelta64(1, "D"), np.datetime64(ON) + np.timedelta64(1, "D")

    def array(dates: list[date]) -> Any:
        return np.array(dates, dtype="datetime64[D]")

    def age(d: Dates) -> Callable[[], Any]:
        begin, end = array(d.starts) + one, array(d.ends) + one
        return lambda: np.busday_count(begin, end, busdaycal=days)

    def nth(d: Dates) -> Callable[[], Any]:
        starts = array(d.starts)
        return lambda: np.busday_offset(starts, DAY, busdaycal=days)

    def cut(d: Dates) -> Callable[[], Any]:
        begin = array(d.starts) + one
        return lambda: np.busday_count(begin, on, busdaycal=days) >= DAY

    def from_dates(ready: Callable[[Dates], Callable[[], Any]]) -> Callable[[Dates], Callable[[], Any]]:
        return lambda d: lambda: ready(d)().tolist()

    for question, ready in (("age", age), ("nth_day", nth), ("cut-off", cut)):
        yield Contender(question, NUMPY_READY, items, ready)
        yield Contender(question, NUMPY_DATES, items, from_dates(ready))


def pandas_peers(calendar: WorkingCalendar, items: int) -> Iterator[Contender]:
    """Yield pandas' CustomBusinessDay, added to a timestamp at a time; it has no count."""
    pd = import_module("pandas")
    offset = DAY * pd.offsets.CustomBusinessDay(holidays=list(calendar.days_off))
    yield Contender(
        "nth_day", "pandas CustomBusinessDay", items // 100,
        lambda d: lambda: [(pd.Timestamp(start) + offset).date() for start in d.starts],
    )  # fmt: skip


def holidays_peers(_: WorkingCalendar, items: int) -> Iterator[Contender]:
    """
    Yield the methods of `holidays`' own class, its years made beforehand.

    get_working_days_count includes both ends, so it is asked from the day after the start.
    """
    england = import_module("holidays").country_holidays(
        "GB", subdiv="ENG", years=range(FIRST_YEAR, LAST_YEAR + 1)
    )
    one = timedelta(days=1)
    yield Contender(
        "age", "holidays", items // 500,
        lambda d: lambda: [
            england.get_working_days_count(start + one, end)
            for start, end in zip(d.starts, d.ends, strict=True)
        ],
    )  # fmt: skip
    yield Contender(
        "nth_day", "holidays", items // 500,
        lambda d: lambda: [england.get_nth_working_day(start, DAY) for start in d.starts],
    )  # fmt: skip
    yield Contender(
        "cut-off", "holidays", items // 500,
        lambda d: lambda: [england.get_working_days_count(start + one, ON) >= DAY for start in d.starts],
    )  # fmt: skip


def workalendar_peers(_: WorkingCalendar, items: int) -> Iterator[Contender]:
    """Yield workalendar's methods; its delta leaves out the first day, as the rule does."""
    england = import_module("workalendar.europe").UnitedKingdom()
    yield Contender(
        "age", "workalendar", items // 500,
        lambda d: lambda: [
            england.get_working_days_delta(start, end) for start, end in zip(d.starts, d.ends, strict=True)
        ],
    )  # fmt: skip
    yield Contender(
        "nth_day", "workalendar", items // 500,
        lambda d: lambda: [england.add_working_days(start, DAY) for start in d.starts],
    )  # fmt: skip


PEERS = {
    "numpy": numpy_peers,
    "pandas": pandas_peers,
    "holidays": holidays_peers,
    "workalendar": workalendar_peers,
}


def contenders(calendar: WorkingCalendar, items: int) -> list[Contender]:
    """Return everyone who can be measured here; say who is missing."""
    field = list(ours(calendar, items))
    for module, peers in PEERS.items():
        if find_spec(module) is None:
            print(f"{module} is not installed: not measured.", file=sys.stderr)
        else:
            field += peers(calendar, items)
    return field


def check_answers(field: list[Contender], dates: Dates) -> None:
    """Stop when a contender does not give the calendar's answers: a fast wrong count is no peer."""
    asked = {c.question: list(c.ready(dates)()) for c in field if c.name == OURS}
    for c in field:
        answers = [getattr(a, "tolist", lambda a=a: a)() for a in c.ready(dates.first(c.items))()]
        wrong = sum(a != b for a, b in zip(answers, asked[c.question], strict=False))
        if wrong:
            sys.exit(f"{c.name} differs in {wrong} of {len(answers)} answers to {c.question}.")


def nanoseconds(contender: Contender, dates: Dates) -> float:
    """Return the time per item of one round."""
    timed = contender.ready(dates.first(contender.items))
    begin = perf_counter_ns()
    timed()
    return (perf_counter_ns() - begin) / contender.items


def main(rounds: int, items: int = 50_000) -> None:
    """Print a Markdown table: per question and contender the median, the spread, and the ratio to alerter."""
    rng = random.Random(35)  # noqa: S311 - the same dates for everyone, not a secret
    field = contenders(working_calendar("england"), items)
    check_answers(field, fresh_dates(rng, items))
    times: dict[Contender, list[float]] = {c: [] for c in field}
    for _ in range(rounds):
        dates = fresh_dates(rng, items)
        for c in rng.sample(field, len(field)):
            times[c].append(nanoseconds(c, dates))
    base = {c.question: statistics.median(times[c]) for c in field if c.name == OURS}
    print(f"{rounds} interleaved rounds, {items:,} items (slow peers fewer); ns per item\n")
    print("| question | who | median | quartiles | times alerter |")
    print("|---|---|---:|---:|---:|")
    for c in sorted(field, key=lambda c: list(base).index(c.question)):
        low, middle, high = statistics.quantiles(times[c], n=4)
        ratio = middle / base[c.question]
        print(f"| {c.question} | {c.name} | {middle:,.0f} | {low:,.0f} to {high:,.0f} | {ratio:,.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)

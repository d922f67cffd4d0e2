"""Made-up extracts and directories, drawn at random, and what each must lead to by the contract."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.acceptance.oracle_days import Days
from tests.world.council import FALLBACK
from tests.world.letters import Key

TEAMS = ("Duty & Assessment", "Children in Need", "Court Team", "Edge of Care")
TEAMS_AS_EXTRACTED = ("duty and  assessment", "Children in\u00a0Need", "COURT TEAM", "Edge of Care")
WORKERS = tuple(f"W{number:02d}" for number in range(12))
STAGES = ("overdue", "past_alert", "reassured", "approaching", "on_track")
ENDINGS = (
    "open", "open", "open", "open", "open", "signed off", "signed off in future", "signed off before start",
    "cancelled", "closed", "starts in future", "no start", "unknown type", "twice in the extract",
)  # fmt: skip
Row = dict[str, str]
Entry = dict[str, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One random row before it is written: where it belongs, how old it is in days, and how it ended."""

    days_old: int
    team: int
    worker: int
    ending: str
    own_manager: int | None = None
    siblings: int = 0


@dataclass(slots=True)
class Expected:
    """What a run must show: each recipient's rows and count, the exceptions, and what became of the rows."""

    staged: dict[str, Counter[tuple[str, Key]]] = field(default_factory=dict)
    on_track: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    exceptions: Counter[tuple[str, str]] = field(default_factory=Counter)
    starts: dict[Key, date] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    rejected: int = 0

    def add(self, recipient: str, stage: str, key: Key, start: date) -> None:
        """Expect one open assessment in *recipient*'s digest."""
        rows = self.staged.setdefault(recipient, Counter())
        self.stages[stage] += 1
        self.starts[key] = start
        if stage == "on_track":
            self.on_track[recipient] += 1
        else:
            rows[stage, key] += 1


def draw(random: Random, how_many: int) -> list[Drawn]:
    """
    Return an open one of each age up to eleven weeks, so that all thresholds are met, and *how_many* random.
    """
    of_every_age = [
        Drawn(days_old, random.randrange(len(TEAMS)), random.randrange(len(WORKERS)), "open")
        for days_old in range(78)
    ]
    return of_every_age + [
        Drawn(
            days_old=random.randint(0, 77),
            team=random.randrange(len(TEAMS)),
            worker=random.randrange(len(WORKERS) + 1),
            ending=random.choice(ENDINGS),
            own_manager=random.choice((None, None, None, 1, 2)),
            siblings=random.choice((0, 0, 0, 0, 1, 2)),
        )
        for _ in range(how_many)
    ]


def directory(as_of: date) -> list[Entry]:
    """
    Return a directory with each kind of match, with covers around *as_of*, and without one of the teams.
    """
    yesterday, tomorrow = as_of - timedelta(days=1), as_of + timedelta(days=1)
    return [
        _entry("Duty & Assessment", "", "duty@council.example", "cover1@council.example", as_of, as_of),
        _entry("Duty and Assessment", "w03", "Duty.Three@council.example"),
        _entry(
            "Children in Need", "", "need@council.example", "cover2@council.example", yesterday, yesterday
        ),
        _entry("", "W04", "four@council.example", "cover3@council.example", tomorrow, tomorrow),
        _entry("court team", "", "court@council.example", "COVER1@council.example", yesterday, tomorrow),
    ]


def expected(drawn: Sequence[Drawn], days: Days, as_of: date) -> Expected:
    """Write out *drawn* as rows of an extract, and say where each must end by the contract."""
    expecting = Expected()
    for number, each in enumerate(drawn):
        for row in _rows(number, each, as_of):
            _expect(expecting, each, row, days, as_of)
    return expecting


def owner(each: Drawn) -> str:
    """
    Return whose digest an open row belongs in, with the directory of `directory`; the fallback's if nobody's.
    """
    team, worker = TEAMS[each.team], _worker(each)
    if each.own_manager is not None:
        return f"own{each.own_manager}@council.example"
    if team == "Duty & Assessment" and worker == "W03":
        return "duty.three@council.example"
    if worker == "W04":
        return "four@council.example"
    by_team = {
        "Duty & Assessment": "cover1@council.example",
        "Children in Need": "need@council.example",
        "Court Team": "cover1@council.example",
    }
    return by_team.get(team, FALLBACK)


def iso(day: date) -> str:
    """Return a date as files have it."""
    return day.isoformat()


def _rows(number: int, each: Drawn, as_of: date) -> Iterator[Row]:
    start = as_of - timedelta(days=each.days_old)
    if each.ending == "starts in future":
        start = as_of + timedelta(days=1 + each.days_old)
    own = (f"own{each.own_manager}@council.example", f"Own{each.own_manager}@Council.example")
    row = {
        "assessment_id": f"A-{10_000 + number}",
        "type": "Phantom" if each.ending == "unknown type" else ("core", "Core assessment", "")[number % 3],
        "started_on": "" if each.ending == "no start" else (iso(start), f"{start:%d/%m/%Y}")[number % 2],
        "authorised_on": _authorised_on(each.ending, start, as_of),
        "cancelled_on": iso(max(start, as_of - timedelta(days=1))) if each.ending == "cancelled" else "",
        "closed_on": iso(as_of) if each.ending == "closed" else "",
        "team": TEAMS_AS_EXTRACTED[each.team],
        "worker": _worker(each),
        "manager_email": "" if each.own_manager is None else own[number % 2],
    }
    for sibling in range(each.siblings + 1):
        yield {**row, "child_id": f"C{50_000 + 10 * number + sibling}"}


def _expect(expecting: Expected, each: Drawn, row: Row, days: Days, as_of: date) -> None:
    key = (row["assessment_id"], row["child_id"])
    start = as_of - timedelta(days=each.days_old)
    expecting.rows += [row, row] if each.ending == "twice in the extract" else [row]
    kind = {
        "no start": "start_missing",
        "unknown type": "unknown_type",
        "closed": "closed_but_open",
        "signed off in future": "authorised_in_future",
        "signed off before start": "authorised_before_start",
        "starts in future": "start_in_future",
    }.get(each.ending)
    if kind is not None:
        expecting.exceptions[kind, row["assessment_id"]] += 1
    if each.ending in ("no start", "unknown type"):
        expecting.rejected += 1
    elif each.ending == "starts in future":
        expecting.add(owner(each), "on_track", key, as_of + timedelta(days=1 + each.days_old))
    elif each.ending not in ("signed off", "cancelled", "closed"):
        expecting.add(owner(each), days.stage(start, as_of), key, start)
    else:
        return
    if kind not in ("start_missing", "unknown_type") and owner(each) == FALLBACK:
        expecting.exceptions["no_manager", row["assessment_id"]] += 1


def _authorised_on(ending: str, start: date, as_of: date) -> str:
    dates = {
        "signed off": as_of,
        "signed off in future": as_of + timedelta(days=1),
        "signed off before start": start - timedelta(days=1),
    }
    return iso(dates[ending]) if ending in dates else ""


def _worker(each: Drawn) -> str:
    return WORKERS[each.worker] if each.worker < len(WORKERS) else ""


def _entry(
    team: str, worker: str, manager: str, cover: str = "", first: date | None = None, last: date | None = None
) -> Entry:
    return {
        "team": team,
        "worker": worker,
        "manager_email": manager,
        "cover_email": cover,
        "cover_from": "" if first is None else iso(first),
        "cover_until": "" if last is None else iso(last),
    }

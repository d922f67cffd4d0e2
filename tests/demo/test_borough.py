"""The made-up borough: it looks real, says what it wrote, and is the same every time."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from alerter.bank_holidays import working_calendar
from alerter.demo.borough import Borough, make_borough
from alerter.demo.workload import absence
from alerter.domain import data_exceptions
from alerter.domain.assessment import Assessment, Rejected
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.policy import Clock, Policy, Stage, Window, is_in_time
from alerter.domain.routing import Recipient, Router
from alerter.domain.schedule import Schedule
from alerter.sources.directory import read_directory
from alerter.sources.source import open_source

AS_OF = date(2026, 11, 23)
CORE = Clock(type="core", label="Core assessment", working_days=35, alert_after=25)
Written = tuple[Path, Borough]


@cache
def england() -> WorkingCalendar:
    """Return the real calendar, made once."""
    return working_calendar("england")


def written(folder: Path, as_of: date = AS_OF, seed: int = 1) -> Written:
    """Return *folder* with a borough in it, and what the borough says of itself."""
    borough = make_borough(folder, as_of=as_of, seed=seed, calendar=england(), smtp_port=8025)
    return folder, borough


@pytest.fixture(scope="module")
def northmere(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The borough most facts are checked on."""
    return written(tmp_path_factory.mktemp("northmere"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[date, list[Assessment]]]:
    """Boroughs at four times of the year, as their assessments."""
    days = (date(2026, 2, 16), date(2026, 6, 22), date(2026, 9, 7), AS_OF)
    folders = ((day, seed, tmp_path_factory.mktemp("many")) for seed, day in enumerate(days, start=1))
    return [(day, assessments_in(written(folder, day, seed)[0])) for day, seed, folder in folders]


def read(folder: Path) -> list[Assessment | Rejected]:
    """Return every row as the alerter reads it."""
    source = open_source("csv", folder / "extracts" / "assessments.csv", {}, {"core": CORE})
    return [value for _, value in source.rows()]


def assessments_in(folder: Path) -> list[Assessment]:
    """Return each believable assessment once."""
    found = {each.key: each for each in read(folder) if isinstance(each, Assessment)}
    return list(found.values())


def open_in(folder: Path, as_of: date = AS_OF) -> list[Assessment]:
    """Return the assessments open on *as_of*."""
    return [each for each in assessments_in(folder) if each.is_open(as_of)]


def stages(assessments: list[Assessment], as_of: date) -> Iterator[Stage]:
    """Return the stage of each open one of *assessments* in a Monday digest."""
    window = Window(as_of, Schedule(0, england()).next_after(as_of))
    policy = Policy(england(), {"core": CORE}, window)
    return (policy.judge(each).stage for each in assessments if each.is_open(as_of))


def router(folder: Path) -> Router:
    """Return the directory, ready to answer."""
    entries = read_directory(folder / "directory.csv")
    return Router(entries, Recipient("service.manager@northmere.example"), ("northmere.example",), AS_OF)


def test_the_numbers_are_what_a_reader_finds(northmere: Written) -> None:
    """Every row is stored, rejected or a repetition, in the numbers that were told."""
    folder, borough = northmere
    values = read(folder)
    assert len(values) == borough.rows
    assert len(assessments_in(folder)) == borough.assessments
    assert len(open_in(folder)) == borough.open
    assert sum(isinstance(each, Rejected) for each in values) == borough.rejected == 5
    assert borough.rows - borough.assessments - borough.rejected == borough.repeated == 3


def test_it_is_of_the_size_of_a_borough(northmere: Written) -> None:
    """Three years, some six thousand assessments, a good two hundred of them open, newest within days."""
    folder, borough = northmere
    starts = [each.clock_on for each in assessments_in(folder) if each.clock_on <= AS_OF]
    assert 5500 <= borough.assessments <= 6500
    assert 180 <= borough.open <= 260
    assert timedelta(days=1060) < AS_OF - min(starts) <= timedelta(days=1096)
    assert max(starts) >= date(2026, 11, 19)
    assert (borough.teams, borough.managers, borough.workers) == (6, 14, 40)


def test_one_seed_and_date_give_the_same_bytes(tmp_path: Path) -> None:
    """The same seed and date write the same three files; another seed does not."""
    first, again, other = (
        written(tmp_path / name, seed=seed)[0] for name, seed in (("a", 5), ("b", 5), ("c", 6))
    )
    for name in ("config.toml", "directory.csv", "extracts/assessments.csv"):
        assert (first / name).read_bytes() == (again / name).read_bytes()
    assert (first / "directory.csv").read_bytes() != (other / "directory.csv").read_bytes()


def test_the_extract_is_fresh(northmere: Written) -> None:
    """The extract's file time is five past six on the evening before, in London."""
    written_at = (northmere[0] / "extracts" / "assessments.csv").stat().st_mtime
    assert datetime.fromtimestamp(written_at, UTC) == datetime(2026, 11, 22, 18, 5, tzinfo=UTC)


def test_the_settings_name_what_was_written(northmere: Written) -> None:
    """The settings point at the files beside them, at the port given, and at no address elsewhere."""
    folder, borough = northmere
    settings = tomllib.loads(borough.config.read_text(encoding="utf-8"))
    assert (folder / settings["source"]["path"]).is_file()
    assert (folder / settings["directory"]["path"]).is_file()
    assert settings["email"]["smtp"] == {"host": "127.0.0.1", "port": 8025, "security": "none"}
    assert settings["email"]["allowed_domains"] == ["northmere.example"]


def test_the_rows_nobody_could_believe(northmere: Written) -> None:
    """Two rows lack a start, two have an unknown type, and one sign-off is no date."""
    rejected = [each.kind for each in read(northmere[0]) if isinstance(each, Rejected)]
    assert Counter(rejected) == {"start_missing": 2, "unknown_type": 2, "": 1}


def test_the_rows_that_need_mending(northmere: Written) -> None:
    """Each doubt a real extract raises is there, and nothing raises one by accident."""
    folder, borough = northmere
    doubts = Counter(each.kind for each in data_exceptions.of_open(open_in(folder), AS_OF))
    closed = [each for each in assessments_in(folder) if each.closed_on and not each.authorised_on]
    unaudited = [each for each in assessments_in(folder) if each.authorised_on and not each.audit_score]
    assert doubts == {
        "authorised_before_start": 2,
        "authorised_in_future": 1,
        "start_in_future": 1,
        "duplicate_open": 2,
    }
    assert len(closed) == 2
    assert len([each for each in unaudited if not each.is_open(AS_OF)]) == 1
    assert borough.doubtful == 10  # the tenth has a manager's address elsewhere


def test_every_manager_owns_open_work(northmere: Written) -> None:
    """All find a manager but those of leavers in a team renamed since, and one address elsewhere."""
    folder, borough = northmere
    directory = router(folder)
    routes = [directory.route(each) for each in open_in(folder)]
    problems = Counter(route.problem for route in routes if route.problem)
    named = {entry.manager_email for entry in read_directory(folder / "directory.csv")}
    reached = {route.recipient.email for route in routes if not route.problem}
    covered = {route.covering_for for route in routes if route.covering_for}
    assert problems == {"no_manager": borough.unowned, "domain_not_allowed": 1}
    assert len(named) == borough.managers
    assert len(reached) == borough.managers - 1  # one is covered by a colleague
    assert len(covered) == 1


def test_workers_are_away(northmere: Written) -> None:
    """Some open assessments lie with a worker who is away for days to come."""
    away = {each.worker for each in open_in(northmere[0]) if each.worker_away_until}
    assert 1 <= len(away) <= 3
    assert all(each.worker_away_until > AS_OF for each in open_in(northmere[0]) if each.worker_away_until)


def test_siblings_share_an_assessment(northmere: Written) -> None:
    """About one assessment in four is for several children: one id, one start, one worker."""
    sets: dict[str, list[Assessment]] = {}
    for each in assessments_in(northmere[0]):
        sets.setdefault(each.assessment_id, []).append(each)
    several = [group for group in sets.values() if len(group) > 1]
    assert 0.18 < len(several) / len(sets) < 0.38
    assert max(map(len, several)) <= 4


def test_nothing_starts_when_the_office_is_closed(many: list[tuple[date, list[Assessment]]]) -> None:
    """Every start and every sign-off is on a working day, and around Christmas there are few."""
    calendar = england()
    plain = [each for _, found in many for each in found if not each.is_authorised_before_start]
    assert all(calendar.is_working_day(each.clock_on) for each in plain)
    assert all(calendar.is_working_day(each.authorised_on) for each in plain if each.authorised_on)
    quiet = sum(date(2025, 12, 20) <= each.clock_on <= date(2026, 1, 3) for each in plain)
    busy = sum(date(2025, 11, 22) <= each.clock_on <= date(2025, 12, 6) for each in plain)
    assert 0 < quiet < busy / 2


def test_durations_are_those_of_a_real_borough(many: list[tuple[date, list[Assessment]]]) -> None:
    """Half are authorised by about day 29 and four in five in time, but not in the month staff were away."""
    in_time: dict[bool, list[bool]] = {True: [], False: []}
    durations = []
    for as_of, found in many:
        began, ended = absence(as_of)
        for each in found:
            outcome = is_in_time(england(), CORE, each)
            if outcome is not None and each.authorised_on is not None and each.authorised_on < as_of:
                in_time[began <= each.authorised_on <= ended + timedelta(days=20)].append(outcome)
                durations.append(england().age(each.clock_on, each.authorised_on))
    usual, dip = (sum(in_time[key]) / len(in_time[key]) for key in (False, True))
    assert 27 <= median(durations) <= 31
    assert 0.76 <= usual <= 0.88
    assert dip <= usual - 0.1


def test_the_open_ones_stand_at_every_stage(many: list[tuple[date, list[Assessment]]]) -> None:
    """A few in a hundred are overdue, about fifteen past day 25, about ten reach it, the rest on track."""
    counted = Counter(stage for as_of, found in many for stage in stages(found, as_of))
    percent = {stage: 100 * count / counted.total() for stage, count in counted.items()}
    assert 5 <= percent[Stage.OVERDUE] <= 8
    assert 12 <= percent[Stage.PAST_ALERT] <= 18
    assert 8 <= percent[Stage.APPROACHING] <= 16
    assert percent[Stage.ON_TRACK] >= 60


@pytest.mark.parametrize("as_of", [date(2026, 1, 2), date(2026, 4, 6), date(2026, 12, 25), date(2028, 2, 29)])
def test_any_day_will_do(tmp_path: Path, as_of: date) -> None:
    """
    A borough can be made on any day of the year, holidays too, with something at every stage but reassured.
    """
    folder, borough = written(tmp_path, as_of, seed=2)
    found = assessments_in(folder)
    assert len([each for each in found if each.is_open(as_of)]) == borough.open
    assert set(stages(found, as_of)) == set(Stage) - {Stage.REASSURED}

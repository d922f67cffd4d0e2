"""When the service wakes: which jobs there are, by which clock, and that nothing is stored."""

import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.triggers.cron import CronTrigger

import alerter
from alerter.app.logs import open_journal
from alerter.app.serving import Serving
from alerter.installation.clock import steady
from alerter.installation.installation import Installation
from alerter.scheduler import (
    MOMENT_JOB,
    RELIEF_JOB,
    TICK_JOB,
    make_scheduler,
    moment_trigger,
    nudge,
    serve,
    stop_on_signals,
)
from tests.world.council import Council

PATIENCE_SECONDS = 30


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """Configure a council; nothing is sent here."""
    council = Council(tmp_path, 1025)
    council.configure()
    return council


@pytest.fixture
def serving(council: Council, tmp_path: Path) -> Iterator[Serving]:
    """Make a service that is not started."""
    with (tmp_path / "log").open("w", encoding="utf-8") as log:
        serving = Serving(
            council.folder / "config.toml",
            lambda path: Installation.open(path, {}),
            open_journal(log, "json", "alerter.test"),
            steady=lambda: timedelta(days=1),
        )
        yield serving
        serving.close()


def test_the_jobs_run_however_late_and_never_twice_at_once(serving: Serving) -> None:
    """APScheduler's own defaults drop a job that is a second late."""
    scheduler = make_scheduler(serving, Event())
    assert scheduler.timezone == UTC
    jobs = {job.id: job for job in scheduler.get_jobs()}
    assert jobs.keys() == {TICK_JOB, MOMENT_JOB, RELIEF_JOB}
    defaults = scheduler._job_defaults  # noqa: SLF001 - a job has them only once the scheduler runs
    assert (defaults["misfire_grace_time"], defaults["coalesce"], defaults["max_instances"]) == (
        None,
        True,
        1,
    )


def test_no_job_is_ever_stored(serving: Serving) -> None:
    """A persistent job store pickles: whoever writes to it runs code here (CVE-2026-31072)."""
    stores = make_scheduler(serving, Event())._jobstores  # noqa: SLF001 - there is no public way to list the stores
    assert [type(store) for store in stores.values()] == [MemoryJobStore]
    package = Path(alerter.__file__).parent
    named = {
        name
        for path in package.rglob("*.py")
        for name in re.findall(r"apscheduler\.jobstores\.(\w+)", path.read_text(encoding="utf-8"))
    }
    assert named == {"memory"}


def next_fires(trigger: CronTrigger, now: datetime, how_many: int) -> list[datetime]:
    """Return when a trigger fires next, in UTC."""
    fires: list[datetime] = []
    for _ in range(how_many):
        at = trigger.get_next_fire_time(fires[-1] if fires else None, fires[-1] if fires else now)
        assert at is not None
        fires.append(at.astimezone(UTC) + timedelta(microseconds=1))
    return [at.replace(microsecond=0) for at in fires]


def test_the_send_moment_is_the_councils_time_of_every_day(serving: Serving) -> None:
    """
    Eight in London, before and after the clocks go back, on weekends too: a send date may be moved there.
    """
    fires = next_fires(moment_trigger(serving), datetime(2026, 10, 23, 12, tzinfo=UTC), 4)
    assert [f"{at:%a %H:%M}" for at in fires] == ["Sat 07:00", "Sun 08:00", "Mon 08:00", "Tue 08:00"]


def test_a_changed_send_time_moves_the_job(council: Council, serving: Serving) -> None:
    """The tick that reads the new time sets it."""
    scheduler = make_scheduler(serving, Event())
    council.configure(schedule__time="09:30")
    scheduler.get_job(TICK_JOB).func()
    assert "hour='9', minute='30'" in str(scheduler.get_job(MOMENT_JOB).trigger)


def test_a_clock_set_back_does_not_leave_the_scheduler_asleep(serving: Serving) -> None:
    """The next tick was worked out by the old time, a week ahead of the new one."""
    scheduler = make_scheduler(serving, Event())
    now = scheduler.get_job(TICK_JOB).next_run_time
    assert not nudge(scheduler, now)
    assert nudge(scheduler, now - timedelta(weeks=1))
    assert scheduler.get_job(TICK_JOB).next_run_time == now - timedelta(weeks=1)
    assert not nudge(scheduler, now - timedelta(weeks=1))


def test_a_changed_zone_moves_the_job(council: Council, serving: Serving) -> None:
    """Eight o'clock is another moment elsewhere."""
    scheduler = make_scheduler(serving, Event())
    council.configure(schedule__timezone="Europe/Dublin")
    scheduler.get_job(TICK_JOB).func()
    assert str(scheduler.get_job(MOMENT_JOB).trigger.timezone) == "Europe/Dublin"


def test_a_job_that_has_no_time_yet_is_left_alone(serving: Serving) -> None:
    """Before the scheduler runs, and when it has ended."""
    scheduler = make_scheduler(serving, Event())
    now = scheduler.get_job(TICK_JOB).next_run_time
    scheduler.remove_job(TICK_JOB)
    assert not nudge(scheduler, now)


def test_the_service_ends_when_told(serving: Serving) -> None:
    """Also when it was told before it had begun."""
    for is_told_first in (False, True):
        stop = Event()
        if is_told_first:
            stop.set()
        service = Thread(target=serve, args=(serving, stop))
        service.start()
        stop.set()
        service.join(PATIENCE_SECONDS)
        assert not service.is_alive()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_sets_the_event(number: signal.Signals) -> None:
    """The process itself goes on: it decides when it has finished."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        stop = stop_on_signals()
        assert not stop.is_set()
        signal.raise_signal(number)
        assert stop.wait(PATIENCE_SECONDS)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def test_the_steady_clock_goes_forward() -> None:
    """Two readings can be compared."""
    assert timedelta(0) < steady() <= steady()

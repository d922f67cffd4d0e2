"""
When the service wakes: every minute, at the send moment to the second, and every ten seconds to see
whether another sender died. It holds no rule.

What is owed is read from the ledger by each tick, so nothing depends on which wake-ups were missed, and no
job is ever stored: the memory store pickles nothing.
"""

import signal
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import sleep
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.base import STATE_STOPPED
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from alerter.app.serving import Serving

TICK = timedelta(minutes=1)
RELIEF = timedelta(seconds=10)
TICK_JOB = "tick"
RELIEF_JOB = "relief"
MOMENT_JOB = "send moment"
ALL_DAYS = "mon-sun"  # by name: APScheduler counts Monday as 0, cron as 1
ONE_AT_A_TIME = 1
MOMENT_SECONDS = 0.05


def serve(serving: Serving, stop: Event) -> None:
    """
    Tick until *stop* is set, finish the message in hand, and return.

    Raises:
        StoreBrokenError: The database's disk failed, so that the service has to begin anew.
    """
    scheduler = make_scheduler(serving, stop)
    keeper = Thread(target=_keep, args=(scheduler, serving, stop), daemon=True)
    keeper.start()
    scheduler.start()
    keeper.join()
    if serving.broken is not None:
        raise serving.broken


def stop_on_signals() -> Event:
    """Return an event that SIGTERM and SIGINT set from now on, in place of ending the process."""
    stop = Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        # In a thread of its own: a second signal in the midst of `set` would wait for the first for ever.
        Thread(target=stop.set).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    return stop


def make_scheduler(serving: Serving, stop: Event) -> BlockingScheduler:
    """
    Return the scheduler with its three jobs, which never overlap; the first tick is at once.

    *stop* is set when the service cannot go on.
    """
    scheduler = BlockingScheduler(
        timezone=UTC,
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(ONE_AT_A_TIME)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )

    def tick() -> None:
        before = moment_trigger(serving)
        serving.tick()
        after = moment_trigger(serving)
        if repr(after) != repr(before):  # `str` leaves the zone out
            scheduler.reschedule_job(MOMENT_JOB, trigger=after)
        end_if_broken()

    def relieve() -> None:
        serving.relieve()
        end_if_broken()

    def end_if_broken() -> None:
        if serving.broken is not None:
            stop.set()

    now = serving.installation.now()
    scheduler.add_job(
        tick, IntervalTrigger(seconds=TICK.seconds, timezone=UTC), id=TICK_JOB, next_run_time=now
    )
    scheduler.add_job(tick, moment_trigger(serving), id=MOMENT_JOB)
    scheduler.add_job(relieve, IntervalTrigger(seconds=RELIEF.seconds, timezone=UTC), id=RELIEF_JOB)
    return scheduler


def moment_trigger(serving: Serving) -> CronTrigger:
    """Return when digests go out: the configured time of every day, for a send date may be moved to any."""
    schedule = serving.installation.settings.schedule
    return CronTrigger(
        day_of_week=ALL_DAYS,
        hour=schedule.time.hour,
        minute=schedule.time.minute,
        timezone=serving.installation.zone,
    )


def nudge(scheduler: BlockingScheduler, now: datetime) -> bool:
    """
    Tick at once if the next tick is further away than ticks are apart; say whether it was.

    The scheduler sleeps until the time it has worked out, so a clock that was set back by a week
    would leave it asleep for a week.
    """
    next_tick = getattr(scheduler.get_job(TICK_JOB), "next_run_time", None)
    if next_tick is None or next_tick - now <= 2 * TICK:
        return False
    scheduler.modify_job(TICK_JOB, next_run_time=now)
    return True


def _keep(scheduler: BlockingScheduler, serving: Serving, stop: Event) -> None:
    """Keep the scheduler awake until *stop*, then end it when the tick in hand is done."""
    while not stop.wait(TICK.seconds / 2):
        nudge(scheduler, serving.installation.now())
    while scheduler.state == STATE_STOPPED:  # the signal was faster than the start
        sleep(MOMENT_SECONDS)
    scheduler.shutdown(wait=True)

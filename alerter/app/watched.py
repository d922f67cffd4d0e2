"""A command that does the weekly job, with the watcher outside hearing how it went, as from the service."""

from collections.abc import Callable

from alerter.app.heartbeat import Heartbeat, Signal
from alerter.app.standing import standing_of
from alerter.installation.installation import Installation
from alerter.pipeline.weekly import RunResult

ABOUT = "this command"


def watched(of: Installation, work: Callable[[], RunResult], say: Callable[[str], None]) -> RunResult:
    """
    Do *work*, signalling its start and how it ended; *say* hears when the watcher cannot be reached.

    What a run that was done before stands like counts, so that a command repeated every morning is a sign of
    life too. Whatever *work* raises is signalled, and raised.
    """
    heartbeat, url = _heartbeat(of, say)
    heartbeat.begin(url, ABOUT)
    try:
        result = work()
    except BaseException:
        heartbeat.say(url, "fail", ABOUT)
        raise
    is_done = result.run is not None and result.run.state == "done"
    heartbeat.say(url, "success" if is_done else "fail", ABOUT)
    return result


def signal_standing(of: Installation, say: Callable[[str], None]) -> None:
    """
    Signal how the last run stands, after something more of it was delivered.
    """
    heartbeat, url = _heartbeat(of, say)
    if url and (last := standing_of(of).last_run) is not None:
        heartbeat.say(url, "success" if last.state == "done" else "fail", ABOUT)


def _heartbeat(of: Installation, say: Callable[[str], None]) -> tuple[Heartbeat, str]:
    def on_fault(signal: Signal, why: str) -> None:
        say(f"alerter: the heartbeat could not be told ({signal}): {why}.")

    return Heartbeat(on_fault), of.heartbeat_url

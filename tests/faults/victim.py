"""A process that is killed at a chosen step of its conversation with the mail server, and what follows it."""

import signal
import subprocess
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from threading import Event

from alerter.cli.main import main
from tests.acceptance.council import Council, Said
from tests.faults.watched_office import WatchedOffice

PATIENCE_SECONDS = 120
POLL_SECONDS = 0.05


def kill(process: subprocess.Popen[str]) -> None:
    """
    End a process by SIGKILL, and return when it is gone.
    """
    process.kill()
    process.wait(PATIENCE_SECONDS)


def killed(council: Council, office: WatchedOffice, step: str, *arguments: object, to: str = "") -> None:
    """
    Start a command, and kill it when its conversation comes to *step* of the message *to* a recipient.
    """
    process = council.start(*arguments)
    office.at(step, lambda: kill(process), to)
    said = ended(process)
    assert said.exit_code == -signal.SIGKILL, said


def ended(process: subprocess.Popen[str]) -> Said:
    """
    Wait for the end of a process.
    """
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return Said(process.returncode, out, err)


def alerter(council: Council, *arguments: object) -> Said:
    """
    Run one command to its end in the process of the tests, which saves the start of another.
    """
    out, err, code = StringIO(), StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(["--config", str(council.folder / "config.toml"), *map(str, arguments)])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


def until(condition: Callable[[], bool]) -> None:
    """
    Wait until *condition* holds, not for ever.
    """
    pause = Event()
    for _ in range(int(PATIENCE_SECONDS / POLL_SECONDS)):
        if condition():
            return
        pause.wait(POLL_SECONDS)
    raise AssertionError("waited in vain")

"""
A command in a process of its own, which is to be killed, stopped or traced.

It is forked from a process that has everything imported; with ALERTER_FAULTS_COLD it is `python -m alerter`,
as a machine starts it. Either is a process of the system's, and dies as one.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

import pytest

from tests.acceptance.council import Council, Said
from tests.faults import warm
from tests.faults.patience import PATIENCE_SECONDS, until
from tests.world.mail_server import MailServer

needs_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="processes are watched through Linux's /proc"
)
IS_COLD = bool(os.environ.get("ALERTER_FAULTS_COLD"))
PRELOADED = ["pytest", warm.__name__, "tests.still"]


class Process(Protocol):
    """One running command, however it was begun."""

    @property
    def pid(self) -> int:
        """Return its number."""

    def ended(self) -> Said:
        """Wait for its end; return what it said, and its exit code, which for a signal is negative."""


class Cold:
    """A process begun from nothing; *under* is the command line of a program that runs it."""

    def __init__(self, council: Council, arguments: Sequence[object], under: Sequence[str] = ()) -> None:
        self._process = council.start(*arguments, under=under)

    @property
    def pid(self) -> int:
        """Return its number."""
        return self._process.pid

    def ended(self) -> Said:
        """Wait for its end."""
        out, err = self._process.communicate(timeout=PATIENCE_SECONDS)
        return Said(self._process.returncode, out, err)


class Warm:
    """
    A process forked from one that has imported everything; with *is_halted* it waits for SIGCONT to begin.
    """

    def __init__(self, council: Council, arguments: Sequence[object], *, is_halted: bool = False) -> None:
        self._said = Path(mkdtemp(dir=council.folder, prefix="said-"))
        context = get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        asked = [str(each) for each in arguments]
        work = partial(warm.work, council.folder, self._said, asked, is_halted=is_halted)
        self._process = context.Process(target=work)
        self._process.start()

    @property
    def pid(self) -> int:
        """Return its number."""
        assert self._process.pid is not None
        return self._process.pid

    def ended(self) -> Said:
        """Wait for its end."""
        self._process.join(PATIENCE_SECONDS)
        assert self._process.exitcode is not None, "it goes on for ever"
        out, err = ((self._said / name).read_text(encoding="utf-8") for name in ("out", "err"))
        return Said(self._process.exitcode, out, err)


class Victim:
    """One running command, and whoever traces it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._tracers: list[subprocess.Popen[bytes]] = []

    @property
    def pid(self) -> int:
        """Return the number of its process."""
        return self._process.pid

    @property
    def state(self) -> str:
        """Return the letter the system has for how it is: R, S, T for stopped, Z for dead."""
        return self._status("State")[:1]

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it by SIGKILL, and return when it is gone."""
        self.send(signal.SIGKILL)
        until(lambda: self.state in ("Z", "X", ""))

    def stop(self) -> None:
        """Stop it by SIGSTOP, and return when it stands."""
        self.send(signal.SIGSTOP)
        until(lambda: self.state == "T")

    def trace(self, under: Sequence[str]) -> None:
        """Let the tracer with the command line *under* take hold of it."""
        self._tracers.append(subprocess.Popen([*under, f"--attach={self.pid}"]))  # noqa: S603 - strace, by the tests
        until(lambda: self._status("TracerPid") != "0")

    def ended(self) -> Said:
        """Wait for its end."""
        said = self._process.ended()
        for tracer in self._tracers:
            tracer.wait(PATIENCE_SECONDS)
        return said

    def _status(self, what: str) -> str:
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return next((line.split(maxsplit=1)[1] for line in lines if line.startswith(f"{what}:")), "")


def start(council: Council, *arguments: object) -> Victim:
    """Start a command, and leave it running."""
    return Victim(Cold(council, arguments) if IS_COLD else Warm(council, arguments))


def start_under(council: Council, under: Sequence[str], *arguments: object) -> Victim:
    """Start a command that is traced from its beginning."""
    if IS_COLD:
        return Victim(Cold(council, arguments, under))
    victim = Victim(Warm(council, arguments, is_halted=True))
    until(lambda: victim.state == "T")
    victim.trace(under)
    victim.send(signal.SIGCONT)
    return victim


def struck(
    council: Council,
    office: MailServer,
    step: str,
    strike: Callable[[Victim], None],
    *arguments: object,
    to: str = "",
) -> None:
    """Start a command, and *strike* it at *step* of the message *to* a recipient, of which it dies."""
    victim = start(council, *arguments)
    office.at(step, lambda: strike(victim), to)
    said = victim.ended()
    assert said.exit_code == -signal.SIGKILL, said


def killed(council: Council, office: MailServer, step: str, *arguments: object, to: str = "") -> None:
    """Start a command, and kill it when its conversation comes to *step* of the message *to* a recipient."""
    struck(council, office, step, Victim.kill, *arguments, to=to)

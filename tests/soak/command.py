"""
A command of `alerter` as a process that can be killed or paused at any moment, a thousand times over.

Each is forked from a server process that has imported everything and done nothing else, because thousands
of starts of an interpreter would take longer than what is tried. What is killed is the same: a process of
its own, with sockets, file locks and connections of its own, which runs `main` from the first line. All it
got from the server is code in memory, and neither a database nor a mail server can tell how that came
there.
"""

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event

from alerter.cli.main import main

IMPORTED = (
    "pytest", "holidays.countries", "psycopg", "alerter.cli.run", "alerter.cli.deliver",
    "alerter.pipeline.weekly",
    "alerter.installation.installation",
    "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql.psycopg",
    "alerter.app.heartbeat", "encodings.idna", "tests.soak.command",
    "tests.soak.sender", "tests.still",
)  # fmt: skip
SAID = "said.log"
_server = get_context("forkserver")
_server.set_forkserver_preload(list(IMPORTED))


def start(folder: Path, *arguments: object) -> BaseProcess:
    """Start `alerter` with *arguments* in *folder*, where its words go to `said.log`."""
    return fork(_run, folder, [str(each) for each in arguments])


def fork(work: Callable[..., object], *arguments: object) -> BaseProcess:
    """Start *work*, a function of a module, in a process of its own."""
    process = _server.Process(target=work, args=arguments)
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    """Kill a process as the kernel does, and return when it is gone."""
    process.kill()
    process.join()


def pause(process: BaseProcess) -> None:
    """Stop a process where it is, and return when it stands still."""
    os.kill(pid_of(process), signal.SIGSTOP)
    settling = Event()
    while process.is_alive() and not _is_still(pid_of(process)):
        settling.wait(0.001)


def resume(process: BaseProcess) -> None:
    """Let a process go on."""
    os.kill(pid_of(process), signal.SIGCONT)


def pid_of(process: BaseProcess) -> int:
    """Return the number of a process that was started."""
    assert process.pid is not None
    return process.pid


def is_killed(process: BaseProcess) -> bool:
    """Say whether a process that has ended was killed, rather than done before."""
    return process.exitcode == -signal.SIGKILL


def _is_still(pid: int) -> bool:
    """Say whether a process is stopped or gone, where the system tells in /proc; elsewhere take its word."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "TZX"
    except FileNotFoundError:
        return True


def _run(folder: Path, arguments: list[str]) -> None:
    os.chdir(folder)
    for name in [name for name in os.environ if name.startswith("ALERTER_")]:
        del os.environ[name]
    sys.stdout = sys.stderr = (folder / SAID).open("a", encoding="utf-8", buffering=1)
    main(arguments)

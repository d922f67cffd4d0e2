"""
Processes that can be killed, stopped and traced: commands of `alerter`, and whatever else a test forks.

Each is forked from `tests.world.forkserver`, which has everything imported; a cold one then begins anew as
`python -m alerter`, as a machine starts it. With ALERTER_FAULTS_COLD every command does.
"""

import atexit
import ctypes
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from select import select
from tempfile import TemporaryFile
from threading import Event, Lock
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
IS_COLD = bool(os.environ.get("ALERTER_FAULTS_COLD"))
PATIENCE_SECONDS = 300
POLL_SECONDS = 0.02
NUMBER = 4
STARTING = Lock()
DEAD = ("Z", "X", "")
ANY_TRACER = (0x59616D61, -1)  # prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY): Yama lets parents alone trace


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and its exit code, which for a signal is negative."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Return the one JSON object of standard output; anything else there is a fault."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


class Process:
    """One process that does *work* with *arguments*, and whoever traces it."""

    def __init__(self, work: Callable[..., object], *arguments: object) -> None:
        self._out, self._err = TemporaryFile(), TemporaryFile()  # noqa: SIM115 - closed at its end
        self._report, theirs = socket.socketpair()
        with theirs, open(os.devnull, "rb") as nothing:  # noqa: PTH123 - no path to speak of
            given = (theirs, nothing, self._out, self._err)
            _forkserver().ask(pickle.dumps((work, arguments)), [each.fileno() for each in given])
        self.pid = int.from_bytes(self._heard())
        self._said: Said | None = None
        self._tracers: list[subprocess.Popen[bytes]] = []

    def fileno(self) -> int:
        """Return what can be read from once it has ended, for `select`."""
        return self._report.fileno()

    @property
    def is_alive(self) -> bool:
        """Say whether it has not ended."""
        return self._said is None and not select([self], [], [], 0)[0]

    @property
    def is_killed(self) -> bool:
        """Say whether it was killed, rather than done before; wait for its end."""
        return self.ended().exit_code == -signal.SIGKILL

    @property
    def state(self) -> str:
        """Return the letter Linux has for how it is: R, S, T for stopped, Z for dead, none for gone."""
        return self._status("State")[:1]

    @property
    def err(self) -> str:
        """Return what it has said on standard error so far."""
        return os.pread(self._err.fileno(), 1 << 20, 0).decode()

    def send(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it by SIGKILL, and return when it is gone."""
        if self._said is None:
            self.send(signal.SIGKILL)
            until(lambda: self.state in DEAD)

    def stop(self) -> None:
        """Stop it by SIGSTOP, and return when it stands, or is gone."""
        self.send(signal.SIGSTOP)
        until(lambda: self.state in ("T", *DEAD))

    def trace(self, under: Sequence[str]) -> None:
        """Let the tracer with the command line *under* take hold of it."""
        self._tracers.append(subprocess.Popen([*under, f"--attach={self.pid}"]))  # noqa: S603 - strace, by the tests
        until(lambda: self._status("TracerPid") != "0")

    def join(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait for its end for so many *seconds*; return whether it has come."""
        if self._said is None and select([self], [], [], seconds)[0]:
            exit_code = int.from_bytes(self._heard(), signed=True)
            self._report.close()
            for tracer in self._tracers:
                tracer.wait(PATIENCE_SECONDS)
            self._said = Said(exit_code, _text(self._out), _text(self._err))
        return self._said is not None

    def ended(self) -> Said:
        """Wait for its end; return what it said."""
        assert self.join(), "it goes on for ever"
        assert self._said is not None
        return self._said

    def _heard(self) -> bytes:
        number = self._report.recv(NUMBER, socket.MSG_WAITALL)
        assert number, "what it was forked from has died"
        return number

    def _status(self, what: str) -> str:
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return next((line.split(maxsplit=1)[1] for line in lines if line.startswith(f"{what}:")), "")


def command(
    folder: Path, *arguments: object, is_cold: bool = IS_COLD, under: Sequence[str] | None = None
) -> Process:
    """Start a command in *folder*; *under* is the command line of a tracer that has it from its beginning."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("ALERTER_")}
    environ |= {"PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"}
    is_halted = under is not None
    process = Process(_alerter, folder, [str(each) for each in arguments], environ, is_cold, is_halted)
    if under is not None:
        until(lambda: process.state == "T")
        process.trace(under)
        process.send(signal.SIGCONT)
    return process


def until(is_met: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something *is_met*, not for ever."""
    pause = Event()
    for _ in range(int(seconds / POLL_SECONDS)):
        if is_met():
            return
        pause.wait(POLL_SECONDS)
    raise AssertionError("waited in vain")


def _alerter(
    folder: Path,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    is_cold: bool,  # noqa: FBT001 - over a socket
    is_halted: bool,  # noqa: FBT001
) -> None:
    """Be one command; with *is_halted* stop before it begins, so that it can be traced."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    if is_halted:
        ctypes.CDLL(None).prctl(*ANY_TRACER, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
    sys.argv = ["alerter", *arguments]
    if is_cold:
        os.execv(sys.executable, [sys.executable, "-m", *sys.argv])  # noqa: S606 - this Python
    import_module("alerter.__main__").main()


class _Forkserver:
    """The process that forks, and the way to ask it."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        self._lock = Lock()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this Python, and a module of our own
                [sys.executable, "-m", "tests.world.forkserver", str(theirs.fileno())],
                cwd=REPOSITORY, env={**os.environ, "PYTHONUTF8": "1"}, pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def ask(self, what: bytes, descriptors: Sequence[int]) -> None:
        """Ask for a process."""
        with self._lock:
            socket.send_fds(self._control, [len(what).to_bytes(NUMBER)], list(descriptors))
            self._control.sendall(what)

    def close(self) -> None:
        """End it."""
        self._control.close()
        self._process.wait(PATIENCE_SECONDS)


def _forkserver() -> _Forkserver:
    with STARTING:
        return _started()


@cache
def _started() -> _Forkserver:
    made = _Forkserver()
    atexit.register(made.close)
    return made


def _text(file: Any) -> str:
    with file:
        file.seek(0)
        return str(file.read().decode())

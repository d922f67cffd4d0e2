"""
Files read into a store of their own by processes that may use 2 s of CPU and 256 MB, the interpreter's apart.

`read_limited` starts this module as a program; it imports the reader once, and forks for each file. The
limits count from there, so that they are the file's cost and not that of starting Python.
"""

import json
import math
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from sqlalchemy import func, select

from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.pipeline.sync import Intake, read_in
from alerter.sources.source import open_source
from alerter.store.database import open_database
from alerter.store.schema import assessments
from alerter.store.syncs import Sync, rejected_by

CPU_SECONDS, MEGABYTES = 2, 256
HARD_SECONDS = 10
"""When the system ends a reader, in case it never ends by itself."""
PATIENCE_SECONDS = 3600
LOOP, LOOP_SECONDS = 500_000, 0.03
"""So many additions take a machine of 2020 so long, when it does nothing else."""
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CLOCKS = {"core": Clock(type="core", label="Core assessment", working_days=35, alert_after=25)}
REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What became of one file: refused with what was *said*, or its *rows* and where each went; or a *crash*.

    *slowness* is how much longer than at rest the machine took over a loop just after: others' work on the
    same cores makes seconds of CPU longer.
    """

    is_refused: bool = False
    said: str = ""
    rows: int = 0
    stored: int = 0
    collapsed: int = 0
    rejected: int = 0
    kept: int = 0
    told: int = 0
    crash: str = ""
    cpu_seconds: float = 0
    slowness: float = 1

    def fault(self) -> str:
        """Return what is wrong with it: a crash, too much time, or rows that do not add up."""
        if self.crash:
            return self.crash
        if self.cpu_seconds > CPU_SECONDS * self.slowness:
            return f"{self.cpu_seconds:.1f} s of CPU, {self.slowness:.1f} times slower than at rest"
        if self.is_refused:
            is_sound = bool(self.said) and "Traceback" not in self.said and self.kept == 0
        else:
            is_whole = self.rows == self.stored + self.collapsed + self.rejected
            is_sound = is_whole and (self.kept, self.told) == (self.stored, self.rejected)
        return "" if is_sound else f"the sums: {self}"


def read_limited(files: Sequence[tuple[str, Path]], empty: Path) -> list[Reading]:
    """Read each of *files*, given with its kind, into a copy of the *empty* store."""
    lines = [json.dumps([kind, str(path), str(empty)]) for kind, path in files]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.limited_reader"],
        cwd=REPOSITORY,
        input="\n".join(lines),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    return [Reading(**json.loads(line)) for line in ended.stdout.splitlines()]


def _read(kind: str, path: Path, store: Path) -> Reading:
    """Read one file as a run does, and count what the store holds afterwards."""
    with closing(open_database(f"sqlite:///{store}")) as database:
        said, done = "", None
        try:
            source = open_source(kind, path, {}, CLOCKS)
            with database.write() as connection:
                done = read_in(
                    connection, Intake(source=source, directory=[], mapping="1", now=NOW), NOW.date()
                ).sync
        except SourceError as error:
            said = str(error)
        with database.read() as connection:
            kept = connection.execute(select(func.count()).select_from(assessments)).scalar_one()
            told = 0 if done is None else len(rejected_by(connection, done.id))
    return _reading(done, said, kept, told)


def _reading(done: Sync | None, said: str, kept: int, told: int) -> Reading:
    if done is None:
        return Reading(is_refused=True, said=said, kept=kept)
    return Reading(
        rows=done.rows, stored=done.stored, collapsed=done.collapsed, rejected=done.rejected,
        kept=kept, told=told,
    )  # fmt: skip


def _limit() -> None:
    """Let this process use so much more than it does now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + (MEGABYTES << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime) + HARD_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _forked(kind: str, path: Path, empty: Path) -> Reading:
    """Read one file in a process of its own, and say how that ended."""
    ours, theirs = os.pipe()
    store = path.with_name(f"{path.name}.db")
    store.write_bytes(empty.read_bytes())
    child = os.fork()
    if child == 0:
        _limit()
        try:
            reading = _read(kind, path, store)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
            reading = Reading(crash=f"{type(error).__name__}: {error}")
        os.write(theirs, json.dumps(asdict(reading)).encode())
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as pipe:  # noqa: PTH123 - no path, a descriptor
        told = pipe.read()
    _, status, used = os.wait4(child, 0)
    store.unlink()
    code = os.waitstatus_to_exitcode(status)
    slowness = max(1.0, _loop_seconds() / LOOP_SECONDS)
    words = json.loads(told) if told and code == 0 else {"crash": _ending(code)}
    return Reading(**{**words, "cpu_seconds": used.ru_utime + used.ru_stime, "slowness": slowness})


def _loop_seconds() -> float:
    """Return how much CPU a small loop takes now."""
    began = process_time()
    total = 0
    for number in range(LOOP):
        total += number
    return process_time() - began


def _ending(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def _main() -> None:
    for line in sys.stdin:
        kind, path, empty = json.loads(line)
        print(json.dumps(asdict(_forked(kind, Path(path), Path(empty)))), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    _main()

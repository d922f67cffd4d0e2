"""
The system calls of one command: written down by strace, then one of them fatal or failing.

A call is named by what it is and how many of its kind came before it; a command that begins on the same store
makes the same ones again.
"""

import re
import shutil
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.world.council import Council
from tests.world.process import Process, Said

NO_STRACE = "no strace to break system calls with: `apt-get install strace`"
WATCHED = (
    "connect", "fdatasync", "flock", "fsync", "ftruncate", "openat", "pwrite64", "rename", "sendmsg",
    "sendto", "unlink", "write",
)  # fmt: skip
LONGEST_TEXT = 2000
THE_DOT = r'".\r\n"'
_LINE = re.compile(r"(?:\d+ +)?(?P<name>\w+)\((?P<text>.*)")


@dataclass(frozen=True, slots=True)
class Call:
    """The *nth* call of one *name*, with its arguments as strace writes them."""

    name: str
    nth: int
    text: str

    def has(self, *words: str) -> bool:
        """Say whether all the words stand in its arguments."""
        return all(word in self.text for word in words)


def recorded(council: Council, *arguments: object, names: Sequence[str] = WATCHED) -> list[Call]:
    """Run a command to its end, and return its calls in their order."""
    said = _under(council, [f"--trace={','.join(names)}"], *arguments)
    assert said.exit_code in (0, 1), said
    return list(_calls(_log(council)))


def killed_at(council: Council, call: Call, *arguments: object) -> None:
    """Run a command that is killed as it makes *call*, which it does not get."""
    exit_code = struck_at(council, call, *arguments)
    assert exit_code == -signal.SIGKILL, exit_code


def struck_at(council: Council, call: Call, *arguments: object) -> int:
    """Run a command that is killed if ever it makes *call*; return how it ended."""
    return _under(council, _injecting(call, "signal=SIGKILL"), *arguments).exit_code


def failing_at(council: Council, call: Call, error: str, *arguments: object, times: int = 1) -> Said:
    """
    Run a command to which the system says *error* to *call*, and to the next of its kind, so many *times*.
    """
    return _under(council, _injecting(call, f"error={error}", times), *arguments)


def kill_at_next(council: Council, victim: Process, name: str, nth: int = 1) -> None:
    """Let a running process die as it makes the *nth* call of *name* from now on."""
    victim.trace([*_strace(council), *_injecting(Call(name, nth, ""), "signal=SIGKILL")])


def fail_at_next(council: Council, victim: Process, name: str, error: str, *, times: int = 1) -> None:
    """Let the system say *error* to the next calls of *name* that a running process makes."""
    victim.trace([*_strace(council), *_injecting(Call(name, 1, ""), f"error={error}", times)])


def first(calls: Sequence[Call], name: str, *words: str, after: Call | None = None) -> Call:
    """Return the first call of *name* with *words*, *after* another one or of all."""
    begin = 0 if after is None else calls.index(after) + 1
    return next(call for call in calls[begin:] if call.name == name and call.has(*words))


def distance(calls: Sequence[Call], after: Call, until: Call) -> int:
    """Return which call of its name *until* is, counted *after* another one."""
    between = calls[calls.index(after) + 1 : calls.index(until) + 1]
    return [call.name for call in between].count(until.name)


def plan_writes(calls: Sequence[Call]) -> tuple[Call, Call, Call]:
    """Return three writes of the transaction that plans a run, on a file: first, middle and last."""
    until = calls.index(first(calls, "flock"))
    commit = [call for call in calls[:until] if call.name == "fdatasync"][-1]
    writes = [call for call in calls[: calls.index(commit)] if call.name == "pwrite64"]
    return writes[0], writes[len(writes) // 2], writes[-1]


def _under(council: Council, how: Sequence[str], *arguments: object) -> Said:
    return council.start(*arguments, under=[*_strace(council), *how]).ended()


def _strace(council: Council) -> list[str]:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip(NO_STRACE)
    # Not --seccomp-bpf, by which strace 6.1 forgets to send the signal.
    options = ["--follow-forks", "--quiet=all", f"--string-limit={LONGEST_TEXT}"]
    return [strace, *options, f"--output={_log(council)}"]


def _injecting(call: Call, what: str, times: int = 1) -> list[str]:
    when = f"{call.nth}..{call.nth + times - 1}" if times > 1 else f"{call.nth}"
    return [f"--trace={call.name}", f"--inject={call.name}:{what}:when={when}"]


def _log(council: Council) -> Path:
    return council.folder / "strace.log"


def _calls(log: Path) -> Iterator[Call]:
    seen: Counter[str] = Counter()
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if (found := _LINE.match(line)) is not None:
            seen[found["name"]] += 1
            yield Call(found["name"], seen[found["name"]], found["text"])

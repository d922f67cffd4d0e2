"""A command as a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.rounds import Cost

KIB = 1024
ROOT = Path(__file__).resolve().parents[1]
LAUNCHER = """
import json, os, subprocess, sys, time
begin = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
said = process.stdout.read()
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - begin
process.returncode = os.waitstatus_to_exitcode(status)
processor = usage.ru_utime + usage.ru_stime
print(json.dumps([process.returncode, said[-2000:], seconds, processor, usage.ru_maxrss]))
"""
"""Starts a process from a small one, for the system counts the memory of whoever starts it as its own."""


@dataclass(frozen=True, slots=True)
class Command:
    """A Python program in a *folder*, which has to end with one of these exit codes; to call it runs it."""

    folder: Path
    arguments: tuple[str, ...]
    may_end: tuple[int, ...] = (0,)

    def __call__(self) -> Cost:
        """Run it to its end; return what it cost."""
        done = subprocess.run(  # noqa: S603 - this Python, on files made here
            [sys.executable, "-c", LAUNCHER, sys.executable, *self.arguments],
            cwd=self.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        exit_code, said, seconds, processor, peak = json.loads(done.stdout)
        if exit_code not in self.may_end:
            sys.exit(f"{' '.join(self.arguments[:3])} ended with {exit_code}: {said}")
        return Cost(seconds, processor, peak / KIB)

"""What a forked process does that begins with the program already imported, which saves a start's second."""

import ctypes
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import psycopg

import alerter.cli.deliver
import alerter.cli.migrate
import alerter.cli.run
import alerter.cli.serve
import alerter.scheduler
from alerter.bank_holidays import working_calendar
from alerter.cli.main import main
from alerter.pipeline import weekly

BROUGHT = (psycopg, alerter, weekly, working_calendar("england"))
ANY_TRACER = (0x59616D61, -1)  # prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY): Yama lets parents alone trace


def work(folder: Path, said: Path, arguments: Sequence[str], *, is_halted: bool) -> None:
    """
    Run one command in *folder*, its two outputs going to `out` and `err` in *said*.

    With *is_halted* it stops before it begins, so that it can be traced, until it is told to go on.
    """
    os.chdir(folder)
    for name in [name for name in os.environ if name.startswith("ALERTER_")]:
        del os.environ[name]
    os.environ["PYTHONUTF8"] = "1"
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(said / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    if is_halted:
        ctypes.CDLL(None).prctl(*ANY_TRACER, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
    main(arguments)

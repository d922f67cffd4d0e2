"""
The process from which the tests fork others: it has imported everything, and done nothing else.

A start from nothing takes a second, and the tests start thousands. What is forked has sockets, file locks and
connections of its own, and dies as any process; all it got from here is code in memory.

`tests.world.process` starts one of these, and asks it over a socket: a length, with four descriptors (where
to report, and the three standard ones), and so many bytes of pickle, a function and its arguments.
"""

import gc
import os
import pickle
import socket
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from alerter.bank_holidays import working_calendar
from alerter.cli.commands import COMMANDS

IMPORTED = (
    *(f"alerter.cli.{name}" for name in COMMANDS),
    "alerter.__main__", "alerter.app.heartbeat", "alerter.installation.installation",
    "alerter.pipeline.weekly", "alerter.scheduler", "encodings.idna", "holidays.countries", "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite", "tests.soak.sender",
    "tests.world.process",
)  # fmt: skip
NUMBER = 4
"""So many bytes has each number that goes over the socket."""


def serve(control: socket.socket) -> None:
    """Fork whatever is asked for, until those who ask are gone."""
    while True:
        length, descriptors, *_ = socket.recv_fds(control, NUMBER, 4)
        if not length:
            return
        asked = control.recv(int.from_bytes(length), socket.MSG_WAITALL)
        if os.fork() == 0:
            control.close()
            try:
                _report(asked, descriptors)
            finally:
                os._exit(1)
        for descriptor in descriptors:
            os.close(descriptor)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass  # one that has reported


def _report(asked: bytes, descriptors: Sequence[int]) -> None:
    """Fork the process; report its number, and at its end its exit code; bury it when that was heard."""
    report = socket.socket(fileno=descriptors[0])
    child = os.fork()
    if child == 0:
        report.close()
        _become(asked, descriptors[1:])
    for descriptor in descriptors[1:]:
        os.close(descriptor)
    report.sendall(child.to_bytes(NUMBER))
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    exit_code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
    report.sendall(exit_code.to_bytes(NUMBER, signed=True))
    report.recv(1)
    os.waitpid(child, 0)


def _become(asked: bytes, standard: Sequence[int]) -> None:
    """Be the process that was asked for, to its end."""
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
        os.close(descriptor)
    exit_code = 1
    try:
        work, arguments = pickle.loads(asked)  # noqa: S301 - from the tests themselves
        work(*arguments)
        exit_code = 0
    except SystemExit as ended:
        exit_code = int(ended.code or 0)
    except BaseException:  # noqa: BLE001 - whatever it is, it is told as Python tells it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(exit_code)


if __name__ == "__main__":
    for name in IMPORTED:
        import_module(name)
    working_calendar("england")
    gc.collect()
    gc.freeze()  # or the first collection in each process would copy the pages of all that was imported
    serve(socket.socket(fileno=int(sys.argv[1])))

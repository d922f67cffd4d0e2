"""Commands as they are typed, run inside the tests' process, which saves the start of another."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import TextIO

from alerter.cli.main import main
from tests.world.council import Council
from tests.world.office import Office
from tests.world.process import Said


def alerter(council: Council | Office, *arguments: object) -> Said:
    """Run one command to its end, under the settings of *council*."""
    out, err, exit_code = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(["--config", str(council.folder / "config.toml"), *map(str, arguments)])
        except SystemExit as ended:
            exit_code = int(ended.code or 0)
    return Said(exit_code, out.getvalue(), err.getvalue())


@contextmanager
def drawn(
    redirected: type[redirect_stdout[TextIO] | redirect_stderr[TextIO]] = redirect_stdout,
) -> Iterator[io.StringIO]:
    """Let standard output or error be a terminal, and give what was drawn on it when the block has ended."""
    ours, theirs = os.openpty()
    shown = io.StringIO()
    with open(theirs, "w", encoding="utf-8") as screen, redirected(screen):  # noqa: PTH123 - no path, a descriptor
        yield shown
    shown.write(_everything(ours).decode())
    os.close(ours)


def _everything(terminal: int) -> bytes:
    """Read a terminal whose other side is closed to its end: one read may give a part of what was written."""
    parts = []
    with suppress(OSError):  # Linux ends such a terminal with an error, macOS with nothing.
        while part := os.read(terminal, 65536):
            parts.append(part)
    return b"".join(parts)

"""Commands as they are typed, run inside the tests' process."""

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any, TextIO

from click.testing import CliRunner, Result

from alerter.cli.main import group
from tests.app.office import Office


def alerter(office: Office, *arguments: object) -> Result:
    """
    Run one command under the settings of *office*.

    What it raises stays in the result, for only `main` turns it into a sentence.
    """
    return CliRunner().invoke(group, ["--config", str(office.config), *map(str, arguments)])


def json_of(result: Result) -> dict[str, Any]:
    """Return the one JSON object that a command printed."""
    value = json.loads(result.stdout)
    assert isinstance(value, dict)
    return value


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

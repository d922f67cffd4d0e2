"""Commands as they are typed, run inside the tests' process."""

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
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
        screen.flush()
        shown.write(os.read(ours, 65536).decode())
    os.close(ours)

"""Which commands collect their garbage."""

import subprocess
import sys

import pytest

ASK = """
import gc, sys
from alerter.__main__ import main
sys.argv = ["alerter", {command!r}, "--help"]
try:
    main()
except SystemExit:
    print(gc.isenabled())
"""


@pytest.mark.parametrize(
    ("command", "collects"), [("status", False), ("run", False), ("serve", True), ("web", True)]
)
def test_what_runs_for_long_collects_its_garbage(command: str, *, collects: bool) -> None:
    """A command that ends soon gives all its memory back at its end."""
    done = subprocess.run(  # noqa: S603 - this Python, on arguments the tests wrote
        [sys.executable, "-c", ASK.format(command=command)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == str(command in {"serve", "web"})

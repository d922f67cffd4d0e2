"""
Take one safeguard after the other away, and see whether the tests notice.

    python -m tests.soak.removal                every safeguard
    python -m tests.soak.removal lease catch    those whose name holds one of these words

It works on a copy of the tree. First the tests are run as things stand, for a test that fails anyway
notices nothing. The exit code is 1 where a safeguard can go unnoticed, or its text is no longer to be
found.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import click

from tests.soak.safeguards import ROOT, SAFEGUARDS, Safeguard

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "dist")
PASSED, FAILED = 0, 1  # exit codes of pytest; any other one means that the tests could not be run


def main(words: Sequence[str]) -> int:
    """Remove each safeguard named by *words*, or every one; return the exit code."""
    chosen = [each for each in SAFEGUARDS if not words or any(word in each.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="alerter-") as folder:
        tree = Path(shutil.copytree(ROOT, Path(folder) / "tree", ignore=LEFT_OUT))
        tests = dict.fromkeys(test for each in chosen for test in each.tests)
        if _tested(tree, list(tests)) != PASSED:
            click.echo("The tests do not pass as things stand, so they can notice nothing.")
            return 1
        unnoticed = [each.name for each in chosen if not _is_noticed(tree, each)]
    click.echo(f"{len(chosen) - len(unnoticed)} of {len(chosen)} safeguards are missed when they are gone.")
    return 1 if unnoticed else 0


def _is_noticed(tree: Path, safeguard: Safeguard) -> bool:
    """Remove one safeguard, run its tests, put it back, and say how it went."""
    file = tree / safeguard.file
    code = file.read_text(encoding="utf-8")
    begun = monotonic()
    try:
        file.write_text(safeguard.removed_from(code), encoding="utf-8")
        exit_code = _tested(tree, safeguard.tests)
    except LookupError as error:
        click.echo(error)
        return False
    finally:
        file.write_text(code, encoding="utf-8")
    said = {FAILED: "noticed", PASSED: "NOT NOTICED"}.get(exit_code, f"NOT TESTED (pytest: {exit_code})")
    click.echo(f"{said}: {safeguard.name} ({monotonic() - begun:.0f} s)")
    return exit_code == FAILED


def _tested(tree: Path, tests: Sequence[str]) -> int:
    """
    Run *tests* to the first failure, and return pytest's exit code; no compiled code is left for the next.
    """
    own = f"--basetemp={tree.parent / 'tests'}"  # parallel runs prune each other's folders elsewhere
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", own, *tests]
    quiet = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=tree, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode  # noqa: S603 - this Python, and the tests listed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

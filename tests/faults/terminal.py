"""Commands run in the process of the tests, which saves the start of another where nobody is to die."""

from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from alerter.cli.main import main
from tests.acceptance.council import Council, Said


def alerter(council: Council, *arguments: object) -> Said:
    """Run one command to its end, under the settings of *council*."""
    out, err, code = StringIO(), StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(["--config", str(council.folder / "config.toml"), *map(str, arguments)])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    return Said(code, out.getvalue(), err.getvalue())

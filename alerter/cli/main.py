"""The command line: the group, what every command shares, and how an error leaves it."""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from alerter import __version__
from alerter.cli.commands import COMMANDS
from alerter.errors import AlerterError


class _LazyGroup(click.Group):
    """A group that imports a command's module when the command is looked at, and nothing heavier."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"alerter.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The settings file (else ALERTER_CONFIG, else ./config.toml).",
)
@click.option("--traceback", is_flag=True, help="Show where an unexpected fault happened.")
@click.version_option(__version__, message="alerter %(version)s")
@click.pass_context
def group(ctx: click.Context, config: Path | None, *, traceback: bool) -> None:  # noqa: ARG001 - main() reads it before click does
    """Weekly deadline digests for children's social care assessments."""
    ctx.obj = config


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line of *arguments*, or of the process; every error leaves it as one sentence."""
    typed = sys.argv[1:] if arguments is None else list(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        group.main(typed, prog_name="alerter")
    except Exception as error:
        if "--traceback" in typed and not isinstance(error, AlerterError):
            raise
        text, exit_code = error_text(error)
        for line in text.splitlines():
            click.echo(f"alerter: {line}", err=True)
        sys.exit(exit_code)


def error_text(error: Exception) -> tuple[str, int]:
    """
    Return what an operator is told of *error*, and the contract's exit code.

    The text of a fault of our own could hold data, so it is not shown: its kind and its place are.
    """
    if isinstance(error, AlerterError):
        return str(error), error.exit_code
    if isinstance(error, OSError):
        return f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""), 3
    return (
        f"an unexpected fault of alerter's own ({type(error).__name__}{_place(error)}). What was sent is in "
        "the ledger and is not sent twice. Run it again as `alerter --traceback ...` and report it."
    ), 3


def _place(error: Exception) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return "" if frame is None else f" at {Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}"

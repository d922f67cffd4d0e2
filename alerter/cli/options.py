"""Options that several commands share, and the way from a context to the app."""

import getpass
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from alerter.bank_holidays import FIRST_YEAR, LAST_YEAR, is_known
from alerter.cli.output import reading
from alerter.config.file import find_config
from alerter.errors import ConfigError
from alerter.installation.installation import Installation


class Day(click.ParamType[date]):
    """
    A date as YYYY-MM-DD, in the years whose bank holidays are known: any other is a slip of the keyboard.
    """

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the date, or say how one is written."""
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as YYYY-MM-DD, such as 2026-11-23.", param, ctx)
        if not is_known(day):
            known = f"{FIRST_YEAR} to {LAST_YEAR}"
            self.fail(f"{value!r} is not in the years whose bank holidays are known, {known}.", param, ctx)
        return day


run_number = click.argument("run", type=click.IntRange(1, 2**31 - 1))  # as large as the ledger's are
as_of = click.option("--as-of", type=Day(), help="The day to judge by, in place of today.")
json_ = click.option("--json", "is_json", is_flag=True, help="Print one JSON object on standard output.")


def login_name() -> str:
    """
    Return the name of whoever is logged in, for what is recorded with a name.

    Raises:
        ConfigError: The system does not know it, as in some containers.
    """
    try:
        return getpass.getuser()
    except (
        ImportError,
        KeyError,
        OSError,
    ):  # which, depends on Python and the system
        raise ConfigError(["--by: say who you are; the system does not know your name."]) from None


def open_app(ctx: click.Context) -> Installation:
    """
    Open the installation of the settings that the command line names; it is closed when the command ends.
    """
    config = find_config(ctx.find_root().obj, os.environ, Path.cwd())
    app = replace(Installation.open(config, os.environ), on_rows=ctx.with_resource(reading()))
    ctx.call_on_close(app.database.close)
    return app

"""The demonstration: a made-up borough, the real job, and the emails that arrived."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from alerter.app import clock
from alerter.app.installation import Installation
from alerter.app.standing import RunResult
from alerter.app.weekly import Weekly
from alerter.bank_holidays import working_calendar
from alerter.demo.borough import Borough, make_borough
from alerter.demo.postbox import Arrived, open_postbox
from alerter.errors import ConfigError

SEED = 2009
NATION = "england"
MARK = ".alerter-demo"  # tells a folder of ours, which may be written anew, from anybody else's


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """
    What the demonstration did: the borough, the run, and each email in the order it arrived.
    """

    borough: Borough
    result: RunResult
    arrived: tuple[Arrived, ...]
    folder: Path


def show(folder: Path, as_of: date | None) -> Shown:
    """
    Write a borough into *folder*, start a mail server, run the weekly job on it, and keep what arrived.

    Raises:
        ConfigError: *folder* holds something that is not an earlier demonstration.
    """
    _clear(folder)
    as_of = as_of or clock.now(ZoneInfo("Europe/London")).date()
    with open_postbox(folder / "emails") as (postbox, port):
        borough = make_borough(
            folder, as_of=as_of, seed=SEED, calendar=working_calendar(NATION), smtp_port=port
        )
        installation = Installation.open(borough.config, {})
        result = Weekly(installation).run(as_of)
        installation.database.close()
    return Shown(borough=borough, result=result, arrived=tuple(postbox.arrived), folder=folder)


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise ConfigError(
                [f"{folder} is not empty and no earlier demonstration: name another folder with --out."]
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()

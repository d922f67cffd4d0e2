"""Runs the demonstration: makes the borough, does the weekly job, shows the emails that arrived."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

from alerter.app.page_session import database_id
from alerter.bank_holidays import working_calendar
from alerter.demo.borough import Borough, make_borough
from alerter.demo.postbox import HOST, Arrived, Postbox, free_port, open_postbox
from alerter.domain.routing import Recipient
from alerter.errors import ConfigError
from alerter.installation import clock
from alerter.installation.installation import Installation
from alerter.mail.links import Links
from alerter.pipeline import weekly
from alerter.pipeline.outcome import RunResult
from alerter.pipeline.planning import plan_on
from alerter.private_files import make_private_folder, write_private

SEED = 2009
NATION = "england"
LONDON = ZoneInfo("Europe/London")
MORNING = time(9, 0)
PORT = 8025
PACKAGES = ("flask", "itsdangerous", "waitress")  # of the page
MARK = ".alerter-demo"  # tells a folder of ours, which may be written anew, from anybody else's


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """
    What the demonstration did: the borough, the run, and each email in the order it arrived.

    *link* opens the busiest manager's list and *service_link* the admins' figures while the page is served;
    both are empty where its packages are not installed.
    """

    borough: Borough
    result: RunResult
    arrived: tuple[Arrived, ...]
    folder: Path
    installation: Installation
    postbox: Postbox
    port: int
    link: str = ""
    service_link: str = ""


def show(folder: Path, as_of: date | None) -> Shown:
    """
    Write a borough into *folder*, start a mail server, run the weekly job on it, and keep what arrived.

    Raises:
        ConfigError: *folder* holds something that is not an earlier demonstration.
    """
    with showing(folder, as_of) as shown:
        return shown


@contextmanager
def showing(folder: Path, as_of: date | None) -> Iterator[Shown]:
    """
    Show the same, and keep the mail server and the database open meanwhile.

    Raises:
        ConfigError: *folder* holds something that is not an earlier demonstration.
    """
    clear(folder)
    began = clock.now(LONDON)
    as_of = as_of or began.date()
    port = free_port(PORT) if all(map(find_spec, PACKAGES)) else 0
    with open_postbox(folder / "emails") as (postbox, smtp_port):
        borough = make_borough(
            folder, as_of=as_of, seed=SEED, calendar=working_calendar(NATION), smtp_port=smtp_port,
            base_url=f"http://{HOST}:{port}" if port else "",
        )  # fmt: skip
        installation = replace(Installation.open(borough.config, {}), clock=clock_of(as_of, began))
        try:
            result = weekly.run(installation, as_of)
            link, service_link = _links(installation, as_of, result)
            yield Shown(
                borough=borough, result=result, arrived=tuple(postbox.arrived), folder=folder,
                installation=installation, postbox=postbox, port=port, link=link, service_link=service_link,
            )  # fmt: skip
        finally:
            installation.database.close()


def clock_of(as_of: date, began: datetime) -> Callable[[ZoneInfo], datetime]:
    """Return the clock of the demonstration: the real one, or on another day one that begins that morning."""
    if as_of == began.date():
        return clock.now
    ahead = datetime.combine(as_of, MORNING, LONDON) - began
    return lambda zone: clock.now(zone) + ahead


def _links(installation: Installation, as_of: date, result: RunResult) -> tuple[str, str]:
    """Return the link of the manager who is asked most, and the admins'."""
    links = Links.of(installation.settings)
    if links is None or result.run is None:
        return "", ""
    with installation.database.read() as connection:
        digests = plan_on(connection, installation.rules, as_of).digests
    managers = [digest for digest in digests if digest.recipient != installation.rules.fallback]
    busiest = max(managers, key=lambda digest: digest.asks).recipient
    admin = Recipient(installation.settings.email.admins[0])
    about, at = (database_id(installation), result.run.id), result.run.prepared_at
    return links.make(*about, busiest, at), links.make(*about, admin, at)


def clear(folder: Path) -> None:
    """
    Make *folder* anew, if it is none or an earlier demonstration's.

    Raises:
        ConfigError: It holds something else.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise ConfigError(
                [f"{folder} is not empty and no earlier demonstration: name another folder with --out."]
            )
        shutil.rmtree(folder)
    make_private_folder(folder)
    write_private(folder / MARK, b"")

"""Writes the made-up borough of Northmere into a folder, as a council would set the alerter up."""

import csv
import io
import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from random import Random
from secrets import token_urlsafe
from zoneinfo import ZoneInfo

from alerter.config.file import example_settings
from alerter.demo.files import COLUMNS, LABEL, make_extract
from alerter.demo.staff import DIRECTORY_COLUMNS, DOMAIN, SERVICE_MANAGER, TEAMS, directory_rows, make_staff
from alerter.demo.workload import TYPE, make_workload
from alerter.domain.calendar import ONE_DAY, WorkingCalendar
from alerter.private_files import make_private_folder, write_private

COUNCIL = "Northmere"
KEY_BYTES = 48
EXPORTED_AT = time(18, 5)
CONFIG = f"""\
# Northmere is made up, and so is everybody in it.
council = "{COUNCIL}"

[database]
url = "sqlite:///alerter.db"

[source]
kind = "csv"
path = "extracts/assessments.csv"
hold_unchanged = false  # there is one extract only, and it may be looked at for several weeks

[directory]
path = "directory.csv"

[calendar]
nation = "england"

[assessments.{TYPE}]
label = "{LABEL}"
working_days = 35
alert_after = 25
target_percent = 81
clock = "started_on"
audit_pass_mark = 80

[schedule]
weekday = "monday"
time = "08:00"
timezone = "Europe/London"

[email]
sender = "{COUNCIL} assessment alerts <alerts@{DOMAIN}>"
admins = ["performance@{DOMAIN}"]
fallback = "{SERVICE_MANAGER}"
allowed_domains = ["{DOMAIN}"]
send_all_clear = true

[email.smtp]
host = "127.0.0.1"
port = %d
security = "none"
"""
CRITERION = """
[quality_audit.criteria.{key}]
name = {name}
description = {description}
weight = {weight}
"""
PAGE = """
[web]
base_url = "%s"
secret_key_file = "secret-key"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Borough:
    """
    What was written where, in numbers a reader can check against the first run.

    Of the extract's *rows* each is one of the *assessments*, *rejected*, or *repeated*. *doubtful*
    assessments are judged but need mending; the *unowned* of the open ones have no manager.
    """

    council: str
    config: Path
    rows: int
    assessments: int
    open: int
    rejected: int
    repeated: int
    doubtful: int
    unowned: int
    teams: int
    managers: int
    workers: int


def make_borough(
    folder: Path, *, as_of: date, seed: int, calendar: WorkingCalendar, smtp_port: int, base_url: str = ""
) -> Borough:
    """
    Write a borough's settings, directory and extract into *folder*; one seed and date give the same bytes.

    The extract is dated the evening before *as_of*. With a *base_url* there is a page, whose key is made by
    chance.

    Raises:
        CalendarRangeError: *calendar* does not know the three years before *as_of* and four months after it.
    """
    rng = Random(seed)  # noqa: S311 - the same seed must make the same borough; nothing is kept secret
    staff = make_staff(rng, as_of)
    workload = make_workload(rng, staff, calendar, as_of)
    extract = make_extract(rng, workload, staff, calendar, as_of)
    exported = folder / "extracts" / "assessments.csv"
    make_private_folder(exported.parent)
    _write(exported, COLUMNS, extract.rows)
    _date(exported, as_of - ONE_DAY)
    _write(folder / "directory.csv", DIRECTORY_COLUMNS, directory_rows(staff))
    config = folder / "config.toml"
    page = PAGE % base_url if base_url else ""
    write_private(config, (CONFIG % smtp_port + _audit_form() + page).encode())
    if page:
        write_private(folder / "secret-key", token_urlsafe(KEY_BYTES).encode())
    return Borough(
        council=COUNCIL,
        config=config,
        rows=len(extract.rows),
        assessments=len(extract.assessments),
        open=sum(assessment.is_open(as_of) for assessment in extract.assessments),
        rejected=extract.rejected,
        repeated=extract.repeated,
        doubtful=extract.doubtful,
        unowned=extract.unowned,
        teams=len(TEAMS),
        managers=len(staff.managers),
        workers=len(staff.workers),
    )


def _audit_form() -> str:
    """Return the criteria that the example settings have, as settings again."""
    criteria = tomllib.loads(example_settings())["quality_audit"]["criteria"]
    return "".join(
        CRITERION.format(key=key, **{name: json.dumps(value) for name, value in criterion.items()})
        for key, criterion in criteria.items()
    )


def _write(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_private(path, text.getvalue().encode())


def _date(path: Path, on: date) -> None:
    """Give a file the time at which a council's nightly export would have written it."""
    moment = datetime.combine(on, EXPORTED_AT, ZoneInfo("Europe/London")).timestamp()
    os.utime(path, (moment, moment))

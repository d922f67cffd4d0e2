"""A council's folder: an extract of so many assessments, its directory, its bank holidays, its settings."""

import csv
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from bench import council

SETTINGS = """\
council = "Sampleford"
database.url = "{url}"
source.kind = "csv"
source.path = "extract.csv"
source.max_age_hours = 0
directory.path = "directory.csv"
calendar.nation = "england"
assessments.core.label = "Core assessment"
assessments.core.working_days = 35
assessments.core.alert_after = 25
assessments.core.clock = "started_on"
schedule.weekday = "monday"
email.sender = "Assessment alerts <alerts@council.example>"
email.admins = ["performance@council.example"]
email.fallback = "service.manager@council.example"
email.allowed_domains = ["council.example"]
email.send_all_clear = false
email.smtp.host = "127.0.0.1"
email.smtp.security = "none"
email.smtp.port = {port}
"""
COLUMNS = ("assessment_id", "child_id", "type", "started_on", "authorised_on", "team", "worker")
LONGEST = 60


def settle(folder: Path, rows: int, still_open: int, port: int, url: str = "sqlite:///alerter.db") -> None:
    """Write the files of a council that has *rows* assessments, of which so many are *still_open*."""
    _write(folder / "extract.csv", COLUMNS, _rows(rows, still_open))
    entries = [(entry.team, entry.manager_name, entry.manager_email) for entry in council.directory()]
    _write(folder / "directory.csv", ("team", "manager_name", "manager_email"), entries)
    holidays = [on.isoformat() for on in council.CALENDAR.days_off]
    (folder / "bank-holidays.json").write_text(json.dumps(holidays), encoding="utf-8")
    (folder / "config.toml").write_text(SETTINGS.format(port=port, url=url), encoding="utf-8")


def write_extract(folder: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write the extract anew, of *rows* by column."""
    _write(folder / "extract.csv", COLUMNS, ([row.get(name, "") for name in COLUMNS] for row in rows))


def put_store(folder: Path, store: Path | None) -> None:
    """Put a copy of a SQLite *store*, or none, in the place of what is in *folder*."""
    for file in folder.glob("*alerter.db*"):
        file.unlink()
    if store is not None:
        shutil.copy(store, folder / "alerter.db")


def week_before(folder: Path) -> None:
    """Take out of the extract what has started since the week before, and open again what has ended."""
    path = folder / "extract.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    last = council.WEEK_BEFORE.isoformat()
    started, ended = header.index("started_on"), header.index("authorised_on")
    before = [
        [cell if at != ended or cell <= last else "" for at, cell in enumerate(row)]
        for row in rows
        if row[started] <= last
    ]
    _write(path, header, before)


def _rows(count: int, still_open: int) -> Iterator[tuple[object, ...]]:
    random = Random(25)  # noqa: S311 - the same rows for everyone, not a secret
    for number in range(count):
        if number < still_open:
            age = min(int(random.expovariate(1 / 14)), LONGEST)
            start: date = council.CALENDAR.latest_start(council.AS_OF, age)
            end: date | str = ""
        else:
            start = council.AS_OF - timedelta(days=1 + LONGEST + random.randrange(600))
            end = start + timedelta(days=random.randrange(LONGEST))
        yield (
            f"A-{number}", 500_000 + number, "core", start, end, council.team(number),
            f"Worker {number % 700}",
        )  # fmt: skip


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    moment = council.NOW.timestamp()
    os.utime(path, (moment, moment))

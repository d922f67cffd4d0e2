"""One made-up council's installation, worked as its administrator does: files, and commands in a process."""

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from tests.world.process import Process, Said, command

Work = TypeVar("Work")
ADMINS = "performance@council.example"
FALLBACK = "service.manager@council.example"
DIRECTORY_COLUMNS = (
    "team", "worker", "manager_name", "manager_email",
    "cover_email", "cover_from", "cover_until", "escalate_to",
)  # fmt: skip
SETTINGS: Mapping[str, object] = {
    "council": "Sampleford",
    "database.url": "sqlite:///alerter.db",
    "source.kind": "csv",
    "source.path": "extract.csv",
    "source.max_age_hours": 0,
    "source.max_shrink_percent": 0,
    "source.max_quiet_days": 0,
    "source.max_growth_percent": 0,
    "source.max_rejected_percent": 0,
    "source.max_reopened_percent": 0,
    "source.hold_unchanged": False,
    "directory.path": "directory.csv",
    "calendar.nation": "england",
    "assessments.core.label": "Core assessment",
    "assessments.core.working_days": 35,
    "assessments.core.alert_after": 25,
    "assessments.core.clock": "started_on",
    "schedule.weekday": "monday",
    "email.sender": "Assessment alerts <alerts@council.example>",
    "email.admins": [ADMINS],
    "email.fallback": FALLBACK,
    "email.allowed_domains": ["council.example"],
    "email.smtp.host": "127.0.0.1",
    "email.smtp.security": "none",
}


@dataclass(frozen=True, slots=True)
class Council:
    """
    A folder with `config.toml`, `directory.csv` and `extract.csv`, and the mail server's port.

    The gates that hold a doubtful extract are off, so that a test's few rows pass whatever its dates.
    """

    folder: Path
    port: int

    def configure(self, **changes: object) -> None:
        """Write `config.toml`; a dotted key is written with two underscores, and None leaves it out."""
        named = {key.replace("__", "."): value for key, value in changes.items()}
        settings = {**SETTINGS, "email.smtp.port": self.port, **named}
        self.write("config.toml", toml({key: value for key, value in settings.items() if value is not None}))

    def extract(self, rows: Iterable[Mapping[str, object]], columns: Sequence[str] = ()) -> None:
        """Write `extract.csv`: the columns are those the rows use, in their order, or *columns*."""
        rows = list(rows)
        columns = columns or list(dict.fromkeys(key for row in rows for key in row))
        self.write("extract.csv", csv_text(columns, rows))

    def directory(self, *rows: Mapping[str, object]) -> None:
        """Write `directory.csv`."""
        self.write("directory.csv", csv_text(DIRECTORY_COLUMNS, rows))

    def write(self, name: str, text: str) -> Path:
        """Write one file of the folder, as UTF-8."""
        path = self.folder / name
        path.write_bytes(text.encode())
        return path

    def start(self, *arguments: object, **how: Any) -> Process:
        """Start one command, and leave it running."""
        return command(self.folder, *arguments, **how)

    def alerter(self, *arguments: object) -> Said:
        """Run one command to its end."""
        return self.start(*arguments).ended()

    def run(self, as_of: date, *options: object) -> Said:
        """Do the weekly job as on *as_of*, its result in JSON."""
        return self.alerter("run", "--as-of", as_of, "--json", *options)


def at_once(work: Callable[[str], Work], names: Iterable[str]) -> dict[str, Work]:
    """
    Do *work* for each name, as many at a time as there are processors, for each starts processes of its own.
    """
    names = list(names)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(names, pool.map(work, names), strict=True))


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return rows as the text of a CSV file, quoted where they must be."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def toml(settings: Mapping[str, object]) -> str:
    """Return dotted keys and values as TOML; a date stands as it is, everything else as JSON writes it."""
    return "".join(f"{key} = {_toml_value(value)}\n" for key, value in settings.items())


def _toml_value(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_value, value))}]"
    return json.dumps(value)

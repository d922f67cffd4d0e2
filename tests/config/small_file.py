"""A small valid settings file, and what the fixtures that change and read it are like."""

from collections.abc import Callable, Mapping
from pathlib import Path

from alerter.config.settings import Settings

MINIMAL = {
    "council": '"Northmere"',
    "source.path": '"extract.csv"',
    "directory.path": '"directory.csv"',
    "calendar.nation": '"england"',
    "assessments.core.working_days": "35",
    "email.sender": '"Alerts <alerts@council.example>"',
    "email.admins": '["performance@council.example"]',
    "email.fallback": '"service.manager@council.example"',
    "email.allowed_domains": '["council.example"]',
}
"""Each required key and its value as written in TOML."""

Changes = Mapping[str, str | None]
Write = Callable[[Changes], Path]
Load = Callable[..., Settings]
Faults = Callable[..., tuple[str, ...]]

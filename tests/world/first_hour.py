"""What a person does in the first hour: fills in what `init` has marked, and gives each team an address."""

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

ANSWERS: Mapping[str, str] = {
    "council": '"Northmere"',
    "allowed_domains": '["council.example"]',
    "sender": '"Alerts <alerts@council.example>"',
    "admins": '["performance@council.example"]',
    "fallback": '"service.manager@council.example"',
}
_ASKED = re.compile(r'^(?P<key>\w+) = (?:""|\[\]) *# FILL IN', re.MULTILINE)


def asked(settings: str) -> list[str]:
    """Return the keys that are marked to be filled in, in their order."""
    return _ASKED.findall(settings)


def fill_in(folder: Path, **headings: str) -> int:
    """Fill in what is marked in the settings in *folder*; return how many keys that took."""
    config = folder / "config.toml"
    text = config.read_text(encoding="utf-8")
    keys = asked(text)
    answers = {**ANSWERS, **{name: f'"{heading}"' for name, heading in headings.items()}}
    for key in keys:
        text = re.sub(
            rf'^{key} = (?:""|\[\]) *# FILL IN.*$', f"{key} = {answers[key]}", text, flags=re.MULTILINE
        )
    config.write_text(text, encoding="utf-8")
    return len(keys)


def address_teams(folder: Path) -> list[str]:
    """Write an address into each team's line of the directory in *folder*; return the teams."""
    path = folder / "directory.csv"
    lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    teams = [line for line in lines if line["team"]]
    for number, line in enumerate(teams, start=1):
        line["manager_email"] = f"manager.{number}@council.example"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]) if lines else ["team", "manager_email"])
        writer.writeheader()
        writer.writerows(lines)
    return [line["team"] for line in teams]

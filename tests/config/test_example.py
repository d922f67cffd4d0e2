"""`config.example.toml`: complete, valid, and in step with the models."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerter.config.clocks import PRESETS
from alerter.config.config_faults import ANY, keys_of, secrets_of
from alerter.config.file import load_settings
from alerter.config.settings import Settings
from tests.config.small_file import MINIMAL

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TABLE = re.compile(r"(?:# )?\[(?P<name>[a-z_.]+)\]")
KEY = re.compile(r"(?:# )?(?P<name>[a-z_]+) = ")


def shown_keys() -> Iterator[tuple[str, ...]]:
    """Give every key that stands in the example, commented out or not, and its table."""
    table: tuple[str, ...] = ()
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if match := TABLE.fullmatch(line):
            table = tuple(match["name"].split("."))
            table = (table[0], ANY, *table[2:]) if table[0] == "assessments" else table
            table = (*table[:2], ANY) if table[:2] == ("quality_audit", "criteria") else table
            yield table
        elif match := KEY.match(line):
            yield (*table, match["name"])


def test_the_example_is_valid() -> None:
    """It can be copied and filled in."""
    assert load_settings(EXAMPLE, {}).clocks()["core"].alert_after == 25


def test_every_key_is_in_the_example() -> None:
    """The models are walked, so a new key is missed here until it is explained there."""
    entries = {"date", "from", "to", "name"}
    known = {key for key, _ in keys_of(Settings) if key[-1] not in entries}
    known |= {
        (*key[:-1], f"{key[-1]}{ending}") for key in secrets_of(Settings) for ending in ("_file", "_env")
    }
    tables_of_tables = {("assessments",), ("quality_audit", "criteria")}
    assert known - {*tables_of_tables, *shown_keys()} == set()


@pytest.mark.parametrize("entry", ["date = ", "from = ", "to = ", "name = "])
def test_the_ways_to_write_a_day_are_in_the_example(entry: str) -> None:
    """These stand within braces."""
    assert f" {entry}" in EXAMPLE.read_text(encoding="utf-8")


def test_the_table_of_presets_says_what_the_presets_are() -> None:
    """Name, limit, alert day and clock stand in one line each."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for name, preset in PRESETS.items():
        numbers = (name, preset["working_days"], preset["alert_after"], preset["clock"])
        assert re.search(r"#   " + r" +".join(map(str, numbers)), text), name


def test_the_defaults_are_those_of_the_example(tmp_path: Path) -> None:
    """
    What is left out of a file is what the example shows, the assessment type's own words and marks apart.
    """
    path = tmp_path / "config.toml"
    path.write_text("".join(f"{key} = {value}\n" for key, value in MINIMAL.items()), encoding="utf-8")
    defaults, example = load_settings(path, {}), load_settings(EXAMPLE, {})
    for section in ("calendar", "schedule", "digest", "delivery", "reasons", "report"):
        assert getattr(defaults, section) == getattr(example, section)
    assert defaults.email.smtp == example.email.smtp
    gates = {"hold_unchanged", "kind"} | {name for name in dir(example.source) if name.startswith("max_")}
    assert len(gates) == 8
    assert defaults.source.model_dump(include=gates) == example.source.model_dump(include=gates)

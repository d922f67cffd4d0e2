"""The small settings file written, loaded, or refused, with some keys changed."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from alerter.config.file import load_settings
from alerter.config.settings import Settings
from alerter.errors import ConfigError
from tests.config.small_file import MINIMAL, Changes, Faults, Load, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the small file with some keys changed, or left out where the value is None."""

    def written(changes: Changes) -> Path:
        keys = {**MINIMAL, **changes}
        path = tmp_path / "config.toml"
        lines = [f"{key} = {value}\n" for key, value in keys.items() if value is not None]
        path.write_text("".join(lines), encoding="utf-8")
        return path

    return written


@pytest.fixture
def load(write: Write) -> Load:
    """Load the small file with some keys changed."""

    def loaded(changes: Changes | None = None, environ: Mapping[str, str] | None = None) -> Settings:
        return load_settings(write(changes or {}), environ or {})

    return loaded


@pytest.fixture
def faults(load: Load) -> Faults:
    """Return the faults of the small file with some keys changed; none is a failure."""

    def found(changes: Changes, environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
        with pytest.raises(ConfigError) as caught:
            load(changes, environ)
        return caught.value.faults

    return found

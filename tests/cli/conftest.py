"""What the tests of the commands may ask for: a council of their own."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.app.office import Office, new_office


@pytest.fixture
def office(tmp_path: Path, migrated_file: Path) -> Iterator[Office]:
    """Return a configured council, and close what was opened after the test."""
    shutil.copy(migrated_file, tmp_path / "alerter.db")
    with closing(new_office(tmp_path)) as office:
        yield office

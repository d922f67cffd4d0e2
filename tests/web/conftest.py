"""What the tests of the page may ask for: a council with its page."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.app.office import Office, new_office
from tests.web.house import House, new_house


@pytest.fixture
def office(tmp_path: Path, migrated_file: Path) -> Iterator[Office]:
    """Return a configured council, whose installations are closed after the test."""
    shutil.copy(migrated_file, tmp_path / "alerter.db")
    with closing(new_office(tmp_path)) as office:
        yield office


@pytest.fixture
def house(office: Office) -> Iterator[House]:
    """Return a council with its page."""
    with new_house(office) as house:
        yield house

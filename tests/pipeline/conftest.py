"""What the tests of the pipeline may ask for: a council of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerter.store.database import Database, open_database
from tests.world.stored_council import Council


@pytest.fixture
def council(sqlite_url: str, tmp_path: Path) -> Iterator[Council]:
    """Return a council whose store is a SQLite file."""
    database = open_database(sqlite_url)
    yield Council(database, tmp_path)
    database.close()


@pytest.fixture
def either_council(database: Database, tmp_path: Path) -> Council:
    """Return a council whose store is a SQLite file, and again one on PostgreSQL."""
    return Council(database, tmp_path)

"""What the tests of faults may ask for."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alerter.store.database import open_database
from tests.app import office as office_module
from tests.app.serving.made_up_service import Office
from tests.faults.monday import Monday, waiting
from tests.pipeline.council import Council


@pytest.fixture
def council(sqlite_url: str, tmp_path: Path) -> Iterator[Council]:
    """
    Return a council whose store is a SQLite file.
    """
    database = open_database(sqlite_url)
    yield Council(database, tmp_path)
    database.close()


@pytest.fixture
def post_office() -> Iterator[Office]:
    """
    Run a mail server that takes everything.
    """
    with Office() as server:
        yield server


@pytest.fixture
def monday(tmp_path: Path, migrated_file: Path, post_office: Office) -> Iterator[Monday]:
    """
    Return a service that waits for its Monday, with `post_office` for its mail server.
    """
    with waiting(tmp_path, migrated_file, post_office.port) as monday:
        yield monday


@pytest.fixture
def office(tmp_path: Path, migrated_file: Path) -> Iterator[office_module.Office]:
    """
    Return a configured council that sends into a folder.
    """
    shutil.copy(migrated_file, tmp_path / "alerter.db")
    with closing(office_module.new_office(tmp_path)) as office:
        yield office

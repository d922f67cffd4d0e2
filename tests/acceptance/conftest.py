"""What acceptance tests may ask for: a council of their own, and its mail server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.council import Council
from tests.acceptance.post_office import PostOffice, free_port


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    """Run a mail server that takes everything."""
    with PostOffice() as server:
        yield server


@pytest.fixture
def council(tmp_path: Path, post_office: PostOffice) -> Council:
    """Return a configured council whose mail server is `post_office`."""
    council = Council(tmp_path, post_office.port)
    council.configure()
    return council


@pytest.fixture
def cut_off(tmp_path: Path) -> Council:
    """Return a configured council whose mail server does not run."""
    council = Council(tmp_path, free_port())
    council.configure()
    return council

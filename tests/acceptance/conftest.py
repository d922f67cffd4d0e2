"""What acceptance tests may ask for: a council of their own, and its mail server."""

from pathlib import Path

import pytest

from tests.world.council import Council
from tests.world.mail_server import MailServer, free_port


@pytest.fixture
def council(tmp_path: Path, post_office: MailServer) -> Council:
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

"""What the tests of the service may ask for: one with its mail server, and its watcher."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world.mail_server import MailServer
from tests.world.service import Service, waiting
from tests.world.web import Watcher


@pytest.fixture
def dead_url() -> str:
    """Return an address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/ping/abc"


@pytest.fixture
def service(tmp_path: Path, migrated_file: Path, post_office: MailServer) -> Iterator[Service]:
    """Return a service that waits for its Monday."""
    with waiting(tmp_path, migrated_file, post_office.port) as service:
        yield service


@pytest.fixture
def watcher(service: Service) -> Watcher:
    """Return the watcher of the service."""
    return service.watcher

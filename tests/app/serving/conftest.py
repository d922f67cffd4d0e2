"""What the tests of the app may ask for: a service with its mail server, and a watcher outside."""

import io
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.app.serving.made_up_service import LONDON, MANAGERS, Hands, Service, Watcher
from tests.world.council import Council
from tests.world.mail_server import MailServer

WEDNESDAY = datetime(2026, 11, 18, 10, 0, tzinfo=LONDON)


@pytest.fixture
def dead_url() -> str:
    """Return an address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/ping/abc"


@pytest.fixture
def service(tmp_path: Path, post_office: MailServer, watcher: Watcher) -> Iterator[Service]:
    """Configure a service of two managers, on Wednesday 18 November 2026 at 10:00."""
    council = Council(tmp_path, post_office.port)
    council.configure(schedule__heartbeat_url=watcher.url)
    council.directory()
    council.extract(
        {
            "assessment_id": f"A-{number}",
            "child_id": f"C{number}",
            "started_on": "2026-10-12",
            "team": "Duty",
            "worker": f"W{number}",
            "manager_email": manager,
        }
        for number, manager in enumerate(MANAGERS, start=70_001)
    )
    service = Service(council, Hands(WEDNESDAY), io.StringIO())
    yield service
    service.stop()

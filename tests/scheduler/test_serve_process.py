"""`alerter serve` as a process of its own: it makes up for what was missed, and ends when it is told to."""

import json
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerter.installation import clock
from tests.world.council import Council
from tests.world.mail_server import MailServer
from tests.world.process import Process, until

PATIENCE_SECONDS = 30
MANAGERS = [f"manager{number}@council.example" for number in range(3)]


class SlowOffice(MailServer):
    """A mail server that answers nobody's RCPT until *go_on* is set, once *is_slow*."""

    def __init__(self) -> None:
        super().__init__(on_rcpt=self._wait)
        self.is_slow = False
        self.was_asked = threading.Event()
        self.go_on = threading.Event()

    def _wait(self, _address: str) -> None:
        if self.is_slow:
            self.was_asked.set()
            self.go_on.wait(PATIENCE_SECONDS)


@pytest.fixture
def office() -> Iterator[SlowOffice]:
    """Run a mail server that can be slow."""
    with SlowOffice() as server:
        yield server


@pytest.fixture
def overdue(tmp_path: Path, office: SlowOffice) -> Council:
    """Return a council whose last run was five weeks ago."""
    council = Council(tmp_path, office.port)
    council.configure()
    council.directory()
    today = clock.now(ZoneInfo("Europe/London")).date()
    council.extract(
        {
            "assessment_id": f"A-{number}",
            "child_id": f"C-{number}",
            "started_on": (today - timedelta(days=40)).isoformat(),
            "manager_email": manager,
        }
        for number, manager in enumerate(MANAGERS)
    )
    assert council.run(today - timedelta(weeks=5)).json["state"] == "done"
    office.arrived.clear()
    return council


def log_of(process: Process) -> list[dict[str, object]]:
    """Wait for the good end of a service, and return its log."""
    said = process.ended()
    assert (said.exit_code, said.out) == (0, "")
    return [json.loads(line) for line in said.err.splitlines()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_the_message_in_hand(
    overdue: Council, office: SlowOffice, number: signal.Signals
) -> None:
    """In the midst of the first of three messages: it goes out, the others wait, and the exit code is 0."""
    office.is_slow = True
    process = overdue.start("serve", "--log", "json", is_cold=True)
    assert office.was_asked.wait(PATIENCE_SECONDS)
    process.send(number)
    process.send(number)
    office.go_on.set()
    log = log_of(process)
    assert [line["event"] for line in log] == ["serving", "run_started", "run_ended", "stopped"]
    assert log[2]["sent"] == 1
    assert [each.recipient for each in office.arrived] == MANAGERS[:1]
    assert overdue.alerter("deliver").exit_code == 0
    assert sorted(each.recipient for each in office.arrived)[:3] == MANAGERS


def test_an_idle_service_ends_at_once(overdue: Council, office: SlowOffice) -> None:
    """Everything is sent at start, once; then the service waits, and SIGTERM ends it."""
    process = overdue.start("serve", "--log", "json", is_cold=True)
    until(lambda: len(office.arrived) == 4)
    process.send(signal.SIGTERM)
    log = log_of(process)
    assert log[-1]["event"] == "stopped"
    assert overdue.alerter("status", "--json").json["owed"] == 0


def test_broken_settings_are_an_error_at_the_start(overdue: Council) -> None:
    """The exit code is that of every command."""
    overdue.write("config.toml", "council =")
    said = overdue.alerter("serve")
    assert (said.exit_code, said.out) == (2, "")
    assert "config.toml, line 1" in said.err

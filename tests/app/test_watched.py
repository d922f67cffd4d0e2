"""A command under the eyes of the watcher outside: it hears the start, and how the run stands."""

from collections.abc import Iterator

import pytest

from alerter.app.heartbeat import signal_status, watched, watched_delivery
from alerter.errors import DirectoryError, SourceError
from tests.world.mail_server import MailServer
from tests.world.office import AS_OF, GATED, NEXT, Office, row
from tests.world.web import Watcher


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    """Run a watcher that hears the heartbeat."""
    with Watcher() as listening:
        yield listening


def test_a_run_is_heard_to_start_and_to_succeed(office: Office, watcher: Watcher) -> None:
    """The first time and when it is called again; of a held one a failure is heard."""
    office.extract(row("A-1"))
    weekly = office.weekly(schedule__heartbeat_url=watcher.url, **GATED)
    said: list[str] = []
    for as_of in (AS_OF, AS_OF, NEXT):
        watched(weekly.of, lambda as_of=as_of: weekly.run(as_of), said.append)  # type: ignore[misc]
    assert watcher.heard == [
        "/ping/abc/start", "/ping/abc", "/ping/abc/start", "/ping/abc", "/ping/abc/start", "/ping/abc/fail",
    ]  # fmt: skip
    assert said == []
    signal_status(weekly.of, said.append)
    assert watcher.heard[6:] == ["/ping/abc/fail"]


def test_what_cannot_be_done_is_heard_to_fail(office: Office, watcher: Watcher) -> None:
    """There is no extract: the error passes on, after the watcher has heard."""
    weekly = office.weekly(schedule__heartbeat_url=watcher.url)
    with pytest.raises(SourceError):
        watched(weekly.of, lambda: weekly.run(AS_OF), print)
    assert watcher.heard == ["/ping/abc/start", "/ping/abc/fail"]


def test_a_delivery_is_heard_to_succeed_or_to_fail(office: Office, watcher: Watcher) -> None:
    """What was owed goes, and the run is done; where it cannot be tried, the error passes on after that."""
    office.extract(row("A-1"))
    directory = office.folder / "directory.csv"
    with MailServer({"RCPT": [b"450 later\r\n", b"250 ok\r\n"]}) as server:
        weekly = office.weekly(
            email__transport="smtp", email__smtp__port=server.port, schedule__heartbeat_url=watcher.url
        )
        assert weekly.run(AS_OF).state == "undelivered"
        there = directory.read_bytes()
        directory.unlink()
        with pytest.raises(DirectoryError):
            watched_delivery(weekly.of, weekly.deliver, print)
        directory.write_bytes(there)
        assert watched_delivery(weekly.of, weekly.deliver, print).owed == 0
    assert watcher.heard == ["/ping/abc/fail", "/ping/abc"]


def test_a_watcher_that_is_away_keeps_nobodys_digest(office: Office) -> None:
    """The person at the terminal is told, without the address, which is a secret."""
    office.extract(row("A-1"))
    weekly = office.weekly(schedule__heartbeat_url="http://127.0.0.1:9/ping/secret")
    said: list[str] = []
    assert watched(weekly.of, lambda: weekly.run(AS_OF), said.append).state == "done"
    assert [line.partition(":")[0] for line in said] == ["alerter"] * 2
    assert "secret" not in " ".join(said)


def test_without_a_watcher_nobody_is_told(office: Office) -> None:
    """And before the first run there is nothing to tell."""
    office.extract(row("A-1"))
    weekly = office.weekly()
    said: list[str] = []
    signal_status(weekly.of, said.append)
    assert watched(weekly.of, lambda: weekly.run(AS_OF), said.append).state == "done"
    assert said == []

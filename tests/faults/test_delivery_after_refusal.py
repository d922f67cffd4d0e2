"""Fault matrix, row 123: `deliver` after something that all had to wait for."""

import pytest

from alerter.pipeline import weekly
from tests.world.mail_server import MailServer
from tests.world.service import MANAGERS, Service

STOPS = {
    "no STARTTLS": {"email__smtp__security": "starttls"},
    "refused login": {"email__smtp__username": "alerts", "email__smtp__password": "made-up"},
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
def test_fault_123_deliver_after_a_stop(monday: Service, post_office: MailServer, stop: dict) -> None:
    """
    One was tried and the others put off with it; once it is mended, `deliver` sends all of them at once.
    """
    with MailServer({"AUTH": b"535 no\r\n"}) as server:
        monday.configure(email__smtp__port=server.port, **stop)
        monday.at("08:00")
    assert sorted(monday.states()) == ["deferred", "queued"]
    assert all(message["next_attempt_at"] > "2026-11-23 08:00" for message in monday.messages())
    monday.configure()
    result = weekly.deliver(monday.start().installation)
    assert (set(result.delivered.outcomes), result.owed) == ({"sent"}, 0)
    assert [post_office.tally()[manager] for manager in MANAGERS] == [1, 1]

"""A council on Microsoft 365 without SMTP: `check`, the test message, and a run that has to wait."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from alerter.store.schema import outbox
from tests.world.graph import SECRET, GraphDouble, Reply, token_with
from tests.world.office import AS_OF, Office, row
from tests.world.terminal import alerter

pytest.importorskip("msal", reason="needs the extra m365")
ENDED = b'{"error": "invalid_client", "error_description": "AADSTS7000222: x"}'
MANAGER = "n.okafor@council.example"


def test_check_asks_for_a_token_and_sends_a_test_message(office: Office) -> None:
    """It says what the token allows and what can be read; the message goes, and no secret shows."""
    office.extract(row("A-1"))
    with GraphDouble(token=token_with("Mail.Send", "Mail.Read")) as double:
        double.inbox = {"AAMk1=": b"Subject: x\r\n\r\n"}
        office.configure(**double.settings, email__folder=None, email__bounces__kind="graph")
        result = alerter(office, "check", "--send-test", MANAGER)
    assert result.exit_code == 0
    assert "a token with Mail.Send" in result.out
    assert "1 message of the last seven days can be read" in result.out
    assert result.out.splitlines()[-1].startswith("The test message was accepted: 202")
    assert double.tally() == {MANAGER: 1}
    assert not any(secret in result.out + result.err for secret in (SECRET, double.token))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"token_reply": Reply(401, body=ENDED)}, "the secret has ended: make a new one"),
        ({"token": token_with("Mail.Read")}, "without Mail.Send"),
    ],
)  # fmt: skip
def test_check_says_what_is_missing(office: Office, changed: dict, says: str) -> None:
    """A secret that has ended, with what to do; a permission that Entra has not granted."""
    office.extract(row("A-1"))
    with GraphDouble(**changed) as double:
        office.configure(**double.settings, email__folder=None)
        result = alerter(office, "check")
    assert says in result.out


def test_a_mailbox_that_may_not_be_read_is_a_fault_of_check(office: Office) -> None:
    """The permission is named before the first report comes."""
    office.extract(row("A-1"))
    with GraphDouble() as double:
        double.inbox_reply = Reply(403, "ErrorAccessDenied")
        office.configure(**double.settings, email__folder=None, email__bounces__kind="graph")
        result = alerter(office, "check")
    assert result.exit_code == 1
    assert "Mail.Read" in result.out


def test_a_run_waits_as_long_as_graph_says_its_summary_too(office: Office) -> None:
    """One request was made; all that is owed is due when Graph said, and the run is `undelivered`."""
    office.extract(row("A-1"))
    with GraphDouble([Reply(429, "TooManyRequests", {"Retry-After": "7200"})]) as double:
        weekly = office.weekly(**double.settings, email__folder=None)
        result = weekly.run(AS_OF)
        assert (result.state, len(double.seen)) == ("undelivered", 1)
    with weekly.of.database.read() as connection:
        due = connection.execute(select(outbox.c.next_attempt_at)).scalars().all()
    assert len(due) == 2
    assert min(due) >= weekly.of.now() + timedelta(hours=2) - timedelta(minutes=5)

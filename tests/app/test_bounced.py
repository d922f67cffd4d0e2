"""What came back, asked for where the council's messages go."""

from datetime import timedelta
from email import message_from_bytes

import pytest

from alerter.pipeline.learn_bounces import CameBack, learn_bounces
from alerter.store import bounces
from tests.world.council import ADMINS as ADMIN
from tests.world.graph import SECRET, GraphDouble, Reply
from tests.world.mail_server import Parcel
from tests.world.notify import API_KEY, TEMPLATE_ID, NotifyDouble
from tests.world.office import AS_OF, Office, row

NOTIFY = {
    "email__transport": "notify",
    "email__folder": None,
    "email__notify__api_key": API_KEY,
    "email__notify__template_id": TEMPLATE_ID,
}


def test_without_a_mailbox_nothing_is_asked(office: Office) -> None:
    """A council that reads no bounces learns of none, and has no trouble."""
    office.extract(row("A-1"))
    weekly = office.weekly()
    weekly.run(AS_OF)
    assert learn_bounces(weekly.of) == CameBack()


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_report_in_microsoft_365_is_learnt(office: Office, *, is_replaced: bool) -> None:
    """Sent by Graph and read back by it, with our Message-ID or one of Exchange's own."""
    pytest.importorskip("msal", reason="needs the extra m365")
    office.extract(row("A-1"))
    with GraphDouble() as double:
        settings = {**double.settings, "email__folder": None, "email__bounces__kind": "graph"}
        weekly = office.weekly(**settings)
        result = weekly.run(AS_OF)
        assert (result.state, result.trouble) == ("done", "")
        assert len(double.asked) == 2  # one token for asking, one for sending
        digest = next(parcel for parcel in double.arrived if parcel.recipient != ADMIN)
        double.inbox = {"AAMk1=": report_of(digest, is_replaced=is_replaced), "AAMk2=": digest.content}
        assert result.run is not None
        assert learn_bounces(weekly.of) == CameBack(frozenset({result.run.id}))
        assert learn_bounces(weekly.of) == CameBack()
        double.inbox_reply = Reply(403, "ErrorAccessDenied")
        assert "Mail.Read" in learn_bounces(weekly.of).trouble
        secrets = (SECRET, double.token)
    for path in office.folder.rglob("*"):
        assert not path.is_file() or not any(
            secret.encode() in path.read_bytes() for secret in secrets if path.name != "config.toml"
        )


def report_of(digest: Parcel, *, is_replaced: bool) -> bytes:
    """Return a report (RFC 3464) about a message, with its id or another one."""
    returned = message_from_bytes(digest.content)
    id_ = "<PR3P1@EURPRD.PROD.OUTLOOK.COM>" if is_replaced else returned["Message-ID"]
    return f"""From: <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@council.example>
To: alerts@council.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b1

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; x.example

Final-Recipient: rfc822;{digest.recipient}
Action: failed
Status: 5.1.10

--b1
Content-Type: message/rfc822

Message-ID: {id_}
X-Alerter-Run: {returned["X-Alerter-Run"]}

--b1--
""".encode()


def test_notify_is_asked_what_became_of_each_message(office: Office) -> None:
    """One digest failed for good: its run has news, once; before anything was sent nothing is asked."""
    office.extract(row("A-1"))
    with NotifyDouble() as double:
        weekly = office.weekly(**NOTIFY, email__notify__base_url=double.url)
        assert learn_bounces(weekly.of) == CameBack()
        result = weekly.run(AS_OF)
        assert (result.state, result.trouble) == ("done", "")
        with weekly.of.database.read() as connection:
            first, *_ = bounces.sent_since(connection, weekly.of.now() - timedelta(days=1))
    with NotifyDouble(statuses={first: ["permanent-failure"]}) as double:
        weekly = office.weekly(**NOTIFY, email__notify__base_url=double.url)
        assert result.run is not None
        assert learn_bounces(weekly.of) == CameBack(frozenset({result.run.id}))
        assert learn_bounces(weekly.of) == CameBack()
        with weekly.of.database.read() as connection:
            (back,) = bounces.bounced(connection, result.run.id)
    assert back.bounce == "permanent-failure"


def test_notify_out_of_reach_is_trouble_and_no_more(office: Office) -> None:
    """The run that was done stays done, and the person at the terminal is told."""
    office.extract(row("A-1"))
    with NotifyDouble() as double:
        weekly = office.weekly(**NOTIFY, email__notify__base_url=double.url)
        weekly.run(AS_OF)
    again = weekly.run(AS_OF)
    assert again.state == "already_done"
    assert "does not take mail now" in again.trouble

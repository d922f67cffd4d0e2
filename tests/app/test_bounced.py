"""What came back, asked for where the council's messages go."""

from datetime import timedelta

from alerter.pipeline.learn_bounces import CameBack, learn_bounces
from alerter.store import bounces
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

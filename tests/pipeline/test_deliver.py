"""From the outbox to the recipients: each outcome settled as it is, and what is owed left for later."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest

from alerter.errors import MailThrottledError, StoreError
from alerter.pipeline.deliver import Channel, Delivered, deliver
from alerter.transports.folder import FolderTransport
from alerter.transports.smtp import SmtpTransport
from tests.pipeline.outgoing import Dawdling, enqueue, replies, states
from tests.transports.sending import settings
from tests.world.mail_server import HANG_UP, MailServer
from tests.world.stored_council import NOW, Council, at_once

MINUTE = timedelta(minutes=1)


def over_smtp(
    council: Council,
    script: dict[str, bytes | list[bytes]],
    *,
    unknown_outcome: str = "resend",
    now: datetime = NOW,
) -> tuple[Delivered, MailServer]:
    """Deliver what is due through a server that follows *script*."""
    with MailServer(script) as server:
        transport = SmtpTransport(settings(server.port))
        delivered = council.deliver(transport, unknown_outcome=unknown_outcome, now=now)
        transport.close()
    return delivered, server


class Renewal:
    """A renewal that is due when a test says so, and does what a test says."""

    def __init__(
        self, renew: Callable[[], object] = lambda: None, is_due: Callable[[], bool] = lambda: False
    ) -> None:
        self.renew, self.is_due = renew, is_due


def test_everything_due_is_sent(either_council: Council) -> None:
    """Each message goes out once, and its state says so."""
    enqueue(either_council, 3)
    assert either_council.deliver() == Delivered(outcomes=["sent"] * 3)
    assert states(either_council) == ["sent"] * 3
    assert either_council.deliver() == Delivered(outcomes=[])


def test_delivery_stops_between_two_messages(council: Council) -> None:
    """When it is asked to stop, the message in hand is settled and the others stay queued."""
    enqueue(council, 3)
    sent = council.folder / "sent"
    delivered = deliver(
        Channel(
            database=council.database,
            transport=FolderTransport(sent),
            unknown_outcome="resend",
            clock=lambda: NOW,
            pace=at_once,
            should_stop=sent.exists,
        )
    )
    assert delivered.outcomes == ["sent"]
    assert states(council) == ["sent", "queued", "queued"]


def test_each_message_waits_for_the_pace(council: Council) -> None:
    """The pace is asked before each message, and not when there is none."""
    enqueue(council, 3)
    asked: list[None] = []
    deliver(
        Channel(
            database=council.database,
            transport=FolderTransport(council.folder / "sent"),
            unknown_outcome="resend",
            clock=lambda: NOW,
            pace=lambda: asked.append(None),
        )
    )
    assert len(asked) == 3


def test_next_message_is_claimed_with_the_outcome_of_the_last(either_council: Council) -> None:
    """While one is on its way no other is held, and between two there is no moment when nothing is."""
    enqueue(either_council, 2)
    seen: list[list[str]] = []
    transport = Dawdling(
        FolderTransport(either_council.folder / "sent"),
        before_talk=lambda: seen.append(states(either_council)),
    )
    assert either_council.deliver(transport).outcomes == ["sent", "sent"]
    assert seen == [["claimed", "queued"], ["sent", "claimed"]]


def test_what_is_due_is_written_anew_before_it_is_claimed(council: Council) -> None:
    """
    An outcome is recorded first, then what waits is looked at, and only then is the next message claimed.
    """
    enqueue(council, 2)
    seen: list[list[str]] = []
    deliver(
        Channel(
            database=council.database,
            transport=FolderTransport(council.folder / "sent"),
            unknown_outcome="resend",
            clock=lambda: NOW,
            pace=at_once,
        ),
        Renewal(renew=lambda: seen.append(states(council)), is_due=lambda: True),
    )
    assert seen == [["queued", "queued"], ["sent", "queued"], ["sent", "sent"]]


def test_an_outcome_is_kept_though_the_claim_beside_it_fails(either_council: Council) -> None:
    """Trouble with the next message takes nothing away from what is known of the last."""
    enqueue(either_council, 2)
    trouble = [StoreError("the claim fails"), StoreError("the claim fails")]

    def is_due() -> bool:
        raise trouble.pop()

    delivered = deliver(
        Channel(
            database=either_council.database,
            transport=FolderTransport(either_council.folder / "sent"),
            unknown_outcome="resend",
            clock=lambda: NOW,
            pace=at_once,
        ),
        Renewal(is_due=is_due),
    )
    assert delivered.outcomes == ["sent", "sent"]
    assert states(either_council) == ["sent", "sent"]
    assert trouble == []


def test_deferred_message_waits_out_its_back_off(council: Council) -> None:
    """A 4xx is tried again after a minute, not before, and then with the same bytes."""
    enqueue(council, 1)
    delivered, first = over_smtp(council, {"dot": b"451 later\r\n"})
    assert delivered.outcomes == ["deferred"]
    assert (states(council), replies(council)) == (["deferred"], ["451 later"])
    assert council.deliver(now=NOW + MINUTE - timedelta(seconds=1)).outcomes == []
    _, second = over_smtp(council, {}, now=NOW + MINUTE)
    assert first.bodies == second.bodies
    assert states(council) == ["sent"]


def test_message_is_given_up_after_three_days(council: Council) -> None:
    """What is deferred three days after it was prepared is undelivered, and not tried again."""
    enqueue(council, 1)
    over_smtp(council, {"RCPT": b"450 greylisted\r\n"}, now=NOW + timedelta(hours=72))
    assert states(council) == ["undelivered"]
    assert council.deliver(now=NOW + timedelta(days=4)).outcomes == []


def test_refused_message_is_final_and_others_go_on(council: Council) -> None:
    """A 5xx for one recipient leaves that message refused; the next one is sent."""
    enqueue(council, 2)
    delivered, _ = over_smtp(council, {"RCPT": [b"550 no such user\r\n", b"250 ok\r\n"]})
    assert delivered == Delivered(outcomes=["refused", "sent"])
    assert states(council) == ["refused", "sent"]
    assert council.deliver(now=NOW + timedelta(days=2)).outcomes == []


def test_unknown_outcome_is_sent_again_with_the_same_bytes(council: Council) -> None:
    """
    No reply after the dot leads to one more sending, a minute later; the server sees the same message twice.
    """
    enqueue(council, 1)
    delivered, first = over_smtp(council, {"dot": HANG_UP})
    assert (delivered.outcomes, states(council)) == (["unknown"], ["deferred"])
    assert council.deliver(now=NOW + MINUTE - timedelta(seconds=1)).outcomes == []
    delivered, second = over_smtp(council, {}, now=NOW + MINUTE)
    assert (delivered.outcomes, states(council)) == (["sent"], ["sent"])
    assert first.bodies == second.bodies


def test_unknown_outcome_is_sent_five_times_in_all(council: Council) -> None:
    """After the fifth sending without an answer it waits for a person."""
    enqueue(council, 1)
    copies = []
    for hour in range(7):
        _, server = over_smtp(council, {"dot": HANG_UP}, now=NOW + hour * timedelta(hours=1))
        copies += server.bodies
        assert states(council) == ["deferred" if hour < 4 else "unknown"]
    assert len(copies) == 5
    assert len(set(copies)) == 1


def test_no_command_sends_an_unknown_outcome_twice(either_council: Council) -> None:
    """However long the command lasts, and whatever falls due meanwhile: the next one does."""
    enqueue(either_council, 3)
    moments = iter(NOW + hour * timedelta(hours=1) for hour in range(100))
    unanswered: set[int] = set()
    with MailServer({"dot": HANG_UP}) as server:
        transport = SmtpTransport(settings(server.port))
        for _ in range(2):
            deliver(
                Channel(
                    database=either_council.database,
                    transport=transport,
                    unknown_outcome="resend",
                    clock=lambda: next(moments),
                    pace=at_once,
                ),
                unanswered=unanswered,
            )
        transport.close()
    assert len(server.bodies) == len(unanswered) == 3
    assert states(either_council) == ["deferred"] * 3


def test_unknown_outcome_is_left_to_a_person_where_settings_say_hold(council: Council) -> None:
    """With `hold` the message is not sent again."""
    enqueue(council, 1)
    delivered, server = over_smtp(council, {"dot": HANG_UP}, unknown_outcome="hold")
    assert delivered.outcomes == ["unknown"]
    assert len(server.bodies) == 1
    assert states(council) == ["unknown"]


def test_sender_refused_stops_the_delivery(council: Council) -> None:
    """A fault that is no message's own stops at the first; the others stay queued, untried."""
    enqueue(council, 3)
    delivered, server = over_smtp(council, {"MAIL": b"550 not you\r\n"})
    assert delivered.outcomes == []
    assert "refuses the sender" in delivered.stopped
    assert states(council) == ["deferred", "queued", "queued"]
    assert server.connections == 1


def test_all_wait_as_long_as_the_server_asks(either_council: Council) -> None:
    """Kept with the message that met it, so that a sender killed right after it asks no sooner either."""
    enqueue(either_council, 3)

    def throttled() -> None:
        raise MailThrottledError("too many requests", timedelta(hours=1))

    inner = FolderTransport(either_council.folder / "sent")
    stopped = either_council.deliver(Dawdling(inner, before_talk=throttled))
    assert (stopped.outcomes, stopped.wait) == ([], timedelta(hours=1))
    assert either_council.deliver(inner, now=NOW + 59 * MINUTE).outcomes == []
    assert either_council.deliver(inner, now=NOW + 60 * MINUTE).outcomes == ["sent"] * 3


def test_three_failures_to_connect_stop_the_delivery(council: Council) -> None:
    """A server that is not there is tried three times, whatever else is due."""
    enqueue(council, 5)
    delivered, server = over_smtp(council, {"banner": b"421 too busy\r\n"})
    assert delivered.outcomes == ["deferred"] * 3
    assert "421 too busy" in delivered.stopped
    assert server.connections == 3
    assert states(council) == ["deferred"] * 3 + ["queued"] * 2


def test_failures_count_only_in_a_row(council: Council) -> None:
    """A message that got through to the server in between begins the count anew."""
    enqueue(council, 6)
    busy, ready = b"421 too busy\r\n", b"220 ready\r\n"
    script: dict[str, bytes | list[bytes]] = {
        "banner": [busy, busy, ready, busy, busy, ready], "dot": b"421 closing\r\n",
    }  # fmt: skip
    delivered, _ = over_smtp(council, script)
    assert delivered == Delivered(outcomes=["deferred"] * 6)


@pytest.mark.parametrize(("seconds", "tries"), [(29, [5]), (60, [3, 2])])
def test_three_long_waits_in_vain_stop_the_delivery(
    either_council: Council, seconds: int, tries: list[int]
) -> None:
    """
    A server that lets every message wait costs the time of three; the others are first the next time.
    """
    enqueue(either_council, 5)
    passed = count(step=seconds)
    for number, tried in enumerate(tries):
        with MailServer({"dot": HANG_UP}) as server:
            transport = SmtpTransport(settings(server.port))
            channel = Channel(
                database=either_council.database, transport=transport, unknown_outcome="resend",
                clock=lambda: NOW, pace=at_once, stopwatch=lambda: float(next(passed)),
            )  # fmt: skip
            delivered = deliver(channel)
            transport.close()
        assert delivered.outcomes == ["unknown"] * tried
        assert bool(delivered.stopped) == (tried == 3)
        assert states(either_council).count("deferred") == sum(tries[: number + 1])


def test_a_long_wait_that_is_answered_begins_the_count_anew(council: Council) -> None:
    """Slow and quick failures, and what was answered late: only three in a row that nobody answers count."""
    enqueue(council, 6)
    passed = count(step=60)
    script: dict[str, bytes | list[bytes]] = {"dot": [HANG_UP, HANG_UP, b"250 ok\r\n"] * 2}
    with MailServer(script) as server:
        transport = SmtpTransport(settings(server.port))
        channel = Channel(
            database=council.database, transport=transport, unknown_outcome="resend", clock=lambda: NOW,
            pace=at_once, stopwatch=lambda: float(next(passed)),
        )  # fmt: skip
        delivered = deliver(channel)
        transport.close()
    assert delivered == Delivered(outcomes=["unknown", "unknown", "sent"] * 2)

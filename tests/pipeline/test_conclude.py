"""How a run ends: what stands of it, and what the admins are told, once for each change."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from alerter.domain.routing import DirectoryEntry
from alerter.pipeline.conclude import conclude, tell_held
from alerter.pipeline.prepare import RunRequest, hold
from alerter.pipeline.sync import Synced
from alerter.store import bounces, claims
from alerter.store.bounces import Returned
from alerter.store.runs import Run
from alerter.transports.smtp import SmtpTransport
from tests.transports.sending import settings
from tests.world.mail_server import MailServer
from tests.world.stored_council import ADMIN, AS_OF, EXTRACTED_AT, NOW, Council, held_by, row

HOUR = timedelta(hours=1)


def deliver_with(council: Council, reply: bytes) -> None:
    """Deliver what is due through a server that answers *reply* to each recipient."""
    with MailServer({"RCPT": reply}) as server:
        transport = SmtpTransport(settings(server.port))
        council.deliver(transport)
        transport.close()


def hold_week(council: Council, *reasons: str) -> Run:
    """Hold the week's run because of *reasons*, and tell the admins."""
    held = council.read([row("A-9"), row("A-8", started_on="")], gate=held_by(*reasons)).sync
    with council.database.write() as connection:
        run = hold(connection, council.basis(), RunRequest(AS_OF), Synced(held, reasons))
        assert run is not None
        tell_held(connection, run, council.basis())
    return run


def test_summary_is_written_when_all_was_tried(either_council: Council) -> None:
    """After the digests the admins are told how they fared; once the summary is sent too, the run is done."""
    either_council.read([row("A-1"), row("A-2", started_on="")])
    run = either_council.prepare()
    either_council.deliver()
    assert either_council.conclude(run).state == "undelivered"
    (summary,) = either_council.letters("summary")
    assert (summary.recipient, summary.state) == (ADMIN, "queued")
    assert summary.text.startswith("The only digest was delivered\n")
    assert "line 3:" in summary.text
    assert "assessments.csv of Sunday 22 November 18:05, 2 rows (1 could not be read)" in summary.text
    either_council.deliver()
    assert either_council.conclude(run).state == "done"


def test_summary_is_written_once(council: Council) -> None:
    """Concluding again without any change writes nothing more."""
    council.read([row("A-1")])
    run = council.week()
    assert council.conclude(run).state == "done"
    assert len(council.letters("summary")) == 1


def test_summary_goes_out_when_nobody_has_anything_open(council: Council) -> None:
    """Also a week without any digest is told to the admins."""
    run = council.week()
    assert run.state == "done"
    (summary,) = council.letters("summary")
    assert summary.text.startswith("No digest was due: nobody has an open assessment\n")
    assert "no extract" in summary.text


def test_nothing_is_told_while_digests_are_being_sent(council: Council) -> None:
    """While a message is due, or in another sender's hands, the outcome is not known yet."""
    council.read([row("A-1")])
    run = council.prepare()
    assert council.conclude(run).state == "undelivered"
    with council.database.write() as connection:
        claims.claim(connection, token="elsewhere", now=NOW, lease_until=NOW + HOUR)
    council.conclude(run)
    assert council.letters("summary") == []


def test_changed_outcomes_are_told_anew(council: Council) -> None:
    """
    A digest that is deferred at first and sent in the end gives two editions, which say each what is so.
    """
    council.read([row("A-1")])
    run = council.prepare()
    deliver_with(council, b"450 later\r\n")
    council.conclude(run)
    council.conclude(run)
    council.deliver(now=NOW + HOUR)
    council.conclude(run, NOW + HOUR)
    first, second = council.letters("summary")
    assert first.text.startswith("1 of 1 digest still owed; 0 delivered\n")
    assert f"- n.okafor@council.example: {'still owed'} (450 later)" in first.text
    assert second.text.startswith("The only digest was delivered\n")


def test_digest_that_came_back_is_told_anew(council: Council) -> None:
    """Accepted, told, and back an hour later: a second edition says that nobody has read it."""
    council.read([row("A-1")])
    run = council.week()
    with council.database.write() as connection:
        (message_id,) = bounces.sent_since(connection, NOW)[:1]
        assert bounces.record(connection, Returned(message_id), "5.1.1", NOW + HOUR) == run.id
    council.conclude(run, NOW + HOUR)
    council.conclude(run, NOW + HOUR)
    _, second = council.letters("summary")
    assert "- n.okafor@council.example: 5.1.1\n" in second.text


def test_refused_digest_leaves_the_run_undelivered(council: Council) -> None:
    """What a server refused is told, and the run is never done."""
    council.read([row("A-1")])
    run = council.prepare()
    deliver_with(council, b"550 no such user\r\n")
    council.conclude(run)
    council.deliver()
    assert council.conclude(run).state == "undelivered"
    (summary,) = council.letters("summary")
    assert summary.text.startswith("1 of 1 digest refused; 0 delivered\n")


def test_two_processes_conclude_once(either_council: Council) -> None:
    """Of those that conclude a run at the same moment, one writes the summary."""
    either_council.read([row("A-1")])
    run = either_council.prepare()
    either_council.deliver()
    start = threading.Barrier(3)

    def attempt(_number: int) -> Run:
        start.wait()
        with either_council.database.write() as connection:
            return conclude(connection, run.id, either_council.basis())

    with ThreadPoolExecutor(3) as pool:
        assert [each.state for each in pool.map(attempt, range(3))] == ["undelivered"] * 3
    assert len(either_council.letters("summary")) == 1


def test_held_run_is_told_with_its_reasons(council: Council) -> None:
    """The admins learn why a run is held, which command lets it go, and what of its extract is rejected."""
    run = hold_week(council, "the extract is 90 hours old", "nothing has started for 40 working days")
    (letter,) = council.letters("summary")
    assert letter.text.startswith(
        f"Run {run.id} is held and nothing was sent: the extract is 90 hours old; and 1 reason more below. "
        f"To let it go: alerter release {run.id}\n"
    )
    assert "nothing has started for 40 working days" in letter.text
    assert "line 3:" in letter.text
    said = f"run {run.id} is held and nothing was sent"
    assert letter.subject == f"Assessment alerts: {said} (23 November 2026)"


def test_released_run_is_told_although_it_was_told_as_held(council: Council) -> None:
    """The summary of a released run says who let it go, and comes also when it has no digests."""
    hold_week(council, "the extract has no open assessment")
    council.deliver()
    run = council.prepare(remark="released by A. Admin: the service is new.")
    council.conclude(run)
    held, released = council.letters("summary")
    assert held.state == "sent"
    assert released.text.startswith("No digest was due: nobody has an open assessment\n")
    assert "This run was released by A. Admin: the service is new.\n" in released.text


def test_further_attempt_is_told_with_its_reason(council: Council) -> None:
    """The summary of a run prepared again says why it was."""
    council.read([row("A-1")])
    council.week()
    run = council.prepare(again="the directory was wrong")
    council.deliver()
    council.conclude(run)
    (summary,) = council.letters("summary", run=run)
    assert "This run was prepared again: the directory was wrong.\n" in summary.text


def test_exceptions_reach_the_admins_by_kind(council: Council) -> None:
    """What has no manager is listed with the place that leads to nobody."""
    directory = [DirectoryEntry(line=2, team="South", manager_email="s.lindqvist@council.example")]
    lost = replace(council, directory=directory)
    lost.read([row("A-1")])
    lost.week()
    (summary,) = lost.letters("summary")
    assert "To mend, no_manager (1): no manager found, sent to the fallback\n- A-1: " in summary.text


def test_data_are_dated_in_the_councils_time(council: Council) -> None:
    """An extract of 18:05 UTC in July is of 19:05 in London."""
    source = council.extract([row("A-1", started_on="2026-07-01")], at=EXTRACTED_AT.replace(month=7, day=19))
    council.sync(source)
    council.week(AS_OF.replace(month=7, day=20), NOW.replace(month=7, day=20))
    (digest,) = council.letters()
    assert "assessments.csv of Sunday 19 July 19:05, 1 row" in digest.text

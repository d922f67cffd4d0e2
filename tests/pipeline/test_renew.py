"""Before it is sent, a waiting digest is looked at again: written anew, withdrawn, or left as it is."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from alerter.domain.delivery import PASSED_ON
from alerter.pipeline.deliver import Channel, deliver
from alerter.pipeline.renew import renew
from alerter.pipeline.sending import wait_until
from alerter.store import alerts, claims, drafts, outbox, runs, syncs, trail
from alerter.store.database import open_database
from alerter.store.runs import Run
from alerter.transports.smtp import SmtpTransport
from tests.pipeline.outgoing import Dawdling, is_waiting
from tests.transports.sending import settings
from tests.world.mail_server import HANG_UP, MailServer
from tests.world.stored_council import AS_OF, FALLBACK, NORTH, NOW, SOUTH, Council, row

WEEK = [row("A-1", days=40), row("A-2", days=30, team="South"), row("A-3", days=3), row("A-4", days=28)]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEW_EMAIL = "n.ortega@council.example"
NORTH_MOVED = replace(NORTH, manager_email=NEW_EMAIL, manager_name="N. Ortega")
NORTH_IS_SOUTH = replace(NORTH, manager_email=SOUTH.manager_email, manager_name=SOUTH.manager_name)


def look_again(council: Council, *directory: object, now: datetime = NOW + MINUTE) -> bool:
    """Put *directory*, if any, in the old one's place, and look at what waits."""
    with council.database.write() as connection:
        if directory:
            syncs.replace_directory(connection, directory, now)  # type: ignore[arg-type]
        return renew(connection, council.basis(now))


def told(council: Council, run: Run) -> list[str]:
    """Return who answers for each assessment, in the order of their numbers."""
    with council.database.read() as connection:
        return [to for _, to in sorted(alerts.recipients_of(connection, run.id).items())]


def standing(council: Council) -> dict[str, str]:
    """Return the state of each digest by its recipient."""
    return {letter.recipient: letter.state for letter in council.letters()}


def send_first(council: Council) -> None:
    """Send the first digest that is due, and nothing more."""
    later = b"450 later\r\n"
    with MailServer({"RCPT": [b"250 ok\r\n", later]}) as server:
        transport = SmtpTransport(settings(server.port))
        council.deliver(transport)
        transport.close()


def leave_unanswered(council: Council, now: datetime = NOW) -> None:
    """Send the first digest that is due to a server that hangs up at its final dot, and nothing more."""
    with MailServer({"dot": HANG_UP}) as server:
        transport = SmtpTransport(settings(server.port))
        deliver(
            Channel(
                database=council.database,
                transport=transport,
                unknown_outcome="resend",
                clock=lambda: now,
                pace=lambda: None,
                should_stop=lambda: bool(server.bodies),
            )
        )
        transport.close()


def test_what_is_right_is_left_as_it_is(either_council: Council) -> None:
    """An hour on, with the same people and the same work, not a byte is changed."""
    either_council.read(WEEK)
    either_council.prepare()
    before = either_council.letters()
    assert look_again(either_council, NORTH, SOUTH, now=NOW + timedelta(hours=1)) is False
    assert either_council.letters() == before


def test_nothing_waiting_is_nothing_to_do(council: Council) -> None:
    """Without a run, or when all was sent, there is nothing to look at."""
    assert look_again(council) is False
    council.read(WEEK)
    council.week()
    assert look_again(council, NORTH_MOVED, SOUTH) is False


def test_a_manager_who_left_gets_nothing_and_the_successor_all(either_council: Council) -> None:
    """
    The address changed between preparation and sending: the digest is withdrawn, the new one says the same.
    """
    either_council.read(WEEK)
    run = either_council.prepare()
    assert look_again(either_council, NORTH_MOVED, SOUTH) is True
    assert standing(either_council) == {
        NORTH.manager_email: "withdrawn", SOUTH.manager_email: "queued", NEW_EMAIL: "queued",
    }  # fmt: skip
    assert told(either_council, run) == [NEW_EMAIL, SOUTH.manager_email, NEW_EMAIL, NEW_EMAIL]
    (fresh,) = [each for each in either_council.letters() if each.recipient == NEW_EMAIL]
    assert "A-1  child 91" in fresh.text
    either_council.deliver(now=NOW + MINUTE)
    assert either_council.conclude(run).counts == run.counts


def test_withdrawn_digests_do_not_keep_a_run_from_being_done(council: Council) -> None:
    """The admins are told of them, and the run is done when everything else was sent."""
    council.read(WEEK)
    run = council.prepare()
    look_again(council, NORTH_MOVED, SOUTH)
    for _ in range(2):
        council.deliver(now=NOW + MINUTE)
        ended = council.conclude(run, NOW + MINUTE)
    assert ended.state == "done"
    (summary,) = council.letters("summary")
    assert summary.text.startswith("All 2 digests delivered\n")
    assert (
        f"Withdrawn before it was sent (1): nothing was left for this address\n- {NORTH.manager_email}"
        in (summary.text)
    )


def test_signed_off_meanwhile_is_not_asked_for(either_council: Council) -> None:
    """A reading between preparation and sending takes what it ended out of the digest, under the same id."""
    either_council.read(WEEK)
    run = either_council.prepare()
    before = {each.recipient: each for each in either_council.letters()}
    either_council.read([row("A-1", days=40, authorised_on=AS_OF.isoformat()), *WEEK[1:]])
    assert look_again(either_council) is True
    after = {each.recipient: each for each in either_council.letters()}
    north = after[NORTH.manager_email]
    assert "A-1 " in before[NORTH.manager_email].text
    assert "A-1 " not in north.text
    assert id_of(north.body) == id_of(before[NORTH.manager_email].body)
    with either_council.database.read() as connection:
        counts = runs.by_id(connection, run.id).counts
    assert (counts["open"], counts["overdue"]) == (3, 0)


def test_after_a_day_it_is_written_as_of_that_day(council: Council) -> None:
    """
    Prepared on Monday and never tried, it goes out on Wednesday with Wednesday's count, and says it is late.
    """
    council.read(WEEK)
    council.prepare()
    assert look_again(council, now=NOW + DAY - MINUTE) is False
    assert look_again(council, now=NOW + 2 * DAY) is True
    north = council.letters()[0]
    assert "day 42 of 35" in north.text
    assert "This digest is late: it was due on Monday 23 November" in north.text
    assert look_again(council, now=NOW + 2 * DAY + MINUTE) is False


def test_a_run_for_another_day_keeps_its_distance(council: Council) -> None:
    """
    Prepared with `--as-of` two weeks ahead, it is judged a day on when a day has passed, and not as of today.
    """
    council.read(WEEK)
    council.prepare(AS_OF + timedelta(days=14))
    assert look_again(council, now=NOW + MINUTE) is False
    assert look_again(council, now=NOW + DAY) is True
    assert "day 51 of 35" in council.letters()[0].text


def test_what_was_ever_on_its_way_is_left_alone(council: Council) -> None:
    """
    A digest whose outcome is unknown keeps its bytes for its recipient, though one of its rows has ended.
    """
    council.read(WEEK)
    council.prepare()
    leave_unanswered(council)
    before = council.letters()
    assert [each.state for each in before] == ["deferred", "queued"]
    council.read([row("A-1", days=40, authorised_on=AS_OF.isoformat()), *WEEK[1:]])
    assert look_again(council, now=NOW + MINUTE) is False
    assert council.letters() == before


def test_unknown_outcome_is_not_sent_again_to_one_who_left(either_council: Council) -> None:
    """The old message stays of unknown outcome; the successor gets its assessments, and the past says so."""
    either_council.read(WEEK)
    run = either_council.prepare()
    leave_unanswered(either_council)
    assert look_again(either_council, NORTH_MOVED, SOUTH) is True
    assert standing(either_council) == {
        NORTH.manager_email: "unknown", SOUTH.manager_email: "queued", NEW_EMAIL: "queued",
    }  # fmt: skip
    assert told(either_council, run) == [NEW_EMAIL, SOUTH.manager_email, NEW_EMAIL, NEW_EMAIL]
    assert look_again(either_council, now=NOW + 2 * MINUTE) is False
    with either_council.database.read() as connection:
        passed_on = [each for each in trail.every(connection) if each.act == "passed_on"]
        (failed,) = outbox.failed(connection, run.id)
    assert len(passed_on) == 3
    assert {each.actor for each in passed_on} == {NORTH.manager_email}
    assert (failed.recipient, failed.state, failed.reply) == (NORTH.manager_email, "unknown", PASSED_ON)


def test_unknown_outcome_goes_to_the_successor_who_has_had_a_digest(council: Council) -> None:
    """South's manager takes North's over: a further digest, of North's assessments alone."""
    council.read(WEEK)
    council.prepare()
    leave_unanswered(council)
    council.deliver()
    assert standing(council)[SOUTH.manager_email] == "sent"
    assert look_again(council, NORTH_IS_SOUTH, SOUTH) is True
    *_, further = [each for each in council.letters() if each.recipient == SOUTH.manager_email]
    assert (further.state, "A-1 " in further.text, "A-2 " in further.text) == ("queued", True, False)


def test_unknown_outcome_of_which_all_has_ended_stays_where_the_manager_does(council: Council) -> None:
    """With nothing open it is sent again while the directory names its recipient, and given up after that."""
    council.read(WEEK)
    council.prepare()
    leave_unanswered(council)
    ended = [{**each, "authorised_on": AS_OF.isoformat()} for each in WEEK if each["team"] == "North"]
    council.read([*ended, WEEK[1]])
    look_again(council)
    assert standing(council)[NORTH.manager_email] == "deferred"
    look_again(council, SOUTH, now=NOW + 2 * MINUTE)
    assert standing(council) == {NORTH.manager_email: "unknown", SOUTH.manager_email: "queued"}


def test_deferred_after_the_dot_is_withdrawn_from_one_who_left(council: Council) -> None:
    """The server said that it did not take it: nothing is unknown, and the successor has it all."""
    council.read(WEEK)
    council.prepare()
    with MailServer({"dot": b"451 later\r\n", "RCPT": [b"250 ok\r\n", b"450 later\r\n"]}) as server:
        transport = SmtpTransport(settings(server.port))
        council.deliver(transport)
        transport.close()
    look_again(council, NORTH_MOVED, SOUTH)
    assert standing(council) == {
        NORTH.manager_email: "withdrawn", SOUTH.manager_email: "deferred", NEW_EMAIL: "queued",
    }  # fmt: skip


def test_unknown_outcome_of_an_earlier_run_stays_unknown(council: Council) -> None:
    """The next run tells all of it anew; what may have arrived is not called overtaken."""
    council.read(WEEK)
    council.prepare(AS_OF - timedelta(days=7), NOW - timedelta(days=7))
    leave_unanswered(council, now=NOW - timedelta(days=7))
    council.prepare()
    assert [each.state for each in council.letters()] == ["unknown", "superseded", "queued", "queued"]


def test_who_has_had_a_digest_gets_a_further_one_of_what_is_new(council: Council) -> None:
    """
    North's manager left after South's had theirs: South's gets North's work in a second message of its own.
    """
    council = replace(council, directory=(replace(NORTH, manager_email="z.last@council.example"), SOUTH))
    council.read([row("A-1", days=40, team="South"), row("A-2", days=30)])
    run = council.prepare()
    send_first(council)
    assert standing(council)[SOUTH.manager_email] == "sent"
    assert look_again(council, NORTH_IS_SOUTH, SOUTH) is True
    of_south = [each for each in council.letters() if each.recipient == SOUTH.manager_email]
    assert [each.state for each in of_south] == ["sent", "queued"]
    assert "A-2  child 92" in of_south[1].text
    assert "A-1 " not in of_south[1].text
    assert id_of(of_south[0].body) != id_of(of_south[1].body)
    assert told(council, run) == [SOUTH.manager_email] * 2


def test_older_runs_are_closed(council: Council) -> None:
    """What still waits of last week is overtaken by this week's run, and the admins are told how many."""
    council.read(WEEK)
    council.prepare(AS_OF - timedelta(days=7), NOW - timedelta(days=7))
    run = council.prepare()
    assert [each.state for each in council.letters()] == ["superseded"] * 2 + ["queued"] * 2
    council.deliver()
    council.conclude(run)
    assert (
        "2 digests of earlier runs were never delivered; this run took over."
        in council.letters("summary")[-1].text
    )


def test_a_deferral_after_the_next_run_is_the_end(council: Council) -> None:
    """In a sender's hand while the next run is prepared, then told to come later: it does not."""
    council.read(WEEK[:1])
    last_week = NOW - timedelta(days=7)
    council.prepare(AS_OF - timedelta(days=7), last_week)
    with MailServer({"RCPT": b"450 later\r\n"}) as server:
        inner = SmtpTransport(settings(server.port))
        transport = Dawdling(inner, before_talk=council.prepare)
        council.deliver(transport, now=last_week)
        inner.close()
    assert [each.state for each in council.letters()] == ["superseded", "queued"]


def test_a_further_attempt_closes_the_first(council: Council) -> None:
    """With `--again` what waits of the first attempt is not sent beside the second's."""
    council.read(WEEK)
    council.prepare()
    council.prepare(again="two managers had changed")
    assert [each.state for each in council.letters()] == ["superseded"] * 2 + ["queued"] * 2


def test_who_has_nothing_open_any_more_is_not_written_to(council: Council) -> None:
    """All of North's work was signed off meanwhile, so North's digest is withdrawn."""
    council.read(WEEK)
    council.prepare()
    signed = [row(each["assessment_id"], days=9, authorised_on=AS_OF.isoformat()) for each in WEEK]
    council.read([signed[0], WEEK[1], signed[2], signed[3]])
    assert look_again(council) is True
    assert standing(council) == {NORTH.manager_email: "withdrawn", SOUTH.manager_email: "queued"}


def test_what_another_holds_is_left_to_it(council: Council) -> None:
    """Between two looks every waiting message was taken: there is nothing left to write anew."""
    council.read(WEEK[:1])
    run = council.prepare()
    council.deliver()
    with council.database.write() as connection:
        assert drafts.hold_on(connection, run.id) == []


def test_what_a_sender_is_just_claiming_is_left_to_it(postgresql_url: str, tmp_path: Path) -> None:
    """A look that waits for the only message finds it claimed then, and writes nothing anew."""
    council = Council(open_database(postgresql_url), tmp_path)
    council.read(WEEK[:1])
    council.prepare()
    with ThreadPoolExecutor(1) as pool:
        with council.database.write() as connection:
            assert claims.claim(connection, token="t1", now=NOW, lease_until=NOW + DAY) is not None
            looking = pool.submit(look_again, council, NORTH_MOVED)
            assert wait_until(lambda: is_waiting(council) or looking.done(), 60)
        assert looking.result() is False
    assert standing(council) == {NORTH.manager_email: "claimed"}
    council.database.close()


@pytest.mark.parametrize("team", ["North", "Nobody's"])
def test_nobody_to_send_to_is_the_fallbacks(council: Council, team: str) -> None:
    """A team that loses its manager goes to the fallback, with its exception in this run already."""
    council.read([row("A-1", days=40, team=team)])
    run = council.prepare()
    look_again(council, SOUTH)
    assert told(council, run) == [FALLBACK]
    with council.database.read() as connection:
        assert [each.kind for each in runs.exceptions_of(connection, run.id)] == ["no_manager"]


def id_of(body: bytes) -> bytes:
    """Return the Message-ID of a message."""
    (line,) = [line for line in body.split(b"\r\n") if line.startswith(b"Message-ID:")]
    return line


def test_the_day_is_counted_in_the_councils_zone(council: Council) -> None:
    """
    Half past eleven in the evening of a London summer day is that day still, though UTC is the same day too.
    """
    council.read([row("A-1", started_on="2026-05-01")])
    prepared_at = datetime(2026, 7, 20, 23, 30, tzinfo=NOW.tzinfo)  # Tuesday in London
    council.prepare(date(2026, 7, 21), prepared_at)
    assert look_again(council, now=prepared_at + timedelta(hours=23)) is False

"""From the store to the outbox: all of a run or nothing, and what it says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from alerter.domain.policy import Reassurance
from alerter.domain.quality_audit import Audit
from alerter.errors import PartitionError
from alerter.pipeline.letters import Basis
from alerter.pipeline.planning import plan_on, stored_under
from alerter.pipeline.prepare import RunRequest, draft_run, emails_of, enter
from alerter.store import assessments, audits, reassurances, runs
from alerter.store.schema import alerts, exceptions, outbox
from alerter.store.schema import calendars as calendars_table
from alerter.store.schema import runs as runs_table
from tests.pipeline.test_letters import prepare_torn
from tests.world.stored_council import (
    AS_OF,
    CLOCKS,
    FALLBACK,
    NEXT_RUN,
    NORTH,
    NOW,
    SOUTH,
    Council,
    row,
    rows_in,
    rules,
    writer,
)

WEEK = [
    row("A-1", days=40), row("A-2", days=30), row("A-3", days=22, team="South"), row("A-4", days=3),
    row("A-5", days=28, team="Unlisted"), row("A-6", started_on=""),
]  # fmt: skip
SEVEN_DAYS = timedelta(days=7)
WRITTEN = (runs_table, alerts, exceptions, outbox, calendars_table)


def test_a_run_under_another_number_has_its_digests_written_again(either_council: Council) -> None:
    """A number that was not the expected one stands in every message all the same."""
    either_council.read(WEEK)
    its_rules, its_writer = either_council.rules, writer()
    with either_council.database.read() as connection:
        drafted = draft_run(connection, Basis(its_rules, its_writer, NOW), RunRequest(AS_OF))
    without = replace(drafted.written, emails=())
    elsewhere = replace(drafted, run=replace(drafted.run, id=99), written=without)
    with either_council.database.write() as connection:
        run = enter(connection, Basis(its_rules, its_writer, NOW), elsewhere)
        assert run is not None
        bodies = connection.execute(select(outbox.c.body).order_by(outbox.c.id)).scalars().all()
    assert run.id != elsewhere.run.id
    assert len(bodies) == len(drafted.written.emails)
    assert all(f"X-Alerter-Run: {run.id}".encode() in body for body in bodies)


def test_run_is_written_out_whole(either_council: Council) -> None:
    """Ledger, alerts, exceptions and one message a recipient are there together, and agree."""
    read = either_council.read(WEEK).sync
    run = either_council.prepare()
    assert (run.send_date, run.next_run, run.attempt, run.state) == (AS_OF, NEXT_RUN, 0, "prepared")
    assert run.counts == {
        "open": 5, "overdue": 1, "past_alert": 2, "reassured": 0, "approaching": 1, "on_track": 1,
    }  # fmt: skip
    assert (run.sync_id, run.teams, run.settings) == (
        read.id,
        {"North": 3, "South": 1, "Unlisted": 1},
        "5e77",
    )
    with either_council.database.read() as connection:
        kinds = [each.kind for each in runs.exceptions_of(connection, run.id)]
    assert kinds == ["start_missing", "no_manager"]
    assert rows_in(either_council.database, alerts) == 5
    recipients = [letter.recipient for letter in either_council.letters()]
    assert recipients == [NORTH.manager_email, "s.lindqvist@council.example", FALLBACK]


def test_digest_is_dated_in_the_councils_time(council: Council) -> None:
    """In summer a message prepared at seven UTC is dated eight in London."""
    council.read([row("A-1", started_on="2026-06-01")])
    council.prepare(date(2026, 7, 20), NOW.replace(month=7, day=20, hour=7))
    assert b"Date: Mon, 20 Jul 2026 08:00:00 +0100" in council.letters()[0].body


def test_failure_while_writing_leaves_nothing(either_council: Council) -> None:
    """When the last digest cannot be rendered there is no run, no alert, no exception and no message."""
    either_council.read(WEEK)
    with pytest.raises(PartitionError):
        prepare_torn(either_council, FALLBACK, error=PartitionError)
    assert [rows_in(either_council.database, table) for table in WRITTEN] == [0] * len(WRITTEN)


def test_a_preview_has_the_bytes_that_are_sent(council: Council) -> None:
    """What is looked at before is what goes out, but for the run's number in it."""
    council.read(WEEK)
    with council.database.rehearse() as connection:
        emails = emails_of(connection, council.basis(), AS_OF)
    assert council.letters() == []
    run = council.prepare()
    letters = council.letters()
    assert [(email.message.recipient, email.rendered.subject) for email in emails] == [
        (letter.recipient, letter.subject) for letter in letters
    ]
    assert [email.rendered.text.replace("run 0.", f"run {run.id}.") for email in emails] == [
        letter.text for letter in letters
    ]
    for email, letter in zip(emails, letters, strict=True):
        assert lasting_headers(email.message.body) == lasting_headers(letter.body)


def lasting_headers(body: bytes) -> list[bytes]:
    """Return the headers of a message, without those that hold the run's number or follow from it."""
    of_the_run = (b"Message-ID", b"X-Alerter-Run", b"Content-Type")
    headers = body.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return [line for line in headers if not line.startswith(of_the_run)]


def test_without_any_reading_a_run_is_empty(council: Council) -> None:
    """A store into which nothing was read gives a run with no one to write to."""
    run = council.prepare()
    assert (run.counts["open"], run.sync_id, council.letters()) == (0, None, [])


def test_all_clear_goes_out_only_where_it_is_wanted(council: Council) -> None:
    """Without `send_all_clear` a manager with nothing due gets nothing; the count is in the ledger."""
    council.read([row("A-1", days=3), row("A-2", days=30, team="South")])
    quiet = replace(council, rules=rules(send_all_clear=False))
    assert quiet.prepare().counts["on_track"] == 1
    assert [letter.recipient for letter in quiet.letters()] == ["s.lindqvist@council.example"]


def test_vanished_is_reported_once(council: Council) -> None:
    """What went missing is an exception of the next run, and of no run after it."""
    council.read([row("A-1"), row("A-2")])
    council.week(date(2026, 11, 9), NOW.replace(day=9))
    council.read([row("A-1"), row("A-3")])
    with council.database.read() as connection:
        now = plan_on(connection, council.rules, date(2026, 11, 16))
    council.week(date(2026, 11, 16), NOW.replace(day=16))
    with council.database.read() as connection:
        later = plan_on(connection, council.rules, AS_OF)
    assert [(each.kind, each.assessment_id) for each in now.exceptions] == [("vanished", "A-2")]
    assert later.exceptions == []


def test_rejected_rows_are_told_every_week(council: Council) -> None:
    """A row that cannot be believed is an exception of every run until it is mended, read again or not."""
    rows = [row("A-1"), row("A-2", started_on="")]
    council.read(rows)
    first = council.week(date(2026, 11, 16), NOW.replace(day=16))
    council.read(rows)
    second = council.prepare()
    with council.database.read() as connection:
        told = [runs.exceptions_of(connection, run.id) for run in (first, second)]
    assert [[each.kind for each in week] for week in told] == [["start_missing"], ["start_missing"]]


def test_changed_calendar_tells_whose_dates_moved(council: Council) -> None:
    """A day off announced between two runs is told in the digest of whom it moves, and in the summary."""
    council.read([row("A-1", days=20), row("A-2", days=40, team="South")])
    first = council.week(date(2026, 11, 16), NOW.replace(day=16))
    later = replace(council, rules=rules(date(2026, 11, 26)))
    run = later.week()
    assert first.moved == []
    assert run.moved == [
        {
            "assessment_id": "A-1", "child_id": "91", "alert_day": 25,
            "alert_from": "2026-11-30", "alert_to": "2026-12-01",
            "due_from": "2026-12-14", "due_to": "2026-12-15",
        }
    ]  # fmt: skip
    said = "day 25 from Mon 30 Nov to Tue 1 Dec, due date from Mon 14 Dec to Tue 15 Dec"
    north, south = later.letters(run=run)
    assert said in north.text
    assert said not in south.text
    (summary,) = later.letters("summary", run=run)
    assert f"A-1 child 91: {said}" in summary.text


def test_what_was_found_comes_with_its_reassurance(council: Council) -> None:
    """An id gives every child under it, or the one named, each with the latest reassurance, open or not."""
    council.read([row("A-1", child_id="6"), row("A-1", child_id="7"), row("A-1", child_id="8")])
    council.read([row("A-1", child_id="7", authorised_on="2026-11-20"), row("A-1", child_id="8")])
    given = Reassurance(by=NORTH.manager_email, given_on=AS_OF, expected_on=NEXT_RUN)
    with council.database.write() as connection:
        (number,) = assessments.find(connection, "A-1", "8")
        reassurances.record(connection, number, given, note="", now=NOW)
    with council.database.read() as connection:
        siblings = stored_under(connection, "A-1", None, AS_OF)
        one = stored_under(connection, "A-1", "8", AS_OF)
    assert [(each.assessment.child_id, each.reassurance, each.is_open) for each in siblings] == [
        ("6", None, False),
        ("7", None, False),
        ("8", given, True),
    ]
    assert one == siblings[2:]
    assert one[0].number == number


def test_sign_off_without_a_passing_audit_is_an_exception(council: Council) -> None:
    """Where audits are in use: of two signed off on Friday one has a score below the mark, the other none."""
    gated = replace(CLOCKS["core"], audit_pass_mark=80)
    council = replace(council, rules=rules(clocks={"core": gated}))
    council.read([row(each, authorised_on="2026-11-20") for each in ("A-1", "A-2")])
    with council.database.write() as connection:
        (number,) = assessments.find(connection, "A-1")
        audits.record(connection, number, Audit(score=79), audited_on=date(2026, 11, 19), now=NOW)
    run = council.prepare()
    with council.database.read() as connection:
        found = [(each.kind, each.assessment_id) for each in runs.exceptions_of(connection, run.id)]
    assert found == [("signed_off_without_audit", "A-1"), ("signed_off_without_audit", "A-2")]


def test_a_cancellation_before_the_start_is_chased(council: Council) -> None:
    """It is open, in its manager's digest, among the records to mend and an exception."""
    council.read([row("A-1", cancelled_on="2020-01-01"), row("A-2", closed_on="2020-01-01")])
    run = council.week()
    assert (run.counts["open"], run.counts["past_alert"]) == (2, 2)
    with council.database.read() as connection:
        found = [each for each in runs.exceptions_of(connection, run.id) if not each.kind.startswith("no_")]
    assert [(each.kind, each.assessment_id) for each in found] == [
        ("ended_before_start", "A-1"),
        ("ended_before_start", "A-2"),
    ]
    (digest,) = council.letters()
    assert "A-1" in digest.text
    assert "the cancellation or closure lies before the start" in digest.text


def test_a_fault_of_the_directory_is_told_every_week(council: Council) -> None:
    """
    It is kept with the line, so that each run names it until somebody mends it, whatever the extract says.
    """
    council = replace(council, directory=(NORTH, replace(SOUTH, fault="cover_from is after cover_until")))
    council.read([row("A-1")])
    for week in range(2):
        run = council.week(AS_OF + week * SEVEN_DAYS, NOW + week * SEVEN_DAYS)
        with council.database.read() as connection:
            (fault,) = runs.exceptions_of(connection, run.id)
        assert (fault.kind, fault.detail) == (
            "bad_directory_line",
            "directory line 3: cover_from is after cover_until",
        )

"""The weekly job: from the extract to the emails, once for a send date."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from alerter.config.settings import READING_RULES
from alerter.errors import ConfigError, SourceError, StoreError
from alerter.pipeline.sending import send
from alerter.store import runs
from alerter.store.schema import runs as schema_runs
from alerter.store.schema import syncs
from tests.world.council import ADMINS, FALLBACK
from tests.world.letters import read, text_of
from tests.world.mail_server import MailServer, free_port
from tests.world.office import AS_OF, EXTRACTED_AT, GATED, NEXT, WEEK, Office, open_ids, row, today

UNCHANGED = "the extract is byte for byte the last run's (hold_unchanged): check that the export has run"


def test_one_week_from_extract_to_emails(office: Office) -> None:
    """The job reads, judges and sends: a digest to each manager, and a summary to the admins."""
    office.extract(row("A-1"), row("A-2", days=3, team="South"), row("A-3", days=40, team="Nowhere"))
    result = office.weekly().run(AS_OF)
    assert (result.state, result.digests, result.outcomes) == ("done", 3, {"sent": 3})
    assert (result.as_of, result.next_run) == (AS_OF, NEXT)
    assert (result.counts["open"], result.counts["past_alert"], result.counts["overdue"]) == (3, 1, 1)
    assert [each.kind for each in result.exceptions] == ["no_manager"]
    assert result.sync is not None
    assert (result.sync.source_name, result.sync.rows) == ("extract.csv", 3)
    recipients = sorted(mail["To"].addresses[0].addr_spec for mail in office.sent())
    assert recipients == ["n.okafor@council.example", ADMINS, "s.lindqvist@council.example", FALLBACK]
    assert office.summaries()[0].startswith("All 3 digests delivered\n")


def test_same_send_date_is_done_already(office: Office) -> None:
    """A second job in the week sends nothing, and does not even look at the source."""
    office.extract(row("A-1"))
    weekly = office.weekly()
    first = weekly.run(AS_OF)
    (office.folder / "extract.csv").unlink()
    second = weekly.run(AS_OF + timedelta(days=2))
    assert second.state == "already_done"
    assert (second.run, second.outcomes) == (first.run, {"sent": 1})
    assert len(office.sent()) == 2


def test_nothing_is_mailed_for_a_day_far_off_or_overtaken(office: Office) -> None:
    """A day more than a week ahead, or of a send date before the latest run's, is refused by name."""
    office.extract(row("A-1"))
    weekly = office.weekly()
    weekly.run(NEXT)
    with pytest.raises(ConfigError, match=f"run 1 is for {NEXT}, so nothing is mailed for {AS_OF} any more;"):
        weekly.run(AS_OF)
    with pytest.raises(ConfigError, match="lies more than seven days ahead"):
        weekly.run(today() + timedelta(days=8))


def test_a_run_of_a_later_day_tells_of_a_wrong_clock(office: Office) -> None:
    """Where the latest run was prepared after this machine's today, the clock is named too."""
    office.extract(row("A-1"))
    weekly = office.weekly()
    weekly.run(NEXT)
    with weekly.of.database.write() as connection:
        connection.execute(update(schema_runs).values(prepared_at=weekly.of.now() + WEEK))
    with pytest.raises(ConfigError, match="prepared after this machine's today, so set the clock right"):
        weekly.run(AS_OF)


def test_two_jobs_at_once_make_one_run(office: Office) -> None:
    """
    Of two processes that begin the same week together one prepares it, both help, and each digest goes once.
    """
    office.extract(*(row(f"A-{number}", manager_email=f"m{number}@council.example") for number in range(6)))
    jobs = [office.weekly(), office.weekly()]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda job: job.run(AS_OF), jobs))
    assert sorted(result.state for result in results) == ["already_done", "done"]
    assert [result.outcomes for result in results] == [{"sent": 6}] * 2
    assert (len(office.sent()), len(office.summaries())) == (7, 1)


def test_job_without_sync_judges_the_store(office: Office) -> None:
    """With the source left alone, a run goes by what was read before."""
    office.extract(row("A-1"))
    weekly = office.weekly()
    assert weekly.sync().sync.stored == 1
    (office.folder / "extract.csv").unlink()
    assert weekly.run(AS_OF, is_synced=False).counts["open"] == 1


def test_unreadable_source_leaves_no_run(office: Office) -> None:
    """Without an extract or without a directory there is no run, and no message."""
    weekly = office.weekly()
    with pytest.raises(SourceError):
        weekly.run(AS_OF)
    office.extract(row("A-1"))
    (office.folder / "directory.csv").unlink()
    with pytest.raises(SourceError):
        weekly.run(AS_OF)
    with weekly.of.database.read() as connection:
        assert runs.latest(connection) is None
    assert office.sent() == []


def test_again_sends_a_further_run_with_its_reason(office: Office) -> None:
    """A fresh run for the same send date has a number and messages of its own, and the summary says why."""
    office.extract(row("A-1"))
    weekly = office.weekly()
    weekly.run(AS_OF)
    again = weekly.run(AS_OF, again="the directory was wrong")
    assert again.run is not None
    assert (again.state, again.run.attempt) == ("done", 1)
    assert len(office.sent("n.okafor@council.example")) == 2
    assert "This run was prepared again: the directory was wrong.\n" in office.summaries()[1]


def test_rehearsal_leaves_no_trace(office: Office) -> None:
    """A dry run says what would be, and neither the store nor a mailbox knows of it."""
    office.extract(row("A-1"), row("A-2", started_on=""))
    weekly = office.weekly()
    result = weekly.rehearse(AS_OF)
    assert (result.state, result.run, result.digests) == ("dry_run", None, 1)
    assert (result.counts["past_alert"], [each.kind for each in result.exceptions]) == (1, ["start_missing"])
    assert result.sync is not None
    assert (result.sync.rows, result.sync.rejected) == (2, 1)
    assert open_ids(weekly) == []
    assert office.sent() == []


def test_rehearsal_shows_what_a_held_extract_would_say(office: Office) -> None:
    """A dry run names the gates that would close, and judges the extract all the same."""
    office.extract(row("A-1"))
    weekly = office.weekly(**GATED, source__max_shrink_percent=10)
    weekly.run(AS_OF)
    assert weekly.rehearse(NEXT).held_because == (UNCHANGED,)
    office.extract(row("A-2", authorised_on="2009-11-20"))
    result = weekly.rehearse(NEXT)
    assert result.held_because[0].startswith("the extract has no open assessment")
    assert (result.counts["open"], open_ids(weekly)) == (0, ["A-1"])


def test_rehearsal_without_sync_judges_the_store(office: Office) -> None:
    """With the source left alone, a dry run goes by the last reading, or by none."""
    weekly = office.weekly()
    nothing = weekly.rehearse(AS_OF, is_synced=False)
    assert (nothing.sync, nothing.counts["open"]) == (None, 0)
    office.extract(row("A-1"))
    read = weekly.sync().sync
    assert weekly.rehearse(AS_OF, is_synced=False).sync == read


def test_server_with_an_old_schema_is_left_alone(office: Office, empty_postgresql_url: str) -> None:
    """A database server's schema is changed by `migrate` only, and the refusal names it."""
    office.extract(row("A-1"))
    weekly = office.weekly(database__url=empty_postgresql_url)
    with pytest.raises(StoreError, match="alerter migrate"):
        weekly.run(AS_OF)
    assert weekly.of.migrate() is True
    assert weekly.run(AS_OF).state == "done"


def test_mail_server_that_is_away_leaves_the_digests_owed(office: Office) -> None:
    """The run is undelivered and says why; `deliver` sends what is owed later, and the run is done."""
    office.extract(row("A-1"), row("A-2", team="South"))
    away = {"email__transport": "smtp", "email__smtp__port": free_port()}
    result = office.weekly(**away).run(AS_OF)
    assert (result.state, result.outcomes) == ("undelivered", {"deferred": 2})
    with MailServer() as post_office:
        weekly = office.weekly(**{**away, "email__smtp__port": post_office.port})
        delivery = weekly.deliver()
    assert (delivery.owed, result.run is not None) == (0, True)
    assert set(delivery.delivered.outcomes) == {"sent"}
    with weekly.of.database.read() as connection:
        assert runs.by_id(connection, 1).state == "done"
    assert read(post_office.arrived[-1]).text.startswith("All 2 digests delivered\n")


def test_refused_login_stops_the_run(office: Office) -> None:
    """A fault that every message would meet is met once, and is in the result."""
    office.extract(row("A-1"), row("A-2", team="South"))
    with MailServer({"MAIL": b"550 5.7.60 not allowed to send as this sender\r\n"}) as server:
        weekly = office.weekly(email__transport="smtp", email__smtp__port=server.port)
        result = weekly.run(AS_OF)
    assert (result.state, server.verbs().count("MAIL")) == ("undelivered", 1)
    assert "refuses the sender" in result.stopped


def test_deliver_tries_what_is_owed_whatever_its_back_off(office: Office) -> None:
    """Due is what the back-off says; owed is everything that is not settled."""
    office.extract(row("A-1"))
    with MailServer({"RCPT": b"450 later\r\n"}) as server:
        weekly = office.weekly(email__transport="smtp", email__smtp__port=server.port)
        weekly.run(AS_OF)
    with MailServer() as post_office:
        quiet = office.weekly(email__transport="smtp", email__smtp__port=post_office.port)
        assert send(quiet.of).outcomes == []
        assert quiet.deliver().delivered.outcomes.count("sent") >= 2


def test_pace_is_kept_between_messages(office: Office) -> None:
    """With a limit to the minute, all messages go out all the same."""
    office.extract(row("A-1"), row("A-2", team="South"))
    weekly = office.weekly(email__smtp__max_per_minute=60_000)
    assert weekly.run(AS_OF).outcomes == {"sent": 2}


def test_calendar_changed_between_runs_is_told(office: Office) -> None:
    """A day off added to the settings appears in the next digest of whom it moves, and in the summary."""
    office.extract(row("A-1", days=20))
    office.weekly().run(AS_OF)
    changed = office.weekly(calendar__days_off=[date(2009, 12, 10)])
    assert changed.run(NEXT).state == "done"
    said = "due date from Mon 14 Dec to Tue 15 Dec"
    assert said in text_of(office.sent("n.okafor@council.example")[1])
    assert said in office.summaries()[1]


def test_a_reading_of_an_older_release_is_read_again(office: Office) -> None:
    """The same extract under the same settings, which that release had read by other rules."""
    office.council.extract([row("A-1")])
    os.utime(office.folder / "extract.csv", (EXTRACTED_AT.timestamp(),) * 2)
    weekly = office.weekly()
    first = weekly.sync(is_accepted=True).sync
    assert weekly.sync(is_accepted=True).sync.id == first.id
    settings = weekly.of.settings
    older = settings.reading_fingerprint_by(READING_RULES - 1)
    with weekly.of.database.write() as connection:
        connection.execute(update(syncs).values(mapping=older))
    assert older != settings.reading_fingerprint == first.mapping
    assert weekly.sync(is_accepted=True).sync.id != first.id


def test_changed_mapping_reads_the_same_extract_again(office: Office) -> None:
    """An extract that was rejected for its type is believed once the type is configured."""
    office.council.extract([row("A-1") | {"type": "initial"}])
    os.utime(office.folder / "extract.csv", (EXTRACTED_AT.timestamp(),) * 2)
    assert office.weekly().sync(is_accepted=True).sync.rejected == 1
    initial = {"label": "Initial", "working_days": 10, "alert_after": 7}
    read = office.weekly(**{f"assessments__initial__{key}": value for key, value in initial.items()}).sync()
    done = read.sync
    assert (done.rejected, done.stored) == (0, 1)

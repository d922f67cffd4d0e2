"""What goes by itself after each run, and what goes on command."""

from datetime import date, timedelta

from alerter.pipeline.retention import Purged, purge, tidy
from alerter.store import assessments, trail
from alerter.store.trail import Entry
from tests.world.office import AS_OF, NEXT, Office, row, today


def test_a_run_of_today_loses_nothing_by_itself(office: Office) -> None:
    """The text of what was sent just now stays for its days; so does an assessment that ended long ago."""
    office.extract(row("A-1"), row("A-2", days=200, authorised_on="2009-03-02"))
    weekly = office.weekly()
    weekly.run(AS_OF)
    with weekly.of.database.read() as connection:
        assert assessments.find(connection, "A-2") != {}
    assert purge(weekly.of, None) == Purged(messages=0, rejections=0, runs=0, requests=0, assessments=1)
    with weekly.of.database.read() as connection:
        assert assessments.find(connection, "A-2") == {}
        assert assessments.find(connection, "A-1") != {}


def test_before_a_day_all_goes_that_is_not_needed(office: Office) -> None:
    """From before tomorrow: every message's text, and the first of two runs; the latest stays."""
    office.extract(row("A-1"), row("A-3", started_on=""))
    weekly = office.weekly()
    weekly.run(AS_OF)
    office.extract(row("A-1", as_of=NEXT), row("A-3", started_on=""))
    weekly.run(NEXT)
    gone = purge(weekly.of, today() + timedelta(days=1))
    assert (gone.runs, gone.assessments) == (1, 0)
    assert gone.messages == 4
    assert gone.rejections == 1
    assert purge(weekly.of, date(2009, 1, 1)) == Purged(
        messages=0, rejections=0, runs=0, requests=0, assessments=0
    )


def test_requests_for_links_go_with_the_runs_of_their_time(office: Office) -> None:
    """
    Who asked the page for a link two years and a day ago is forgotten after the next run; a year ago, not.
    """
    of = office.weekly().of
    of.ensure_schema()
    with of.database.write() as connection:
        for days in (731, 365):
            at = of.now() - timedelta(days=days)
            trail.append(connection, Entry(at=at, actor="m@council.example", means="page", act="asked_link"))
    assert tidy(of) == Purged(messages=0, rejections=0, runs=0, requests=1)
    with of.database.read() as connection:
        assert [of.now() - entry.at > timedelta(days=365) for entry in trail.every(connection)] == [True]

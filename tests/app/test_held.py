"""A run whose extract looks wrong: held with its reason, told once, and let go by a person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from alerter.app.resending import resend
from alerter.errors import AlerterError, ConfigError
from alerter.pipeline.outcome import RunResult
from alerter.pipeline.sending import send
from alerter.store import runs
from alerter.store.runs import Run
from tests.world.council import ADMINS
from tests.world.office import AS_OF, EXTRACTED_AT, GATED, NEXT, WEEK, Office, WeeklyJob, open_ids, row


def held_office(office: Office) -> tuple[WeeklyJob, RunResult]:
    """Run one week, and the next on the same bytes, which holds it."""
    office.extract(row("A-1"))
    weekly = office.weekly(**GATED)
    weekly.run(AS_OF)
    return weekly, weekly.run(NEXT)


def run_of(weekly: WeeklyJob, run_id: int) -> Run:
    """Return one run as the ledger has it."""
    with weekly.of.database.read() as connection:
        return runs.by_id(connection, run_id)


def test_extract_that_looks_wrong_holds_the_run(office: Office) -> None:
    """The admins learn why, managers hear nothing, and the store is as it was."""
    office.extract(row("A-1"))
    weekly = office.weekly(source__max_shrink_percent=50)
    weekly.run(AS_OF)
    office.extract(row("A-2", authorised_on="2009-11-20"))
    held = weekly.run(NEXT)
    assert held.state == "held"
    assert held.held_because[0].startswith("the extract has no open assessment")
    assert held.sync is not None
    assert (held.sync.state, held.sync.rows) == ("staged", 1)
    assert open_ids(weekly) == ["A-1"]
    assert len(office.sent("n.okafor@council.example")) == 1
    assert "held and nothing was sent: the extract has no open assessment" in office.summaries()[1]


def test_held_run_is_told_once_for_the_same_reason(office: Office) -> None:
    """
    While the same bytes are held for the same reason, also one that grows by the hour, nothing is written.
    """
    office.extract(row("A-1"))
    weekly = office.weekly(source__max_age_hours=24)
    tuesday, friday = AS_OF + timedelta(days=1), AS_OF + timedelta(days=4)
    for day, hours in ((tuesday, 38), (friday, 110)):
        (why,) = weekly.run(day).held_because
        assert why.startswith(f"the extract is {hours} hours old (max_age_hours is 24)")
    assert len(office.summaries()) == 1


def test_held_run_is_told_anew_for_another_extract(office: Office) -> None:
    """Another extract, or another reason, is news."""
    weekly, _ = held_office(office)
    office.extract(row("A-1", authorised_on="2009-11-20"))
    weekly.run(NEXT)
    assert ["is held" in summary for summary in office.summaries()] == [False, True, True]


def test_held_run_goes_on_by_itself_with_a_better_extract(office: Office) -> None:
    """The next job reads again, and what was held becomes the run of the week under its number."""
    weekly, held = held_office(office)
    office.extract(row("A-1"), row("A-2"))
    done = weekly.run(NEXT)
    assert held.run is not None
    assert done.run is not None
    assert (done.run.id, done.state, done.held_because) == (held.run.id, "done", ())


def test_released_run_applies_its_extract(office: Office) -> None:
    """
    A person lets a held run go: its rows are applied, its digests sent, and the summary names the person.
    """
    office.extract(row("A-1"), row("A-2"), row("A-3"))
    weekly = office.weekly(source__max_shrink_percent=50)
    weekly.run(AS_OF)
    office.extract(row("A-1"))
    held = weekly.run(NEXT)
    assert held.run is not None
    done = weekly.release(held.run.id, by="A. Admin", reason="two were closed")
    assert done.run is not None
    assert (done.state, done.run.id, done.as_of, done.counts["open"]) == ("done", held.run.id, NEXT, 1)
    assert [each.kind for each in done.exceptions] == ["vanished", "vanished"]
    assert open_ids(weekly) == ["A-1"]
    assert "This run was released by A. Admin: two were closed.\n" in office.summaries()[-1]


def test_released_run_goes_by_what_was_read_since(office: Office) -> None:
    """Where a later reading has replaced the held one, the release judges the store."""
    weekly, held = held_office(office)
    office.extract(row("A-1"), row("A-2"))
    weekly.sync()
    assert held.run is not None
    done = weekly.release(held.run.id, by="A. Admin", reason="")
    assert (done.state, done.counts["open"]) == ("done", 2)
    assert "This run was released by A. Admin.\n" in office.summaries()[-1]


@pytest.mark.parametrize("word", ["sent again", "came back"])
def test_held_run_stays_held_whatever_becomes_of_the_word(office: Office, word: str) -> None:
    """The admins' summary of a held run is sent again, or comes back: the run still waits for a person."""
    office.extract(row("A-1"))
    weekly = office.weekly(source__max_age_hours=1)
    held = weekly.run()
    assert held.run is not None
    if word == "sent again":
        assert resend(weekly.of, held.run.id, ADMINS, by="A. Admin", reason="asked").is_sent
    else:
        send(weekly.of, news_of=[held.run.id])
    assert run_of(weekly, held.run.id).state == "held"
    assert len(office.summaries()) == 1
    assert weekly.release(held.run.id, by="A. Admin", reason="").counts["open"] == 1


def test_release_wants_what_was_held(office: Office) -> None:
    """
    Where a trial's reading took the place of the held one, and was held too, there is nothing to apply.
    """
    office.extract(row("A-1"))
    trial, post = ({"email__transport": kind, "source__max_age_hours": 1} for kind in ("folder", "smtp"))
    gone = office.weekly(**trial).run()
    stays = office.weekly(**post).run()
    assert gone.run is not None
    assert stays.run is not None
    with pytest.raises(ConfigError, match="read anew since run 1 was held, which was held too"):
        office.weekly(**trial).release(gone.run.id, by="A. Admin", reason="")
    again = office.weekly(**trial).run()
    assert (again.state, again.run) != ("done", None)
    assert office.weekly(**trial).release(gone.run.id, by="A. Admin", reason="").counts["open"] == 1


def test_run_of_this_week_is_released_as_of_today(office: Office) -> None:
    """A run held for the send date last due judges by the day it is let go."""
    office.extract(row("A-1"))
    weekly = office.weekly(source__max_age_hours=1)
    held = weekly.run()
    assert held.run is not None
    assert (held.state, weekly.release(held.run.id, by="A. Admin", reason="").as_of) == (
        "held",
        weekly.of.today(),
    )


def test_release_refuses_what_is_not_held(office: Office) -> None:
    """No such run, and one that is done, are told apart from nothing: there is nothing to release."""
    office.extract(row("A-1"))
    weekly = office.weekly()
    weekly.run(AS_OF)
    for run_id in (1, 7):
        with pytest.raises(ConfigError, match=f"run {run_id} is not held"):
            weekly.release(run_id, by="A. Admin", reason="")


def test_release_refuses_a_run_that_was_overtaken(office: Office) -> None:
    """Once a later send date has its run, last week's digests are not sent after it."""
    weekly, held = held_office(office)
    assert held.run is not None
    office.extract(row("A-2"))
    later = weekly.run(NEXT + WEEK)
    assert later.run is not None
    with pytest.raises(ConfigError, match=f"overtaken by run {later.run.id}"):
        weekly.release(held.run.id, by="A. Admin", reason="")
    assert run_of(weekly, held.run.id).state == "held"


def test_again_is_held_like_any_run(office: Office) -> None:
    """
    A further run whose extract looks wrong sends nothing of the old one instead, and is released as such.
    """
    office.extract(row("A-1"))
    weekly = office.weekly(source__max_age_hours=24)
    weekly.run(AS_OF)
    office.extract(row("A-2"), at=EXTRACTED_AT - WEEK)
    held = weekly.run(AS_OF, again="a better extract")
    assert held.run is not None
    assert (held.state, held.run.attempt) == ("held", 1)
    assert len(office.sent("n.okafor@council.example")) == 1
    done = weekly.release(held.run.id, by="A. Admin", reason="")
    assert done.run is not None
    assert (done.state, done.run.id) == ("done", held.run.id)
    assert "prepared again: a better extract; released by A. Admin" in office.summaries()[-1]
    assert weekly.run(AS_OF).state == "already_done"


def test_two_releases_at_once_apply_the_extract_once(office: Office, postgresql_url: str) -> None:
    """Of two people who let a run go at the same moment one does, and the store still holds what is open."""
    office.extract(row("A-1"))
    weekly = office.weekly(database__url=postgresql_url, source__max_age_hours=24)
    held = weekly.run(AS_OF + timedelta(days=3))
    assert held.run is not None
    run_id = held.run.id

    def release(name: str) -> str:
        try:
            return weekly.release(run_id, by=name, reason="").state
        except AlerterError as error:
            return type(error).__name__

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(release, ("A. Admin", "B. Admin"))) == ["ConfigError", "done"]
    assert open_ids(weekly) == ["A-1"]

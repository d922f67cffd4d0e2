"""Notes between two digests, on either kind of database: prepared once whoever does it, and sent once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from alerter.pipeline.notes import prepare_notes, withdraw_stale
from tests.world.stored_council import AS_OF, NOW, Council, row

ONE_DAY = timedelta(days=1)
TUESDAY = AS_OF + ONE_DAY
WEEK = [row("A-1", days=35), row("A-2", days=34), row("B-1", days=30, team="South")]


def noted(council: Council, days: int = 1) -> int:
    """Prepare the notes of so many *days* after Monday; return how many."""
    later = timedelta(days=days)
    return prepare_notes(council.database, council.basis(NOW + later), AS_OF + later)


def test_notes_prepared_at_once_are_one_a_recipient(either_council: Council) -> None:
    """Of processes that prepare a day at the same moment one does; it is sent once, and the run stays."""
    either_council.read(WEEK)
    run = either_council.week()
    start = Barrier(3)

    def attempt(_number: int) -> int:
        start.wait()
        return noted(either_council)

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(attempt, range(3))) == [0, 0, 1]
    either_council.deliver(now=NOW + ONE_DAY)
    either_council.deliver(now=NOW + ONE_DAY)
    (letter,) = either_council.letters("note")
    assert (letter.run_id, letter.state, letter.recipient) == (run.id, "sent", "n.okafor@council.example")
    assert f"run-{run.id}.note." in letter.body.decode()
    assert "A-1  child" in letter.text
    assert either_council.conclude(run, NOW + ONE_DAY) == run
    assert noted(either_council, days=2) == 1
    assert "A-1  child" not in either_council.letters("note")[-1].text


def test_a_note_of_another_day_is_withdrawn(either_council: Council) -> None:
    """What it told stands in the next day's."""
    either_council.read(WEEK)
    either_council.week()
    assert noted(either_council) == 1
    assert noted(either_council, days=2) == 1
    assert [letter.state for letter in either_council.letters("note")] == ["withdrawn", "queued"]
    last = either_council.letters("note")[-1].text
    assert "A-1  child" in last
    assert "A-2  child" in last


def test_the_next_run_overtakes_a_note_that_waits(either_council: Council) -> None:
    """Its digest tells all of it."""
    either_council.read(WEEK)
    either_council.week()
    noted(either_council, days=4)
    either_council.prepare(AS_OF + timedelta(weeks=1), NOW + timedelta(weeks=1))
    assert [letter.state for letter in either_council.letters("note")] == ["superseded"]


def test_a_note_of_a_run_too_long_ago_is_withdrawn(council: Council) -> None:
    """Where a week has passed without another run nothing is news since the last digest."""
    council.read(WEEK)
    council.week()
    assert noted(council, days=4) > 0
    with council.database.write() as connection:
        withdraw_stale(connection, council.basis(), AS_OF + timedelta(days=8))
    assert {letter.state for letter in council.letters("note")} == {"withdrawn"}


def test_without_a_run_that_went_out_there_is_no_note(council: Council) -> None:
    """None at all, or one of a week ago."""
    council.read(WEEK)
    assert noted(council) == 0
    council.week()
    assert noted(council, days=8) == 0
    with council.database.write() as connection:
        withdraw_stale(connection, council.basis(), TUESDAY)

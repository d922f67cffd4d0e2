"""Reassurances that the extract tells of: recorded once, and never against a later word given here."""

from datetime import date, timedelta

from alerter.domain.policy import Reassurance
from alerter.domain.reassurance import Means
from alerter.store import reassurances, trail
from alerter.store.schema import reassurances as table
from tests.world.stored_council import AS_OF, NOW, Council, held_by, row, rows_in

ONE_DAY, WEEK = timedelta(days=1), timedelta(days=7)
LOOKED, EXPECTED = AS_OF - WEEK, AS_OF + WEEK
HERE = Reassurance(by="n.okafor@council.example", given_on=LOOKED, expected_on=EXPECTED + WEEK)
TOLD = {
    "reassured_on": LOOKED.isoformat(),
    "reassured_by": "N. Okafor",
    "expected_on": EXPECTED.isoformat(),
}


def latest(council: Council) -> list[tuple[str, date]]:
    """Return who last reassured, and until when."""
    with council.database.read() as connection:
        return [(each.by, each.expected_on) for each in reassurances.latest(connection).values()]


def record(council: Council, given: Reassurance, means: Means = "page") -> None:
    """Record a word given here for the only assessment."""
    with council.database.write() as connection:
        reassurances.record(connection, 1, given, note="", now=NOW, means=means)


def test_a_word_of_the_extract_is_recorded_once(either_council: Council) -> None:
    """Week after week it stands in the extract, and once in the books, with the act written down."""
    for worker in ("P. Adeyemi", "M. Osei", "P. Adeyemi"):
        either_council.read([row("A-1", worker=worker, **TOLD)])
    assert latest(either_council) == [("N. Okafor", EXPECTED)]
    assert rows_in(either_council.database, table) == 1
    with either_council.database.read() as connection:
        (entry,) = trail.every(connection)
    assert (entry.actor, entry.means, entry.act, entry.assessment) == ("N. Okafor", "import", "reassured", 1)


def test_it_quiets_the_next_digest(either_council: Council) -> None:
    """As a word given here does."""
    either_council.read([row("A-1", **TOLD)])
    assert either_council.prepare().counts["reassured"] == 1


def test_a_changed_expectation_is_a_new_word(either_council: Council) -> None:
    """The later one counts, and both are kept."""
    either_council.read([row("A-1", **TOLD)])
    either_council.read([row("A-1", **TOLD | {"expected_on": (EXPECTED + WEEK).isoformat()})])
    assert latest(either_council) == [("N. Okafor", EXPECTED + WEEK)]
    assert rows_in(either_council.database, table) == 2


def test_a_word_given_here_on_the_same_day_or_later_stays(either_council: Council) -> None:
    """The extract cannot know which came first."""
    either_council.read([row("A-1")])
    record(either_council, HERE)
    either_council.read([row("A-1", **TOLD)])
    assert latest(either_council) == [(HERE.by, HERE.expected_on)]
    either_council.read([row("A-1", **TOLD | {"reassured_on": (LOOKED + ONE_DAY).isoformat()})])
    assert latest(either_council) == [("N. Okafor", EXPECTED)]


def test_what_was_withdrawn_here_does_not_come_back(either_council: Council) -> None:
    """The same word in the next extract is the same word."""
    either_council.read([row("A-1")])
    same = Reassurance(by="N. Okafor", given_on=LOOKED, expected_on=EXPECTED)
    record(either_council, same)
    with either_council.database.write() as connection:
        (kept,) = reassurances.recorded_by(connection, "N. Okafor", NOW)
        assert reassurances.withdraw(connection, kept, by="N. Okafor", means="page", now=NOW)
        assert not reassurances.withdraw(connection, kept, by="N. Okafor", means="page", now=NOW)
    either_council.read([row("A-1", **TOLD)])
    assert latest(either_council) == []


def test_what_cannot_be_believed_is_not_recorded_and_its_row_is(either_council: Council) -> None:
    """The assessment is there; its word is not."""
    either_council.read([row("A-1", **TOLD | {"expected_on": ""})])
    assert latest(either_council) == []
    assert either_council.prepare().counts["past_alert"] == 1


def test_a_held_extract_tells_of_nothing(either_council: Council) -> None:
    """Until it is applied."""
    either_council.read([row("A-1")])
    either_council.read([row("A-1", **TOLD)], gate=held_by("too odd"))
    assert latest(either_council) == []


def test_an_imported_word_lapses_by_the_digests_since_it_was_given(either_council: Council) -> None:
    """Not by those since it came here: the day on which the manager looked is what counts."""
    either_council.read([row("A-1")])
    either_council.week()
    either_council.read([row("A-1", **TOLD)])
    with either_council.database.read() as connection:
        (given,) = reassurances.latest(connection).values()
    assert given.runs_since == 1

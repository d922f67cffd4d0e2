"""From an extract to the store: every row in one place, and the counts that say so."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from alerter.domain.assessment import Rejected
from alerter.store import assessments, staging, syncs
from alerter.store.database import Database, open_database
from alerter.store.schema import staged_assessments
from alerter.store.syncs import Sync
from tests.world.readings import AS_OF, assessment, begin, facts, read_in


def counts(sync: Sync) -> dict[str, int]:
    """Return what became of the rows of one reading, without what is nought."""
    return {name: count for name in syncs.COUNTS if (count := getattr(sync, name))}


def test_a_row_comes_back_as_it_went_in(database: Database) -> None:
    """Every fact is stored and read back, whatever its type."""
    given = assessment(
        started_on=date(2026, 10, 5), referred_on=date(2026, 10, 1), authorised_on=date(2026, 12, 1),
        cancelled_on=date(2027, 1, 2), closed_on=date(2027, 1, 3), review_on=date(2026, 10, 19),
        team="Tîm Ôl", worker="O'Neil; --", manager_email="n.okafor@council.example", audit_score=0,
        worker_away_until=date(2026, 11, 30),
    )  # fmt: skip
    with database.write() as connection:
        read_in(connection, [given])
        assert list(assessments.find(connection, "A-1").values()) == [given]


def test_new_changed_unchanged_and_vanished(database: Database) -> None:
    """The second extract is compared with the store: same, changed, new, and gone though open."""
    done = assessment("A-4", authorised_on=date(2026, 11, 2))
    with database.write() as connection:
        first = read_in(connection, [assessment("A-1"), assessment("A-2"), assessment("A-3"), done])
        assert counts(first) == {"rows": 4, "stored": 4, "new": 4}
        rows = [assessment("A-1"), assessment("A-2", team="Court"), assessment("A-5")]
        second = read_in(connection, rows)
        assert counts(second) == {
            "rows": 3,
            "stored": 3,
            "new": 1,
            "changed": 1,
            "unchanged": 1,
            "vanished": 1,
        }
        held = assessments.open_on(connection, AS_OF).values()
        gone = assessments.vanished_since(connection, first.id)
    assert list(held) == rows
    assert [each.assessment_id for each in gone] == ["A-3"]


def test_what_vanished_is_told_once(database: Database) -> None:
    """A further reading does not count again what an earlier one missed."""
    with database.write() as connection:
        read_in(connection, [assessment()])
        gone = read_in(connection, [])
        assert gone.vanished == 1
        assert read_in(connection, []).vanished == 0
        assert assessments.vanished_since(connection, gone.id) == []


def test_what_came_back_is_open_again(database: Database) -> None:
    """An assessment that had vanished and is there again counts as changed, and is judged again."""
    with database.write() as connection:
        read_in(connection, [assessment()])
        gone = read_in(connection, [])
        assert assessments.open_on(connection, AS_OF) == {}
        assert counts(read_in(connection, [assessment()])) == {"rows": 1, "stored": 1, "changed": 1}
        assert len(assessments.open_on(connection, AS_OF)) == 1
        assert assessments.vanished_since(connection, gone.id - 1) == []


def test_an_assessment_keeps_its_number(database: Database) -> None:
    """A change, and an absence, leave the number that alerts and reassurances refer to."""
    with database.write() as connection:
        read_in(connection, [assessment()])
        (number,) = assessments.find(connection, "A-1")
        read_in(connection, [])
        read_in(connection, [assessment(team="Court")])
        assert list(assessments.find(connection, "A-1")) == [number]


def test_siblings_are_two(database: Database) -> None:
    """Two children under one assessment id are two assessments."""
    with database.write() as connection:
        assert read_in(connection, [assessment(child_id="7"), assessment(child_id="8")]).new == 2
        found = assessments.find(connection, "A-1", "8").values()
    assert [each.child_id for each in found] == ["8"]


def test_identical_rows_collapse(database: Database) -> None:
    """Of identical rows one is stored and the others are counted."""
    with database.write() as connection:
        sync = read_in(connection, [assessment()] * 3)
        assert syncs.rejected_by(connection, sync.id) == []
    assert counts(sync) == {"rows": 3, "stored": 1, "new": 1, "collapsed": 2}


@pytest.mark.parametrize("is_open_first", [True, False])
def test_of_contradicting_rows_the_open_one_stays(database: Database, *, is_open_first: bool) -> None:
    """A row that says open beats one that says signed off, in whichever order they stand."""
    rows = [assessment(), assessment(authorised_on=date(2026, 11, 2))]
    with database.write() as connection:
        sync = read_in(connection, rows if is_open_first else rows[::-1])
        (rejected,) = syncs.rejected_by(connection, sync.id)
        assert list(assessments.open_on(connection, AS_OF).values()) == [assessment()]
    kept, lost = (2, 3) if is_open_first else (3, 2)
    assert counts(sync) == {"rows": 2, "stored": 1, "new": 1, "rejected": 1}
    assert rejected.line == lost
    assert rejected.reason.endswith(f"line {kept} is used")
    assert "A-1" not in rejected.reason


def test_of_two_open_rows_the_earlier_start_stays(database: Database) -> None:
    """Of contradicting rows that are both open, the one whose clock began first is believed."""
    later = assessment(clock_on=date(2026, 10, 26))
    with database.write() as connection:
        read_in(connection, [later, assessment()])
        (kept,) = assessments.open_on(connection, AS_OF).values()
    assert kept.clock_on == date(2026, 10, 5)


def test_of_two_ended_rows_the_later_end_stays(database: Database) -> None:
    """A sign-off in the future still counts as open, so it beats one that has been."""
    ends = [date(2026, 11, 2), date(2026, 11, 30)]
    with database.write() as connection:
        read_in(connection, [assessment(authorised_on=each) for each in ends])
        (kept,) = assessments.open_on(connection, AS_OF).values()
    assert kept.authorised_on == ends[1]


def test_a_rejected_row_has_not_vanished(database: Database) -> None:
    """An assessment whose row could not be believed this time stays open as it last was."""
    rejected = Rejected(3, "the start is missing", "start_missing", "A-2", "7")
    with database.write() as connection:
        read_in(connection, [assessment("A-1"), assessment("A-2")])
        sync = read_in(connection, [assessment("A-1")], [rejected])
        held = assessments.open_on(connection, AS_OF).values()
        assert syncs.rejected_by(connection, sync.id) == [rejected]
    assert counts(sync) == {"rows": 2, "rejected": 1, "stored": 1, "unchanged": 1}
    assert [each.assessment_id for each in held] == ["A-1", "A-2"]


def test_staging_is_emptied(database: Database) -> None:
    """Applied or discarded, nothing of a reading stays staged; another reading's rows do."""
    with database.write() as connection:
        waiting, other = begin(connection), begin(connection)
        for sync_id in (waiting, other):
            staging.stage(connection, sync_id, [(2, facts(assessment()))])
        staging.apply(connection, waiting)
        count = select(func.count()).select_from(staged_assessments)
        assert connection.execute(count).scalar() == 1
        staging.discard(connection, other)
        assert connection.execute(count).scalar() == 0


def test_nothing_to_stage_is_no_statement(database: Database) -> None:
    """An empty batch is as good as none."""
    with database.write() as connection:
        staging.stage(connection, begin(connection), [])
        assert connection.execute(select(staged_assessments)).all() == []


def test_a_reading_that_fails_changes_nothing(database: Database) -> None:
    """Until it is committed, a reading has touched neither the store nor the staging."""
    with database.write() as connection:
        read_in(connection, [assessment()])
    with database.rehearse() as connection:
        assert counts(read_in(connection, [assessment("A-2")])) == {
            "rows": 1, "stored": 1, "new": 1, "vanished": 1,
        }  # fmt: skip
    with database.read() as connection:
        assert [each.assessment_id for each in assessments.open_on(connection, AS_OF).values()] == ["A-1"]
        assert connection.execute(select(staged_assessments)).all() == []


def test_deleted_rows_leave_no_bytes(sqlite_url: str, tmp_path: Path) -> None:
    """What was staged and discarded is not in the file any more, free pages included (`secure_delete`)."""
    database = open_database(sqlite_url)
    with database.write() as connection:
        sync_id = begin(connection)
        staging.stage(connection, sync_id, [(2, facts(assessment(child_id="canary-88213")))])
    with database.write() as connection:
        staging.discard(connection, sync_id)
    database.close()
    assert b"canary-88213" not in (tmp_path / "alerter.db").read_bytes()

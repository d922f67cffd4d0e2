"""The readings, what they could not believe, and the directory."""

from dataclasses import replace
from datetime import date, timedelta

from alerter.domain.assessment import Rejected
from alerter.domain.routing import DirectoryEntry
from alerter.store import syncs
from alerter.store.database import Database
from tests.world.readings import NOW, assessment, begin, read_in

LATER = NOW + timedelta(hours=3)


def test_a_reading_is_kept_with_its_counts(database: Database) -> None:
    """From its beginning a reading has a row, and at its end its counts."""
    with database.write() as connection:
        sync_id = begin(connection)
        begun = syncs.by_id(connection, sync_id)
        syncs.finish(connection, sync_id, state="staged", rows=7, stored=7, new=7)
        staged = syncs.by_id(connection, sync_id)
    assert (begun.state, begun.rows, begun.extracted_at, begun.read_at) == ("reading", 0, NOW, NOW)
    assert (staged.state, staged.rows, staged.new, staged.vanished) == ("staged", 7, 7, 0)


def test_the_latest_applied_reading(database: Database) -> None:
    """A reading that was only begun, staged or discarded is not what the store says."""
    with database.write() as connection:
        assert syncs.latest_applied(connection) is None
        applied = read_in(connection, [assessment()])
        for state in ("staged", "discarded"):
            syncs.finish(connection, begin(connection), state=state)
        begin(connection)
        assert syncs.latest_applied(connection) == applied
        assert syncs.staged(connection) == [applied.id + 1]


def test_the_same_bytes_again(database: Database) -> None:
    """A reading seen again is younger and changed nothing, and its rows are still all there."""
    with database.write() as connection:
        read_in(connection, [assessment("A-1"), assessment("A-2")])
        first = read_in(connection, [assessment("A-1", team="Court"), assessment("A-3")])
        again = syncs.seen_again(connection, first.id, LATER, LATER)
        assert syncs.latest_applied(connection) == again
    assert (first.new, first.changed, first.vanished) == (1, 1, 1)
    assert (again.id, again.extracted_at, again.read_at) == (first.id, LATER, LATER)
    assert (again.stored, again.unchanged, again.new, again.changed, again.vanished) == (2, 2, 0, 0, 0)


def test_rejections_come_by_line(database: Database) -> None:
    """The rows a reading could not believe are its own, in the order of their lines."""
    rejected = [
        Rejected(9, "the start is missing", "start_missing", "A-1", "7"),
        Rejected(4, "no child id"),
        Rejected(4, "the type is unknown", "unknown_type", "", "8"),
    ]
    with database.write() as connection:
        first, second = begin(connection), begin(connection)
        syncs.reject(connection, first, rejected)
        syncs.reject(connection, second, [])
        assert syncs.rejected_by(connection, first) == [rejected[1], rejected[2], rejected[0]]
        assert syncs.rejected_by(connection, second) == []


def test_the_directory_is_replaced(database: Database) -> None:
    """The directory is what was read last, in its order, and may be empty; a cover keeps when it was read."""
    entries = [
        DirectoryEntry(
            line=2, team="Duty", worker="W-12", manager_name="N. Okafor",
            manager_email="n.okafor@council.example", cover_email="p.novak@council.example",
            cover_from=date(2026, 11, 23), cover_until=date(2026, 12, 4), escalate_to="head@council.example",
        ),
        DirectoryEntry(line=3, team="Court"),
    ]  # fmt: skip
    with database.write() as connection:
        syncs.replace_directory(connection, reversed(entries), NOW)
        assert syncs.directory_entries(connection) == [replace(entries[0], cover_read_at=NOW), entries[1]]
        syncs.replace_directory(connection, entries, NOW + timedelta(days=7))
        assert syncs.directory_entries(connection)[0].cover_read_at == NOW
        changed = replace(entries[0], cover_until=date(2026, 12, 11))
        syncs.replace_directory(connection, [changed, entries[1]], NOW + timedelta(days=8))
        assert syncs.directory_entries(connection)[0].cover_read_at == NOW + timedelta(days=8)
        syncs.replace_directory(connection, entries[1:], NOW + timedelta(hours=1))
        assert syncs.directory_entries(connection) == entries[1:]
        syncs.replace_directory(connection, [], NOW)
        assert syncs.directory_entries(connection) == []

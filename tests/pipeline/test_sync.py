"""From the extract to the store: every row in one place, and a gate that lets nothing through."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from alerter.domain.gate import Gates
from alerter.errors import SourceError
from alerter.pipeline.sync import apply_staged, gate_of
from alerter.store import assessments, syncs
from alerter.store.schema import staged_assessments
from alerter.store.schema import syncs as syncs_table
from tests.world.stored_council import (
    AS_OF,
    NOW,
    SOUTH,
    Council,
    held_by,
    row,
    rows_in,
)

LENIENT = Gates(max_age_hours=0, max_shrink_percent=0, max_quiet_days=0, hold_unchanged=False)
UNCHANGED = "the extract is byte for byte the last run's (hold_unchanged): check that the export has run"


def open_ids(council: Council) -> list[str]:
    """Return the ids of what the store holds open."""
    with council.database.read() as connection:
        return sorted(each.assessment_id for each in assessments.open_on(connection, AS_OF).values())


def state_of(council: Council, sync_id: int) -> str:
    """Return how far one reading came."""
    with council.database.read() as connection:
        return syncs.by_id(connection, sync_id).state


def reasons(council: Council, gates: Gates, now: datetime = NOW) -> tuple[str, ...]:
    """Read again what lies in the folder, and return why *gates* would hold it."""
    gate = gate_of(council.rules, gates, as_of=AS_OF, now=now)
    return council.read([row("A-1"), row("A-2", days=3)], gate=gate).held_because


def test_every_row_is_stored_collapsed_or_rejected(either_council: Council) -> None:
    """Rows in = stored + collapsed + rejected, over a repeated, a contradicting and an unbelievable row."""
    rows = [
        row("A-1"), row("A-1"), row("A-2"), row("A-2", worker="M. Osei"), row("A-3", started_on=""),
        row("A-4", type="unheard of"), row("A-5", days=3),
    ]  # fmt: skip
    done = either_council.read(rows).sync
    assert (done.rows, done.stored, done.collapsed, done.rejected) == (7, 3, 1, 3)
    assert (done.new, done.state, done.newest_start) == (3, "applied", date(2026, 11, 18))
    with either_council.database.read() as connection:
        rejected = syncs.rejected_by(connection, done.id)
    assert [(each.line, each.kind) for each in rejected] == [
        (5, ""),
        (6, "start_missing"),
        (7, "unknown_type"),
    ]


def test_extract_larger_than_a_batch_is_read_whole(council: Council) -> None:
    """Rows beyond the two thousand held in memory at once are stored as well."""
    done = council.read([row(f"A-{number}") for number in range(5001)]).sync
    assert (done.rows, done.stored) == (5001, 5001)


def test_start_in_the_future_is_not_the_newest(council: Council) -> None:
    """The quiet gate goes by the last start up to today; with none there is none."""
    assert council.read([row("A-1", started_on="2026-12-01")]).sync.newest_start is None


def test_an_accepted_extract_is_applied_with_what_would_have_held_it(council: Council) -> None:
    """The reasons are told all the same."""
    done = council.read([row("A-1")], gate=held_by("too odd"), is_accepted=True)
    assert (done.sync.state, done.held_because, open_ids(council)) == ("applied", ("too odd",), ["A-1"])


def test_same_bytes_are_not_read_again(council: Council) -> None:
    """
    The extract known by its hash is not opened a second time, and the reading counts as one without news.
    """
    first = council.read([row("A-1"), row("A-2")]).sync
    source = council.extract([row("A-1"), row("A-2")], at=NOW)
    (council.folder / "assessments.csv").unlink()
    again = council.sync(source).sync
    assert (again.id, again.extracted_at) == (first.id, NOW)
    assert (again.stored, again.new, again.unchanged) == (2, 0, 2)


def test_directory_is_read_again_with_the_same_bytes(council: Council) -> None:
    """Who manages whom may change while the extract does not."""
    council.read([row("A-1")])
    replace(council, directory=[SOUTH]).read([row("A-1")])
    with council.database.read() as connection:
        assert syncs.directory_entries(connection) == [SOUTH]


def test_changed_mapping_reads_the_same_bytes_again(council: Council) -> None:
    """The same file read another way is another reading."""
    first = council.read([row("A-1")], mapping="1").sync
    second = council.read([row("A-1")], mapping="2").sync
    assert second.id > first.id
    assert (second.stored, second.unchanged) == (1, 1)


def test_unreadable_extract_leaves_no_trace(council: Council) -> None:
    """A file that goes while it is read raises, and neither reading nor directory is kept."""
    source = council.extract([row("A-1")])
    (council.folder / "assessments.csv").unlink()
    with pytest.raises(SourceError):
        council.sync(source)
    assert rows_in(council.database, syncs_table) == 0
    with council.database.read() as connection:
        assert syncs.directory_entries(connection) == []


def test_gate_that_closes_leaves_the_store_untouched(either_council: Council) -> None:
    """Nothing of a held extract is applied, and its rows wait staged with their counts."""
    either_council.read([row("A-1")])
    held = either_council.read([row("A-2"), row("A-2"), row("A-3", started_on="")], gate=held_by("too odd"))
    assert held.held_because == ("too odd",)
    assert (held.sync.state, held.sync.rows, held.sync.collapsed, held.sync.rejected) == ("staged", 3, 1, 1)
    assert open_ids(either_council) == ["A-1"]
    assert rows_in(either_council.database, staged_assessments) == 1


def test_held_extract_is_applied_on_release(either_council: Council) -> None:
    """What waited staged is applied as if it had been read then, and nothing stays staged."""
    either_council.read([row("A-1")])
    held = either_council.read([row("A-2")], gate=held_by("too odd")).sync
    with either_council.database.write() as connection:
        applied = apply_staged(connection, held.id, AS_OF)
    assert (applied.state, applied.stored, applied.new, applied.vanished) == ("applied", 1, 1, 1)
    assert open_ids(either_council) == ["A-2"]
    assert rows_in(either_council.database, staged_assessments) == 0


def test_later_reading_discards_the_staged_one(council: Council) -> None:
    """A new extract takes the place of one that waits: its rows are forgotten."""
    held = council.read([row("A-2")], gate=held_by("too odd")).sync
    council.read([row("A-3")])
    assert state_of(council, held.id) == "discarded"
    assert rows_in(council.database, staged_assessments) == 0
    assert open_ids(council) == ["A-3"]


def test_old_extract_put_back_discards_the_staged_one(council: Council) -> None:
    """The rows of a held extract are forgotten too when the one before it comes back unchanged."""
    council.read([row("A-1")])
    held = council.read([row("A-2")], gate=held_by("too odd")).sync
    council.read([row("A-1")])
    assert state_of(council, held.id) == "discarded"
    assert rows_in(council.database, staged_assessments) == 0


def test_gate_is_asked_about_bytes_seen_before(council: Council) -> None:
    """An extract that was applied once is held all the same when a gate closes on it now."""
    council.read([row("A-1")])
    again = council.read([row("A-1")], gate=held_by("nothing new"))
    assert again.held_because == ("nothing new",)
    assert council.read([row("A-1")], gate=held_by()).held_because == ()


def test_gate_of_a_first_run_compares_with_nothing(council: Council) -> None:
    """Before the first run only the extract itself is looked at."""
    assert reasons(council, Gates()) == ()


def test_gate_compares_with_the_last_run(council: Council) -> None:
    """The run before is what shrinking and sameness are measured by; one gate off is one reason less."""
    council.read([row("A-1"), row("A-2", days=3)])
    council.week(date(2026, 11, 16))
    assert reasons(council, Gates()) == (UNCHANGED,)
    assert reasons(council, LENIENT) == ()


def test_run_without_any_reading_is_nothing_to_compare_with(council: Council) -> None:
    """A run that was prepared before anything was read does not hold the first extract."""
    council.prepare(date(2026, 11, 16))
    assert reasons(council, Gates()) == ()


def test_age_counts_back_from_the_moment_given(council: Council) -> None:
    """73 hours after it was written an extract is too old; 72 hours after, it is not."""
    assert reasons(council, Gates(), datetime(2026, 11, 25, 18, 5, tzinfo=UTC)) == ()
    (held,) = reasons(council, Gates(), datetime(2026, 11, 25, 19, 5, tzinfo=UTC))
    assert held.startswith("the extract is 73 hours old (max_age_hours is 72)")


def test_gate_sees_what_the_extract_has_open(council: Council) -> None:
    """Shrinking is judged by the assessments open in the extract, by team as well."""
    council.read([row(f"A-{number}") for number in range(10)] + [row("A-20", team="South")])
    council.week(date(2026, 11, 16))
    gate = gate_of(council.rules, Gates(), as_of=AS_OF, now=NOW)
    gone = council.read([row("A-20", team="South")], gate=gate)
    assert [reason.partition(" (max_shrink_percent is 50)")[0] for reason in gone.held_because] == [
        "open assessments fell from 11 to 1",
        "team 'North' fell from 10 open assessments to 0",
    ]


def test_gate_counts_what_is_open_again(either_council: Council) -> None:
    """
    Of the ended ones that the extract still has; what lost its sign-off is told from what cannot be believed.
    """
    ended = [row(f"A-{number}", authorised_on="2026-11-20") for number in range(40)]
    either_council.read([row("A-90"), *ended])
    gate = gate_of(either_council.rules, Gates(), as_of=AS_OF, now=NOW)
    unsigned = [row(f"A-{number}") for number in range(10)]
    (held,) = either_council.read([row("A-90"), *unsigned, *ended[10:30]], gate=gate).held_because
    assert held.startswith("10 of 30 assessments that had ended are open again (max_reopened_percent is 10)")
    assert held.endswith("check that the column authorised_on is still filled")
    doubted = [row(f"A-{number}", authorised_on="2026-01-05") for number in range(10)]
    (held,) = either_council.read([row("A-90"), *doubted, *ended[10:]], gate=gate).held_because
    assert held.endswith("check whether the columns started_on and authorised_on are swapped")

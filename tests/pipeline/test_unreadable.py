"""One odd cell costs a row its cell: the assessment is chased, and all who can mend it are told."""

import pytest

from alerter.domain.assessment import UnreadableValue
from alerter.pipeline.planning import records_to_mend
from alerter.pipeline.sync import apply_staged
from alerter.store import runs, syncs
from tests.world.stored_council import AS_OF, Council, held_by, row, rules

ODD = ("authorised_on", "cancelled_on", "closed_on", "reassured_on", "expected_on")


def unreadable(council: Council) -> list[UnreadableValue]:
    """Return what the last reading applied could not believe."""
    with council.database.read() as connection:
        read = syncs.latest_applied(connection)
        return [] if read is None else syncs.unreadable_in(connection, read.id)


@pytest.mark.parametrize("column", ODD)
def test_an_odd_cell_is_told_to_manager_and_admins(council: Council, column: str) -> None:
    """
    It is in the digest, the list of records to mend, the exceptions and the summary; what it says is nowhere.
    """
    council.read([row("A-1", **{column: "Quixley"}), row("A-2")])
    run = council.week()
    assert run.counts["past_alert"] == 2
    said = f"line 2: {column} cannot be read or believed, so it counts as blank"
    with council.database.read() as connection:
        exceptions = runs.exceptions_of(connection, run.id)
        mended = records_to_mend(connection, rules(), AS_OF)
    assert [(each.kind, each.assessment_id, each.child_id, each.detail) for each in exceptions] == [
        ("unreadable_value", "A-1", "91", said)
    ]
    assert ("unreadable_value", column, said) in [(each.kind, each.field, each.sentence) for each in mended]
    (digest,), (summary,) = council.letters(), council.letters("summary")
    assert said in " ".join(digest.text.split())
    assert f"A-1: {said}" in " ".join(summary.text.split())
    assert "Quixley" not in digest.text + summary.text


def test_it_is_told_until_it_is_mended(council: Council) -> None:
    """
    The same bytes again tell the same; a mended extract tells nothing. The odd cell itself changes no row.
    """
    odd = [row("A-1", closed_on="soon"), row("A-2")]
    council.read([row("A-1"), row("A-2")])
    assert council.read(odd).sync.changed == 0
    (value,) = unreadable(council)
    council.read(odd)
    assert unreadable(council) == [value] == [UnreadableValue(2, "closed_on", "closed_on", "A-1", "91")]
    council.read([row("A-1"), row("A-2")])
    assert unreadable(council) == []


def test_an_ended_assessments_odd_cell_is_in_the_list_too(council: Council) -> None:
    """A child with nothing under way is listed for the value alone."""
    council.read([row("A-1", authorised_on="2026-11-02", closed_on="?")])
    with council.database.read() as connection:
        (fault,) = records_to_mend(connection, rules(), AS_OF)
    assert (fault.kind, fault.field, fault.rule) == ("unreadable_value", "closed_on", "")


def test_of_rows_that_are_one_assessment_no_odd_value_is_lost(council: Council) -> None:
    """
    Identical rows collapse; of contradicting ones the open one stays. The lines of all of them are told.
    """
    twice = [row("A-1", closed_on="?"), row("A-1"), row("A-2", authorised_on="2026-11-02")]
    read = council.read([*twice, row("A-2", authorised_on="TBC"), row("A-1", closed_on="?")]).sync
    assert (read.stored, read.collapsed, read.rejected) == (2, 2, 1)
    assert [(each.line, each.assessment_id) for each in unreadable(council)] == [
        (2, "A-1"), (5, "A-2"), (6, "A-1"),
    ]  # fmt: skip
    assert council.prepare().counts["open"] == 2


def test_a_held_reading_keeps_its_odd_values_until_it_is_let_go(council: Council) -> None:
    """Nothing of it is told while it waits."""
    council.read([row("A-1")])
    held = council.read([row("A-1", closed_on="?")], gate=held_by("it looks odd")).sync
    assert unreadable(council) == []
    with council.database.write() as connection:
        apply_staged(connection, held.id, AS_OF)
    assert [each.line for each in unreadable(council)] == [2]


def test_more_odd_cells_than_a_batch_holds(council: Council) -> None:
    """Each of some thousand is told, wherever in the extract it stands."""
    many = [row(f"A-{number}", closed_on="?" if number % 2 else "") for number in range(4_100)]
    assert council.read(many).sync.stored == 4_100
    assert [each.line for each in unreadable(council)] == list(range(3, 4_102, 2))

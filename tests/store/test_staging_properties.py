"""Any extracts, one after another: the store is what a plain dictionary would be, and the sums add up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.assessment import Assessment, Rejected
from alerter.store import assessments, syncs
from alerter.store.database import Database
from tests.store.made_up import AS_OF, assessment, read_in

Key = tuple[str, str]
Extract = tuple[list[Assessment], list[Rejected]]

IDS = st.sampled_from(["A-1", "A-2", "B-1", "a-1", "Ä-1"])
CHILDREN = st.sampled_from(["7", "8"])
DAYS = st.sampled_from([AS_OF + timedelta(days=each) for each in (-40, -20, 0, 1)])
ROWS = st.builds(
    assessment, IDS, CHILDREN, clock_on=DAYS, authorised_on=st.none() | DAYS, closed_on=st.none() | DAYS,
    team=st.sampled_from(["Duty", "Court"]),
)  # fmt: skip
REJECTED = st.builds(
    Rejected, st.just(99), st.just("the start is missing"), st.just("start_missing"), IDS, CHILDREN
)
EXTRACTS = st.lists(
    st.tuples(st.lists(ROWS, max_size=12), st.lists(REJECTED, max_size=2)), min_size=1, max_size=4
)


@dataclass(slots=True)
class Model:
    """What the store should hold, as plainly as it can be said."""

    rows: dict[Key, Assessment] = field(default_factory=dict)
    vanished: set[Key] = field(default_factory=set)

    def read_in(self, rows: Sequence[Assessment], rejected: Sequence[Rejected]) -> dict[str, int]:
        """Take in one extract; return its counts."""
        kept, collapsed, contradicting = _kept(rows)
        new = kept.keys() - self.rows.keys()
        changed = {
            key for key in kept.keys() - new if kept[key] != self.rows[key] or key in self.vanished
        }  # fmt: skip
        known = kept.keys() | {each.key for each in rejected}
        missing = {key for key, row in self.rows.items() if row.ended_on is None} - known - self.vanished
        self.rows |= kept
        self.vanished = (self.vanished | missing) - kept.keys()
        return {
            "rows": len(rows) + len(rejected), "rejected": len(rejected) + contradicting,
            "collapsed": collapsed, "stored": len(kept), "new": len(new), "changed": len(changed),
            "unchanged": len(kept) - len(new) - len(changed), "vanished": len(missing), "other_lines": 0,
        }  # fmt: skip

    def open_on(self, as_of: date) -> list[Assessment]:
        """Return what is open on *as_of* and was still in the extract."""
        found = [row for key, row in self.rows.items() if row.is_open(as_of) and key not in self.vanished]
        return sorted(found, key=lambda row: (row.clock_on, row.assessment_id, row.child_id))


@given(extracts=EXTRACTS)
def test_the_store_is_what_the_extracts_say(database: Database, extracts: list[Extract]) -> None:
    """After any extracts every row is stored, collapsed or rejected, and the open ones are the model's."""
    model = Model()
    with database.rehearse() as connection:
        for rows, rejected in extracts:
            sync = read_in(connection, rows, rejected)
            assert {name: getattr(sync, name) for name in syncs.COUNTS} == model.read_in(rows, rejected)
            assert sync.rows == sync.stored + sync.collapsed + sync.rejected
            assert sync.stored == sync.new + sync.changed + sync.unchanged
        for as_of in (AS_OF, AS_OF + timedelta(days=1)):
            assert list(assessments.open_on(connection, as_of).values()) == model.open_on(as_of)
        found = [
            row
            for each in {key[0] for key in model.rows}
            for row in assessments.find(connection, each).values()
        ]
    assert {row.key: row for row in found} == model.rows


def _kept(rows: Sequence[Assessment]) -> tuple[dict[Key, Assessment], int, int]:
    """Return one row an identity, and how many were identical to it and how many contradicted it."""
    kept: dict[Key, Assessment] = {}
    for row in sorted(rows, key=lambda row: (date.max - (row.ended_on or date.max), row.clock_on)):
        kept.setdefault(row.key, row)
    same = sum(row == kept[row.key] for row in rows)
    return kept, same - len(kept), len(rows) - same

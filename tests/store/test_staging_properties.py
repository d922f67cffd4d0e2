"""Any extracts, one after another: the store is what a plain dictionary would be, and the sums add up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from alerter.domain.assessment import Assessment, Rejected
from alerter.domain.gate import Reopened
from alerter.store import assessments, staging, syncs
from alerter.store.database import Database
from tests.world.readings import AS_OF, applied, assessment, staged

Key = tuple[str, str]

IDS = st.sampled_from(["A-1", "A-2", "B-1", "a-1", "Ä-1"])
CHILDREN = st.sampled_from(["7", "8"])
DAYS = st.sampled_from([AS_OF + timedelta(days=number) for number in (-40, -20, 0, 1)])
ROWS = st.builds(
    assessment, IDS, CHILDREN, clock_on=DAYS, authorised_on=st.none() | DAYS, closed_on=st.none() | DAYS,
    team=st.sampled_from(["Duty", "Court"]),
)  # fmt: skip
REJECTED = st.builds(
    Rejected, st.just(99), st.just("the start is missing"), st.just("start_missing"), IDS, CHILDREN
)


@dataclass(frozen=True, slots=True)
class Week:
    """One extract: its rows in their order, and the rejected ones."""

    rows: list[Assessment]
    rejected: list[Rejected]


@st.composite
def weeks(draw: st.DrawFn) -> list[Week]:
    """
    Draw weeks from few rows: most come again, in any order, some twice, some contradicting or not at all.
    """
    few = st.sampled_from(draw(st.lists(ROWS, min_size=1, max_size=8)))
    week = st.builds(Week, st.lists(few | few | few | ROWS, max_size=16), st.lists(REJECTED, max_size=2))
    return draw(st.lists(week, min_size=1, max_size=5))


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
        known = kept.keys() | {row.key for row in rejected}
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
        rows = [row for key, row in self.rows.items() if row.is_open(as_of) and key not in self.vanished]
        return sorted(rows, key=lambda row: (row.clock_on, row.assessment_id, row.child_id))

    def reopened(self, rows: Sequence[Assessment]) -> Reopened:
        """Return what of an extract had ended before it, and what of that is open again in it."""
        kept, _, _ = _kept(rows)
        ended = {
            key for key, row in self.rows.items() if key in kept and row.ended_on and row.ended_on <= AS_OF
        }
        again = [key for key in ended if kept[key].is_open(AS_OF)]
        unsigned = [key for key in again if kept[key].authorised_on is None]
        return Reopened(
            ended=len(ended), open_again=len(again), doubted=len(again) - len(unsigned),
            unsigned=sum(self.rows[key].authorised_on is not None for key in unsigned),
        )  # fmt: skip


@given(weeks=weeks(), at_once=st.sampled_from([1, 3, 2000]))
def test_the_store_is_what_the_extracts_say(database: Database, weeks: list[Week], at_once: int) -> None:
    """
    After any extracts every row is stored, collapsed or rejected, and the open ones are the model's.

    What the gates count of an extract that waits is what the model counts of it.
    """
    model = Model()
    with database.rehearse() as connection:
        for week in weeks:
            waiting = staged(connection, week.rows, week.rejected, at_once=at_once)
            for since in (None, AS_OF - timedelta(days=20)):
                is_counted = [row for row in _kept(week.rows)[0].values() if row.is_open(AS_OF)]
                teams = Counter(row.team for row in is_counted if since is None or row.clock_on >= since)
                assert staging.open_by_team(connection, waiting.id, AS_OF, since) == teams
            assert staging.reopened(connection, waiting.id, AS_OF) == model.reopened(week.rows)
            sync = applied(connection, waiting)
            assert {name: getattr(sync, name) for name in syncs.COUNTS} == model.read_in(
                week.rows, week.rejected
            )
            assert sync.rows == sync.stored + sync.collapsed + sync.rejected
            assert sync.stored == sync.new + sync.changed + sync.unchanged
            assert all(connection.execute(select(table.c.id)).all() == [] for table in staging.TABLES)
        for as_of in (AS_OF, AS_OF + timedelta(days=1)):
            assert list(assessments.open_on(connection, as_of).values()) == model.open_on(as_of)
        stored = [
            row
            for assessment_id in {key[0] for key in model.rows}
            for row in assessments.find(connection, assessment_id).values()
        ]
    assert {row.key: row for row in stored} == model.rows


def _kept(rows: Sequence[Assessment]) -> tuple[dict[Key, Assessment], int, int]:
    """Return one row an identity, and how many were identical to it and how many contradicted it."""
    kept: dict[Key, Assessment] = {}
    for row in sorted(rows, key=lambda row: (date.max - (row.ended_on or date.max), row.clock_on)):
        kept.setdefault(row.key, row)
    same = sum(row == kept[row.key] for row in rows)
    return kept, same - len(kept), len(rows) - same

"""A council that changed its rule has open work under both: each row counts by the one it began under."""

from datetime import date

import pytest

from alerter.domain.assessment import Assessment, Rejected
from alerter.domain.policy import Clock
from alerter.sources.columns import Located
from alerter.sources.lines import NoRecord
from alerter.sources.rows import RowReader
from tests.sources.reading import read_row

FIFTH = date(2026, 10, 5)
CHANGED = Clock(
    type="single",
    label="Single assessment",
    working_days=45,
    alert_after=35,
    starts_from="referred_on",
    effective_from=date(2026, 9, 1),
    earlier=Clock(type="single", label="Single assessment", working_days=35, alert_after=25),
)

COLUMNS = ("child_id", "started_on", "referred_on")


def read(started: str, referred: str) -> Assessment | Rejected | NoRecord:
    """Read a row with these dates, on line 2."""
    located = Located(COLUMNS, {name: index for index, name in enumerate(COLUMNS)})
    return read_row(RowReader("x.csv", located, {"single": CHANGED}), 2, ["88213", started, referred])


@pytest.mark.parametrize(
    ("referred", "clock_on"),
    [
        ("2026-09-01", date(2026, 9, 1)),
        ("2026-08-31", FIFTH),
        ("", None),
    ],
)
def test_a_rule_that_changed_starts_the_clock_as_it_was_in_force(
    referred: str, clock_on: date | None
) -> None:
    """Referred before the new rule, it counts from the start as the old one did."""
    value = read("2026-10-05", referred)
    assert getattr(value, "clock_on", None) == clock_on
    if clock_on is None:
        assert isinstance(value, Rejected)
        assert value.reason == "has no referred_on"


def test_the_start_of_the_rule_in_force_is_missing_where_it_cannot_be_read() -> None:
    """The date that starts no clock here is blank, and the row is kept."""
    value = read("2026-10-05", "TBC")
    assert isinstance(value, Rejected)
    assert (value.kind, value.reason[:22]) == ("start_missing", "referred_on is no date")
    kept = read("TBC", "2026-09-01")
    assert isinstance(kept, Assessment)
    assert (kept.clock_on, kept.started_on) == (date(2026, 9, 1), None)

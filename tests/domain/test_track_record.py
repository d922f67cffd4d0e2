"""A team's timeliness: since April, by team and type, and nothing said of small numbers."""

from datetime import timedelta
from typing import Any

import pytest

from alerter.domain.assessment import Assessment
from alerter.domain.plan import work_out
from alerter.domain.policy import Clock
from alerter.domain.timeliness import Timeliness, TrackRecord, sign_offs, timeliness_by, track_records
from tests.domain.test_plan import findings, rules
from tests.world.assessments import AS_OF, CLOCKS, aged, assessment, calendar_of, day


def signed(days: int, **changed: Any) -> Assessment:
    """Return an assessment that was signed off on its working day *days*."""
    start = day("Mon 2026-06-01")
    usual = {"team": "North", "authorised_on": calendar_of().nth_day(start, days)}
    return assessment(start, **{**usual, **changed})


def test_teams_are_added_up_by_type() -> None:
    """
    However the team is spelt; day 35 is in time, day 36 is not, and a sign-off before the start is none.
    """
    before_start = signed(1, authorised_on=day("Mon 2026-06-01") - timedelta(days=3))
    rows = [
        signed(35), signed(36, team="north "), signed(9, type="initial"), signed(11, team="South"),
        signed(20, type="gone"), signed(20, team="East"), before_start,
    ]  # fmt: skip
    signed_off = timeliness_by(
        sign_offs(calendar_of(), CLOCKS, rows, AS_OF),
        lambda each: (each.assessment.team, each.assessment.type),
    )
    records = track_records(signed_off, CLOCKS)
    assert records.teams == {"north", "south", "east"}
    assert records.of_teams(["NORTH", "South", "North"]) == (
        TrackRecord(label="Core assessment", authorised=3, in_time=2),
        TrackRecord(label="Initial assessment", authorised=1, in_time=1),
    )
    assert records.of_teams(["West"]) == records.of_teams([]) == ()


@pytest.mark.parametrize(
    ("authorised", "in_time", "target", "percent"),
    [
        (9, 9, 81, None), (10, 9, 81, 90), (61, 51, 81, 84), (124, 100, 81, 80), (200, 161, None, 81),
        (100, 81, 81, 81), (61, 0, 81, 0),
    ],
)  # fmt: skip
def test_percent_never_flatters(authorised: int, in_time: int, target: float, percent: int | None) -> None:
    """Fewer than ten give none; 80.6 rounds to 81 unless 81 is the target that it misses."""
    record = TrackRecord(label="Core", authorised=authorised, in_time=in_time, target_percent=target)
    assert record.percent == percent


def test_digest_has_its_teams_record_and_the_fallback_has_none() -> None:
    """The target comes with it; who stands in for an unknown manager is told of no team."""
    target = Clock(type="core", label="Core assessment", working_days=35, alert_after=25, target_percent=81)
    rows = {("North", "core"): Timeliness(1, 1), ("South", "core"): Timeliness(1, 1)}
    opened = [aged(3, team="North"), aged(3, assessment_id="A-2", child_id="72", team="South")]
    plan = work_out(rules(clocks={"core": target}), findings(*opened, signed=rows), AS_OF)
    north, fallback = plan.digests
    assert north.records == (
        TrackRecord(label="Core assessment", authorised=1, in_time=1, target_percent=81),
    )
    assert (fallback.records, len(fallback.unrouted)) == ((), 1)

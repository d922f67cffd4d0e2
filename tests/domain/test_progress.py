"""Week on week: new, third week running, signed off since, handed over, promises kept and missed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerter.domain.assessment import Assessment, AssessmentKey
from alerter.domain.plan import Plan, work_out
from alerter.domain.policy import Reassurance, Stage
from alerter.domain.progress import Handover, LastAlert, LastDigest, Progress, RowHistory
from tests.domain.test_plan import NORTH, findings, rules
from tests.world.assessments import AS_OF, aged, day, entry

SOUTH, COVER = "south@council.example", "cover@council.example"
LAST = day("Mon 2026-11-16")
DIRECTORY = (
    entry(2, team="North", manager_email=NORTH, manager_name="N. Orth"),
    entry(3, team="South", manager_email=SOUTH),
)


def north(days: int, number: int, **changed: Any) -> Assessment:
    """Return an assessment of the team North with a number of its own."""
    usual = {"assessment_id": f"A-{number}", "child_id": f"7{number}", "team": "North"}
    return aged(days, **{**usual, **changed})


def last_alert(stage: Stage = Stage.PAST_ALERT, owner: str = NORTH, weeks: int = 1) -> LastAlert:
    """Return a row of the digest before."""
    return LastAlert(stage=stage, owner=owner, weeks=weeks)


def plan_of(
    opened: list[Assessment],
    last_digest: LastDigest | None,
    *,
    promises: dict[int, int] | None = None,
    **changed: Any,
) -> Plan:
    """Return the run for 23 November 2026; *promises* are by number, in days from then."""
    given = {
        number: Reassurance(by=NORTH, given_on=LAST, expected_on=AS_OF + timedelta(days=days), runs_since=9)
        for number, days in (promises or {}).items()
    }
    found = findings(*opened, last_digest=last_digest, directory=DIRECTORY, reassurances=given, **changed)
    return work_out(rules(), found, AS_OF)


def progress_of(plan: Plan, address: str = NORTH) -> Progress | None:
    """Return what one recipient is told of the weeks before."""
    return next(digest.progress for digest in plan.digests if digest.recipient.email == address)


def test_first_digest_knows_no_week_before() -> None:
    """Nothing is called new where there is nothing to compare with."""
    (digest,) = plan_of([north(27, 1)], None).digests
    assert digest.progress is None
    assert digest.history_of(digest.alerts[0]) == RowHistory()


def test_rows_know_their_weeks_running() -> None:
    """A row that was chased counts on; one that was not listed, approaching or reassured is new."""
    last_digest = LastDigest(
        as_of=LAST,
        alerts={
            1: last_alert(Stage.OVERDUE, weeks=2), 2: last_alert(Stage.APPROACHING, weeks=0),
            3: last_alert(Stage.REASSURED, weeks=0), 5: last_alert(Stage.APPROACHING, weeks=0),
        },
    )  # fmt: skip
    days = {1: 40, 2: 27, 3: 30, 4: 28, 5: 22}
    (digest,) = plan_of([north(age, number) for number, age in days.items()], last_digest).digests
    weeks = {alert.assessment.assessment_id: digest.history_of(alert).weeks for alert in digest.alerts}
    assert weeks == {"A-1": 3, "A-2": 1, "A-3": 1, "A-4": 1, "A-5": 0}
    assert digest.progress == Progress(last=LAST, new=3)


def test_handovers_are_told_to_both_managers() -> None:
    """Who has it now reads where it came from, who had it reads who has it; a cover hands nothing over."""
    last_digest = LastDigest(
        as_of=LAST, alerts={1: last_alert(owner=SOUTH.upper()), 2: last_alert(), 3: last_alert(owner=SOUTH)}
    )
    plan = plan_of([north(30, 1), north(30, 2), north(3, 3, team="South")], last_digest)
    moved = next(row.alert for row in plan.judged if row.alert.assessment.assessment_id == "A-1")
    digests = {digest.recipient.email: digest for digest in plan.digests}
    assert digests[NORTH].history_of(moved) == RowHistory(weeks=2, came_from=SOUTH.upper())
    assert progress_of(plan) == Progress(last=LAST, came=1)
    assert progress_of(plan, SOUTH) == Progress(
        last=LAST, went=(Handover(AssessmentKey("A-1", "71"), NORTH),)
    )
    covered = (replace(DIRECTORY[0], cover_email=COVER), DIRECTORY[1])
    found = findings(
        north(30, 2), last_digest=LastDigest(as_of=LAST, alerts={1: last_alert()}), directory=covered
    )
    (digest,) = work_out(rules(), found, AS_OF).digests
    assert (digest.recipient.email, digest.progress, digest.progress and digest.progress.is_quiet) == (
        COVER,
        Progress(last=LAST),
        True,
    )


def test_what_went_to_nobodys_digest_is_told_to_nobody() -> None:
    """A manager who has nothing left has no digest to read it in."""
    plan = plan_of([north(30, 1)], LastDigest(as_of=LAST, alerts={1: last_alert(owner=SOUTH)}))
    assert [digest.recipient.email for digest in plan.digests] == [NORTH]
    assert progress_of(plan) == Progress(last=LAST, came=1)


def test_thanks_count_what_was_signed_off_and_in_time() -> None:
    """By the count of working days; what was cancelled, or by no clock known, is not thanked for."""
    friday = day("Fri 2026-11-20")
    ended = {
        10: north(30, 10, authorised_on=friday),
        11: north(40, 11, authorised_on=friday),
        12: north(30, 12, cancelled_on=friday),
        13: north(30, 13, type="gone", authorised_on=friday),
    }
    plan = plan_of([north(3, 1)], LastDigest(as_of=LAST, alerts={10: last_alert()}, ended=ended))
    assert progress_of(plan) == Progress(last=LAST, signed_off=2, in_time=1)


@pytest.mark.parametrize(
    ("promised", "signed", "kept", "missed"),
    [
        ("Thu 2026-11-19", "Thu 2026-11-19", 1, 0),
        ("Thu 2026-11-19", "Fri 2026-11-20", 0, 1),
        ("Mon 2026-11-16", "Fri 2026-11-20", 0, 1),
        ("Fri 2026-11-13", "Fri 2026-11-20", 0, 0),
        ("Thu 2026-11-19", None, 0, 1),
        ("Mon 2026-11-23", None, 0, 0),
        ("Fri 2026-11-13", None, 0, 0),
        ("Mon 2026-11-16", None, 0, 1),
    ],
)
def test_a_promise_is_judged_once(promised: str, signed: str | None, kept: int, missed: int) -> None:
    """Kept where the sign-off came by its day, missed where the day went by since the last digest."""
    days = (day(promised) - AS_OF).days
    assessment = north(30, 1, authorised_on=signed and day(signed))
    opened = [north(3, 9)] if signed else [assessment]
    ended = {7: assessment} if signed else {}
    plan = plan_of(
        opened, LastDigest(as_of=LAST, alerts={}, ended=ended), promises={7 if signed else 1: days}
    )
    found = progress_of(plan)
    assert found is not None
    assert (found.kept, found.missed) == (kept, missed)


def test_cancelled_work_keeps_and_breaks_no_promise() -> None:
    """It ended without a sign-off, so there is nothing to hold the manager to."""
    ended = {7: north(30, 7, cancelled_on=day("Fri 2026-11-20"))}
    plan = plan_of([north(3, 1)], LastDigest(as_of=LAST, alerts={}, ended=ended), promises={7: -2})
    assert progress_of(plan) == Progress(last=LAST)

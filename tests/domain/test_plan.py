"""One run worked out: judged, routed, placed, and what is reported beside it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from alerter.domain.assessment import Assessment, Rejected, UnreadableValue
from alerter.domain.data_exceptions import DataException
from alerter.domain.plan import Findings, Plan, Rules, work_out
from alerter.domain.policy import Reassurance, Stage, Window
from alerter.domain.routing import Recipient
from alerter.domain.schedule import Schedule
from alerter.errors import CalendarRangeError, PartitionError
from tests.world.assessments import (
    AS_OF,
    CLOCKS,
    CORE,
    DOMAINS,
    FALLBACK,
    NEXT_RUN,
    aged,
    assessment,
    calendar_of,
    day,
    entry,
)

NORTH = "north@council.example"
DIRECTORY = (entry(2, team="North", manager_email=NORTH, manager_name="N. Orth"),)
ONE_DAY = timedelta(days=1)


def rules(**changed: Any) -> Rules:
    """Return what a run goes by, with what is *changed*."""
    calendar = changed.get("calendar", calendar_of())
    usual = {
        "calendar": calendar, "clocks": CLOCKS, "schedule": Schedule(0, calendar), "fallback": FALLBACK,
        "allowed_domains": DOMAINS,
    }  # fmt: skip
    return Rules(**{**usual, **changed})


def findings(*opened: Assessment, **changed: Any) -> Findings:
    """Return what the store holds, numbered from 1, with what is *changed*."""
    usual = {"open": dict(enumerate(opened, start=1)), "reassurances": {}, "directory": DIRECTORY}
    return Findings(**{**usual, **changed})


def plan_of(*opened: Assessment, **changed: Any) -> Plan:
    """Return the run for 23 November 2026."""
    return work_out(rules(), findings(*opened, **changed), AS_OF)


CASELOAD = (
    aged(36, assessment_id="A-1", team="North"),
    aged(27, assessment_id="A-2", child_id="72", team="North"),
    aged(27, assessment_id="A-3", child_id="73", team="South"),
    aged(21, assessment_id="A-4", child_id="74", team="North"),
    aged(3, assessment_id="A-5", child_id="75", team="South"),
    aged(3, assessment_id="A-6", child_id="76"),
)


def test_run_looks_from_its_day_to_the_next_send_date() -> None:
    """The week ends on the next real send date: Easter Monday 2026 makes it a Tuesday."""
    assert plan_of().window == Window(AS_OF, NEXT_RUN)
    assert rules().window(day("Mon 2026-03-30")).next_run == day("Tue 2026-04-07")


def test_each_is_judged_and_routed() -> None:
    """Every open assessment keeps its number, has its stage, and goes to its manager or to the fallback."""
    plan = plan_of(*CASELOAD)
    assert [(row.number, row.alert.stage, row.route.recipient.email) for row in plan.judged] == [
        (1, Stage.OVERDUE, NORTH),
        (2, Stage.PAST_ALERT, NORTH),
        (3, Stage.PAST_ALERT, FALLBACK.email),
        (4, Stage.APPROACHING, NORTH),
        (5, Stage.ON_TRACK, FALLBACK.email),
        (6, Stage.ON_TRACK, FALLBACK.email),
    ]
    assert [(digest.recipient, len(digest.alerts), digest.on_track) for digest in plan.digests] == [
        (Recipient(NORTH, "N. Orth"), 3, 0), (FALLBACK, 1, 2),
    ]  # fmt: skip


def test_rules_unless_the_council_says_otherwise() -> None:
    """A reassurance lasts four digests, and all-clears are sent."""
    assert rules() == rules(reassurance_lasts_runs=4, send_all_clear=True)


def test_counts_teams_and_who_was_told() -> None:
    """The stages add up to what is open, the teams too, and somebody answers for each, on track or not."""
    plan = plan_of(*CASELOAD)
    assert plan.counts == {
        "open": 6, "overdue": 1, "past_alert": 2, "reassured": 0, "approaching": 1, "on_track": 2,
    }  # fmt: skip
    assert plan.teams == {"North": 3, "South": 2, "": 1}
    assert [(row.number, row.route.recipient.email) for row in plan.judged] == [
        (1, NORTH), (2, NORTH), (3, FALLBACK.email), (4, NORTH), (5, FALLBACK.email),
        (6, FALLBACK.email),
    ]  # fmt: skip


def test_empty_store_is_an_empty_run() -> None:
    """With nothing open there is no digest, and the counts are noughts."""
    plan = plan_of()
    assert (plan.digests, plan.exceptions, plan.judged, plan.teams) == ([], [], [], {})
    assert set(plan.counts.values()) == {0}


def test_reassurance_counts_for_its_own_number() -> None:
    """Given for one sibling it says nothing of the other, and it lasts as long as the council has it last."""
    given = Reassurance(by=NORTH, given_on=AS_OF, expected_on=AS_OF + ONE_DAY, runs_since=1)
    pair = (aged(27, child_id="71"), aged(27, child_id="72"))
    found = findings(*pair, reassurances={2: given})
    stages = [row.alert.stage for row in work_out(rules(), found, AS_OF).judged]
    assert stages == [Stage.PAST_ALERT, Stage.REASSURED]
    lapsed = work_out(rules(reassurance_lasts_runs=1), found, AS_OF)
    assert [row.alert.stage for row in lapsed.judged] == [Stage.PAST_ALERT, Stage.PAST_ALERT]


def test_exceptions_of_every_source() -> None:
    """
    What routes, open and closed assessments, rejected rows and those gone have wrong stands in one list.
    """
    future = assessment(AS_OF + ONE_DAY, assessment_id="A-1", team="North")
    plan = plan_of(
        future,
        aged(3, assessment_id="A-2", child_id="72", team="South"),
        rejected=[
            Rejected(9, "has no started_on", "start_missing", "A-3", "73"),
            Rejected(10, "has no child_id"),
        ],
        unreadable=[UnreadableValue(11, "closed_on", "Closed", "A-2", "72")],
        closed_unauthorised=[aged(30, assessment_id="A-4", child_id="74")],
        vanished=[aged(30, assessment_id="A-5", child_id="75")],
        missing=[aged(30, assessment_id="A-6", child_id="76")],
    )
    assert [(each.kind, each.assessment_id, each.child_id) for each in plan.exceptions] == [
        ("start_in_future", "A-1", "71"),
        ("start_missing", "A-3", "73"),
        ("unreadable_value", "A-2", "72"),
        ("closed_but_open", "A-4", "74"),
        ("vanished", "A-5", "75"),
        ("missing", "A-6", "76"),
        ("no_manager", "A-2", "72"),
    ]
    fallback = plan.digests[1]
    assert plan.digests[0].to_mend == (plan.exceptions[0],)
    assert fallback.to_mend == (plan.exceptions[2],)
    assert fallback.unrouted == (
        DataException("no_manager", "A-2", "72", "team 'South' is not in the directory"),
    )


def test_type_that_is_configured_no_longer() -> None:
    """Such an assessment is an exception each week, and stops nobody else's digest; it is not on track."""
    plan = plan_of(
        aged(36, team="North"), aged(36, assessment_id="A-2", child_id="72", type="gone", team="North")
    )
    assert (plan.counts["open"], plan.counts["overdue"], plan.teams) == (1, 1, {"North": 1})
    assert [(each.kind, each.assessment_id) for each in plan.exceptions] == [("unknown_type", "A-2")]


def test_dates_move_where_the_calendar_has_changed() -> None:
    """
    A calendar that counts otherwise than the last run's shows in plan and digest; the same one does not.
    """
    before = calendar_of("scotland")
    opened = assessment(day("Fri 2026-10-30"), team="North")
    plan = plan_of(opened, calendar_before=before)
    assert [(each.due_from, each.due_to) for each in plan.moved] == [
        (day("Mon 2026-12-21"), day("Fri 2026-12-18"))
    ]
    assert plan.digests[0].moved == tuple(plan.moved)
    assert plan_of(opened, calendar_before=calendar_of()).moved == plan_of(opened).moved == []


@pytest.mark.parametrize(
    ("changed", "is_sent"),
    [
        ({"opened": aged(3)}, False),
        ({"opened": aged(20)}, True),
        ({"opened": aged(3, authorised_on=AS_OF + ONE_DAY)}, True),
        ({"opened": aged(3), "directory": ()}, True),
        ({"opened": assessment(day("Fri 2026-11-13")), "calendar_before": calendar_of("scotland")}, True),
    ],
)
def test_all_clear_is_the_councils_choice(changed: dict[str, Any], *, is_sent: bool) -> None:
    """
    Without all-clears only those who have nothing to read beyond a count are left out; with them, nobody.
    """
    opened = replace(changed["opened"], team="North")
    plan = plan_of(opened, **{name: value for name, value in changed.items() if name != "opened"})
    assert plan.worth_sending(send_all_clear=True) == list(plan.digests)
    assert plan.worth_sending(send_all_clear=False) == (list(plan.digests) if is_sent else [])


def test_sums_that_do_not_add_up_stop_the_run() -> None:
    """One assessment under two numbers would be told twice: nothing is planned at all."""
    twice = aged(30, team="North")
    with pytest.raises(PartitionError, match="do not add up"):
        plan_of(twice, twice)


def test_checkpoint_is_worth_a_digest() -> None:
    """A look that the council wants before the next digest is said without all-clears too."""
    clocks = {"core": replace(CORE, checkpoints=(10,))}
    plan = work_out(rules(clocks=clocks), findings(aged(8, team="North")), AS_OF)
    assert plan.worth_sending(send_all_clear=False) == list(plan.digests)
    assert len(plan.digests) == 1


def test_day_beyond_the_years_known_is_no_guess() -> None:
    """A run for a day whose next send date nobody knows stops."""
    with pytest.raises(CalendarRangeError):
        work_out(rules(), findings(), date(2035, 12, 31))

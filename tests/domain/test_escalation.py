"""What climbs to a service manager, who that is, and what their digest adds up to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerter.domain.assessment import Assessment
from alerter.domain.escalation import EscalationRule, Service
from alerter.domain.plan import Plan, work_out
from alerter.domain.policy import Reassurance, Stage
from alerter.domain.progress import LastAlert, LastDigest
from alerter.domain.routing import DirectoryEntry
from tests.domain.test_plan import findings, rules
from tests.world.assessments import AS_OF, FALLBACK, aged, day, entry, judged

NORTH, SOUTH, HEAD, DEPUTY = (f"{name}@council.example" for name in ("north", "south", "head", "deputy"))
LAST = day("Mon 2026-11-16")


def team(line: int, name: str, manager: str, to: str = HEAD, **changed: Any) -> DirectoryEntry:
    """Return a line of the directory with its service manager."""
    return entry(line, team=name, manager_email=manager, escalate_to=to, **changed)


DIRECTORY = (team(2, "North", NORTH, manager_name="N. Orth"), team(3, "South", SOUTH))


def of_team(days: int, number: int, name: str = "North", **changed: Any) -> Assessment:
    """Return an assessment with a number of its own."""
    return aged(days, assessment_id=f"A-{number}", child_id=f"7{number}", team=name, **changed)


def plan_of(
    *opened: Assessment,
    directory: tuple[DirectoryEntry, ...] = DIRECTORY,
    rule: EscalationRule | None = None,
    **changed: Any,
) -> Plan:
    """Return the run for 23 November 2026."""
    return work_out(
        rules(escalation=rule or EscalationRule()), findings(*opened, directory=directory, **changed), AS_OF
    )


def service_of(plan: Plan, address: str = HEAD) -> Service | None:
    """Return what is told to one address as a service manager."""
    return next((each.service for each in plan.digests if each.recipient.key == address.casefold()), None)


@pytest.mark.parametrize(
    ("rule", "days", "weeks", "escalates"),
    [
        (EscalationRule(), 36, 1, True),
        (EscalationRule(), 35, 1, False),
        (EscalationRule(), 27, 1, False),
        (EscalationRule(), 27, 2, True),
        (EscalationRule(after_digests=0), 27, 9, False),
        (EscalationRule(after_digests=3), 27, 2, False),
        (EscalationRule(after_digests=0, from_day=30), 30, 1, True),
        (EscalationRule(after_digests=0, from_day=30), 29, 1, False),
        (EscalationRule(after_digests=0, from_day=40), 39, 1, False),
        (EscalationRule(after_digests=1, from_day=40), 22, 0, False),
    ],
)
def test_it_climbs_after_so_many_digests_or_on_its_day(
    rule: EscalationRule, days: int, weeks: int, *, escalates: bool
) -> None:
    """Once overdue, or from the day that is set; what only approaches never does."""
    assert rule.escalates(judged(aged(days)), weeks) is escalates


def test_a_standing_reassurance_does_not_climb() -> None:
    """The manager has looked, so there is nothing to tell above."""
    given = Reassurance(by=NORTH, given_on=AS_OF, expected_on=AS_OF + timedelta(days=3))
    alert = judged(aged(34), reassurance=given)
    assert alert.stage is Stage.REASSURED
    assert not EscalationRule(after_digests=1, from_day=26).escalates(alert, 5)


def test_the_manager_keeps_the_row_and_the_service_manager_gets_it_too() -> None:
    """Each open assessment is in exactly one manager's digest; the service manager's repeats what climbed."""
    last_digest = LastDigest(
        as_of=LAST, alerts={2: LastAlert(stage=Stage.PAST_ALERT, owner=SOUTH, weeks=1, is_escalated=True)}
    )
    plan = plan_of(
        of_team(40, 1), of_team(28, 2, "South"), of_team(27, 3), of_team(3, 4), last_digest=last_digest
    )
    service = service_of(plan)
    assert service is not None
    rows = [(each.alert.assessment.assessment_id, each.manager, each.weeks) for each in service.escalations]
    assert rows == [
        ("A-1", "N. Orth", 1), ("A-2", SOUTH, 2),
    ]  # fmt: skip
    assert [each.is_new for each in service.escalations] == [True, False]
    assert [(each.recipient.email, len(each.alerts), each.on_track) for each in plan.digests] == [
        (HEAD, 0, 0), (NORTH, 2, 1), (SOUTH, 1, 0),
    ]  # fmt: skip
    north = plan.digests[1]
    assert [north.history_of(alert).is_escalated for alert in north.alerts] == [True, False]


def test_totals_stand_by_team_and_manager_and_move() -> None:
    """
    In the order of their names, never of their figures; what the digest before listed is what they were.
    """
    last_digest = LastDigest(
        as_of=LAST,
        alerts={
            1: LastAlert(stage=Stage.PAST_ALERT, owner=NORTH), 8: LastAlert(stage=Stage.OVERDUE, owner=NORTH),
            9: LastAlert(stage=Stage.OVERDUE, owner=NORTH),
        },
        ended={8: of_team(40, 8, authorised_on=AS_OF)},
    )  # fmt: skip
    plan = plan_of(of_team(40, 1, "South"), of_team(3, 2), of_team(28, 3), last_digest=last_digest)
    service = service_of(plan)
    assert service is not None
    assert [(each.team, each.manager, each.open, each.oldest) for each in service.teams] == [
        ("North", "N. Orth", 2, (28, 35)), ("South", SOUTH, 1, (40, 35)),
    ]  # fmt: skip
    assert service.counts == {
        Stage.OVERDUE: 1, Stage.PAST_ALERT: 1, Stage.REASSURED: 0, Stage.APPROACHING: 0, Stage.ON_TRACK: 1,
    }  # fmt: skip
    assert (service.last, service.were[Stage.OVERDUE], service.were[Stage.PAST_ALERT]) == (LAST, 1, 1)
    assert service.ended == 1


def test_one_email_for_a_person_in_both_roles() -> None:
    """
    A service manager who manages a team has both parts in one digest, and does not escalate to themselves.
    """
    directory = (team(2, "North", HEAD.title()), team(3, "South", SOUTH))
    plan = plan_of(of_team(40, 1), of_team(40, 2, "South"), directory=directory)
    assert [each.recipient.key for each in plan.digests] == [HEAD, SOUTH]
    head = plan.digests[0]
    assert (len(head.alerts), head.service and len(head.service.escalations)) == (1, 2)
    assert not head.history_of(head.alerts[0]).is_escalated


def test_nobody_is_told_where_the_directory_names_nobody() -> None:
    """Without `escalate_to` nothing climbs, and that is no exception."""
    plan = plan_of(of_team(40, 1), directory=(team(2, "North", NORTH, to=""),))
    assert (plan.escalations, plan.exceptions) == ([], [])
    assert [each.service for each in plan.digests] == [None]


@pytest.mark.parametrize(
    ("directory", "kind"),
    [
        ((team(2, "North", NORTH, to="head"),), "bad_address"),
        ((team(2, "North", NORTH, to="head@elsewhere.example"),), "domain_not_allowed"),
        ((team(2, "North", NORTH), team(3, "North", NORTH, to=DEPUTY)), "ambiguous_manager"),
    ],
)
def test_an_address_that_cannot_be_used_loses_nothing(
    directory: tuple[DirectoryEntry, ...], kind: str
) -> None:
    """One exception, however many rows it concerns, and the fallback is told in their place."""
    plan = plan_of(of_team(40, 1), of_team(40, 2), directory=directory)
    assert [each.kind for each in plan.exceptions] == [kind]
    assert "directory line" in plan.exceptions[0].detail
    service = service_of(plan, FALLBACK.email)
    assert service is not None
    assert len(service.escalations) == 2


def test_nearest_place_that_names_somebody_decides() -> None:
    """A worker's own line may leave it to the team's; a manager the extract names has their own lines."""
    directory = (
        team(2, "North", NORTH),
        team(3, "North", SOUTH, to="", worker="W-1"),
        team(4, "East", SOUTH, to=DEPUTY),
    )
    plan = plan_of(
        of_team(40, 1, worker="W-1"), of_team(40, 2, "Nowhere", manager_email=SOUTH), directory=directory
    )
    to = {each.alert.assessment.assessment_id: each.to.recipient.email for each in plan.escalations}
    assert to == {"A-1": HEAD, "A-2": DEPUTY}


def test_a_service_managers_cover_reads_for_whom() -> None:
    """The dates of the directory hold for service managers who are managers in it."""
    directory = (*DIRECTORY, team(4, "East", HEAD, to="", manager_name="H. Ead", cover_email=DEPUTY))
    plan = plan_of(of_team(40, 1), directory=directory)
    service = service_of(plan, DEPUTY)
    assert service is not None
    assert service.covering_for == ("H. Ead",)
    assert plan.escalations[0].to.covered_email == HEAD


def test_all_clear_is_the_councils_choice_for_service_managers_too() -> None:
    """Without all-clears they hear only when something has climbed."""
    clear, climbed = plan_of(of_team(3, 1)), plan_of(of_team(40, 1))
    assert [each.recipient.email for each in clear.worth_sending(send_all_clear=True)] == [HEAD, NORTH]
    assert clear.worth_sending(send_all_clear=False) == []
    assert [each.recipient.email for each in climbed.worth_sending(send_all_clear=False)] == [HEAD, NORTH]


def test_worst_climbs_first() -> None:
    """
    Overdue before the rest, and within each by the days left; a fallback's digest escalates as others do.
    """
    plan = plan_of(
        of_team(28, 1), of_team(36, 2), of_team(40, 3), of_team(31, 4), rule=EscalationRule(after_digests=1)
    )
    service = service_of(plan)
    assert service is not None
    order = [each.alert.assessment.assessment_id for each in service.escalations]
    assert order == ["A-3", "A-2", "A-4", "A-1"]
    nobody = plan_of(of_team(40, 1), directory=(replace(DIRECTORY[0], manager_email=""),))
    assert [each.kind for each in nobody.exceptions] == ["no_manager"]
    assert service_of(nobody) is not None

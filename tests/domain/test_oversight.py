"""What a service manager looks at: whose teams, how they stand, and how far past the alert day."""

from dataclasses import replace
from datetime import date

import pytest

from alerter.domain.assessment import Assessment
from alerter.domain.oversight import (
    NO_TEAM,
    Scope,
    TeamStanding,
    age_ranges,
    managers_under,
    people_of,
    scope_of,
    team_standings,
)
from alerter.domain.policy import Alert, Clock, Stage
from alerter.domain.routing import DirectoryEntry, Judged, Recipient, Route

CORE = Clock(type="core", label="Core assessment", working_days=35, alert_after=25)
BRIEF = Clock(type="icpc", label="Conference", working_days=11, alert_after=10)
ALL = Scope(is_everything=True)
HEAD, FALLBACK = "head@council.example", "service.manager@council.example"
DIRECTORY = (
    DirectoryEntry(line=2, team="Duty & Assessment", manager_email="a@council.example", escalate_to=HEAD),
    DirectoryEntry(line=3, team="South", manager_email="b@council.example"),
    DirectoryEntry(line=4, worker="P. Adeyemi", manager_email="b@council.example", escalate_to=HEAD),
)


def alert(team: str, stage: Stage, age: int, clock: Clock = CORE) -> Alert:
    """Return an alert of one team."""
    assessment = Assessment(
        assessment_id="A-1", child_id="7", type=clock.type, clock_on=date(2026, 10, 5), team=team
    )
    return Alert(assessment=assessment, clock=clock, stage=stage, age=age)


NORTH = "Duty and Assessment"
ALERTS = (
    alert(NORTH, Stage.OVERDUE, 36),
    alert(NORTH, Stage.PAST_ALERT, 30),
    alert(NORTH, Stage.REASSURED, 31),
    alert(NORTH, Stage.ON_TRACK, 2),
    alert("", Stage.APPROACHING, 25),
    alert("South", Stage.PAST_ALERT, 26),
)


def whose(email: str, *judged: Judged) -> Scope:
    """Return whose figures *email* may see."""
    return scope_of(
        email, admins=["Performance@council.example"], fallback=FALLBACK, directory=DIRECTORY, judged=judged
    )


@pytest.mark.parametrize(
    ("email", "scope"),
    [
        ("performance@council.example", ALL),
        ("HEAD@council.example", Scope(frozenset({"duty and assessment"}))),
        ("a@council.example", Scope()),
        ("", Scope()),
        (FALLBACK, Scope()),
    ],
)
def test_each_sees_what_is_theirs(email: str, scope: Scope) -> None:
    """An admin everything, a service manager the teams whose lines name them, a manager nothing."""
    assert whose(email) == scope
    assert bool(scope) is (scope != Scope())


def test_the_fallback_sees_teams_with_work_of_nobodys() -> None:
    """Those whose work somebody owns are not the fallback's."""
    nobody, owned = Route(Recipient(FALLBACK), "no_manager", "x"), Route(Recipient("a@council.example"))
    scope = whose(FALLBACK, Judged(0, ALERTS[5], nobody), Judged(0, ALERTS[0], owned))
    assert scope == Scope(frozenset({"south"}))
    assert [scope.holds(team) for team in ("SOUTH", NORTH)] == [True, False]


def test_teams_stand_side_by_side() -> None:
    """By name, with what has no team named so; the oldest counts in working days."""
    assert team_standings(ALERTS, ALL) == [
        TeamStanding(team=NO_TEAM, open=1, overdue=0, past_alert=0, approaching=1, reassured=0, oldest=25),
        TeamStanding(team=NORTH, open=4, overdue=1, past_alert=1, approaching=0, reassured=1, oldest=36),
        TeamStanding(team="South", open=1, overdue=0, past_alert=1, approaching=0, reassured=0, oldest=26),
    ]
    assert [each.team for each in team_standings(ALERTS, Scope(frozenset({"south"})))] == ["South"]


def test_bands_are_26_to_30_31_to_35_and_beyond() -> None:
    """Whatever is reassured counts by its days all the same."""
    assert [(band.first, band.last, band.count) for band in age_ranges(ALERTS, ALL)] == [
        (26, 30, 2), (31, 35, 1), (36, None, 1),
    ]  # fmt: skip


def test_a_clock_with_one_day_between_has_one_band_less() -> None:
    """Day 11 of 11 is the only one past day 10 and in time."""
    brief = [alert("South", Stage.PAST_ALERT, 11, BRIEF)]
    assert [(band.first, band.last, band.count) for band in age_ranges(brief, ALL)] == [
        (11, 11, 1),
        (12, None, 0),
    ]


@pytest.mark.parametrize(
    ("alert_after", "working_days", "ends"),
    [
        (7, 10, [(8, 9), (10, 10), (11, None)]),
        (10, 15, [(11, 13), (14, 15), (16, None)]),
        (20, 35, [(21, 28), (29, 35), (36, None)]),
    ],
)
def test_an_odd_day_is_the_earlier_halfs(
    alert_after: int, working_days: int, ends: list[tuple[int, int | None]]
) -> None:
    """The halves differ by one day at most, and the later one is never the longer."""
    clock = replace(BRIEF, alert_after=alert_after, working_days=working_days)
    shown = age_ranges([alert("South", Stage.PAST_ALERT, working_days, clock)], ALL)
    assert [(band.first, band.last) for band in shown] == ends


LINES = [
    DirectoryEntry(
        line=2, team="North", manager_email="A@council.example", escalate_to="head@council.example"
    ),
    DirectoryEntry(line=3, team="South", manager_email="b@council.example", manager_name="B. Lee"),
    DirectoryEntry(line=4, team="East", manager_email="a@council.example", manager_name="A. Ray"),
    DirectoryEntry(line=5, team="West", cover_email="c@council.example"),
]


def test_people_are_managers_and_service_managers() -> None:
    """Each once, with the name that any line gives; who merely covers is none of them."""
    people = people_of(LINES)
    assert {key: person.name for key, person in people.items()} == {
        "a@council.example": "A. Ray", "head@council.example": "", "b@council.example": "B. Lee",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("email", "keys"),
    [
        ("admin@council.example", {"a@council.example", "b@council.example", "head@council.example"}),
        ("head@council.example", {"head@council.example", "a@council.example"}),
        ("B@council.example", {"b@council.example"}),
        ("row@council.example", {"row@council.example"}),
        ("c@council.example", set()),
        ("fallback@council.example", set()),
    ],
)
def test_cover_is_set_for_oneself_and_for_those_under_one(email: str, keys: set[str]) -> None:
    """An admin sets anybody's; a manager whom the extract alone names sets their own."""
    judged = [
        Judged(1, alert("North", Stage.OVERDUE, 40), Route(Recipient("row@council.example"))),
        Judged(
            2, alert("North", Stage.OVERDUE, 40), Route(Recipient("fallback@council.example"), "no_manager")
        ),
    ]
    admins = ["admin@council.example"]
    assert managers_under(email, admins=admins, directory=LINES, judged=judged).keys() == keys

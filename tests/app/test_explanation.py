"""Why an assessment stands where it stands: each day counted or not, and the stage that follows."""

from datetime import date

import pytest

from alerter.app.explanation import Explanation, explain
from alerter.app.reassurances import reassure
from alerter.domain.policy import Reassurance, Stage
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from tests.world.office import AS_OF, NORTH, WEEK, Office, row

GIVEN = Reassurance(by=NORTH["manager_email"], given_on=AS_OF, expected_on=AS_OF + WEEK)


def read(office: Office, *rows: dict[str, object], **changes: object) -> Installation:
    """Read these *rows*, and return the installation."""
    office.extract(*rows)
    weekly = office.weekly(**changes)
    weekly.sync(is_accepted=True)
    return weekly.of


def explain_one(installation: Installation, as_of: date | None = AS_OF) -> Explanation:
    """Explain the one assessment there is under A-1."""
    (explained,) = explain(installation, "A-1", None, as_of)
    return explained


def test_walk_leads_to_the_age(office: Office) -> None:
    """The worked dates of Easter 2009: the last counted step bears the age, and each date is the rule's."""
    explained = explain_one(read(office, row("A-1", started_on="2009-04-09")), date(2009, 5, 20))
    assert explained.alert is not None
    assert (explained.alert.stage, explained.age, explained.until) == (
        Stage.PAST_ALERT,
        26,
        date(2009, 5, 20),
    )
    assert explained.dates == {
        "alert_on": date(2009, 5, 19),
        "past_alert_from": date(2009, 5, 20),
        "due_on": date(2009, 6, 3),
        "overdue_from": date(2009, 6, 4),
    }
    assert [step.age for step in explained.steps if step.is_counted] == list(range(1, 27))
    holidays = {step.name for step in explained.steps if step.source == "bank holiday"}
    assert holidays == {"Good Friday", "Easter Monday", "Early May bank holiday"}


def test_every_child_of_an_id_is_explained(office: Office) -> None:
    """Siblings are explained one by one, or only the child that is named."""
    installation = read(office, row("A-1", child_id="7"), row("A-1", child_id="8", days=3))
    both = explain(installation, "A-1", None, AS_OF)
    assert [each.age for each in both] == [27, 3]
    assert explain(installation, "A-1", "8", AS_OF) == both[1:]


def test_reassurance_shows(office: Office) -> None:
    """A reassurance that stands is the reason for the stage."""
    installation = read(office, row("A-1"))
    reassure(installation, "A-1", None, GIVEN, note="")
    explained = explain_one(installation)
    assert explained.alert is not None
    assert (explained.alert.stage, explained.alert.reassurance) == (Stage.REASSURED, GIVEN)


@pytest.mark.parametrize(
    ("ended", "age", "until"),
    [
        ({"authorised_on": "2009-07-17"}, 35, date(2009, 7, 17)),
        ({"authorised_on": "2009-07-20"}, 36, date(2009, 7, 20)),
    ],
)
def test_walk_ends_where_the_assessment_ended(
    office: Office, ended: dict[str, str], age: int, until: date
) -> None:
    """A sign-off on the last day is in time, one on the next working day is late; nothing counts after it."""
    explained = explain_one(read(office, row("A-1", started_on="2009-05-29", **ended)))
    assert (explained.age, explained.until, explained.alert) == (age, until, None)
    assert explained.ended == ("signed off in time" if age == 35 else "signed off late")
    assert explained.steps[-1].on == until


def test_closed_without_a_sign_off_is_said(office: Office) -> None:
    """A closure is an end, and no sign-off."""
    office.council.extract([row("A-1") | {"closed_on": "2009-11-20"}])
    weekly = office.weekly()
    weekly.sync(is_accepted=True)
    explained = explain_one(weekly.of)
    assert explained.ended == "ended without a sign-off"
    assert explained.notes == ["Episode closed on Friday 20 November 2009: that ended it."]


@pytest.mark.parametrize(
    ("ends", "notes"),
    [
        (
            {"authorised_on": "2009-10-01"},
            ["Signed off on Thursday 1 October 2009: before the start, so it does not count."],
        ),
        (
            {"cancelled_on": "2009-11-24"},
            ["Cancelled on Tuesday 24 November 2009: in the future, so it does not count yet."],
        ),
        (
            {"closed_on": "2009-10-01"},
            ["Episode closed on Thursday 1 October 2009: before the start, so it does not count."],
        ),
    ],
)
def test_an_end_that_does_not_count_is_said(office: Office, ends: dict[str, str], notes: list[str]) -> None:
    """Whoever sees a sign-off in the case system reads here why the assessment counts as open."""
    office.council.extract([row("A-1") | ends])
    weekly = office.weekly()
    weekly.sync(is_accepted=True)
    explained = explain_one(weekly.of)
    assert explained.alert is not None
    assert (explained.alert.stage, explained.ended, explained.notes) == (Stage.PAST_ALERT, "", notes)


def test_a_sign_off_nobody_can_read_is_said(office: Office) -> None:
    """
    Where it stands and never what it says; so is a later row of the assessment that could not be read at all.
    """
    explained = explain_one(read(office, row("A-1", authorised_on="TBC")))
    assert explained.alert is not None
    assert explained.notes == [
        "In the extract's line 2: authorised_on cannot be read or believed, so it counts as blank."
    ]
    (rejected,) = explain_one(read(office, row("A-1", started_on=""))).notes
    assert rejected.startswith("The extract's line 2 could not be read: has no started_on")


def test_a_sign_off_after_the_closure_is_said(office: Office) -> None:
    """The first end is the end; what came later is told all the same."""
    office.council.extract([row("A-1") | {"closed_on": "2009-11-19", "authorised_on": "2009-11-20"}])
    weekly = office.weekly()
    weekly.sync(is_accepted=True)
    assert explain_one(weekly.of).notes == [
        "Signed off on Friday 20 November 2009: it had ended before.",
        "Episode closed on Thursday 19 November 2009: that ended it.",
    ]


def test_what_is_ignored_says_why(office: Office) -> None:
    """Its days are counted as ever; what is asked of nobody is said to be."""
    explained = explain_one(read(office, row("A-1"), source__ignore_started_before=AS_OF))
    assert explained.notes == [
        "It began before 23 November 2009, so it is chased in no digest ([source] ignore_started_before)."
    ]


def test_missing_from_the_extract_is_said(office: Office) -> None:
    """What vanished has no stage any more; the walk goes on to the day asked for."""
    read(office, row("A-1"))
    explained = explain_one(read(office, row("A-2")))
    assert (explained.alert, explained.ended) == (None, "missing from the extract without a sign-off")
    assert (explained.age, explained.until) == (27, AS_OF)


def test_start_in_the_future_has_no_days_yet(office: Office) -> None:
    """Before its start an assessment is on track with nothing counted."""
    explained = explain_one(read(office, row("A-1", started_on="2009-12-01")))
    assert explained.alert is not None
    assert (explained.alert.stage, explained.age, explained.steps) == (Stage.ON_TRACK, 0, [])


def test_judged_by_today_where_no_day_is_named(office: Office) -> None:
    """Without a day it is today's stage."""
    explained = explain_one(read(office, row("A-1")), None)
    assert explained.alert is not None
    assert (explained.as_of, explained.alert.stage) == (office.opened[0].today(), Stage.OVERDUE)


def test_unknown_id_is_refused_without_naming_it(office: Office) -> None:
    """An id that is nobody's is not repeated."""
    with pytest.raises(ConfigError) as refused:
        explain(read(office, row("A-1")), "A-7", None, AS_OF)
    assert str(refused.value) == "no assessment in the store has this id: check it, or run `alerter sync`."


def test_type_that_is_no_longer_configured_is_named(office: Office) -> None:
    """Without a clock for its type nothing can be counted, and the key to configure is named."""
    read(office, row("A-1"))
    core = {"label": None, "working_days": None, "alert_after": None, "clock": None}
    single = {"label": "Single assessment", "working_days": 45, "alert_after": 35}
    changed = office.open(
        **{f"assessments__core__{key}": value for key, value in core.items()},
        **{f"assessments__single__{key}": value for key, value in single.items()},
    )
    with pytest.raises(ConfigError, match=r"^assessments\.core: it is of this type"):
        explain_one(changed)

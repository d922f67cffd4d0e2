"""A manager's reassurance: checked before it is recorded, and standing in the next run."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alerter.app.reassurances import reassure, withdraw
from alerter.domain.policy import Reassurance
from alerter.errors import ConfigError
from alerter.installation import clock
from alerter.installation.installation import Installation
from alerter.pipeline import weekly
from alerter.store import reassurances, trail
from tests.world.office import AS_OF, NORTH, WEEK, Office, row, today

BY = NORTH["manager_email"]
GIVEN = Reassurance(by=BY, given_on=AS_OF, expected_on=AS_OF + WEEK, reason="absence")
ONE_DAY = timedelta(days=1)


def kept(installation: Installation) -> list[Reassurance]:
    """Return the reassurances recorded, by assessment."""
    with installation.database.read() as connection:
        return list(reassurances.latest(connection).values())


def read_siblings(office: Office) -> Installation:
    """Read two children under one id, and one that was signed off."""
    office.extract(
        row("A-1", child_id="7"),
        row("A-1", child_id="8"),
        row("A-2", authorised_on=AS_OF.isoformat()),
    )
    weekly = office.weekly()
    weekly.sync()
    return weekly.of


def test_reassurance_counts_for_every_child_of_an_id(office: Office) -> None:
    """Siblings under one id are reassured together, unless one child is named."""
    installation = read_siblings(office)
    assert reassure(installation, "A-1", None, GIVEN, note="") == 2
    assert reassure(installation, "A-1", "8", GIVEN, note="") == 1
    assert kept(installation) == [GIVEN, GIVEN]


def test_reassured_assessment_is_judged_so(office: Office) -> None:
    """The next run lists it as reassured; its child's other sibling stays past the alert day."""
    installation = read_siblings(office)
    reassure(installation, "A-1", "7", GIVEN, note="")
    counts = weekly.run(installation, AS_OF).counts
    assert (counts["reassured"], counts["past_alert"]) == (1, 1)


@pytest.mark.parametrize("assessment_id", ["A-2", "A-7"])
def test_nothing_open_is_nothing_to_reassure(office: Office, assessment_id: str) -> None:
    """What is signed off, and what nobody knows, is refused without naming it."""
    installation = read_siblings(office)
    with pytest.raises(ConfigError) as refused:
        reassure(installation, assessment_id, None, GIVEN, note="")
    assert str(refused.value) == (
        "no open assessment in the store has this id: check it, or run `alerter sync`."
    )
    assert kept(installation) == []


def test_what_vanished_is_not_open(office: Office) -> None:
    """An assessment missing from the extract is no longer judged, so it cannot be reassured."""
    read_siblings(office)
    office.extract(row("A-9"))
    weekly = office.weekly()
    weekly.sync()
    with pytest.raises(ConfigError, match="no open assessment"):
        reassure(weekly.of, "A-1", None, GIVEN, note="")


@pytest.mark.parametrize(
    ("by", "given_on", "expected_on", "faults"),
    [
        ("A. Manager", AS_OF, AS_OF, ["--by", "--by"]),
        ("a.manager@elsewhere.example", AS_OF, AS_OF, ["--by"]),
        (BY, today() + ONE_DAY, today() + WEEK, ["--on"]),
        (BY, AS_OF, AS_OF - ONE_DAY, ["--expected"]),
        ("A. Manager", today() + WEEK, today(), ["--by", "--by", "--on", "--expected"]),
    ],
)
def test_faults_are_told_all_at_once(
    office: Office, by: str, given_on: date, expected_on: date, faults: list[str]
) -> None:
    """No plain address, another domain, a look in the future, an expectation in the past: each is named."""
    installation = read_siblings(office)
    given = Reassurance(by=by, given_on=given_on, expected_on=expected_on)
    with pytest.raises(ConfigError) as refused:
        reassure(installation, "A-1", None, given, note="")
    assert [fault.partition(":")[0] for fault in refused.value.faults] == faults
    assert kept(installation) == []


def test_reason_is_kept_as_its_code(office: Office) -> None:
    """Whether it was given as code or as label."""
    installation = read_siblings(office)
    for reason, code in (("Waiting for partner agency", "partner"), ("OTHER", "other"), ("", "")):
        reassure(installation, "A-1", "7", replace(GIVEN, reason=reason), note="")
        assert kept(installation)[-1].reason == code


def test_unknown_reason_and_long_note_are_refused(office: Office) -> None:
    """The sentence lists what may be given."""
    installation = read_siblings(office)
    with pytest.raises(ConfigError) as refused:
        reassure(installation, "A-1", None, replace(GIVEN, reason="flood"), note="x" * 201)
    reason, note = refused.value.faults
    assert reason == (
        "--reason: no such reason is configured; write one of partner (waiting for partner agency), "
        "family (family unavailable), absence (worker absence), sign-off (with the manager for sign-off), "
        "complex (complex), other (other)."
    )
    assert note == "--note: a note has at most 200 characters."
    assert kept(installation) == []


def test_undo_takes_back_what_was_last_recorded_for_each_child(office: Office) -> None:
    """The one before counts again; what is taken back stays in the books."""
    installation = read_siblings(office)
    reassure(installation, "A-1", None, GIVEN, note="")
    reassure(installation, "A-1", "8", replace(GIVEN, expected_on=AS_OF + 2 * WEEK), note="")
    assert withdraw(installation, "A-1", "8", by=BY.upper()) == 1
    assert kept(installation) == [GIVEN, GIVEN]
    assert withdraw(installation, "A-1", None, by=BY) == 2
    assert kept(installation) == []
    with installation.database.read() as connection:
        assert [each.act for each in trail.every(connection)] == ["reassured"] * 3 + ["withdrew"] * 3


def test_undo_is_for_the_hour_and_for_its_giver(office: Office) -> None:
    """Whoever else asks, and whoever asks too late, is refused; so is an id with nothing open."""
    installation = read_siblings(office)
    reassure(installation, "A-1", "7", GIVEN, note="")
    later = replace(installation, clock=lambda zone: clock.now(zone) + timedelta(hours=1, seconds=5))
    for asked, by in ((installation, "s.lindqvist@council.example"), (later, BY)):
        with pytest.raises(ConfigError, match="--undo: nothing that this address recorded"):
            withdraw(asked, "A-1", None, by=by)
    with pytest.raises(ConfigError, match="no open assessment"):
        withdraw(installation, "A-7", None, by=BY)
    assert kept(installation) == [GIVEN]


def test_somebody_else_reassures_on_behalf_only(office: Office) -> None:
    """Who does not answer for it is refused, or asked to say so; then the trail has it."""
    installation = read_siblings(office)
    other = replace(GIVEN, by="s.lindqvist@council.example")
    with pytest.raises(ConfigError, match="does not answer for it"):
        reassure(installation, "A-1", "7", other, note="")
    assert reassure(installation, "A-1", "7", other, note="", on_behalf=True) == 1
    with installation.database.read() as connection:
        assert [entry.act for entry in trail.every(connection)] == ["reassured", "on_behalf"]

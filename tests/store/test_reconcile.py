"""What became of what we knew: corrected starts, changed facts, and assessments that are gone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from alerter.domain.assessment import Assessment, Rejected
from alerter.domain.policy import Reassurance
from alerter.store import assessments, events, reassurances, runs, syncs
from alerter.store.database import Database
from alerter.store.migration import downgrade, migrate
from alerter.store.schema import alerts
from tests.world.readings import AS_OF, NOW, assessment, drafted, read_in

MONDAY = date(2026, 10, 5)
REFERRED = date(2026, 10, 1)


def nameless(start: date, child_id: str = "7", referred_on: date | None = REFERRED) -> Assessment:
    """Return an assessment without an id of its own, known by child and start."""
    reference = f"{child_id}/{start.isoformat()}"
    return assessment(reference, child_id, clock_on=start, started_on=start, referred_on=referred_on)


def test_a_corrected_start_is_the_same_assessment(database: Database) -> None:
    """Its number stays, so its reassurances do; its reference and its dates are the new ones."""
    given = Reassurance(by="n.okafor@council.example", given_on=AS_OF, expected_on=AS_OF)
    with database.write() as connection:
        read_in(connection, [nameless(MONDAY)])
        (number,) = assessments.open_on(connection, AS_OF)
        reassurances.record(connection, number, given, note="", now=NOW)
        done = read_in(connection, [nameless(MONDAY + timedelta(days=2))])
        (again,) = assessments.open_on(connection, AS_OF).items()
        said = [event.what for event in events.of_assessment(connection, number) if event.kind == "changed"]
    assert again == (number, nameless(MONDAY + timedelta(days=2)))
    assert (done.new, done.changed, done.vanished) == (0, 1, 0)
    assert said == [f"{start} from 2026-10-05 to 2026-10-07" for start in ("clock_on", "started_on")]


@pytest.mark.parametrize(
    "come",
    [
        [nameless(MONDAY + timedelta(days=15))],
        [nameless(MONDAY + timedelta(days=2), referred_on=MONDAY)],
        [nameless(MONDAY + timedelta(days=2), child_id="8")],
        [nameless(MONDAY + timedelta(days=2)), nameless(MONDAY + timedelta(days=3))],
        [assessment("A-9", clock_on=MONDAY + timedelta(days=2), referred_on=REFERRED)],
    ],
    ids=["too far", "another referral", "another child", "two it could be", "an id of its own"],
)
def test_what_may_be_another_assessment_is_another(database: Database, come: list[Assessment]) -> None:
    """The old one has vanished, and each that came is new."""
    with database.write() as connection:
        read_in(connection, [nameless(MONDAY)])
        done = read_in(connection, come)
    assert (done.new, done.changed, done.vanished) == (len(come), 0, 1)


def test_a_move_between_teams_and_a_withdrawn_sign_off_are_kept(database: Database) -> None:
    """A first sign-off is told, and so is one that is taken back."""
    signed = assessment(authorised_on=date(2026, 11, 2))
    with database.write() as connection:
        for row in (assessment(), signed, assessment(team="Court")):
            read_in(connection, [row])
        (number,) = assessments.find(connection, "A-1")
        said = [event.what for event in events.of_assessment(connection, number)]
    assert said == [
        "authorised_on from blank to 2026-11-02",
        "authorised_on from 2026-11-02 to blank",
        "team from Duty to Court",
    ]


@pytest.mark.parametrize(
    "field", ["clock_on", "started_on", "referred_on", "authorised_on", "cancelled_on", "closed_on"]
)
def test_every_date_that_bears_on_the_clock_is_kept(database: Database, field: str) -> None:
    """Its first value where it was blank, another value, and its going; what stays the same is no change."""
    values = [date(2026, 10, 12), date(2026, 10, 12), date(2026, 10, 13)]
    blank = date(2026, 10, 5) if field == "clock_on" else None  # a clock always has a start
    with database.write() as connection:
        for value in (blank, *values, blank):
            read_in(connection, [assessment(**{field: value})])
        (number,) = assessments.find(connection, "A-1")
        said = [event.what for event in events.of_assessment(connection, number)]
    named = blank or "blank"
    assert said == [
        f"{field} from {named} to 2026-10-12",
        f"{field} from 2026-10-12 to 2026-10-13",
        f"{field} from 2026-10-13 to {named}",
    ]


def test_a_first_score_is_no_change(database: Database) -> None:
    """It is the first audit, which is counted from what it became later."""
    with database.write() as connection:
        for score in (None, 74, 82):
            read_in(connection, [assessment(audit_score=score)])
        (number,) = assessments.find(connection, "A-1")
        assert [event.what for event in events.of_assessment(connection, number)] == [
            "audit_score from 74 to 82"
        ]


def test_vanishing_and_coming_back_are_kept(database: Database) -> None:
    """Each time, also where it is gone for good; a reading that misses it again says nothing new."""
    with database.write() as connection:
        for rows in ([assessment()], [], [], [assessment(team="Court")], [], [assessment()], []):
            read_in(connection, rows)
        (number,) = assessments.find(connection, "A-1")
        told = [(event.kind, event.what) for event in events.of_assessment(connection, number)]
    gone, back = ("vanished", "missing from the extract without a sign-off"), ("back", "in the extract again")
    moves = [("changed", "team from Duty to Court"), ("changed", "team from Court to Duty")]
    assert told == [gone, moves[0], back, gone, moves[1], back, gone]


def test_what_had_vanished_before_there_was_a_record_of_it_is_told(database: Database) -> None:
    """A migrated database knows of what is missing now since which reading it is."""
    with database.write() as connection:
        for rows in ([assessment()], []):
            read_in(connection, rows)
    downgrade(database, "0007")
    migrate(database, NOW)
    with database.read() as connection:
        (number,) = assessments.find(connection, "A-1")
        assert [event.kind for event in events.of_assessment(connection, number)] == ["vanished"]


def test_a_rejected_row_has_not_vanished(database: Database) -> None:
    """By its ids, or by its child alone where it has no id of its own."""
    rows = [assessment("A-1", "6"), nameless(MONDAY, "7"), assessment("A-3", "8")]
    rejected = [Rejected(3, "why", "", "A-1", "6"), Rejected(4, "why", "start_missing", "", "7")]
    with database.write() as connection:
        first = read_in(connection, rows)
        done = read_in(connection, [], rejected)
        gone = assessments.vanished_since(connection, first.id)
    assert done.vanished == 1
    assert [each.assessment_id for each in gone] == ["A-3"]


def test_what_is_gone_is_missing_while_a_rejected_row_could_be_any(database: Database) -> None:
    """
    It stays open, and vanishes with the first reading that has no such row; a row that is named is neither.
    """
    slipped = Rejected(2, "10 cells for 9 headings")
    with database.write() as connection:
        read_in(connection, [assessment("A-1", "6"), assessment("A-2", "7"), assessment("A-3", "8")])
        named = Rejected(3, "has no child_id", "", "A-2")
        done = read_in(connection, [assessment("A-3", "8")], [slipped, named])
        assert done.vanished == 0
        assert [each.assessment_id for each in assessments.missing_in(connection, done.id)] == ["A-1"]
        assert len(assessments.open_on(connection, AS_OF)) == 3
        after = read_in(connection, [assessment("A-3", "8")], [named])
        assert after.vanished == 1
        assert assessments.missing_in(connection, after.id) == []
        assert [each.assessment_id for each in assessments.open_on(connection, AS_OF).values()] == [
            "A-2",
            "A-3",
        ]


def test_what_is_missing_and_comes_back_has_not_changed(database: Database) -> None:
    """That it was not there is a fact about a reading, not about the assessment."""
    with database.write() as connection:
        read_in(connection, [assessment()])
        read_in(connection, [], [Rejected(2, "10 cells for 9 headings")])
        back = read_in(connection, [assessment()])
        assert (back.changed, back.unchanged) == (0, 1)
        assert assessments.missing_in(connection, back.id) == []


def test_history_tells_who_was_told_what(database: Database) -> None:
    """Alerts, reassurances and changes, oldest first; a digest that never went says so."""
    with database.write() as connection:
        read = read_in(connection, [assessment()])
        (number,) = assessments.open_on(connection, AS_OF)
        run_id = runs.plan(connection, drafted(sync_id=read.id))
        assert run_id is not None
        told_of = {"run_id": run_id, "assessment": number, "stage": "past_alert", "age": 27}
        to = {"recipient": "n.okafor@council.example", "covering_for": ""}
        connection.execute(insert(alerts).values(told_of | to))
        given = Reassurance(
            by="n.okafor@council.example", given_on=AS_OF, expected_on=AS_OF, reason="absence"
        )
        reassurances.record(connection, number, given, note="seen", now=NOW + timedelta(hours=1))
        told, reassured = events.of_assessment(connection, number)
        assert syncs.latest_applied(connection) is not None
    assert told.what == f"run {run_id}: past alert, day 27, to n.okafor@council.example (not sent)"
    assert (told.kind, reassured.kind) == ("told", "reassured")
    assert reassured.what == (
        "by n.okafor@council.example on 2026-11-23, expected 2026-11-23, absence (by command)"
    )

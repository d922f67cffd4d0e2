"""Quality audits in the store: the latest, the first, and what an extract told before."""

from datetime import date, timedelta

from sqlalchemy import Connection

from alerter.domain.quality_audit import Audit
from alerter.store import assessments, audits
from alerter.store.database import Database
from tests.world.readings import AS_OF, NOW, assessment, read_in

EARLIER, MONDAY, FRIDAY = date(2026, 11, 12), date(2026, 11, 16), date(2026, 11, 20)


def record(connection: Connection, number: int, score: int, on: date) -> None:
    """Record one audit."""
    given = Audit(score=score, by="a@council.example", points={"a": score})
    audits.record(connection, number, given, audited_on=on, now=NOW)


def test_the_latest_and_the_first_by_day(database: Database) -> None:
    """By the day of the audit and not of its recording; one of a later day is not known yet."""
    with database.rehearse() as connection:
        read_in(connection, [assessment("A-1"), assessment("A-2", audit_score=60)])
        one, other = assessments.every(connection)
        assert not audits.are_followed(connection)
        record(connection, one, 85, FRIDAY)
        record(connection, one, 74, MONDAY)
        assert audits.latest(connection, AS_OF)[one].score == 85
        assert audits.latest(connection, MONDAY)[one] == Audit(
            score=74, by="a@council.example", audited_on=MONDAY, points={"a": 74}
        )
        assert audits.first_scores(connection, AS_OF) == {one: 74, other: 60}
        assert audits.are_followed(connection)


def test_a_score_that_an_extract_replaced_was_the_first(database: Database) -> None:
    """Of three the oldest counts, unless an audit was recorded here."""
    with database.rehearse() as connection:
        for score in (50, 60, 90):
            read_in(connection, [assessment("A-1", audit_score=score)])
        (only,) = assessments.every(connection)
        assert audits.first_scores(connection, AS_OF) == {only: 50}
        assert audits.are_followed(connection)
        record(connection, only, 74, MONDAY)
        assert audits.first_scores(connection, AS_OF) == {only: 74}


def test_what_has_vanished_is_in_no_history(database: Database) -> None:
    """Everything else is, ended or not."""
    with database.rehearse() as connection:
        rows = [
            assessment("late", authorised_on=FRIDAY),
            assessment("early", authorised_on=MONDAY, reason="complex", submitted_on=MONDAY),
            assessment("open"),
        ]
        read_in(connection, [*rows, assessment("gone")])
        read_in(connection, rows)
        known = sorted(assessments.every(connection).values(), key=lambda each: each.assessment_id)
        assert known == [rows[1], rows[0], rows[2]]


def test_audits_are_in_use_since_the_first_score(database: Database) -> None:
    """The day on which an extract first told one, be it 0, or of an earlier audit that was recorded here."""
    with database.rehearse() as connection:
        rows = [assessment("none", authorised_on=FRIDAY)]
        read_in(connection, rows)
        audits.note_first_score(connection, FRIDAY)
        assert audits.in_use_since(connection) is None
        read_in(connection, [*rows, assessment("A", audit_score=0)])
        for day in (MONDAY, MONDAY + timedelta(days=7)):
            audits.note_first_score(connection, day)
            assert audits.in_use_since(connection) == MONDAY
        (number,) = assessments.find(connection, "A")
        audits.record(connection, number, Audit(score=79), audited_on=EARLIER, now=NOW)
        assert audits.in_use_since(connection) == EARLIER


def test_only_what_may_lack_an_audit_is_looked_at(database: Database) -> None:
    """Not what has passed, by the extract or here, and never failed here; nor other types or other days."""
    with database.rehearse() as connection:
        rows = [
            assessment("passed", authorised_on=FRIDAY, audit_score=80),
            assessment("failed", authorised_on=MONDAY, audit_score=79),
            assessment("never", authorised_on=FRIDAY),
            assessment("passed here", authorised_on=FRIDAY),
            assessment("failed here", authorised_on=FRIDAY, audit_score=90),
            assessment("other", authorised_on=FRIDAY, type="initial"),
            assessment("before", authorised_on=MONDAY - timedelta(days=1)),
            assessment("open"),
        ]
        read_in(connection, rows)
        number = {each.assessment_id: key for key, each in assessments.every(connection).items()}
        record(connection, number["passed here"], 80, MONDAY)
        record(connection, number["failed here"], 79, MONDAY)
        for types, others in ((["core", "unused"], []), (None, ["other"])):
            found = assessments.doubtful(connection, MONDAY, FRIDAY, 80, types).values()
            ids = sorted(each.assessment_id for each in found)
            assert ids == sorted(["failed", "failed here", "never", *others])
        wanted = [number["passed here"]]
        assert list(audits.latest(connection, AS_OF, wanted)) == wanted

"""Quality audits in the store: the latest, the first, and what an extract told before."""

from datetime import date

from sqlalchemy import Connection

from alerter.domain.audit import Audit
from alerter.store import assessments, audits
from alerter.store.database import Database
from tests.store.made_up import AS_OF, NOW, assessment, read_in

MONDAY, FRIDAY = date(2026, 11, 16), date(2026, 11, 20)


def record(connection: Connection, number: int, score: int, on: date) -> None:
    """
    Record one audit.
    """
    given = Audit(score=score, by="a@council.example", points={"a": score})
    audits.record(connection, number, given, audited_on=on, now=NOW)


def test_the_latest_and_the_first_by_day(database: Database) -> None:
    """
    By the day of the audit and not of its recording; one of a later day is not known yet.
    """
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
    """
    Of three the oldest counts, unless an audit was recorded here.
    """
    with database.rehearse() as connection:
        for score in (50, 60, 90):
            read_in(connection, [assessment("A-1", audit_score=score)])
        (only,) = assessments.every(connection)
        assert audits.first_scores(connection, AS_OF) == {only: 50}
        assert audits.are_followed(connection)
        record(connection, only, 74, MONDAY)
        assert audits.first_scores(connection, AS_OF) == {only: 74}


def test_sign_offs_between_two_days(database: Database) -> None:
    """
    Both included, oldest first; what has vanished is in no history.
    """
    with database.rehearse() as connection:
        rows = [
            assessment("late", authorised_on=FRIDAY),
            assessment("early", authorised_on=MONDAY, reason="complex", submitted_on=MONDAY),
            assessment("open"),
        ]
        read_in(connection, [*rows, assessment("gone")])
        read_in(connection, rows)
        found = assessments.authorised_between(connection, MONDAY, FRIDAY).values()
        assert [each.assessment_id for each in found] == ["early", "late"]
        assert next(iter(found)) == rows[1]
        known = sorted(each.assessment_id for each in assessments.every(connection).values())
        assert known == ["early", "late", "open"]
        assert not assessments.has_audit_score(connection)
        read_in(connection, [*rows, assessment("scored", audit_score=0)])
        assert assessments.has_audit_score(connection)

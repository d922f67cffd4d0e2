"""Which digest an automatic reply answers, and that an absence is recorded once."""

from datetime import date, timedelta

from alerter.store import absences
from alerter.store.absences import Absence, Answered
from alerter.store.bounces import Returned
from alerter.store.database import Database
from tests.store.test_bounces import OF_A, WEEK, send_all
from tests.world.readings import NOW

A, B = "a@council.example", "b@council.example"
UNTIL = date(2026, 12, 4)


def test_the_recipient_answers_their_own_digest_within_its_time(database: Database) -> None:
    """By id or by run, in any case; not another's, nor one that was accepted too long ago."""
    run_id = send_all(database, A, B)
    with database.read() as connection:
        digest = absences.answered(connection, Returned(OF_A, recipient="A@Council.example"), NOW)
        assert digest is not None
        assert digest == Answered(digest.id, run_id, A)
        assert absences.answered(connection, Returned("", run_id, A), NOW - WEEK) == digest
        for stranger in (Returned(OF_A, recipient=B), Returned("", run_id + 1, A), Returned("", 0, A)):
            assert absences.answered(connection, stranger, NOW) is None
        later = NOW + timedelta(seconds=1)
        assert absences.answered(connection, Returned(OF_A, recipient=A), later) is None


def test_an_absence_is_recorded_once_for_each_manager_and_day(database: Database) -> None:
    """The same day in answer to a later digest is no news; it stands with the run that it was learnt by."""
    first, second = (send_all(database, A, weeks=weeks) for weeks in (0, 1))
    with database.write() as connection:
        answered = [absences.answered(connection, Returned("", run_id, A), NOW) for run_id in (first, second)]
        recorded = [absences.record(connection, digest, UNTIL, NOW) for digest in answered if digest]
        assert recorded == [True, False]
        assert absences.of_run(connection, first) == [Absence(A, UNTIL)]
        assert absences.of_run(connection, second) == []

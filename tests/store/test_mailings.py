"""Who was emailed what, as the ledger has it: rows by recipient, teams, and how the emails stand."""

from alerter.domain.policy import Stage
from alerter.store import mailings, outbox
from alerter.store.database import Database
from tests.store.test_alerts import COVER, COVERED, HEAD, MANAGER, a_run, three
from tests.world.readings import NOW, letter


def test_rows_name_both_ends_of_a_cover_and_the_service_manager(database: Database) -> None:
    """Worst first, and what went to a service manager besides last, each with its ids, stage and day."""
    with database.write() as connection:
        first, second, third = three(connection)
        stages = {first: Stage.ON_TRACK, second: Stage.OVERDUE, third: Stage.PAST_ALERT}
        run_id = a_run(connection, 0, stages, COVERED, escalated=(second,))
        rows = mailings.rows_of(connection, run_id)
        teams = mailings.teams_by_recipient(connection, [run_id])
    assert [
        (row.assessment_id, row.stage, row.recipient, row.covering_for, row.is_escalated) for row in rows
    ] == [
        ("A-2", Stage.OVERDUE, COVER, MANAGER, False),
        ("A-3", Stage.PAST_ALERT, COVER, MANAGER, False),
        ("A-1", Stage.ON_TRACK, COVER, MANAGER, False),
        ("A-2", Stage.OVERDUE, HEAD, "", True),
    ]
    assert {row.age for row in rows} == {30}
    assert {row.team for row in rows} == set.union(*teams[run_id].values())
    assert set(teams[run_id]) == {COVER, HEAD}


def test_runs_are_latest_first_and_only_those_of_our_kind(database: Database) -> None:
    """As many as are asked for, with every email that they have; a number without a run is none."""
    with database.write() as connection:
        numbers = [a_run(connection, weeks_ago, {}) for weeks_ago in (2, 1, 0)]
        for kind in ("digest", "summary"):
            outbox.enqueue(connection, numbers[2], kind=kind, edition=0, messages=[letter(MANAGER)], now=NOW)
        assert [run.id for run in mailings.recent_runs(connection, 2)] == [numbers[2], numbers[1]]
        emails = mailings.deliveries(connection, numbers)
        last = mailings.run_of(connection, numbers[2])
        assert mailings.run_of(connection, 99) is None
    assert [(email.run_id, email.kind, email.state) for email in emails] == [
        (numbers[2], "digest", "queued"), (numbers[2], "summary", "queued"),
    ]  # fmt: skip
    assert last is not None
    assert last.id == numbers[2]

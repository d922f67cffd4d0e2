"""How an extract is applied: each staged row meets its stored one by an index or a hash."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, event

from alerter.store import staging
from alerter.store.database import Database
from tests.store.made_up import assessment, begin, facts

ROWS = [
    assessment(f"A-{each}", str(each), authorised_on=date(2026, 11, 2) if each % 20 else None)
    for each in range(2000)
]


@pytest.mark.parametrize("is_analysed", [False, True])
def test_no_row_is_compared_with_every_other(database: Database, *, is_analysed: bool) -> None:
    """With the statistics of an earlier reading as with none, rows are joined on their whole key."""
    with database.rehearse() as connection:
        earlier = staged(connection)
        if is_analysed:
            connection.exec_driver_sql("ANALYZE")
        staging.apply(connection, earlier)
        sync_id = staged(connection)
        steps = [step for sent in applying(connection, sync_id) for step in explained(connection, *sent)]
    wrong = [step for step in steps if compares_all_on_sqlite(step) or compares_all_on_a_server(step)]
    assert wrong == []
    assert any("ix_staged_assessments_key" in step for step in steps)


def staged(connection: Connection) -> int:
    """Stage the rows as a reading of their own; return its number."""
    sync_id = begin(connection)
    staging.stage(connection, sync_id, list(enumerate(map(facts, ROWS))))
    staging.collapse(connection, sync_id)
    return sync_id


def applying(connection: Connection, sync_id: int) -> list[tuple[str, Any]]:
    """Return the statements that apply a reading, which stays staged."""
    sent: list[tuple[str, Any]] = []

    def keep(*said: Any) -> None:
        sent.append((said[2], said[3]))

    with connection.begin_nested() as savepoint:
        event.listen(connection, "before_cursor_execute", keep)
        staging.apply(connection, sync_id)
        event.remove(connection, "before_cursor_execute", keep)
        savepoint.rollback()
    return sent


def explained(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """Return the steps the database takes for a statement."""
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    return [str(row[-1]) for row in connection.exec_driver_sql(f"{explain}{statement}", parameters)]


def compares_all_on_sqlite(step: str) -> bool:
    """Say whether a step reads the store whole, other than through the index of open assessments."""
    return step.startswith("SCAN assessments") and "ix_assessments_open" not in step


def compares_all_on_a_server(step: str) -> bool:
    """Say whether a step compares keys of staged rows only after every pair was made."""
    return all(words in step for words in ("Join Filter", "staged_assessments", "child_id"))

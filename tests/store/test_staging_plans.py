"""How an extract is applied: each staged row meets its stored one by an index or a hash."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, event

from alerter.store.database import Database
from tests.world.readings import assessment, read_in

EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}
EXPLAINABLE = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")

ROWS = [
    assessment(f"A-{number}", str(number), authorised_on=date(2026, 11, 2) if number % 20 else None)
    for number in range(2000)
]
HALF_CHANGED = [replace(row, team="Court") if number % 2 else row for number, row in enumerate(ROWS)]


@pytest.mark.parametrize("is_analysed", [False, True])
def test_no_row_is_compared_with_every_other(database: Database, *, is_analysed: bool) -> None:
    """With the statistics of an earlier reading as with none, rows are joined on their whole key."""
    steps: list[str] = []

    def explain(connection: Connection, _cursor: Any, statement: str, *execution: Any) -> None:
        parameters, _, is_many = execution
        if statement.startswith(EXPLAINABLE) and not is_many:
            explained = connection.exec_driver_sql(
                f"{EXPLAIN[connection.dialect.name]} {statement}", parameters
            )
            steps.extend(str(row[-1]) for row in explained)

    with database.rehearse() as connection:
        read_in(connection, ROWS)
        if is_analysed:
            connection.exec_driver_sql("ANALYZE")
        event.listen(connection, "before_cursor_execute", explain)
        read_in(connection, HALF_CHANGED)
    wrong = [step for step in steps if compares_all_on_sqlite(step) or compares_all_on_a_server(step)]
    assert wrong == []
    for index in ("ix_staged_assessments_key", "ix_unchanged_rows_assessment"):
        assert any(index in step for step in steps)


def compares_all_on_sqlite(step: str) -> bool:
    """Say whether a step reads the store whole, other than through the index of open assessments."""
    return step.startswith(("SCAN assessments", "SCAN stored")) and "ix_assessments_open" not in step


def compares_all_on_a_server(step: str) -> bool:
    """Say whether a step compares keys of staged rows only after every pair was made."""
    return all(words in step for words in ("Join Filter", "staged_assessments", "child_id"))

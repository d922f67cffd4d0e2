"""How the weekly look finds its rows: by index in every statement, however long the history is."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from alerter.pipeline.planning import plan_on
from alerter.store import assessments
from alerter.store.database import Database
from bench import council
from bench.history import make_history

SIZE, YEARS = 20_000, 30
OPEN_ONES = "SCAN assessments USING INDEX ix_assessments_open"


@pytest.fixture
def long_history(database: Database) -> Database:
    """Return a store with thirty years behind it, on SQLite and on PostgreSQL."""
    make_history(database, SIZE, YEARS)
    return database


@contextmanager
def overheard(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Give the list of statements that are executed in the block, with their parameters."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
        heard.append((statement, given))

    event.listen(connection, "before_cursor_execute", hear)
    yield heard
    event.remove(connection, "before_cursor_execute", hear)


def mind_indexes(connection: Connection) -> None:
    """
    Have PostgreSQL use an index where there is one: a table as small as this it may read whole by right.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")


def steps(connection: Connection, statement: str, given: Any) -> list[str]:
    """Return how the engine goes about one statement: each step that reads a table, in its own words."""
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        return [row[3] for row in plan]
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", given)
    return [json.dumps(each) for each in _nodes(plan.scalar_one()[0]["Plan"])]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    children = node.pop("Plans", [])
    yield node
    for child in children:
        yield from _nodes(child)


def is_whole(step: str) -> bool:
    """Say whether a step goes through all assessments there are."""
    if step.startswith("{"):
        node = json.loads(step)
        return node["Node Type"] == "Seq Scan" and node.get("Relation Name") == "assessments"
    return step.startswith("SCAN assessments") and not step.startswith(OPEN_ONES)


@pytest.mark.no_cover
def test_no_statement_goes_through_the_history(long_history: Database) -> None:
    """What is open, what ended lately, what was signed off this year: each comes from an index."""
    with long_history.rehearse() as connection:
        mind_indexes(connection)
        with overheard(connection) as heard:
            plan = plan_on(connection, council.rules(), council.AS_OF)
            by_team = assessments.open_by_team(connection, council.AS_OF)
        assert sum(by_team.values()) == plan.counts["open"]
        assert plan.counts["open"] - plan.counts["on_track"] == council.LISTED
        assert plan.compiler.background.records.teams
        asked = [each for each in heard if "assessments" in each[0]]
        found = {statement: steps(connection, statement, given) for statement, given in asked}
    assert len(found) > 8
    assert {key: value for key, value in found.items() if any(map(is_whole, value))} == {}


def test_a_walk_through_all_of_it_would_be_noticed(database: Database) -> None:
    """A condition that no index knows, so that the test above can fail."""
    with database.rehearse() as connection:
        mind_indexes(connection)
        statement = "SELECT count(*) FROM assessments WHERE worker = 'Worker 7'"
        assert any(map(is_whole, steps(connection, statement, ())))

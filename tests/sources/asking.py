"""What tests of a query do: fill a database as its owner would, and ask it as a source does."""

from datetime import UTC, datetime

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from alerter.sources.source import Source, open_query
from tests.sources.reading import CORE

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CLOCKS = {"core": CORE}
CANONICAL = "SELECT person AS child_id, began AS started_on, ended AS authorised_on, team, note FROM reading"


def send(url: str, *statements: str) -> None:
    """Send *statements* to the database at *url*, as its owner would."""
    engine = create_engine(url, poolclass=NullPool, execution_options={"no_parameters": True})
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def asked(url: str, query: str = CANONICAL, **columns: str) -> Source:
    """Open *query*, as on a fixed moment."""
    return open_query(url, query, columns, CLOCKS, now=NOW)

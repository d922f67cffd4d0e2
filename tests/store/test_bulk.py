"""Very many rows at once: they come back as they went in, and their faults are told like any other."""

from datetime import date

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.engine import make_url

from alerter.errors import StoreAwayError, StoreError
from alerter.store.bulk import Batch, insert_many
from alerter.store.database import Database, open_database
from alerter.store.schema import directory
from tests.world.postgres import PostgresServer

USUAL = {
    "line": [1, 2], "team": ["Duty", "Tîm Ôl"], "worker": ["O'Neil; --", "a\tb\\N"],
    "manager_name": ["", ""], "manager_email": ["", ""], "cover_email": ["", ""], "escalate_to": ["", ""],
    "fault": ["", "cover_until cannot be read"],
}  # fmt: skip


def test_rows_come_back_as_they_went_in(database: Database) -> None:
    """Dates, blanks beside dates, columns that are blank throughout, and text that looks like syntax."""
    columns = USUAL | {
        "cover_from": [date(2026, 11, 23), None],
        "cover_until": [None, None],
        "cover_read_at": [None, None],
    }
    with database.rehearse() as connection:
        insert_many(connection, directory, Batch.of(directory, columns))
        rows = connection.execute(select(directory).order_by(directory.c.line)).mappings().all()
    assert [dict(row) for row in rows] == [
        {name: column[place] for name, column in columns.items()} for place in (0, 1)
    ]


def test_a_refused_row_is_never_quoted(database: Database) -> None:
    """The sentence tells the kind of fault alone, where the driver's repeats the row."""
    with pytest.raises(StoreError, match="it refused a value") as caught, database.write() as connection:
        insert_many(connection, directory, Batch.of(directory, USUAL | {"team": ["canary", None]}))
    assert "canary" not in str(caught.value)
    with database.read() as connection:
        assert connection.execute(select(directory)).all() == []


def test_a_server_that_gives_up_on_a_row_does_not_quote_it(postgresql_url: str) -> None:
    """PostgreSQL says of any fault at which row it was, and what stands there: that much is not told."""
    many = {name: [column[0]] * 20_000 for name, column in USUAL.items()}
    columns = many | {"line": range(20_000), "team": ["canary"] * 20_000}
    database = open_database(postgresql_url)

    def give_up() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = '2ms'")
            insert_many(connection, directory, Batch.of(directory, columns))

    with pytest.raises(StoreError, match="statement timeout") as caught:
        give_up()
    assert "canary" not in str(caught.value)
    assert "COPY" not in str(caught.value)
    database.close()


def test_a_server_that_goes_meanwhile_is_away(postgresql_url: str, postgres_server: PostgresServer) -> None:
    """A connection lost in the middle may come again, and the next one works."""
    database = open_database(postgresql_url)

    def lose() -> None:
        with database.write() as connection:
            end_session(connection, postgres_server)
            insert_many(connection, directory, Batch.of(directory, USUAL))

    with pytest.raises(StoreAwayError):
        lose()
    with database.write() as connection:
        insert_many(connection, directory, Batch.of(directory, USUAL))
        assert len(connection.execute(select(directory)).all()) == 2
    database.close()


def end_session(connection: Connection, server: PostgresServer) -> None:
    """End, as the server's administrator would, the session that *connection* is."""
    number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    administrator = open_database(make_url(server.url).render_as_string(hide_password=False))
    with administrator.aside() as other:
        other.exec_driver_sql("SELECT pg_terminate_backend(%s, 5000)", (number,))
    administrator.close()

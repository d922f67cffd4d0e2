"""The schema: what the migrations make is what the tables say, up and down, and no other is worked on."""

from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.engine import Inspector

from alerter.errors import StoreError
from alerter.store import reassurances
from alerter.store.database import Database, installation_id, open_database
from alerter.store.migration import downgrade, migrate, require_current, schema_version
from alerter.store.schema import REVISION, installation, metadata
from alerter.store.schema import reassurances as reassurance_table
from tests.world.readings import NOW, PAGE


def test_migrations_make_what_the_tables_say(database: Database) -> None:
    """A database that took every step differs in nothing that Alembic can see from the tables."""
    _take_every_step(database)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_a_new_database_is_one_that_took_every_step(empty_database: Database) -> None:
    """
    Columns, keys, checks and partial indexes are the same to the letter, Alembic's own table among them.
    """
    assert migrate(empty_database, NOW) is True
    with empty_database.read() as connection:
        new = _description(connection)
        assert schema_version(connection) == REVISION
    _take_every_step(empty_database)
    with empty_database.read() as connection:
        assert _description(connection) == new
    assert "settled_at IS NULL" in str(new["outbox"])
    assert "version_num" in str(new["alembic_version"])


def test_tables_of_somebody_else_are_in_nobodys_way(empty_database: Database) -> None:
    """A database that others use too is brought to the current schema, and what was there stays."""
    with empty_database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE tally (counted INTEGER)")
    assert migrate(empty_database, NOW) is True
    require_current(empty_database)
    with empty_database.read() as connection:
        assert inspect(connection).has_table("tally")


def test_down_and_up_again(empty_database: Database) -> None:
    """Going down leaves no table but Alembic's own; coming up again is a whole schema."""
    assert migrate(empty_database, NOW) is True
    downgrade(empty_database, "base")
    with empty_database.read() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert schema_version(connection) is None
    assert migrate(empty_database, NOW) is True
    require_current(empty_database)


def test_a_second_migration_does_nothing(database: Database) -> None:
    """A current schema is left alone, and its installation keeps its id."""
    with database.read() as connection:
        before = installation_id(connection)
        assert schema_version(connection) == REVISION
    assert migrate(database, NOW) is False
    with database.read() as connection:
        assert installation_id(connection) == before


def test_a_killed_migration_leaves_nothing(empty_database: Database) -> None:
    """A migration that does not come to its end has made no table."""

    def killed() -> None:
        with empty_database.write() as connection:
            metadata.create_all(connection)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    with empty_database.read() as connection:
        assert inspect(connection).get_table_names() == []


def test_two_migrate_at_once(empty_database: Database) -> None:
    """Of several that start together one migrates, the others find it done."""
    together, did = Barrier(4), []

    def start() -> None:
        other = open_database(empty_database.engine.url.render_as_string(hide_password=False))
        together.wait()
        did.append(migrate(other, NOW))
        other.close()

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(did) == [False, False, False, True]
    with empty_database.read() as connection:
        assert connection.execute(installation.select()).one().created_at == NOW


def test_an_older_schema_is_refused(empty_database: Database) -> None:
    """A database without our schema is not worked on, and the text names the command."""
    with pytest.raises(StoreError, match="run `alerter migrate` first"):
        require_current(empty_database)


def test_a_newer_schema_is_refused(database: Database) -> None:
    """A revision this program does not know is neither worked on nor migrated."""
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer schema than this alerter knows: update alerter"):
        require_current(database)
    with pytest.raises(StoreError, match="update alerter"):
        migrate(database, NOW)


@pytest.mark.parametrize("damage", [b"\xff", b"\xff" * 50_000])
def test_a_damaged_file_is_refused(sqlite_url: str, tmp_path: Path, damage: bytes) -> None:
    """A damaged page, or many, is found at the start, for its rows would only seem to be gone."""
    size = (tmp_path / "alerter.db").stat().st_size
    with (tmp_path / "alerter.db").open("r+b") as file:
        file.seek((size - len(damage)) // PAGE * PAGE)
        file.write(damage)
    database = open_database(sqlite_url)
    with pytest.raises(StoreError, match=r"^the database .*alerter\.db .*restore a backup of it\.$"):
        migrate(database, NOW)
    database.close()


def _take_every_step(database: Database) -> None:
    """Take the schema away and make it anew, migration by migration."""
    downgrade(database, "base")
    assert migrate(database, NOW) is True


def _description(connection: Connection) -> dict[str, list[Any]]:
    """Return all that the database itself tells about each table."""
    inspector = inspect(connection)
    return {table: _parts(inspector, table) for table in inspector.get_table_names()}


def _parts(inspector: Inspector, table: str) -> list[Any]:
    columns = [{**each, "type": str(each["type"])} for each in inspector.get_columns(table)]
    if inspector.dialect.name == "postgresql":
        columns.sort(
            key=lambda column: str(column["name"])
        )  # it adds columns at the end, where SQLite copies
    unordered = [
        *inspector.get_indexes(table),
        *inspector.get_check_constraints(table),
        *inspector.get_unique_constraints(table),
        *inspector.get_foreign_keys(table),
    ]
    return [*columns, inspector.get_pk_constraint(table), *sorted(map(_words, unordered))]


def _words(part: Any) -> str:
    """Return *part* in words: a condition of an index is an object without a text of its own otherwise."""
    if isinstance(part, dict):
        return str({key: _words(value) for key, value in part.items()})
    return str(part)


def test_reassurances_of_the_first_schema_came_by_the_command(database: Database) -> None:
    """
    What was recorded before there was a page is kept, and stands; new ones must say by what means they came.
    """
    downgrade(database, "0001")
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO assessments"
            " (id, assessment_id, child_id, type, clock_on, team, worker, manager_email)"
            " VALUES (1, 'A-1', '7', 'core', '2026-10-12', 'North', '', '')"
        )
        connection.exec_driver_sql(
            "INSERT INTO reassurances"
            ' (id, assessment, "by", given_on, expected_on, reason, note, recorded_at)'
            " VALUES (1, 1, 'n@council.example', '2026-11-16', '2026-11-27', '', '', '2026-11-16 09:00:00')"
        )
    migrate(database, NOW)
    with database.read() as connection:
        (given,) = reassurances.latest(connection).values()
        row = connection.execute(reassurance_table.select()).one()
    assert given.by == "n@council.example"
    assert (row.means, row.withdrawn_at, row.withdrawn_by) == ("command", None, "")
    with pytest.raises(StoreError), database.write() as connection:
        connection.execute(reassurance_table.update().values(means="telephone"))
    downgrade(database, "0001")
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM reassurances").scalar_one() == 1

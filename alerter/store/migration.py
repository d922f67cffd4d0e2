"""Migrates the schema: the version the database has, the one this program needs, and the way between."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    exists,
    inspect,
    select,
)

from alerter.errors import StoreError, StoreLostError
from alerter.store import views
from alerter.store.birth_note import file_of, id_in, is_there, note_of
from alerter.store.database import Database, ensure_installation, take_turns
from alerter.store.engine import refuse_pooler
from alerter.store.schema import REVISION, metadata, metadata_on_server
from alerter.store.sqlite_file import was_left

if TYPE_CHECKING:
    from alembic.config import Config

TRIED = 3
_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own table, as it makes it."""
_revision = select(_version.c.version_num)
is_of_our_revision = exists().where(_version.c.version_num == REVISION)
"""A condition: the schema is this program's."""


def migrate(database: Database, now: datetime, *, is_searched: bool = True) -> bool:
    """
    Bring the database to the current schema; return whether anything had to be done.

    An empty one is given the tables as they are now, an older one is moved there step by step. It is done
    in full or, when it is killed, not at all. A file is *searched* for damaged pages first; it always is
    before its schema is changed, and where its last user was killed.

    Raises:
        StoreLostError: There was a database here, and it is gone or empty.
        StoreError: The database is damaged or newer than this program, or cannot be used; a server has
            another encoding than UTF-8, or hands out its sessions by the transaction.
    """
    require_own_sessions(database)
    refuse_lost(database)
    file = file_of(database)
    was_killed = file is not None and was_left(file)
    is_changed = _brought_up(database, now, is_searched=is_searched or was_killed)
    if is_changed:
        database.wipe()  # so that the file itself, without its log, says which database it is
    return is_changed


def _brought_up(database: Database, now: datetime, *, is_searched: bool) -> bool:
    with database.read() as connection:
        is_current = schema_version(connection) == REVISION
        if is_searched or not is_current:
            refuse_damaged(connection)
        if is_current:
            return False
    with database.write() as connection:
        take_turns(connection, "migrate")
        version = schema_version(connection)
        if version == REVISION:
            return False  # another process was faster
        if version is None and not inspect(connection).get_table_names():
            _make_new(connection)
        else:
            _upgrade(connection, version)
        ensure_installation(connection, now)
    return True


def require_made(database: Database) -> None:
    """
    Refuse to look into a SQLite file that is not there or empty, in place of making one.

    Raises:
        StoreLostError: There was a database here.
        StoreError: There is none yet; the text names the commands that make one.
    """
    refuse_lost(database)
    if not is_there(database):
        raise StoreError(
            f"there is no database {database.engine.url.database} yet: "
            "`alerter sync` and `alerter run` make one."
        )


def refuse_lost(database: Database) -> None:
    """Refuse to begin anew where a database was before."""
    note = note_of(database)
    if note is not None and note.installation and not is_there(database):
        raise StoreLostError(
            f"the database {database.engine.url.database} is gone or empty, and was installation "
            f"{note.installation}: put it back, or the latest backup. To begin anew with nothing in it, "
            f"delete {note.path} first."
        )


def note_birth(database: Database, *, is_adopted: bool = False) -> None:
    """
    Note beside a SQLite file which database it is, for good; another one is noted only where it *is adopted*.

    Raises:
        StoreLostError: The note says that another one was here.
    """
    note = note_of(database)
    if note is None:
        return
    installation = id_in(database)
    if note.installation not in ("", installation) and not is_adopted:
        raise StoreLostError(
            f"the database {database.engine.url.database} is installation {installation}, and was "
            f"{note.installation}: put that one back, or go on with this one: alerter migrate --adopt."
        )
    note.write(installation)


def refuse_damaged(connection: Connection) -> None:
    """
    Refuse a SQLite file with a damaged page, whose rows would otherwise seem to be no longer there.

    Raises:
        StoreError: There is one.
    """
    if connection.dialect.name == "sqlite":
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if verdict != "ok":
            raise StoreError(
                f"the database {connection.engine.url.database} is damaged; restore a backup of it."
            )


def require_current(database: Database) -> None:
    """
    Refuse to work on a schema that is not this program's.

    Raises:
        StoreError: The schema is older (run `alerter migrate`) or newer (update alerter).
    """
    with database.read() as connection:
        version = schema_version(connection)
    if version == REVISION:
        return
    _refuse_newer(version)
    raise StoreError("the database has an older schema than this alerter: run `alerter migrate` first.")


def require_own_sessions(database: Database) -> None:
    """
    Refuse a server behind a pooler that gives no session away for longer than a transaction.

    Others who use the same pooler may hide it once, so it is tried more than once.

    Raises:
        StoreError: There is one, or the database's encoding is not UTF-8.
    """
    if not database.is_sqlite:
        for _ in range(TRIED):
            with database.aside() as one, database.read() as other:
                refuse_pooler(one, other)


def require_ours(connection: Connection) -> None:
    """
    Refuse to go on where another program has changed the schema meanwhile.

    Raises:
        StoreError: Its revision is not this program's.
    """
    if not is_ours(connection):
        raise StoreError(
            "another version of alerter has changed the database meanwhile: this one sends nothing more; "
            "start the newer one."
        )


def is_ours(connection: Connection) -> bool:
    """Say whether the schema's revision is this program's."""
    return connection.execute(_revision).scalar_one_or_none() == REVISION


def schema_version(connection: Connection) -> str | None:
    """Return the schema's revision, or None where there is no schema yet."""
    if not inspect(connection).has_table(_version.name):
        return None
    return connection.execute(_revision).scalar_one_or_none()


def downgrade(database: Database, revision: str) -> None:
    """
    Take the schema back to *revision* (`base` is an empty database); its data go with it.

    Raises:
        StoreError: The database cannot be used.
    """
    from alembic import command  # noqa: PLC0415 - slow, and seldom needed

    with database.write() as connection:
        views.drop(connection)
        command.downgrade(_config(connection), revision)
    database.wipe()
    if revision == "base" and (note := note_of(database)) is not None:
        note.path.unlink(missing_ok=True)


def _make_new(connection: Connection) -> None:
    """Make every table in a database that has none, as the migrations would have made them."""
    tables = metadata if connection.dialect.name == "sqlite" else metadata_on_server()
    tables.create_all(connection, checkfirst=False)
    views.create(connection)
    _version.create(connection, checkfirst=False)
    connection.execute(_version.insert().values(version_num=REVISION))


def _upgrade(connection: Connection, version: str | None) -> None:
    """
    Take every step from *version* to the current schema.

    Raises:
        StoreError: *version* is newer than this program.
    """
    _refuse_newer(version)
    from alembic import command  # noqa: PLC0415 - slow, and seldom needed

    views.drop(connection)  # SQLite changes no table that a view reads
    command.upgrade(_config(connection), "head")
    views.create(connection)


def _refuse_newer(version: str | None) -> None:
    """Refuse a revision that is none of those this program was released with."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow, and seldom needed

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if version is not None and version not in known:
        raise StoreError("the database has a newer schema than this alerter knows: update alerter.")


def _config(connection: Connection | None = None) -> "Config":
    """Point Alembic at the migrations: inside the installed package, or beside it in a checkout."""
    from alembic.config import Config  # noqa: PLC0415 - slow, and seldom needed

    package = Path(__file__).resolve().parent.parent
    installed = package / "migrations"
    folder = installed if installed.is_dir() else package.parent / "migrations"
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", folder.as_posix().replace("%", "%%"))
    return config

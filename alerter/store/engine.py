"""Opens SQLite and PostgreSQL: durable, private, and explicit about transactions."""

import re
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from alerter.errors import StoreError
from alerter.store.sqlite_file import SqliteFile

ENCODING = "UTF8"
SETTINGS = {
    "client_encoding": ENCODING,
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
    "synchronous_commit": "on",
    "idle_session_timeout": "0",  # a sender's lock lives as long as its idle session
}
_SET = """
    SELECT set_config(name, value, false)
    FROM pg_settings JOIN (VALUES {wanted}) AS wanted (name, value) USING (name)
    WHERE name <> 'synchronous_commit' OR setting = 'off'
"""
"""A release without one of them is left so; a commit that waits for a standby is not made to wait less."""
POOLED = (
    "database.url: a pooler hands the server's sessions out by the transaction, and a sender cannot hold the "
    "lock that shows it is alive: set pool_mode = session in PgBouncer, or connect to the server itself."
)
ASKED = 3

MOUNTS = Path("/proc/self/mountinfo")
KINDS = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "davfs",
        "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "fuse.davfs2",
    }
)  # fmt: skip
_WINDOWS_SHARE = re.compile(r"[\\/]{2}[^\\/?.]")
_ESCAPED = re.compile(r"\\([0-7]{3})")

BUSY_SECONDS = 30
CONNECT_SECONDS = 10  # for one attempt; libpq alone would wait for ever for a host that does not answer
CACHE_KIB = 16_384  # of pages in memory; an extract that does not fit is written to the log more than once
PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON",
    "cell_size_check=ON", f"cache_size=-{CACHE_KIB}",
)  # fmt: skip


def begin_session(connection: Any, _record: object) -> None:
    """
    Set a new session's settings, whatever the role and the database have for theirs.

    Raises:
        StoreError: The database's encoding cannot hold every name.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != ENCODING:
        connection.close()
        raise StoreError(
            f"database.url: the database's encoding is {encoding}, and has to be {ENCODING} for every name: "
            "make one with createdb --encoding=UTF8 --template=template0, and name it here."
        )
    wanted = ", ".join(f"('{name}', '{value}')" for name, value in SETTINGS.items())
    connection.execute(_SET.format(wanted=wanted))
    connection.commit()


def refuse_pooler(one: Connection, other: Connection) -> None:
    """
    Refuse a server whose sessions wander: *one* is outside of any transaction, *other* in one.

    A session that is our own is served by the same process each time it asks, and by none that serves
    another. Poolers that hand out what was last given back fail the second, those that take turns the first.

    Raises:
        StoreError: They do.
    """
    process = select(func.pg_backend_pid())
    served_by = {one.execute(process).scalar_one() for _ in range(ASKED)}
    if len(served_by) > 1 or other.execute(process).scalar_one() in served_by:
        raise StoreError(POOLED)


def network_drive(path: Path) -> str:
    """
    Return the kind of network file system that *path* lies on, empty where it lies on this machine.

    Linux says what is mounted where; a Windows share is known by its two leading strokes. A letter
    that Windows gives to a share is not looked behind.
    """
    if _WINDOWS_SHARE.match(str(path)):
        return "a Windows share"
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    kind = kind_of_mount(path.absolute(), mounts)
    return kind if kind in KINDS else ""


def kind_of_mount(path: Path, mounts: str) -> str:
    r"""
    Return the kind of file system that *path* lies on, by *mounts*, the text of Linux's `mountinfo`.

    The longest mount point counts, and of two at one place the later (proc_pid_mountinfo(5)).

    >>> kind_of_mount(Path("/srv/a/b"), "1 1 0:1 / / rw - ext4 x rw\n2 1 0:2 / /srv/a rw - nfs4 y rw")
    'nfs4'
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        place, _, about = line.partition(" - ")
        fields = place.split()
        if len(fields) < 5 or not about:  # noqa: PLR2004 - the fifth field is the mount point
            continue
        mounted_at = Path(_ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), fields[4]))
        if path.is_relative_to(mounted_at) and len(mounted_at.parts) >= best:
            best, kind = len(mounted_at.parts), about.split()[0]
    return kind


def make_engine(url: str, *, allow_network_file: bool = False) -> Engine:
    """
    Return the engine of the database at *url*, which is not connected to yet.

    Raises:
        StoreError: The URL is none of SQLite or PostgreSQL, its driver is not installed, or the SQLite
            file's folder is missing or, without *allow_network_file*, lies on another machine.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        if not allow_network_file:
            _refuse_network_drive(parsed)
        return _sqlite(parsed)
    timeout = {} if "connect_timeout" in parsed.query else {"connect_timeout": CONNECT_SECONDS}
    try:
        engine = create_engine(parsed, connect_args=timeout, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"database.url: the driver {error.name} is not installed; run pip install 'alerter[postgres]'."
        ) from error
    event.listen(engine, "connect", begin_session, insert=True)  # before SQLAlchemy asks how it is set
    return engine


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(
            "database.url: this is no database URL of ours; "
            "write sqlite:///alerter.db or postgresql+psycopg://user@host/name."
        )
    # The driver SQLAlchemy takes for a bare postgresql:// differs between its releases.
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def _refuse_network_drive(url: URL) -> None:
    """Refuse a file whose locks several machines would not agree on (sqlite.org/howtocorrupt.html, 2.1)."""
    if url.database and (kind := network_drive(Path(url.database))):
        raise StoreError(
            f"database.url: {url.database} lies on a network drive ({kind}), where SQLite can lose data: "
            "put it on this machine's own disk, use PostgreSQL, or set database.allow_network_file = true."
        )


def _sqlite(url: URL) -> Engine:
    if url.database and not (folder := Path(url.database).parent).is_dir():
        raise StoreError(f"database.url: the folder {folder} does not exist; create it first.")
    timeout = {} if "timeout" in url.query else {"timeout": BUSY_SECONDS}
    engine = create_engine(url, connect_args=timeout, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    if url.database:
        file = SqliteFile(Path(url.database))
        event.listen(engine, "do_connect", file.make)
        event.listen(engine, "checkout", file.watch)
        event.listen(engine, "begin", file.begin)
        event.listen(engine, "commit", file.commit)
    return engine


def _prepare(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # no BEGIN of the driver's own
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """
    Take the write lock at once, so that no transaction fails half-way because somebody else wrote first.
    """
    options = connection.get_execution_options()
    if not options.get("is_outside", False):  # of any transaction, where a checkpoint has to be
        connection.exec_driver_sql("BEGIN" if options.get("is_read", False) else "BEGIN IMMEDIATE")

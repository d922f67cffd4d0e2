"""A real PostgreSQL for the tests: a server given, or a cluster of their own for one session."""

import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL, make_url

DEBIAN = Path("/usr/lib/postgresql")
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 1 << 30
# Reads until the tests have ended, however they did.
WATCH = 'cat; "$0" stop --silent --mode=immediate --pgdata="$1/data" 2>&1; rm -rf "$1"'
ACCOUNT = "postgres"  # PostgreSQL refuses to run as root
# What a test may leave as it was: the schema, the settings, and the rows that the migrations write.
SHAPE = """
SELECT (SELECT array[count(*), max(oid::bigint)] FROM pg_class),
    (SELECT array[count(*), max(oid::bigint)] FROM pg_constraint),
    (SELECT array[count(*), count(*) FILTER (WHERE attisdropped)] FROM pg_attribute),
    (SELECT count(*) FROM pg_db_role_setting),
    (SELECT array_agg(alembic_version::text) FROM alembic_version),
    (SELECT array_agg(installation::text) FROM installation)
"""
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
FILLED = """
SELECT string_agg(relname, ', ') FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
    AND relname NOT IN ('alembic_version', 'installation')
"""
SEQUENCES = "SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server on which the tests may make databases; *url* names the one to do it from."""

    url: URL

    def create(self, name: str, template: str = "template1", encoding: str = "UTF8") -> str:
        """Make the database *name*, a copy of *template*, in place of any old one; return its URL."""
        self.drop(name)
        locale = "" if encoding == "UTF8" else "LOCALE 'C'"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING "{encoding}" {locale}')
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        """Remove the database *name*, whoever is still connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Carry out one statement from that database."""
        conninfo = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(statement)


class EmptiedDatabase:
    """A copy of *template* that many tests use, one after the other: emptied between them, not made anew."""

    def __init__(self, server: PostgresServer, name: str, template: str) -> None:
        self._server, self._name, self._template = server, name, template
        self._make()

    def empty(self) -> None:
        """Take every row out, whoever is still connected; make it anew where a test left more behind."""
        try:
            with psycopg.connect(self._conninfo, autocommit=True) as connection:
                connection.execute("SET lock_timeout = '10s'")
                connection.execute(OTHERS)
                if connection.execute(SHAPE).fetchone() != self._shape:
                    raise psycopg.OperationalError("it is no longer what it was")
                (filled,) = connection.execute(FILLED).fetchone() or ("",)
                if filled:
                    connection.execute(f"TRUNCATE {filled} CASCADE")
                connection.execute(SEQUENCES)
        except psycopg.Error:
            self._make()

    def drop(self) -> None:
        """Remove it."""
        self._server.drop(self._name)

    def _make(self) -> None:
        self.url = self._server.create(self._name, self._template)
        self._conninfo = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(self._conninfo) as connection:
            self._shape = connection.execute(SHAPE).fetchone()


class PostgresCluster:
    """
    A temporary cluster from Debian's binaries, on a free port of this machine.

    It is made without waiting for the disk and without passwords, so fit for tests alone; run by
    root it runs as `postgres`. Stopping and starting it again is a server that goes away and comes back.
    One that *is_durable* lies on the disk and waits for it at each commit, as a council's does.
    """

    def __init__(self, binaries: Path, *, is_durable: bool = False) -> None:
        self._binaries = binaries
        self._is_durable = is_durable
        self._folder = Path(tempfile.mkdtemp(prefix="alerter-", dir=None if is_durable else _roomy_memory()))
        self._account: dict[str, Any] = {}
        if os.geteuid() == 0:
            shutil.chown(self._folder, ACCOUNT, ACCOUNT)
            self._account = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}
        self._port = _free_port()
        self._watcher = subprocess.Popen(  # noqa: S603 - no part of it comes from outside
            ["/bin/sh", "-c", WATCH, self._binaries / "pg_ctl", self._folder],
            stdin=subprocess.PIPE, cwd=self._folder, start_new_session=True, **self._account,
        )  # fmt: skip
        self._run("initdb", "--auth=trust", "--username=tests", "--encoding=UTF8", "--no-sync")

    @property
    def server(self) -> PostgresServer:
        """Return the server it runs."""
        return PostgresServer(
            URL.create("postgresql+psycopg", "tests", host="127.0.0.1", port=self._port, database="postgres")
        )

    def start(self) -> None:
        """Start the server, and return when it takes connections."""
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1"
        options += "" if self._is_durable else " -c fsync=off"
        self._run("pg_ctl", "start", "--wait", f"--log={self._folder / 'log'}", f"--options={options}")

    def stop(self) -> None:
        """Stop the server at once, as a crash does."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def remove(self) -> None:
        """Stop the server and delete all there is of it, which the watcher does also when we are killed."""
        self._watcher.communicate()

    def _run(self, program: str, *arguments: str) -> None:
        # Its output goes to a file: the server that pg_ctl starts keeps it open.
        with tempfile.TemporaryFile() as output:
            ended = subprocess.run(  # noqa: S603 - no part of it comes from outside
                [self._binaries / program, f"--pgdata={self._folder / 'data'}", *arguments],
                cwd=self._folder, stdout=output, stderr=output, check=False, **self._account,
            )  # fmt: skip
            output.seek(0)
            assert ended.returncode == 0, f"{program}: {output.read().decode()}"


def debian_binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL that Debian's package has installed."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def _roomy_memory() -> Path | None:
    """Return the file system in memory where it has room: to make a database is to make 300 files."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else None


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

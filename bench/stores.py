"""Databases to measure on: a SQLite file, and one on a PostgreSQL of Debian's where that is installed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.world.postgres import PostgresCluster, PostgresServer, debian_binaries

VARIABLE = "ALERTER_TEST_DATABASE_URL"
NO_POSTGRESQL = "PostgreSQL: not measured, for Debian's `postgresql` is not installed"


def sqlite_url(folder: Path, name: str) -> str:
    """Return the URL of a SQLite file in *folder*."""
    return f"sqlite:///{folder / name}.db"


@contextmanager
def postgresql() -> Iterator[PostgresServer | None]:
    """
    Give a running server: the one named in the environment, or one of our own; None where there is neither.

    One of our own writes without waiting for the disk: it is for what reads.
    """
    if url := os.environ.get(VARIABLE):
        yield PostgresServer(make_url(url))
        return
    binaries = debian_binaries()
    if binaries is None:
        yield None
        return
    cluster = PostgresCluster(binaries)
    try:
        cluster.start()
        yield cluster.server
    finally:
        cluster.remove()

"""A PostgreSQL of its own for a measurement, which waits for its disk at each commit."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.world.postgres import PostgresCluster, PostgresServer, debian_binaries


@contextmanager
def durable_server() -> Iterator[PostgresServer | None]:
    """Start a server on the disk and give it; None where PostgreSQL is not installed."""
    binaries = debian_binaries()
    if binaries is None:
        yield None
        return
    cluster = PostgresCluster(binaries, is_durable=True)
    try:
        cluster.start()
        yield cluster.server
    finally:
        cluster.remove()

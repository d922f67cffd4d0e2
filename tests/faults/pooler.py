"""Debian's PgBouncer on a port of 127.0.0.1, before the tests' own PostgreSQL."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy.engine import make_url

from alerter.pipeline.sending import wait_until
from tests.world.mail_server import free_port
from tests.world.postgres import ACCOUNT

PATIENCE_SECONDS = 20
SETTINGS = """
[databases]
* = host={host} port={server} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
server_round_robin = {turns}
"""


def pgbouncer() -> str | None:
    """Return the program, where it is installed."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pooled(url: str, *, mode: str, size: int = 4, turns: int = 0) -> Iterator[str]:
    """Give the URL of the database at *url* through a pooler of *size* sessions in that *mode*."""
    program, server, port = pgbouncer(), make_url(url), free_port()
    assert program is not None
    with TemporaryDirectory(prefix="alerter-") as folder:
        file = Path(folder) / "pgbouncer.ini"
        file.write_text(
            SETTINGS.format(
                host=server.host, server=server.port, user=server.username, port=port, mode=mode, size=size,
                turns=turns,
            ),
            encoding="ascii",
        )  # fmt: skip
        account = [f"--user={ACCOUNT}"] if os.geteuid() == 0 else []
        Path(folder).chmod(0o755)
        running = subprocess.Popen([program, "--quiet", *account, str(file)], stderr=subprocess.DEVNULL)  # noqa: S603 - Debian's own
        through = server.set(host="127.0.0.1", port=port)
        try:
            assert wait_until(
                lambda: _answers(through.set(drivername="postgresql").render_as_string()), PATIENCE_SECONDS
            )
            if turns:
                _fill(through.set(drivername="postgresql").render_as_string(), size)
            yield through.render_as_string(hide_password=False)
        finally:
            running.terminate()
            running.wait()


def _answers(conninfo: str) -> bool:
    try:
        psycopg.connect(conninfo, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _fill(conninfo: str, size: int) -> None:
    """Make the pooler open all its sessions, so that it has others to turn to."""
    with ExitStack() as stack:
        for _ in range(size):
            stack.enter_context(psycopg.connect(conninfo)).execute(
                "SELECT 1"
            )  # each in a transaction of its own

"""What every test may ask for: a database of each kind, a council, a mail server, a watcher, a browser."""

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser
from sqlalchemy.engine import make_url

from alerter.store.database import Database, open_database
from alerter.store.migration import migrate
from tests.world.browser import NO_CHROMIUM, chromium, chromium_path
from tests.world.mail_server import MailServer
from tests.world.office import Office, new_office
from tests.world.postgres import EmptiedDatabase, PostgresCluster, PostgresServer, debian_binaries
from tests.world.size import size
from tests.world.web import Watcher

FOLDER = Path(__file__).parent
UNTRACED = ("acceptance", "bench", "docs", "soak")
BOTH = ("sqlite", "postgresql")
MADE_AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NO_POSTGRES = (
    "no PostgreSQL to test on: `apt-get install postgresql`, or set ALERTER_TEST_DATABASE_URL "
    "to a server where databases may be made (postgresql+psycopg://user@host/postgres)"
)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Open a database with the current schema and no rows, once on each kind."""
    opened = open_database(request.getfixturevalue(f"{request.param}_url"))
    yield opened
    opened.close()


@pytest.fixture(params=BOTH)
def empty_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Open a database without any table, once on each kind."""
    opened = open_database(request.getfixturevalue(f"empty_{request.param}_url"))
    yield opened
    opened.close()


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """Return the URL of a migrated SQLite file of the test's own."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'alerter.db')}"


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Return the URL of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def postgresql_url(emptied_database: EmptiedDatabase) -> Iterator[str]:
    """Return the URL of a migrated PostgreSQL database without rows."""
    yield emptied_database.url
    emptied_database.empty()


@pytest.fixture
def empty_postgresql_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Return the URL of a PostgreSQL database without tables."""
    name = f"alerter_empty_{os.getpid()}"
    yield postgres_server.create(name)
    postgres_server.drop(name)


@pytest.fixture
def office(tmp_path: Path, migrated_file: Path) -> Iterator[Office]:
    """Return a configured council, whose installations are closed after the test."""
    shutil.copy(migrated_file, tmp_path / "alerter.db")
    with closing(new_office(tmp_path)) as office:
        yield office


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    """Run a mail server that takes everything."""
    with MailServer() as server:
        yield server


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    """Run a watcher that hears the heartbeat."""
    with Watcher() as listening:
        yield listening


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the migrated SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("migrated") / "alerter.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres_server: PostgresServer) -> Iterator[str]:
    """Make the migrated PostgreSQL database that tests copy."""
    name = f"alerter_test_{os.getpid()}"
    _migrate(postgres_server.create(name))
    yield name
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def emptied_database(postgres_server: PostgresServer, migrated_template: str) -> Iterator[EmptiedDatabase]:
    """Make the one migrated PostgreSQL database that the tests of this process use."""
    database = EmptiedDatabase(postgres_server, f"{migrated_template}_emptied", migrated_template)
    yield database
    database.drop()


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> PostgresServer:
    """Return the server in ALERTER_TEST_DATABASE_URL, or else the one of the temporary cluster."""
    if url := os.environ.get("ALERTER_TEST_DATABASE_URL"):
        return PostgresServer(make_url(url))
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    return cluster.server


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """Run a temporary cluster until the session ends, where PostgreSQL is installed."""
    binaries = debian_binaries()
    if binaries is None:
        pytest.skip(NO_POSTGRES)
    cluster = PostgresCluster(binaries)
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """
    Return the system's Chromium, where it is installed.

    One for each module and never two at a time: Playwright refuses a second one in the same process.
    """
    if chromium_path() is None:
        pytest.skip(NO_CHROMIUM)
    with chromium() as running:
        yield running


def pytest_configure() -> None:
    """
    Let a property be tried on 30 examples, or 300 under `make soak`, for as long as it takes.

    A test that names a number of its own is dearer than others, or is a long proof itself.
    """
    unhurried = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    settings.register_profile(
        "alerter", max_examples=size(30, 300), deadline=None, suppress_health_check=unhurried
    )
    settings.load_profile("alerter")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Leave out of the coverage what goes over the same lines once more, for tracing costs half as much again.

    Those are the property tests, by the hundred, and the folders whose tests work whole programs.
    """
    for item in items:
        folder = item.path.relative_to(FOLDER).parts[0] if item.path.is_relative_to(FOLDER) else ""
        if folder in UNTRACED or item.get_closest_marker("hypothesis") is not None:
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """Say loudly, below all else, when nothing was tested on PostgreSQL, or looked at in a browser."""
    yield
    skipped = [str(each.longrepr) for each in terminalreporter.stats.get("skipped", [])]
    for reason in NO_POSTGRES, NO_CHROMIUM:
        if count := sum(reason in each for each in skipped):
            terminalreporter.write_line(f"NOT TESTED: {count} tests found {reason}.", red=True, bold=True)


def _migrate(url: str) -> None:
    database = open_database(url)
    migrate(database, MADE_AT)
    database.close()

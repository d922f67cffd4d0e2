"""
What the fault tests may ask for: a council to break, on either database. And the table they end in.

`make faults` sets ALERTER_FAULT_TABLE, and `docs/fault-matrix.md` is written anew from what was shown.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alerter.store.database import open_database
from tests.faults.roster import number_of
from tests.faults.system_calls import Call
from tests.faults.table import DOCUMENT, Shown, document
from tests.faults.week import calls_of_week, made_ready
from tests.world.council import Council
from tests.world.ledger import ledger_of
from tests.world.mail_server import MailServer
from tests.world.office import Office, new_office
from tests.world.postgres import PostgresServer
from tests.world.service import Service, waiting
from tests.world.stored_council import Council as Mailroom

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
ON_FILE = frozenset({"council", "on_file", "desk", "mailroom", "monday", "sqlite_url", "migrated_file"})
IN_PART = "shown_in_part"
_shown: defaultdict[int, Shown] = defaultdict(Shown)


@pytest.fixture
def office() -> Iterator[MailServer]:
    """Run a mail server at whose every step a test may step in."""
    with MailServer() as server:
        yield server


@pytest.fixture
def council(tmp_path: Path, migrated_file: Path, office: MailServer) -> Council:
    """Return a council on a migrated SQLite file whose mail server is `office`."""
    shutil.copy(migrated_file, tmp_path / "alerter.db")
    council = Council(tmp_path, office.port)
    council.configure()
    return council


@pytest.fixture(params=["sqlite", "postgresql"])
def either_council(request: pytest.FixtureRequest, council: Council) -> Council:
    """Return such a council, and again one on PostgreSQL."""
    if request.param == "postgresql":
        council.configure(database__url=request.getfixturevalue("postgresql_url"))
    return council


@pytest.fixture
def week(either_council: Council) -> Council:
    """Return a council whose extract is read in, and whose weekly job is `WEEK`."""
    return made_ready(either_council)


@pytest.fixture
def on_file(council: Council) -> Council:
    """Return a council on a SQLite file, ready for its weekly job."""
    return made_ready(council)


@pytest.fixture
def monday(tmp_path: Path, migrated_file: Path, post_office: MailServer) -> Iterator[Service]:
    """Return a service that waits for its Service, with `post_office` for its mail server."""
    with waiting(tmp_path, migrated_file, post_office.port) as monday:
        yield monday


@pytest.fixture
def mailroom(sqlite_url: str, tmp_path: Path) -> Iterator[Mailroom]:
    """Return a council whose messages a test delivers by a transport of its own."""
    with closing(open_database(sqlite_url)) as database:
        yield Mailroom(database, tmp_path)


@pytest.fixture
def desk(tmp_path: Path, migrated_file: Path) -> Iterator[Office]:
    """Return a council that does its weekly job in the tests' process, and sends into a folder."""
    shutil.copy(migrated_file, tmp_path / "alerter.db")
    with closing(new_office(tmp_path)) as desk:
        yield desk


@pytest.fixture
def calls(request: pytest.FixtureRequest, week: Council) -> list[Call]:
    """Return the system calls that `WEEK` makes on the database of `week`."""
    kind = "sqlite" if ledger_of(week).is_file else "postgresql"
    return list(request.getfixturevalue(f"{kind}_calls"))


@pytest.fixture(scope="session")
def sqlite_calls(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> list[Call]:
    """Write down the system calls of `WEEK` on a SQLite file."""
    folder = tmp_path_factory.mktemp("calls")
    shutil.copy(migrated_file, folder / "alerter.db")
    return calls_of_week(folder)


@pytest.fixture(scope="session")
def postgresql_calls(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer, migrated_template: str
) -> list[Call]:
    """Write down the system calls of `WEEK` on PostgreSQL."""
    name = f"{migrated_template}_calls"
    url = postgres_server.create(name, migrated_template)
    calls = calls_of_week(tmp_path_factory.mktemp("calls"), url)
    postgres_server.drop(name)
    return calls


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark of a row that cannot be shown in full."""
    config.addinivalue_line(
        "markers", f"{IN_PART}(what): the row is shown but for *what*, which cannot be here, and why"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note beside each test of a row what its reports do not tell: its database, and what it leaves out."""
    for item in items:
        if number_of(item.name) is not None:
            item.user_properties.extend(("database", each) for each in _databases(item))
            item.user_properties.extend((IN_PART, str(mark.args[0])) for mark in item.iter_markers(IN_PART))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Gather what each row came to."""
    number = number_of(report.nodeid.rpartition("::")[2])
    if number is None or (report.when != "call" and report.passed):
        return
    row = _shown[number]
    row.outcomes.add(report.outcome)
    told = [str(value) for name, value in report.user_properties if name == "database"]
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        row.missing.add(f"{reason} (PostgreSQL)" if POSTGRESQL in told else reason)
    else:
        row.databases.update(told)
    row.missing.update(str(value) for name, value in report.user_properties if name == IN_PART)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the document where that was asked for; of several processes, the one that hears from all."""
    if os.environ.get("ALERTER_FAULT_TABLE") and not hasattr(session.config, "workerinput"):
        DOCUMENT.write_text(document(_shown), encoding="utf-8")


def _databases(item: pytest.Item) -> list[str]:
    """Return what a test works on: by its parameter, else by the fixtures it asks for."""
    names: list[str] = getattr(item, "fixturenames", [])
    params = getattr(getattr(item, "callspec", None), "params", {}).values()
    if "postgresql" in params or (
        "sqlite" not in params and any(name.startswith("postgres") for name in names)
    ):
        return [POSTGRESQL]
    is_on_file = {"council", "on_file", "desk", "mailroom", "monday", "sqlite_url", "migrated_file"} & set(
        names
    )
    return [SQLITE] if is_on_file else []

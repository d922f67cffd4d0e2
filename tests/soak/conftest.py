"""What the proofs may ask for: databases by the dozen on each kind, and figures that are told at the end."""

import shutil
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.conftest import BOTH
from tests.world.postgres import PostgresServer
from tests.world.size import IS_SOAK

Fresh = Callable[[Path], AbstractContextManager[str]]
FIGURES = pytest.StashKey[dict[str, Counter[str]]]()


@pytest.fixture(scope="module", params=BOTH)
def fresh(request: pytest.FixtureRequest) -> Fresh:
    """Return what makes a migrated database in a folder, gives its URL, and removes it, on each kind."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("migrated_file")
        return lambda folder: _file(template, folder)
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name: str = request.getfixturevalue("migrated_template")
    return lambda _folder: postgres_copy(server, name)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Counter[str]:
    """Return a tally that is printed when a soak has ended, one for each module and kind of database."""
    callspec = getattr(request.node, "callspec", None)
    kind = callspec.params.get("fresh", "") if callspec is not None else ""
    way = "by graph" if "by_graph" in request.node.name else ""
    name = " ".join(filter(None, (Path(request.node.fspath).stem, way, kind)))
    return request.config.stash.setdefault(FIGURES, {}).setdefault(name, Counter())


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None, None, None]:
    """Print the figures of a soak."""
    yield
    for name, counted in config.stash.get(FIGURES, {}).items() if IS_SOAK else ():
        words = ", ".join(f"{what} {count}" for what, count in sorted(counted.items()))
        terminalreporter.write_line(f"{name}: {words}")


@contextmanager
def _file(template: Path, folder: Path) -> Iterator[str]:
    yield f"sqlite:///{shutil.copy(template, folder / 'alerter.db')}"


@contextmanager
def postgres_copy(server: PostgresServer, template: str) -> Iterator[str]:
    """Make a copy of a database, give its URL, and remove it."""
    name = f"{template}_soak"
    yield server.create(name, template)
    server.drop(name)

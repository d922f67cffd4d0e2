"""What the tests of the page may ask for: a council with its page, and a browser."""

import shutil
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.app.office import Office, new_office
from tests.browser import NO_CHROMIUM, chromium, chromium_path
from tests.web.house import House, new_house


@pytest.fixture
def office(tmp_path: Path, migrated_file: Path) -> Iterator[Office]:
    """
    Return a configured council, whose installations are closed after the test.
    """
    shutil.copy(migrated_file, tmp_path / "alerter.db")
    with closing(new_office(tmp_path)) as office:
        yield office


@pytest.fixture
def house(office: Office) -> Iterator[House]:
    """
    Return a council with its page.
    """
    with new_house(office) as house:
        yield house


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """
    Return the system's Chromium, where it is installed.
    """
    if chromium_path() is None:
        pytest.skip(NO_CHROMIUM)
    with chromium() as running:
        yield running


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """
    Say loudly, below all else, when nothing was looked at in a browser.
    """
    yield
    skipped = [
        each for each in terminalreporter.stats.get("skipped", []) if NO_CHROMIUM in str(each.longrepr)
    ]
    if skipped:
        terminalreporter.write_line(
            f"NOT TESTED: {len(skipped)} tests found {NO_CHROMIUM}.", red=True, bold=True
        )

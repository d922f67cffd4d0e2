"""
Pictures of the pages, as a phone and a desktop show them: `make screenshots` writes them into `build/`, and
those that the documents show into `docs/pictures/`.

They are of the made-up borough on a day that never changes, so that two of them can be compared.
"""

import io
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, Page

from alerter.app.logs import open_journal
from alerter.demo.postbox import HOST
from alerter.demo.show import Shown, showing
from alerter.web.server import listening
from tests.world.browser import DESKTOP, PHONE, chromium, opened

AS_OF = date(2026, 11, 26)
FOLDER = Path("build/screenshots")
PICTURES = Path("docs/pictures")
LOOKS = {
    "phone": (PHONE, False),
    "phone-dark": (PHONE, True),
    "desktop": (DESKTOP, False),
    "desktop-dark": (DESKTOP, True),
}


def list_(page: Page, shown: Shown) -> None:
    """The busiest manager's list, with two ticked."""
    page.goto(shown.link)
    for place in (0, 2):
        page.locator("input[name=pick]").nth(place).check()


def fault(page: Page, shown: Shown) -> None:
    """The same, when a day was forgotten."""
    list_(page, shown)
    page.get_by_role("button", name="Save").click()


def recorded(page: Page, shown: Shown) -> None:
    """What was recorded, each with its undo."""
    list_(page, shown)
    page.locator("#expected-all").fill((AS_OF + timedelta(days=8)).isoformat())
    page.locator("#reason-all").select_option("partner")
    page.get_by_role("button", name="Save").click()


def service(page: Page, shown: Shown) -> None:
    """All teams, as an admin sees them."""
    page.goto(shown.service_link)


def stale(page: Page, shown: Shown) -> None:
    """A link that no longer opens anything."""
    page.goto(f"{shown.link}x")


def audits(page: Page, shown: Shown) -> None:
    """What the busiest manager may audit."""
    page.goto(shown.link)
    page.get_by_role("link", name="Audits", exact=True).click()


def audit(page: Page, shown: Shown) -> None:
    """The form of the most urgent one, with its total."""
    audits(page, shown)
    page.locator(".kept a").first.click()
    for select in page.locator(".points select").all():
        select.select_option("6")
    page.get_by_role("button", name="Work out the total").click()
    page.locator("#sum").wait_for()


PAGES: dict[str, Callable[[Page, Shown], None]] = {
    "list": list_, "fault": fault, "recorded": recorded, "audits": audits, "audit": audit,
    "service": service, "stale": stale,
}  # fmt: skip
IN_DOCUMENTS = {"page": list_, "audit": audit}


@contextmanager
def served() -> Iterator[Shown]:
    """Give the demonstration with its page running."""
    with tempfile.TemporaryDirectory() as folder, showing(Path(folder), AS_OF) as shown:
        journal = open_journal(io.StringIO(), "text", "alerter.screenshots")
        with listening(shown.installation, journal, HOST, shown.port) as server:
            Thread(target=server.run, daemon=True).start()
            yield shown


def take(browser: Browser, shown: Shown, folder: Path) -> list[Path]:
    """Write a picture of every page in every look; return them."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    for name, go in PAGES.items():
        for look, (width, is_dark) in LOOKS.items():
            with opened(browser, width=width, is_dark=is_dark) as page:
                go(page, shown)
                taken.append(folder / f"page-{name}-{look}.png")
                page.screenshot(path=taken[-1], full_page=True)
    return taken


def take_for_documents(browser: Browser, shown: Shown, folder: Path) -> list[Path]:
    """Write the pictures that the documents show, the top of each page alone; return them."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    for name, go in IN_DOCUMENTS.items():
        with opened(browser, width=960) as page:
            go(page, shown)
            page.evaluate("scrollTo(0, 0)")
            taken.append(folder / f"{name}.png")
            page.screenshot(path=taken[-1])
    return taken


if __name__ == "__main__":
    with served() as demonstration, chromium() as running:
        pictures = take_for_documents(running, demonstration, PICTURES)
        for path in (*pictures, *take(running, demonstration, FOLDER)):
            sys.stdout.write(f"{path}\n")

"""The system's own Chromium, driven by Playwright; it speaks to this machine only."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",  # tests may run as root, in a container of their own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NO_CHROMIUM = "no browser to test with: `apt-get install chromium`"
PHONE, DESKTOP = 320, 1280
HEIGHT = 900


def chromium_path() -> str | None:
    """Return where Chromium is, or None where it is not installed."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a running browser without any profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=list(ARGUMENTS), env={**os.environ, "LANGUAGE": "en_GB"}
        )
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, *, width: int = DESKTOP, is_dark: bool = False) -> Iterator[Page]:
    """Give a page of a fresh visitor, so wide, in light or dark."""
    scheme = "dark" if is_dark else "light"
    size = {"width": width, "height": HEIGHT}
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="en-GB")
    yield context.new_page()
    context.close()

"""
Pictures of the emails, at the widths of phones and desks, light and dark: `make screenshots` writes them into
`build/`, and those that the documents show into `docs/pictures/`.

They are the made-up digests that the tests compare with `tests/approved/`, in each language.
"""

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser

from tests.mail.gallery import LINK, RECORD_URL, pages, rendered
from tests.world.browser import chromium, opened

FOLDER = Path("build/screenshots")
PICTURES = Path("docs/pictures")
PHONE, DESK, TALLEST = 390, 720, 1280  # pixels
IN_DOCUMENTS = {
    "digest": ("digest-second-week", DESK),
    "digest-on-a-phone": ("digest-second-week", PHONE),
    "all-clear": ("digest-all-clear", DESK),
    "service": ("service", DESK),
    "summary": ("summary", DESK),
}
"""The emails that the documents show, each at a width."""
WIDTHS = (320, 390, 900)
SCHEMES = {"light": False, "dark": True}


def take(browser: Browser, folder: Path) -> Iterator[Path]:
    """Write a picture of every email at every width in both schemes, and give each as it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    for width, (scheme, is_dark) in product(WIDTHS, SCHEMES.items()):
        with opened(browser, width=width, is_dark=is_dark) as page:
            for name, html in pages().items():
                page.set_content(html)
                path = folder / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=path, full_page=True)
                yield path


def take_for_documents(browser: Browser, folder: Path) -> Iterator[Path]:
    """Write the pictures that the documents show, the top of each email, and give each as it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    emails = {name: email.html for name, email in rendered("en", LINK, record_url=RECORD_URL).items()}
    emails["summary"] = pages()["summary"]
    for name, (email, width) in IN_DOCUMENTS.items():
        with opened(browser, width=width) as page:
            page.set_content(emails[email])
            height = min(TALLEST, page.evaluate("document.body.scrollHeight"))
            path = folder / f"{name}.png"
            page.screenshot(
                path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height}
            )
            yield path


if __name__ == "__main__":
    with chromium() as running:
        for path in (*take(running, FOLDER), *take_for_documents(running, PICTURES)):
            sys.stdout.write(f"{path}\n")

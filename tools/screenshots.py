"""
Take pictures of the emails at the widths of phones and desks, light and dark, in both languages.

    python tools/screenshots.py [FOLDER]        (or: make screenshots)

Needs Debian's package `chromium`, or another browser named in ALERTER_CHROMIUM. The pictures are for looking
at: git ignores the folder. The digests are the made-up ones that the tests compare with `tests/approved/`.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.mail.gallery import pages

FOLDER = Path(__file__).parents[1] / "build" / "screenshots"
CHROMIUM = os.environ.get("ALERTER_CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDTHS = (320, 360, 900)
SCHEMES = ("light", "dark")


def main(folder: Path) -> int:
    """
    Write a picture of every page at every width in both schemes, and return how many there are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for width in WIDTHS:
            for scheme in SCHEMES:
                view = {"width": width, "height": 900}
                page = browser.new_page(viewport=view, color_scheme=scheme, device_scale_factor=1)
                for name, html in pages().items():
                    page.set_content(html)
                    page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                    taken += 1
                page.close()
        browser.close()
    return taken


if __name__ == "__main__":
    into = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    print(f"{main(into)} pictures in {into}")

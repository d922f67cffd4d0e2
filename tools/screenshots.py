"""
Take pictures of the emails at the widths of phones and desks, light and dark, in both languages.

    python tools/screenshots.py [FOLDER]        (or: make screenshots)

Needs Debian's package `chromium`. The pictures are for looking at: git ignores the folder. The digests are
the made-up ones that the tests compare with `tests/approved/`.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser import HEIGHT, chromium
from tests.mail.gallery import pages

FOLDER = Path(__file__).parents[1] / "build" / "screenshots"
WIDTHS = (320, 360, 900)
SCHEMES = ("light", "dark")


def main(folder: Path) -> int:
    """
    Write a picture of every page at every width in both schemes, and return how many there are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    with chromium() as browser:
        for width in WIDTHS:
            for scheme in SCHEMES:
                view = {"width": width, "height": HEIGHT}
                page = browser.new_page(viewport=view, color_scheme=scheme, device_scale_factor=1)
                for name, html in pages().items():
                    page.set_content(html)
                    page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                    taken += 1
                page.close()
    return taken


if __name__ == "__main__":
    into = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    print(f"{main(into)} pictures in {into}")

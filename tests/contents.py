"""
`docs/decisions.md`: newest first, with a table of contents.

`make documents` sorts the page and writes its contents anew, so that a decision may be added anywhere in it.
"""

import re
import sys
from itertools import groupby
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs/decisions.md"
CONTENTS = "## Contents\n"


def anchor_of(heading: str) -> str:
    """
    Return the anchor of a heading as GitHub makes it.

    >>> anchor_of("`[email.smtp]`"), anchor_of("2026-11-30: No directory, no digest")
    ('emailsmtp', '2026-11-30-no-directory-no-digest')
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def page(text: str) -> str:
    """Return the page with its decisions sorted by day, newest first, those of one day as they stand."""
    head, *sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    decisions = [section.strip() for section in sections if not section.startswith(CONTENTS)]
    decisions.sort(key=_day, reverse=True)
    contents = "\n".join(
        f"**{day}**\n\n" + "".join(_entry(decision) for decision in group)
        for day, group in groupby(decisions, _day)
    )
    return f"{head}{CONTENTS}\n{contents}\n" + "\n\n".join(decisions) + "\n"


def _heading(decision: str) -> str:
    return decision.partition("\n")[0].removeprefix("## ")


def _day(decision: str) -> str:
    return _heading(decision).partition(": ")[0]


def _entry(decision: str) -> str:
    heading = _heading(decision)
    return f"- [{heading.partition(': ')[2]}](#{anchor_of(heading)})\n"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")

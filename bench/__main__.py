"""
Every measurement, one after the other, written to docs/performance.md.

    python -m bench            all of them
    python -m bench --quick    small sizes, printed only: proof that they still run
"""

import contextlib
import io
import os
import platform
import sys
from pathlib import Path

from bench import burst, delivery, digests, rival, selection, sources, starting, sync, working_days

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
INTRODUCTION = """\
# Performance

Made by `make bench`. Every figure is a ratio of things measured in one process, in turns, so that a busy
machine slows both; the seconds beside them are of that machine and that hour. Peers that are not
installed are named and left out.
"""

SHORTFALLS = """\
## What is not met, and why

- **The open assessments on a server**: psycopg makes dates in C, so that our values are most of the time.
- **The first sync**: each row is checked, compared and kept with the indexes that the weekly questions
  need, seven of them on a server; reading, staging and keeping cost about the same.
- **Digests**: half is the templates, half the reading back of every message, which is a promise.
- **Sending**: two commits a message wait for the disk, the mark before the dot and the outcome with the
  next claim, and SQLAlchemy takes most of the processor's time between them. Where a mail server is ten
  milliseconds away, which is near, we are quicker than `smtplib`, for MAIL, RCPT and DATA go out together.
  More senders help only where the mail server is what they wait for; here two processors are shared by
  senders, server and sink.
- **The weekly job**: half of it is starting (settings, calendar, database, templates) and reading; the
  script keeps no ledger.
- **`alerter status`**: every command reads and checks the whole settings first; SQLAlchemy is a third of
  what is imported.
"""


def main(*, is_quick: bool) -> None:
    """
    Run each measurement; write the page, unless only the small sizes were run.
    """
    parts = {
        "Working days": lambda: working_days.main(*((2, 500) if is_quick else (15,))),
        "Reading a workbook": lambda: sources.main(*((200, 1) if is_quick else ())),
        "An extract into the store": lambda: sync.main(*((500, 1, 500) if is_quick else ())),
        "The week behind ever more history": lambda: selection.main(*((1, 2_500) if is_quick else ())),
        "Digests": lambda: digests.main(*((2, (20,)) if is_quick else ())),
        "Sending": lambda: delivery.main(*((4, 1, (2,)) if is_quick else ())),
        "The weekly job and its rivals": lambda: rival.main(*((400, 1, 4) if is_quick else ())),
        "A Monday morning": lambda: burst.main(*((1, 2, 6_000) if is_quick else ())),
        "Commands": lambda: starting.main(*((1,) if is_quick else ())),
    }
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    page = [INTRODUCTION, f"Machine: {machine}.\n"]
    for heading, measure in parts.items():
        with contextlib.redirect_stdout(io.StringIO()) as said:
            measure()
        page.append(f"## {heading}\n\n{said.getvalue()}")
    text = "\n".join(page if is_quick else [*page, SHORTFALLS])
    print(text)
    if not is_quick:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(is_quick="--quick" in sys.argv[1:])

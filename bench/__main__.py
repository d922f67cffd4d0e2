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
from time import perf_counter

from bench import behind, burst, delivery, digests, rival, sources, starting, sync, working_days

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
INTRODUCTION = """\
# Performance

Made by `make bench`. What counts are the ratios, each of things measured in turns, round by round, so that a
busy machine slows both; the seconds beside them are of that machine and that hour. Seconds are by the clock;
*processor* counts what the processes had of a processor, which neither a slow disk nor a busy neighbour
changes much. Peers that are not installed are named and left out. [scale.md](scale.md) says why some goals
are not met.
"""


def main(*, is_quick: bool) -> None:
    """Run each measurement; write the page, unless only the small sizes were run."""
    parts = {
        "Working days": lambda: working_days.main(*((2, 500) if is_quick else (9,))),
        "Reading a workbook": lambda: sources.main(*((200, 1) if is_quick else (20_000, 3))),
        "An extract into the store": lambda: sync.main(*((500, 1, 500) if is_quick else (100_000, 2))),
        "The week behind ever more history": lambda: behind.main(1, 2_500) if is_quick else behind.main(),
        "Digests": lambda: digests.main(*((2, (20,)) if is_quick else ())),
        "Sending": lambda: delivery.main(*((4, 1, (2,)) if is_quick else (200, 2, (2,)))),
        "The weekly job and its rivals": lambda: rival.main(*((400, 1, 4) if is_quick else ())),
        "A Monday morning": lambda: burst.main(*((1, 1, 2_500) if is_quick else ())),
        "Commands": lambda: starting.main(*((1,) if is_quick else ())),
    }
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    page = [
        INTRODUCTION,
        f"Machine: {machine}; {os.getloadavg()[0]:.0f} processes wanted them as it began.\n",
    ]
    for heading, measure in parts.items():
        begin = perf_counter()
        with contextlib.redirect_stdout(io.StringIO()) as said:
            measure()
        print(f"{heading}: {perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
        page.append(f"## {heading}\n\n{said.getvalue()}")
    text = "\n".join(page)
    print(text)
    if not is_quick:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(is_quick="--quick" in sys.argv[1:])

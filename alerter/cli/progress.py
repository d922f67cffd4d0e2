"""Progress of long reads, on a terminal's standard error and nowhere else."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import TaskID


@contextmanager
def reading() -> Iterator[Callable[[int], None]]:
    """
    Give a function that shows how many rows have been read; it shows nothing where nobody watches.
    """
    if not sys.stderr.isatty():
        yield lambda _rows: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow, and only a terminal needs it
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - the same

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: list[TaskID] = []

        def show(rows: int) -> None:
            if not tasks:
                tasks.append(progress.add_task(""))
            progress.update(tasks[0], description=f"Reading the extract: {rows:,} rows", refresh=True)

        yield show

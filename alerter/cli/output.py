"""What goes to standard output: JSON for programs, short tables for people."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.progress import TaskID

    from alerter.domain.rejected import RejectedGroup


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object, and nothing else; a date as YYYY-MM-DD."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=date.isoformat))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings: a drawn table on a terminal, tab-separated lines elsewhere."""
    if not sys.stdout.isatty():
        for row in (headings, *rows):
            click.echo("\t".join(str(cell) for cell in row))
        return

    from rich.console import Console  # noqa: PLC0415 - slow, and only a terminal needs it
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(*headings)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console().print(table)


def show_rejected(groups: "Iterable[RejectedGroup]") -> None:
    """Print why rows were rejected, a line for each reason."""
    for group in groups:
        click.echo(f"Rejected: {group.words}.")


def warn_held(reasons: Iterable[str]) -> None:
    """Say on standard error why an extract is held."""
    for reason in reasons:
        talk(f"alerter: held: {reason}.")


def talk(text: str) -> None:
    """Say something to the person at the terminal, on standard error."""
    click.echo(text, err=True)


@contextmanager
def reading() -> Iterator[Callable[[int], None]]:
    """Give a function that shows how many rows have been read; it shows nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda _rows: None
        return

    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: list[TaskID] = []

        def show(rows: int) -> None:
            if not tasks:
                tasks.append(progress.add_task(""))
            progress.update(tasks[0], description=f"Reading the extract: {rows:,} rows", refresh=True)

        yield show

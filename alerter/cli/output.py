"""What goes to standard output: JSON for programs, short tables for people."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alerter.domain.wording import SHORT, WEEKDAYS, counted

if TYPE_CHECKING:
    from rich.progress import TaskID

    from alerter.domain.rejected import RejectedGroup
    from alerter.store.syncs import Sync


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object, and nothing else; days and moments in it as ISO 8601 writes them."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_iso))


def _iso(value: date) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings: a drawn table on a terminal, tab-separated lines elsewhere."""
    if not sys.stdout.isatty():
        for row in (headings, *rows):
            click.echo("\t".join(map(_cell, row)))
        return

    from rich.console import Console  # noqa: PLC0415 - slow, and only a terminal needs it
    from rich.markup import escape  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(*headings)
    for row in rows:
        table.add_row(*(escape(_cell(cell)) for cell in row))
    Console().print(table)


def _cell(value: object) -> str:
    """Return a value as a table shows it: a day with its weekday, as in Thu 2009-04-09."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{WEEKDAYS[value.weekday()][:SHORT]} {value}"
    return "" if value is None else str(value)


def print_rows(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[object]], *, is_json: bool, **about: object
) -> None:
    """
    Print rows as a table, or in a JSON object under *name*, beside what they are *about*.

    The *headings* are the names of the fields in both.
    """
    if is_json:
        print_json(about | {name: [dict(zip(headings, row, strict=True)) for row in rows]})
    else:
        print_table(headings, rows)


def print_counts(counts: Mapping[str, int], lead: str = "") -> None:
    """Print counts with their names as one sentence."""
    click.echo(lead + ", ".join(f"{name} {count:,}" for name, count in counts.items()) + ".")


def print_written(path: Path, content: str) -> None:
    """Print which file or folder was written, and what it holds."""
    click.echo(f"Wrote {path}: {content}.")


def print_read(sync: "Sync", rejected: "Iterable[RejectedGroup]") -> None:
    """Print how many rows were read, and a line for each reason that rejected some."""
    click.echo(f"Read {sync.source_name}: {counted(sync.rows, 'row')}, {sync.rejected:,} rejected.")
    for group in rejected:
        click.echo(f"Rejected: {group.words}.")


def warn(text: str) -> None:
    """Say on standard error what an operator has to look at."""
    talk(f"alerter: {text}")


def warn_held(reasons: Iterable[str]) -> None:
    """Say on standard error why an extract is held."""
    for reason in reasons:
        warn(f"held: {reason}.")


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

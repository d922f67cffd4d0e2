"""Reads the directory, the council's own list of who manages whom."""

from collections.abc import Mapping
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import TypedDict

from alerter.domain.address import is_address
from alerter.domain.routing import DirectoryEntry
from alerter.sources.columns import wanted_for_directory
from alerter.sources.csv_file import open_csv
from alerter.sources.dates import BLANK_DATES, MonthFirstError, UnreadableDateError
from alerter.sources.lines import filled, is_no_record
from alerter.sources.single_cells import EARLIEST
from alerter.sources.slipped import Cells, Slipped
from alerter.sources.table import DateColumns, Table
from alerter.sources.text import read_text
from alerter.sources.workbook.book import WORKBOOK_SUFFIXES
from alerter.sources.workbook.sheet_table import open_workbook

NO_ADDRESS = "is not one plain email address"
COVER = "the cover is left out"
UNREADABLE = f"is no date that can be read, so {COVER}; write YYYY-MM-DD or DD/MM/YYYY"
MONTH_FIRST = f"has the month first, so {COVER}; write YYYY-MM-DD or DD/MM/YYYY"


class Cover(TypedDict, total=False):
    """What an entry says of its cover; nothing where there is none."""

    cover_email: str
    cover_from: date | None
    cover_until: date | None


class CoverFaultError(ValueError):
    """Why the cover of one line cannot be believed."""


def read_directory(path: Path, columns: Mapping[str, str] | None = None) -> list[DirectoryEntry]:
    """
    Return every line of the directory that is a record, each with what is wrong with it, if anything is.

    *columns* maps our names to its headings, where they are others.

    A cover that cannot be believed is left out, and the manager of the line stays. Of a line that has
    slipped, or names neither a team nor a worker, nothing is kept but its number. A manager's address is
    kept as written: what it leads to is an exception of each assessment that would have gone there.

    Raises:
        SourceError: The file cannot be read or lacks a column.
    """
    wanted = wanted_for_directory(columns)
    is_workbook = path.suffix.lower() in WORKBOOK_SUFFIXES
    table = open_workbook(path, wanted) if is_workbook else open_csv(path, wanted)
    reader = _EntryReader(table)
    return [reader.read(line, row) for line, row in table.read() if not reader.is_no_record(row)]


class _EntryReader:
    """Reads the lines of one directory, by the positions of its columns."""

    def __init__(self, table: Table) -> None:
        self._columns = table.columns
        self._dates = DateColumns(table.columns, table.read)

    def is_no_record(self, row: Cells | Slipped) -> bool:
        """Say whether *row* is blank, a total, a count or the headings again; an address is of an entry."""
        cells = row.cells if isinstance(row, Slipped) else itemgetter(*self._columns.indexes.values())(row)
        return is_no_record(cells, self._columns) and not any(map(is_address, filled(cells)))

    def read(self, line: int, row: Cells | Slipped) -> DirectoryEntry:
        """Return the entry on *line*."""
        if isinstance(row, Slipped):
            return DirectoryEntry(line=line, fault=f"has {row.sentence}; nothing of the line is used")
        return self._entry(line, {name: row[index] for name, index in self._columns.indexes.items()})

    def _entry(self, line: int, cells: dict[str, object]) -> DirectoryEntry:
        team, worker, name, manager, service_manager = (
            _text(cells.get(column))
            for column in ("team", "worker", "manager_name", "manager_email", "escalate_to")
        )
        if not team and not worker:
            return DirectoryEntry(line=line, fault="names neither a team nor a worker")
        addresses = {"manager_email": manager, "escalate_to": service_manager}
        faults = [
            f"{column} {NO_ADDRESS}" for column, text in addresses.items() if text and not is_address(text)
        ]
        cover: Cover = {}
        try:
            cover = self._cover(cells)
        except CoverFaultError as fault:
            faults.append(str(fault))
        return DirectoryEntry(
            line=line, team=team, worker=worker, manager_name=name, manager_email=manager,
            escalate_to=service_manager, fault="; ".join(faults), **cover,
        )  # fmt: skip

    def _cover(self, cells: dict[str, object]) -> Cover:
        """
        Return who covers and when.

        Raises:
            CoverFaultError: Its address or a date cannot be believed, or they contradict each other.
        """
        email = _text(cells.get("cover_email"))
        first, last = (self._day(name, cells.get(name)) for name in ("cover_from", "cover_until"))
        if (first or last) and not email:
            raise CoverFaultError(f"has cover dates but no cover_email, so {COVER}")
        if email and not is_address(email):
            raise CoverFaultError(f"cover_email {NO_ADDRESS}, so {COVER}")
        if first and last and first > last:
            raise CoverFaultError(f"cover_from is after cover_until, so {COVER}")
        return {"cover_email": email, "cover_from": first, "cover_until": last} if email else {}

    def _day(self, name: str, cell: object) -> date | None:
        try:
            day = self._dates[name].read(cell)
        except UnreadableDateError:
            raise CoverFaultError(f"{name} {UNREADABLE}") from None
        except MonthFirstError:
            raise CoverFaultError(f"{name} {MONTH_FIRST}") from None
        if day is not None and day < EARLIEST:
            raise CoverFaultError(f"{name} is before 1990, so {COVER}")
        return day


def _text(cell: object) -> str:
    """
    Return a name or an address; blank for what spreadsheets write into an empty cell, a nought among it.
    """
    text = read_text(cell)
    return "" if text.casefold() in BLANK_DATES else text

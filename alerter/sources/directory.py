"""The directory: the council's own list of who manages whom."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from alerter.domain.routing import DirectoryEntry
from alerter.errors import SourceError
from alerter.sources.columns import Located, wanted_for_directory
from alerter.sources.csv_file import open_csv
from alerter.sources.dates import DateColumn, MonthFirstError, UnreadableDateError
from alerter.sources.table import Cells, fitted
from alerter.sources.text import read_text


class EntryFaultError(ValueError):
    """
    What is wrong with one line of the directory.
    """


def read_directory(path: Path) -> list[DirectoryEntry]:
    """
    Return every line of the directory.

    Addresses are kept as written: a malformed one is an exception of the run it would
    have been used in, not a reason to send nothing to anybody.

    Raises:
        SourceError: The file cannot be read or lacks a column, or lines are at fault; then all of
            them are listed, because half a directory sends mail to the wrong people.
    """
    table = open_csv(path, wanted_for_directory())
    reader = _EntryReader(table.columns)
    entries: list[DirectoryEntry] = []
    faults: list[str] = []
    for line, cells in table.read():
        try:
            entries.append(reader.read(line, cells))
        except EntryFaultError as fault:
            faults.append(f"{path.name}, line {line}: {fault}.")
    if faults:
        raise SourceError("\n".join(faults))
    return entries


class _EntryReader:
    """
    Reads the lines of one directory, by the positions of its *columns*.
    """

    def __init__(self, columns: Located) -> None:
        self._columns = columns
        self._from = DateColumn("cover_from")
        self._until = DateColumn("cover_until")

    def read(self, line: int, cells: Cells) -> DirectoryEntry:
        """
        Return the entry on *line*.

        Raises:
            EntryFaultError: The line names nobody, or its cover cannot be understood.
        """
        fit = fitted(cells, len(self._columns.headings))
        if fit is None:
            raise EntryFaultError("has more cells than there are headings")
        entry = self._entry(
            line, lambda name: fit[self._columns.indexes[name]] if name in self._columns.indexes else ""
        )
        _check(entry)
        return entry

    def _entry(self, line: int, cell: Callable[[str], object]) -> DirectoryEntry:
        return DirectoryEntry(
            line=line,
            team=read_text(cell("team")),
            worker=read_text(cell("worker")),
            manager_name=read_text(cell("manager_name")),
            manager_email=read_text(cell("manager_email")),
            cover_email=read_text(cell("cover_email")),
            cover_from=_day(self._from, cell("cover_from")),
            cover_until=_day(self._until, cell("cover_until")),
            escalate_to=read_text(cell("escalate_to")),
        )


def _day(column: DateColumn, value: object) -> date | None:
    try:
        return column.read(value)
    except UnreadableDateError:
        raise EntryFaultError(f"{column.name} is no date; write YYYY-MM-DD or DD/MM/YYYY") from None
    except MonthFirstError:
        raise EntryFaultError(f"{column.name} has the month first; write YYYY-MM-DD or DD/MM/YYYY") from None


def _check(entry: DirectoryEntry) -> None:
    if not entry.team and not entry.worker:
        raise EntryFaultError("names neither a team nor a worker")
    if (entry.cover_from or entry.cover_until) and not entry.cover_email:
        raise EntryFaultError("has cover dates but no cover_email")
    if entry.cover_from and entry.cover_until and entry.cover_from > entry.cover_until:
        raise EntryFaultError("cover_from is after cover_until")

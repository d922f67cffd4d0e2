"""Joins List 4 or 5 with each child's referral and present worker, as one table of assessments."""

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.sources.annex_a.headings import wanted_of_list_4, wanted_of_list_5
from alerter.sources.annex_a.lists import ASSESSMENTS, CONFERENCES, Lists, find_lists
from alerter.sources.columns import Located, starts_of
from alerter.sources.dates import DateColumn, MonthFirstError, UnreadableDateError
from alerter.sources.slipped import Cells, Slipped
from alerter.sources.table import DateColumns, Rows, Table
from alerter.sources.text import IdentifierError, is_yes, read_id, read_text
from alerter.sources.workbook.sheet_table import SheetTable

JOINED = ("referred_on", "team", "worker", "cancelled_on")
"""What a row may get besides; where its list has no such column, it is added on the right."""


def open_annex_a(
    path: Path,
    columns: Mapping[str, str],
    clocks: Mapping[str, Clock],
    sheet: str = "",
    number: int = ASSESSMENTS,
) -> Table:
    """
    Return the rows of the list of that *number*, 4 or 5, in the Annex A that *path* stands for.

    *columns* maps what a council has added to the list or calls otherwise; *sheet* names its sheet.

    Raises:
        SourceError: It cannot be read; the list is missing, there twice or lacks a column; or a clock
            starts from the referral and no list tells it. Reading the rows raises it when a file has
            changed meanwhile, or when List 3 or 6 has a date with the month first.
    """
    wanted = wanted_of_list_5(columns) if number == CONFERENCES else wanted_of_list_4(columns)
    lists = find_lists(path, wanted, sheet, number)
    own = lists.own.columns
    if "referred_on" in starts_of(clocks) and lists.referrals is None and "referred_on" not in own.indexes:
        raise SourceError(
            f"{lists.extract.name}: a clock starts from referred_on, and there is no List 3 with dates of "
            "referral: add it, or let the clock start from started_on."
        )
    wanted_besides = JOINED if number == CONFERENCES else JOINED[:-1]
    added = [name for name in wanted_besides if name not in own.indexes]
    joined = Located(
        headings=(*own.headings, *(_heading(own, name) for name in added)),
        indexes={**own.indexes, **{name: index for index, name in enumerate(added, len(own.headings))}},
    )

    def read() -> Rows:
        dates = DateColumns(own, lists.own.read, lists.extract.extracted_at.year + 1)
        join = _Join(own, joined, dates, _referrals(lists), _allocations(lists))
        for line, cells in lists.own.read():
            yield line, cells if isinstance(cells, Slipped) else join.row(cells)
        for file, stamp in lists.stamps.items():
            stamp.check_unchanged(file)

    return Table(replace(lists.extract, notes=(*lists.extract.notes, *_notes(lists))), joined, read)


def _heading(own: Located, name: str) -> str:
    """Return what an added column is called: for a cancellation, what says that no conference is needed."""
    return own.heading_of("not_needed") if name == "cancelled_on" and "not_needed" in own.indexes else name


@dataclass(frozen=True, slots=True)
class Allocation:
    """The team and the worker a child has *since* a day; either may be blank."""

    since: date
    team: str
    worker: str


class _Join:
    """Puts what the other lists know of a child into its rows."""

    def __init__(
        self,
        own: Located,
        joined: Located,
        dates: DateColumns,
        referrals: Mapping[str, list[date]],
        allocations: Mapping[str, Allocation],
    ) -> None:
        self._own = own
        self._joined = joined
        self._referrals = referrals
        self._allocations = allocations
        self._started, self._authorised = dates["started_on"], dates["authorised_on"]

    def row(self, cells: Cells) -> Cells:
        """Return the row with its referral date and, while it is open, its present team and worker."""
        indexes = self._joined.indexes
        row = [*cells, *[""] * (len(self._joined.headings) - len(cells))]
        child = _id(row[indexes["child_id"]])
        started = _date(self._started, row[indexes["started_on"]])
        if "referred_on" not in self._own.indexes and started is not None:
            row[indexes["referred_on"]] = self._referred(child, started)
        is_open = _date(self._authorised, row[indexes["authorised_on"]]) is None
        if is_open and (allocation := self._allocations.get(child)):
            row[indexes["team"]] = allocation.team or row[indexes["team"]]
            row[indexes["worker"]] = allocation.worker
        if is_open and self._is_not_needed(row):
            row[indexes["cancelled_on"]] = read_text(row[indexes["cancelled_on"]]) or started
        return row

    def _is_not_needed(self, row: Sequence[object]) -> bool:
        """Say whether no conference is to follow: then the clock ends on the day it starts."""
        index = self._own.indexes.get("not_needed")
        return index is not None and is_yes(row[index])

    def _referred(self, child: str, started: date) -> date | None:
        """Return the latest referral of *child* on or before the day its assessment *started*."""
        referrals = self._referrals.get(child, [])
        before = bisect_right(referrals, started)
        return referrals[before - 1] if before else None


def _referrals(lists: Lists) -> dict[str, list[date]]:
    """
    Return each child's dates of referral in List 3, in order.

    A row that cannot be believed is passed over: only List 4 or 5 has records of ours.
    """
    by_child: dict[str, list[date]] = {}
    if lists.referrals is not None:
        for child, (referred,), _ in _rows(lists, lists.referrals, "referred_on"):
            if referred is not None:
                insort(by_child.setdefault(child, []), referred)
    return by_child


def _allocations(lists: Lists) -> dict[str, Allocation]:
    """Return each child's latest team and worker in List 6, closed episodes apart."""
    by_child: dict[str, Allocation] = {}
    if lists.children_in_need is not None:
        for child, (since, closed), (team, worker) in _rows(
            lists, lists.children_in_need, "started_on", "closed_on", texts=("team", "worker")
        ):
            allocation = Allocation(since or date.min, team, worker)
            if closed is None and (team or worker):
                by_child[child] = max(
                    by_child.get(child, allocation), allocation, key=lambda candidate: candidate.since
                )
    return by_child


def _rows(
    lists: Lists, table: SheetTable | Table, *dates: str, texts: tuple[str, ...] = ()
) -> Iterator[tuple[str, list[date | None], list[str]]]:
    """
    Give the child, the *dates* and the *texts* of each row of *table* that can be believed.

    Raises:
        SourceError: A date has the month first.
    """
    indexes = table.columns.indexes
    known = DateColumns(table.columns, table.read)
    columns = [known[name] for name in dates]
    for line, cells in table.read():
        if isinstance(cells, Slipped):
            continue
        row = [*cells, ""]
        try:
            on = [column.read(row[indexes.get(column.name, -1)]) for column in columns]
        except UnreadableDateError:
            continue
        except MonthFirstError as fault:
            raise SourceError(
                f'{lists.extract.name}, line {line} of List 3 or 6: the column "{fault}" has a date with the '
                "month first; export it as YYYY-MM-DD or DD/MM/YYYY."
            ) from None
        if child := _id(row[indexes["child_id"]]):
            yield child, on, [read_text(row[indexes.get(name, -1)]) for name in texts]


def _date(column: DateColumn, cell: object) -> date | None:
    """
    Return the date in a cell of the list, None where it cannot be read; judging it is for the row's reader.
    """
    try:
        return column.read(cell)
    except (UnreadableDateError, MonthFirstError):
        return None


def _id(cell: object) -> str:
    try:
        return read_id(cell)
    except IdentifierError:
        return ""


def _notes(lists: Lists) -> list[str]:
    referrals = "no referral dates, as there is no List 3" if lists.referrals is None else ""
    workers = (
        f"team and worker from List {lists.number}, as there is no List 6"
        if lists.children_in_need is None
        else "team and worker of what is open from List 6"
    )
    return [note for note in (referrals, workers) if note]

"""The values below a heading: ids or words, dates or not, how many are blank, how many differ."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from alerter.domain.address import is_address
from alerter.sources.columns import normalised
from alerter.sources.dates import DateColumn, MonthFirstError, UnreadableDateError
from alerter.sources.lines import is_count
from alerter.sources.memo import remembered
from alerter.sources.slipped import Cells, Slipped
from alerter.sources.table import DateColumns, Table
from alerter.sources.text import read_text

MOST_RECORDS = 20_000
"""So many records are looked at; of more, one in two, in four and so on, from all over the file."""
TRIED = 40
"""So many cells show whether a column is worth reading as dates."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_ID = re.compile(r"(?=.*\d)[^\W_][\w./:-]{0,63}", re.ASCII)


@dataclass(frozen=True)
class ColumnValues:
    """The *cells* of one column, one a record; *column* reads those that are dates."""

    heading: str
    index: int
    cells: Sequence[object]
    column: DateColumn

    @cached_property
    def texts(self) -> Counter[str]:
        """Return the texts that are not blank, each with how often it stands here."""
        return Counter(text for text in map(read_text, self.cells) if text)

    @cached_property
    def filled(self) -> int:
        """Return in how many of the records something stands here."""
        return self.texts.total()

    @property
    def filled_share(self) -> float:
        """Return in which share of the records something stands here."""
        return self.filled / len(self.cells) if self.cells else 0.0

    def share(self, is_one: Callable[[str], object]) -> float:
        """Return the share of what is not blank that *is_one*."""
        fitting = sum(count for text, count in self.texts.items() if is_one(text))
        return fitting / self.filled if self.filled else 0.0

    @property
    def id_share(self) -> float:
        """Return the share that could be ids: one word with a digit in it, and no date as people write it."""
        return 0.0 if self.has_written_dates else self.share(_ID.fullmatch)

    @property
    def address_share(self) -> float:
        """Return the share that are addresses."""
        return self.share(is_address)

    @property
    def has_written_dates(self) -> bool:
        """Say whether these are dates, and not numbers that could be the days of a spreadsheet."""
        return self.date_share > 1 / 2 and self.share(_NUMBER.fullmatch) < 1 / 2

    @cached_property
    def days(self) -> Sequence[date | None]:
        """Return the date of each record, if it has one; nothing where hardly any cell is a date."""
        return [None if isinstance(reading, bool) else reading for reading in self._readings]

    @cached_property
    def _readings(self) -> Sequence[date | bool]:
        """Return each date, true for a blank, and false for what is no date."""
        readings: list[date | bool] = []
        tried = read = 0
        for cell in self.cells:
            reading = self._reading(cell)
            readings.append(reading)
            if tried < TRIED and reading is not True:
                tried, read = tried + 1, read + bool(reading)
                if tried == TRIED and read * 2 < TRIED:
                    return []
        return readings

    def _reading(self, cell: object) -> date | bool:
        try:
            return self.column.read(cell) or True
        except (UnreadableDateError, MonthFirstError):
            return False

    @cached_property
    def dated(self) -> Sequence[date]:
        """Return the dates that there are."""
        return [day for day in self.days if day is not None]

    @property
    def date_share(self) -> float:
        """Return the share of what is not blank that is a date."""
        filled_cells = len(self.dated) + sum(reading is False for reading in self._readings)
        return len(self.dated) / filled_cells if filled_cells else 0.0

    @property
    def dated_share(self) -> float:
        """Return the share of the records that have a date here."""
        return len(self.dated) / len(self.cells) if self.cells else 0.0

    def share_before(self, others: "ColumnValues") -> float:
        """Return in which share of the records that have both dates this one is the earlier."""
        both = [
            (own, other)
            for own, other in zip(self.days, others.days, strict=False)
            if own is not None and other is not None
        ]
        return sum(own < other for own, other in both) / len(both) if both else 0.0

    def share_after(self, day: date) -> float:
        """Return the share of the dates that lie after *day*."""
        return sum(own > day for own in self.dated) / len(self.dated) if self.dated else 0.0


def values_of(table: Table) -> list[ColumnValues]:
    """Return each column of *table* that has a heading of its own, with its values."""
    kept: list[Cells] = []
    step = 1
    for number, cells in enumerate(records(table)):
        if number % step == 0:
            kept.append(cells)
        if len(kept) >= 2 * MOST_RECORDS:
            kept, step = kept[::2], step * 2
    dates = DateColumns(table.columns, table.read, latest_year=table.extract.extracted_at.year + 1)
    return [
        ColumnValues(table.columns.headings[index], index, [cells[index] for cells in kept], dates[name])
        for name, index in table.columns.indexes.items()
    ]


def records(table: Table) -> Iterator[Cells]:
    """Give the rows of *table* that can be records: neither slipped nor a title, a total or a line alone."""
    headings, text = set(map(normalised, table.columns.headings)), remembered(read_text)
    for _, cells in table.read():
        if isinstance(cells, Slipped):
            continue
        first, *others = [known for known in map(text, cells) if known] or [""]
        is_rule = not any(map(str.isalnum, first))
        if others and not is_rule and not is_count(first) and normalised(first) not in headings:
            yield cells

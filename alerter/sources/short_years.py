"""Dates such as 12/10/26, whose year has two digits and no name: the column tells which end is the year."""

from collections.abc import Callable, Collection, Iterable

from alerter.sources.memo import remembered
from alerter.sources.writings import Written, full_year, is_day, written_in

ENOUGH = 3
"""So many different first numbers to each different last one: the last ones are the years."""


def no_cells() -> Iterable[object]:
    """
    Return the cells of a column of which no more than one value is known.
    """
    return ()


class ShortYears:
    """
    Whether the dates of one column that need it are day first, found out when the first of them is met.

    *cells* gives the whole column; no date in it is later than *latest_year*. The answer is no if one of
    them is possible year first alone. It is yes if one is possible day first alone; or if the last numbers,
    and not the first, are years that the column also has in full, as in 12/10/2026; or if there are so many
    more first numbers that the last can only be the years. A single 12/10/26 may be of 2012: it stays unread.
    """

    __slots__ = ("_are_last", "_cells", "_latest_year")

    def __init__(self, cells: Callable[[], Iterable[object]], latest_year: int) -> None:
        self._cells = cells
        self._latest_year = latest_year
        self._are_last: bool | None = None

    @property
    def were_read(self) -> bool:
        """
        Say whether any was met, and read day first.
        """
        return bool(self._are_last)

    def are_last(self) -> bool:
        """
        Say whether the last number of each is the year.
        """
        if self._are_last is None:
            read = remembered(written_in)
            seen = {found for cell in self._cells() if isinstance(cell, str) and (found := read(cell))}
            short = [each for each in seen if each.needs_column]
            full = {each.year % 100 for each in seen if each.mark and not each.is_short}
            self._are_last = self._judge(short, full)
        return self._are_last

    def _judge(self, short: Collection[Written], full: Collection[int]) -> bool:
        day_first = [each for each in short if self._is_day(each.year, each.month, each.day)]
        year_first = [
            each for each in short if self._is_day(full_year(each.day), each.month, each.year % 100)
        ]
        if not set(year_first) <= set(day_first):
            return False
        if len(year_first) < len(day_first):
            return True
        firsts, lasts = {each.day for each in day_first}, {each.year % 100 for each in day_first}
        is_known = lasts <= set(full) and not firsts <= set(full)
        return bool(lasts) and (is_known or len(firsts) >= ENOUGH * len(lasts))

    def _is_day(self, year: int, month: int, day: int) -> bool:
        return year <= self._latest_year and is_day(year, month, day)

"""Finds the wanted columns in a file, by their headings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol, get_args

from alerter.config.input import DirectoryColumn
from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.sources.text import as_text, clean

DATE_COLUMNS = (
    "started_on",
    "referred_on",
    "authorised_on",
    "cancelled_on",
    "closed_on",
    "review_on",
    "worker_away_until",
    "submitted_on",
    "reassured_on",
    "expected_on",
)
ASSESSMENT_COLUMNS = (
    "assessment_id",
    "child_id",
    "type",
    "team",
    "worker",
    "manager_email",
    "audit_score",
    *DATE_COLUMNS,
    "reassured_by",
    "reason",
)
DIRECTORY_COLUMNS: tuple[str, ...] = get_args(DirectoryColumn)
HEADING_ROWS = 10
"""The heading line is looked for in this many rows: titles and blank rows come first in reports."""
MOST_SHOWN = 40
MAP_IT = 'Map it: [source.columns] {name} = "{heading}"'

_APOSTROPHES = str.maketrans(dict.fromkeys((0x2018, 0x2019, 0x02BC, 0x60), "'"))
_LOOKS_LIKE_DATA = re.compile(r"\d{3}|\d[/.-]\d")


@dataclass(frozen=True, slots=True)
class Located:
    """
    Where a file has the wanted columns: *indexes* by canonical name, *headings* as the file writes them.
    """

    headings: tuple[str, ...]
    indexes: Mapping[str, int]

    def heading_of(self, name: str) -> str:
        """Return what the file calls the canonical column *name*; the name itself where it has none."""
        return self.headings[self.indexes[name]] if name in self.indexes else name

    @property
    def unused(self) -> list[str]:
        """Return the headings that are no wanted column, those left out that could be somebody's data."""
        used = set(self.indexes.values())
        return [
            heading
            for index, heading in enumerate(self.headings)
            if heading and index not in used and not _LOOKS_LIKE_DATA.search(heading)
        ]


class Headings(Protocol):
    """What knows a heading line, and where in it the columns are: `WantedColumns`, or one that takes all."""

    @property
    def needs_results(self) -> bool:
        """Say whether a formula without a result under one of the columns refuses a workbook."""

    def heading_row(self, rows: Sequence[Sequence[object]]) -> int | None:
        """Return the index of the row that is most like a heading line; None when all are blank."""

    def is_heading(self, row: Sequence[object]) -> bool:
        """Say whether *row* is a heading line of this kind."""

    def rank(self, row: Sequence[object]) -> tuple[int, int]:
        """Return how like a heading line *row* is."""

    def locate(self, row: Sequence[object], file_name: str, place: str = "") -> Located:
        """Return where the heading *row* of *file_name* has the columns."""


@dataclass(frozen=True, slots=True)
class WantedColumns:
    """
    The columns a file is read for.

    *headings* are by canonical name, and *variants* are further headings of the same columns.
    Each group of *required* must have at least one of its columns in the file, and each of *mapped*
    must be there because the settings name its heading. *advice* ends the sentence about one that
    is missing.
    """

    headings: Mapping[str, str]
    required: tuple[tuple[str, ...], ...]
    advice: str
    mapped: frozenset[str] = frozenset()
    mapped_by: str = "[source.columns]"
    variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def needs_results(self) -> bool:
        """Say yes: a wanted value would be lost."""
        return True

    def heading_row(self, rows: Sequence[Sequence[object]]) -> int | None:
        """
        Return the index of the first of *rows* that holds the required headings.

        Where none does, the row with most of the wanted headings, or else of what could be headings,
        so that the fault can name what is missing; None when all are blank.
        """
        best, most = None, (-1, -1)
        for index, row in enumerate(rows[:HEADING_ROWS]):
            present = {normalised(cell) for cell in row} - {""}
            if not present:
                continue
            if self.is_heading(row):
                return index
            if (rank := self.rank(row)) > most:
                best, most = index, rank
        return best

    def is_heading(self, row: Sequence[object]) -> bool:
        """Say whether *row* holds all the required headings."""
        present = {normalised(cell) for cell in row}
        return all(any(self._keys(name) & present for name in group) for group in self.required)

    def rank(self, row: Sequence[object]) -> tuple[int, int]:
        """
        Return how many of the wanted columns *row* has a heading for, and how many cells that could be one.
        """
        present = {normalised(cell) for cell in row} - {""}
        could_be = not any(map(looks_like_data, present))
        return sum(bool(self._keys(name) & present) for name in self.headings), len(present) * could_be

    def locate(self, row: Sequence[object], file_name: str, place: str = "") -> Located:
        """
        Return where the heading *row* of *file_name* has the wanted columns; *place* says which row it is.

        Raises:
            SourceError: A heading named in the settings or a required column is not there,
                or two headings are the same wanted column.
        """
        positions: dict[str, list[int]] = {}
        for index, cell in enumerate(row):
            if key := normalised(cell):
                positions.setdefault(key, []).append(index)
        positions_by_name = {name: self._found(name, positions) for name in self.headings}
        located = Located(
            headings=tuple(clean(as_text(cell)) for cell in row),
            indexes={name: indexes[0] for name, indexes in positions_by_name.items() if indexes},
        )
        faults = list(self._twice(positions_by_name, located))
        if lacking := " ".join(self._lacking(located)):
            faults.append(
                f"{said}; {lacking}" if (said := _said(located, place)) else self._no_heading_line()
            )
        if faults:
            raise SourceError("\n".join(f"{file_name}: {fault}" for fault in faults))
        return located

    def _keys(self, name: str) -> set[str]:
        return {normalised(heading) for heading in (self.headings[name], *self.variants.get(name, ()))}

    def _found(self, name: str, positions: Mapping[str, list[int]]) -> list[int]:
        return sorted(index for key in self._keys(name) for index in positions.get(key, ()))

    def _twice(self, positions_by_name: Mapping[str, list[int]], located: Located) -> Iterable[str]:
        for name, indexes in positions_by_name.items():
            if len(indexes) > 1:
                headings = '" and "'.join(dict.fromkeys(located.headings[index] for index in indexes))
                yield (
                    f'more than one column is headed "{headings}", wanted as {name}: '
                    "rename or remove all but one."
                )

    def _no_heading_line(self) -> str:
        groups = " and ".join(" or ".join(map(self._named, group)) for group in self.required)
        return f"no heading line with {groups} in the first {HEADING_ROWS} rows: export it again with one."

    def _lacking(self, located: Located) -> Iterable[str]:
        """Yield a sentence for each wanted heading that is not there, with the nearest one that is."""
        for name in sorted(self.mapped - located.indexes.keys()):
            heading = self.headings[name]
            near = _nearest([heading], located)
            hint = f'; the nearest is "{near}"' if near else ""
            yield f'"{heading}", which {self.mapped_by} gives for {name}, is not among them{hint}.'
        for group in self.required:
            if self.mapped.isdisjoint(group) and located.indexes.keys().isdisjoint(group):
                near = _nearest(
                    [wording for name in group for wording in (name, self.headings[name])], located
                )
                advice = self.advice.format(name=group[0], heading=near or "...")
                yield f"{' or '.join(map(self._named, group))} is not among them. {advice}."

    def _named(self, name: str) -> str:
        heading = self.headings[name]
        return name if heading == name else f'{name} ("{heading}")'


def wanted_for_assessments(columns: Mapping[str, str], clocks: Mapping[str, Clock]) -> WantedColumns:
    """
    Return the columns of an extract: the child, and the date each configured clock starts from.

    Where a rule changed, the dates of the rules before it are wanted too. *columns* is the settings'
    mapping from canonical name to heading; what it leaves out goes by its canonical name.
    """
    starts = starts_of(clocks)
    return WantedColumns(
        headings={name: columns.get(name, name) for name in ASSESSMENT_COLUMNS},
        required=(("child_id",), *((start,) for start in starts)),
        advice=MAP_IT,
        mapped=frozenset(columns) & frozenset(ASSESSMENT_COLUMNS),
    )


def starts_of(clocks: Mapping[str, Clock]) -> list[str]:
    """Return the columns that start a clock, those of earlier rules as well."""
    return sorted({version.starts_from for clock in clocks.values() for version in clock.versions()})


def wanted_for_directory(columns: Mapping[str, str] | None = None) -> WantedColumns:
    """Return the columns of the directory: whose manager, and the manager's address; *columns* maps them."""
    mapping = columns or {}
    return WantedColumns(
        headings={name: mapping.get(name, name) for name in DIRECTORY_COLUMNS},
        required=(("team", "worker"), ("manager_email",)),
        advice='Map it: [directory.columns] {name} = "{heading}"',
        mapped=frozenset(mapping),
        mapped_by="[directory.columns]",
    )


def below(line: int) -> str:
    """Return the note on a heading *line* that is not the first."""
    return "" if line == 1 else f", headings on line {line}"


def looks_like_data(text: str) -> bool:
    """Say whether *text* has a date or a long number in it, as no heading has."""
    return _LOOKS_LIKE_DATA.search(text) is not None


def normalised(heading: object) -> str:
    r"""
    Return what two headings must share to be the same column.

    >>> normalised("  Was the child\u2019s\r\nneed met ? ")
    "was the child's need met"
    """
    return clean(as_text(heading)).translate(_APOSTROPHES).casefold().rstrip("? ")


def _said(located: Located, place: str) -> str:
    """Return which headings were found where; nothing where none were."""
    shown = _shown(located)
    if not shown:
        return ""
    more = f" and {len(shown) - MOST_SHOWN} more" if len(shown) > MOST_SHOWN else ""
    headings = ", ".join(f'"{heading[:60]}"' for heading in shown[:MOST_SHOWN])
    return f"{place or 'the query'} has the headings {headings}{more}"


def _shown(located: Located) -> list[str]:
    """
    Return the headings fit for an error text: none that could be a row of a file without headings.

    A cell alone is a title, and a row with a date or a number is data, unless two of its cells are wanted.
    """
    named = [heading for heading in located.headings if heading]
    safe = [heading for heading in named if not looks_like_data(heading)]
    if len(located.indexes) > 1 or (len(safe) == len(named) > 1):
        return safe
    return [located.headings[index] for index in located.indexes.values()]


def _nearest(wordings: Iterable[str], located: Located) -> str:
    by_key = {normalised(heading).replace("_", " "): heading for heading in _shown(located)}
    for wording in wordings:
        near = get_close_matches(normalised(wording).replace("_", " "), by_key, n=1, cutoff=0.5)
        if near:
            return by_key[near[0]]
    return ""

"""Decides which heading is which column: by a published layout, or by its name where its values agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from alerter.config.input import COLUMN_PRESETS
from alerter.sources.columns import ASSESSMENT_COLUMNS, DATE_COLUMNS, normalised
from alerter.sources.recognition.evidence import could_be, evidence, objection
from alerter.sources.recognition.synonyms import column_called, is_general, is_rival, run_together
from alerter.sources.recognition.values import ColumnValues

ASKED = ("child_id", "started_on", "authorised_on")
"""What is asked where it cannot be told: without it nothing is read, or everything counts as open."""
NAMED = ("assessment_id", "team", "worker")
"""What is named as not found, as the digests are the poorer without it."""
IN_ORDER = ("started_on", *(name for name in ASSESSMENT_COLUMNS if name != "started_on"))
"""Other dates are compared with the start, so it comes first."""
MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class TakenColumn:
    """The column of the extract that is taken for a canonical one, and why."""

    column: ColumnValues
    because: str


@dataclass(frozen=True, slots=True)
class OpenColumn:
    """A canonical column that cannot be told: what it could be, and why none is taken."""

    candidates: tuple[ColumnValues, ...]
    because: str


@dataclass(frozen=True)
class ColumnMapping:
    """
    Which columns of a file were *taken* and which were left *open*, by canonical name.

    *names* are those that the headings themselves tell, by the column's place.
    """

    every: Sequence[ColumnValues]
    names: Mapping[int, str] = field(default_factory=dict)
    taken: dict[str, TakenColumn] = field(default_factory=dict)
    open: dict[str, OpenColumn] = field(default_factory=dict)

    @property
    def unused(self) -> list[str]:
        """Return the headings that nothing was taken from."""
        return [column.heading for column in self._free()]

    def column(self, name: str) -> ColumnValues | None:
        """Return the column taken for *name*."""
        return self.taken[name].column if name in self.taken else None

    def take_layout(self) -> None:
        """Take the columns of the published layout whose headings are all there, if one is."""
        by_heading = {run_together(column.heading): column for column in self.every}
        for layout, headings in COLUMN_PRESETS.items():
            if all(run_together(heading) in by_heading for heading in headings.values()):
                because = f"the published layout {layout}"
                self.taken.update(
                    (name, TakenColumn(by_heading[run_together(heading)], because))
                    for name, heading in headings.items()
                )
                return

    def decide(self, name: str, read_on: date) -> None:
        """Take the one column that is called *name* in some way and whose values agree, or leave it open."""
        called = [column for column in self._free() if self.names.get(column.index) == name]
        if name in DATE_COLUMNS:
            called = [column for column in called if column.dated or not column.filled]
        if own := [column for column in called if "_" in name and normalised(column.heading) == name]:
            self.taken[name] = TakenColumn(own[0], "the column's own name")
            return
        start = self.column("started_on")
        objections = {column.index: objection(name, column, start, read_on) for column in called}
        agreed = [column for column in called if not objections[column.index]]
        certain = [column for column in agreed if not is_general(column.heading)] or agreed
        others = [column for column in self._nameless(name) if could_be(name, column, start, read_on)]
        is_doubtful = bool(certain) and any(
            is_rival(name, certain[0].heading, other.heading) for other in others
        )
        if len(certain) == 1 and not is_doubtful:
            self.taken[name] = TakenColumn(certain[0], evidence(name, certain[0]))
        elif called or others or name in (*ASKED, *NAMED):
            candidates = (certain or called) + others
            because = _because(certain, others, [why for why in objections.values() if why])
            self.open[name] = OpenColumn(tuple(candidates[:MOST_CANDIDATES]), because)

    def _free(self) -> list[ColumnValues]:
        used = {taken.column.index for taken in self.taken.values()}
        return [column for column in self.every if column.index not in used]

    def _nameless(self, wanted: str) -> list[ColumnValues]:
        """Return the columns that could be *wanted* for all that their headings say."""
        own = DATE_COLUMNS if wanted in DATE_COLUMNS else ASSESSMENT_COLUMNS
        return [column for column in self._free() if self.names.get(column.index) not in own]


def mapping_of(every: Sequence[ColumnValues], read_on: date) -> ColumnMapping:
    """Return which of the columns are which, as on the day the extract was written."""
    mapping = ColumnMapping(every, {column.index: _name_of(column) for column in every})
    mapping.take_layout()
    for name in IN_ORDER:
        if name not in mapping.taken:
            mapping.decide(name, read_on)
    return mapping


def mapping_told(every: Sequence[ColumnValues], indexes: Mapping[str, int], kind: str) -> ColumnMapping:
    """Return the mapping of a kind of extract whose columns are known; *indexes* says where they stand."""
    by_index = {column.index: column for column in every}
    return ColumnMapping(
        every, taken={name: TakenColumn(by_index[index], f"kind {kind}") for name, index in indexes.items()}
    )


def _name_of(column: ColumnValues) -> str:
    """Return the column that a heading names by itself; empty where it names none."""
    own = normalised(column.heading)
    return own if own in ASSESSMENT_COLUMNS else column_called(column.heading)


def _because(
    certain: Sequence[ColumnValues], others: Sequence[ColumnValues], objections: Sequence[str]
) -> str:
    if len(certain) > 1:
        return "more than one column is called so"
    if certain:
        return "its heading is general, and another column has such values or names the manager"
    if objections:
        return objections[0]
    return "by its values alone it is not certain" if others else "no heading and no values are like it"

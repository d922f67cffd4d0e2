"""Recognises one extract whole: what it is, its columns, and the types, teams and workers it names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alerter.domain.routing import matched
from alerter.errors import UnrecognisedError
from alerter.sources.recognition.file import OpenedFile, open_unknown
from alerter.sources.recognition.mapping import ColumnMapping, mapping_of, mapping_told
from alerter.sources.recognition.types import is_plain, preset_of
from alerter.sources.recognition.values import ColumnValues, records, values_of
from alerter.sources.slipped import Cells
from alerter.sources.text import read_text
from alerter.sources.type_names import CHILDREN_THAT_MAKE_A_TYPE, may_be_named

ENOUGH_REFERRALS = 0.8
"""With a referral date in fewer of the rows, no clock is proposed that starts from it."""


@dataclass
class TypeInExtract:
    """A type that the extract names, in how many rows, and of which children, as far as it matters."""

    name: str
    rows: int = 0
    children: set[str] = field(default_factory=set)

    @property
    def preset(self) -> str:
        """Return the preset proposed for it; empty where it cannot be told."""
        return preset_of(self.name)

    @property
    def may_be_shown(self) -> bool:
        """Say whether it is a type's name, and nobody's note: usual words, or several children's."""
        is_shared = len(self.children) >= CHILDREN_THAT_MAKE_A_TYPE and may_be_named(self.name)
        return is_shared or (bool(self.preset) and is_plain(self.name))


@dataclass
class PlacesInExtract:
    """The types, the teams and the workers of an extract: each under the name by which two are compared."""

    rows: int = 0
    types: dict[str, TypeInExtract] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    rows_of_team: dict[str, int] = field(default_factory=dict)
    workers: dict[str, str] = field(default_factory=dict)
    teams_of_worker: dict[str, set[str]] = field(default_factory=dict)

    def count(self, type_: str, child: str, team: str, worker: str) -> None:
        """Take in one row."""
        self.rows += 1
        if type_:
            known = self.types.setdefault(type_.casefold(), TypeInExtract(type_))
            known.rows += 1
            if len(known.children) < CHILDREN_THAT_MAKE_A_TYPE:
                known.children.add(child)
        if team:
            self.teams.setdefault(matched(team), team)
            self.rows_of_team[matched(team)] = self.rows_of_team.get(matched(team), 0) + 1
        if worker:
            self.workers.setdefault(matched(worker), worker)
            self.teams_of_worker.setdefault(matched(worker), set()).update([matched(team)] if team else [])


@dataclass(frozen=True)
class RecognisedExtract:
    """An extract, its columns, and who and what it names."""

    file: OpenedFile
    mapping: ColumnMapping
    places: PlacesInExtract

    @property
    def has_referrals(self) -> bool:
        """Say whether a clock can start from the referral."""
        referred = self.mapping.column("referred_on")
        return referred is not None and referred.dated_share >= ENOUGH_REFERRALS

    @property
    def types(self) -> list[TypeInExtract]:
        """Return the types that may be named, the most frequent first."""
        shown = [type_ for type_ in self.places.types.values() if type_.may_be_shown]
        return sorted(shown, key=lambda type_: (-type_.rows, type_.name))

    @property
    def rows_not_named(self) -> int:
        """Return how many rows have a type that may not be named."""
        return sum(type_.rows for type_ in self.places.types.values() if not type_.may_be_shown)

    @property
    def teams(self) -> dict[str, int]:
        """Return the rows of each team, in the order of their names."""
        rows, names = self.places.rows_of_team, self.places.teams
        return {names[key]: rows[key] for key in sorted(names)}

    @property
    def workers_in_two_teams(self) -> list[str]:
        """Return the workers whom the extract has in more than one team."""
        places = self.places
        return [places.workers[key] for key in sorted(places.workers) if len(places.teams_of_worker[key]) > 1]


def recognise(path: Path) -> RecognisedExtract:
    """
    Recognise the extract that *path* stands for.

    Raises:
        SourceError: It cannot be opened or read.
        UnrecognisedError: It can, but what it is cannot be told, or none of its columns can.
    """
    file = open_unknown(path)
    every = values_of(file.table)
    if file.columns is None:
        mapping = mapping_of(every, file.table.extract.extracted_at.date())
    else:
        mapping = mapping_told(every, file.columns, file.kind)
    _check(file, mapping)
    type_ = mapping.column("type")
    if type_ is None and "type" in mapping.open:
        type_ = next((column for column in mapping.open["type"].candidates if column.share(preset_of)), None)
    picked = [type_, *(mapping.column(name) for name in ("child_id", "team", "worker"))]
    return RecognisedExtract(file, mapping, _places(records(file.table), picked))


def _check(file: OpenedFile, mapping: ColumnMapping) -> None:
    name = file.table.extract.name
    if not any(column.cells for column in mapping.every):
        raise UnrecognisedError(f"{name} has no rows below its headings: name a file with assessments in it.")
    needed = ("child_id", "started_on")
    if not any(name in mapping.taken or mapping.open[name].candidates for name in needed):
        raise UnrecognisedError(f"{name}: no column could be a child's id or the start of an assessment.")


def _places(rows: Iterable[Cells], columns: Sequence[ColumnValues | None]) -> PlacesInExtract:
    places = PlacesInExtract()
    for cells in rows:
        places.count(*(read_text(cells[column.index]) if column else "" for column in columns))
    return places

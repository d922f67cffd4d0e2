"""Recognises a staff list: which of its columns are the directory's, by their names and by whom they name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerter.domain.routing import matched
from alerter.errors import UnrecognisedError
from alerter.sources.columns import DIRECTORY_COLUMNS, normalised
from alerter.sources.recognition.file import open_unknown
from alerter.sources.recognition.headings import AllColumns
from alerter.sources.recognition.mapping import ColumnMapping, OpenColumn, TakenColumn
from alerter.sources.recognition.recognise import PlacesInExtract
from alerter.sources.recognition.synonyms import column_called, words_of
from alerter.sources.recognition.values import values_of

STAFF_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "manager_name": (
        "Manager", "Manager Name", "Team Manager", "Team Manager Name", "Line Manager", "Line Manager Name",
        "TM", "TM Name",
    ),
    "manager_email": (
        "Manager Email", "Manager Email Address", "Team Manager Email", "Team Manager Email Address",
        "Line Manager Email", "Line Manager Email Address", "TM Email", "TM Email Address",
    ),
    "cover_email": ("Cover Email", "Cover Email Address", "Deputy Email"),
    "escalate_to": (
        "Service Manager Email", "Service Manager Email Address", "Head of Service Email",
        "Head of Service Email Address", "HoS Email", "HoS Email Address", "HOS Email", "HOS Email Address",
    ),
}  # fmt: skip
"""What staff lists call the directory's columns; teams and workers go by the headings of extracts too."""
_ADDRESSES = frozenset({"manager_email", "cover_email", "escalate_to"})
NEARLY_ALL, HALF = 0.95, 0.5
_BY_WORDS = {words_of(synonym): name for name, synonyms in STAFF_SYNONYMS.items() for synonym in synonyms}


@dataclass(frozen=True)
class StaffList:
    """A staff list as it was recognised, and the teams of the extract that it lacks."""

    path: Path
    mapping: ColumnMapping
    lacking: Sequence[str]

    @property
    def is_as_ours(self) -> bool:
        """Say whether all that was taken stands under the directory's own headings."""
        taken = self.mapping.taken.items()
        return not self.mapping.open and all(normalised(of.column.heading) == name for name, of in taken)


def staff_column(heading: object) -> str:
    """
    Return which column of the directory is called so; empty where the heading names none.

    >>> staff_column("Team manager's e-mail"), staff_column("Assigned Team"), staff_column("Email")
    ('manager_email', 'team', '')
    """
    own = normalised(heading)
    if own in DIRECTORY_COLUMNS:
        return own
    called = _BY_WORDS.get(words_of(heading)) or column_called(heading)
    return called if called in DIRECTORY_COLUMNS else ""


def recognise_staff(path: Path, places: PlacesInExtract) -> StaffList:
    """
    Recognise the staff list at *path* beside what an extract names.

    Raises:
        SourceError: It cannot be opened or read.
        UnrecognisedError: It can, but it names neither the teams nor the workers, or has no addresses.
    """
    every = values_of(open_unknown(path, AllColumns(staff_column, fewest_labels=2)).table)
    mapping = ColumnMapping(every, {column.index: staff_column(column.heading) for column in every})
    for name, known in (("team", places.teams), ("worker", places.workers)):
        _take_place(mapping, name, known)
    for name in DIRECTORY_COLUMNS:
        if name not in mapping.taken:
            _take_named(mapping, name)
    if not mapping.taken.keys() & {"team", "worker"}:
        raise UnrecognisedError(f"{path.name}: no column names the teams or the workers of the extract.")
    _take_only_addresses(path, mapping)
    return StaffList(path, mapping, _lacking(mapping, places))


def _take_place(mapping: ColumnMapping, name: str, known: Mapping[str, str]) -> None:
    """Take the column that names most of the places *known* from the extract, if it names half of them."""
    shares = {
        column.index: len(known.keys() & set(map(matched, column.texts))) / len(known) if known else 0.0
        for column in mapping.every
    }
    best = max(mapping.every, key=lambda column: shares[column.index])
    if shares[best.index] >= HALF:
        mapping.taken[name] = TakenColumn(
            best, f"{round(shares[best.index] * 100)}% of the extract's are in it"
        )


def _take_named(mapping: ColumnMapping, name: str) -> None:
    fitting = [
        column
        for column in mapping.every
        if mapping.names[column.index] == name
        and (name not in _ADDRESSES or not column.filled or column.address_share >= NEARLY_ALL)
    ]
    if len(fitting) == 1:
        mapping.taken[name] = TakenColumn(fitting[0], "its heading")


def _take_only_addresses(path: Path, mapping: ColumnMapping) -> None:
    """Take the only addresses there are for the managers', where no line is a worker's; or ask."""
    if "manager_email" in mapping.taken:
        return
    used = {of.column.index for of in mapping.taken.values()}
    addresses = [
        column for column in mapping.every if column.index not in used and column.address_share >= NEARLY_ALL
    ]
    if not addresses:
        raise UnrecognisedError(f"{path.name}: no column has the addresses of managers.")
    if len(addresses) == 1 and "worker" not in mapping.taken:
        mapping.taken["manager_email"] = TakenColumn(
            addresses[0], "the only addresses, and no line is a worker's"
        )
    else:
        because = "they may be the workers' own" if "worker" in mapping.taken else "there are several"
        mapping.open["manager_email"] = OpenColumn(tuple(addresses), because)


def _lacking(mapping: ColumnMapping, places: PlacesInExtract) -> list[str]:
    team = mapping.column("team")
    there = set(map(matched, team.texts)) if team else set()
    return [places.teams[key] for key in sorted(places.teams) if key not in there]

"""
Reads the Department for Education's children-in-need census, as XML.

Read by element names alone, in any namespace or none; what is not needed is passed over, because no
real file keeps to the schema. A census names neither team nor worker, and has no id for an assessment.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from alerter.errors import SourceError
from alerter.sources.columns import Located
from alerter.sources.extract import Extract, FileStamp, fingerprint, opening
from alerter.sources.markup import LocalNames, MarkupError, feed, local, new_parser
from alerter.sources.table import Rows, Table
from alerter.sources.text import is_yes

CENSUS_SUFFIXES = (".xml",)
ROOTS = frozenset({"message", "cindetailscollection"})
COLLECTION = "CIN"
OF_CHILD = {"child_id": "LAchildID", "referred_on": "CINreferralDate", "closed_on": "CINclosureDate"}


@dataclass(frozen=True, slots=True)
class Block:
    """An element of an episode that is one row, and its own elements by canonical column."""

    element: str
    elements: Mapping[str, str]

    @property
    def columns(self) -> Located:
        """Return the columns of its rows: the child's, the episode's, and its own."""
        every = {**OF_CHILD, **self.elements}
        return Located(tuple(every.values()), {name: index for index, name in enumerate(every)})


ASSESSMENT = Block(
    "Assessments",
    {
        "started_on": "AssessmentActualStartDate",
        "review_on": "AssessmentInternalReviewDate",
        "authorised_on": "AssessmentAuthorisationDate",
    },
)
NOT_NEEDED = "ICPCnotRequired"
SECTION_47 = Block(
    "Section47",
    {"started_on": "S47ActualStartDate", "authorised_on": "DateOfInitialCPC", "cancelled_on": NOT_NEEDED},
)
"""A section 47 enquiry, which ends with its conference; where none is needed, on the day it starts."""
NO_ROUTING = "a census names no team and no worker, so it alone cannot tell whose an assessment is"
HEADER = frozenset({"collection", "referencedate", "datetime"})
OF_EPISODE = frozenset({"cinreferraldate", "cinclosuredate"})
BLOCKS = frozenset({"header", "child", "cindetails"})
ZIP_START = b"PK\x03\x04"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONDON = ZoneInfo("Europe/London")


def open_census(path: Path, block: Block = ASSESSMENT) -> Table:
    """
    Return a row for each *block* in the census at *path*; their lines are those of its opening tags.

    It is as old as its header says, not as its file. Memory stays flat however long it is.

    Raises:
        SourceError: It cannot be read, is no CIN census, or declares a document type. Reading
            the rows raises it where the XML is broken or cut off, or the file has changed meanwhile.
    """
    stamp = FileStamp.of(path)
    sha256 = fingerprint(path)
    header = _read_header(path)
    written_at = _moment(header.get("datetime", ""))

    def read() -> Rows:
        census = _Census(block)
        with _reading(path), path.open("rb") as file:
            for _ in census.feed(file):
                yield from census.rows
                census.rows.clear()
        stamp.check_unchanged(path)

    extract = Extract(
        name=path.name,
        sha256=sha256,
        extracted_at=written_at or stamp.written_at,
        size=stamp.size,
        notes=tuple(_notes(header, written_at)),
        headings=block.columns.headings,
    )
    return Table(extract, block.columns, read)


class _Census:
    """
    Listens to a census: takes down its header, and a row for each *block* of a child.

    What a closing tag completes is kept by its local name; a child's rows are given at its end, because
    the date an episode was closed, or the child's id, may stand behind its assessments.
    """

    def __init__(self, block: Block) -> None:
        self._block = block.element.lower()
        self._elements = [element.lower() for element in block.columns.headings]
        self._texts = HEADER | set(self._elements)
        self.header: dict[str, str] = {}
        self.is_past_header = False
        self.rows: list[tuple[int, list[str]]] = []
        self._names = LocalNames(self._texts | BLOCKS | {self._block})
        self._pieces: list[str] = []
        self._child_id = ""
        self._episode: dict[str, str] = {}
        self._assessment: dict[str, str] = {}
        self._line = 0
        self._of_episode: list[tuple[int, dict[str, str]]] = []
        self._of_child: list[tuple[int, dict[str, str]]] = []
        self._parser = new_parser()
        self._parser.StartElementHandler = self._root
        self._parser.EndElementHandler = self._end

    def feed(self, file: IO[bytes]) -> Iterator[None]:
        """
        Read *file*, giving the caller a turn after each piece to take the rows away.

        Raises:
            MarkupError: The XML is broken, declares a document type, or is of another kind.
        """
        return feed(self._parser, file)

    def _root(self, name: str, _attributes: object) -> None:
        if local(name) not in ROOTS:
            line = self._parser.CurrentLineNumber
            raise MarkupError(line, f"it begins with <{name[:40]}>, not with <Message>")
        self._parser.StartElementHandler = self._start

    def _start(self, name: str, _attributes: object) -> None:
        if not (name := self._names[name]):
            return
        if name in self._texts:
            self._pieces.clear()
            self._parser.CharacterDataHandler = self._pieces.append
        elif name == self._block:
            self._assessment = {}
            self._line = self._parser.CurrentLineNumber
        elif name == "cindetails":
            self._episode = {}
            self._of_episode = []
        elif name == "child":
            self.is_past_header = True
            self._child_id = ""
            self._of_child = []

    def _end(self, name: str) -> None:
        if not (name := self._names[name]):
            return
        if name in self._texts:
            self._parser.CharacterDataHandler = None
            self._keep(name, "".join(self._pieces).strip())
        elif name == self._block:
            self._of_episode.append((self._line, self._assessment))
            self._assessment = {}  # An episode has a DateOfInitialCPC of its own, behind its blocks.
        elif name == "cindetails":
            self._of_child += [(line, values | self._episode) for line, values in self._of_episode]
        elif name == "child":
            self.rows += [(line, self._cells(values)) for line, values in self._of_child]
        elif name == "header":
            self.is_past_header = True

    def _keep(self, name: str, text: str) -> None:
        if name in HEADER:
            self.header.setdefault(name, text)
        elif name == "lachildid":
            self._child_id = text
        elif name in OF_EPISODE:
            self._episode[name] = text
        else:
            self._assessment[name] = text

    def _cells(self, values: Mapping[str, str]) -> list[str]:
        cells = [self._child_id, *(values.get(element, "") for element in self._elements[1:])]
        if self._elements[-1] == NOT_NEEDED.lower():
            started, conference, not_needed = cells[-3:]
            cells[-1] = started if is_yes(not_needed) and not conference else ""
        return cells


def _read_header(path: Path) -> dict[str, str]:
    """
    Return what the header says, by element; nothing where there is none.

    Raises:
        SourceError: The file is no CIN census.
    """
    census = _Census(ASSESSMENT)
    with _reading(path), path.open("rb") as file:
        for _ in census.feed(file):
            if census.is_past_header:
                break
    collection = census.header.get("collection", COLLECTION)
    if collection.upper() != COLLECTION:
        raise SourceError(f'{path.name} is a return of the collection "{collection[:20]}", not a CIN census.')
    return census.header


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """
    Turn what is wrong with the XML into an operator's sentence.

    Raises:
        SourceError: The file cannot be read, or is broken, cut off or no census.
    """
    with opening(path):
        try:
            with path.open("rb") as file:
                start = file.read(len(ZIP_START))
            if start == ZIP_START:
                raise SourceError(f"{path.name} is a zip archive: unpack it, and give the XML file inside.")
            yield
        except MarkupError as error:
            raise SourceError(
                f"{path.name}, line {error.line}: this is no CIN census that can be read ({error}); "
                "export it again, and do not edit it by hand."
            ) from None


def _moment(text: str) -> datetime | None:
    """
    Return a header's moment in UTC; without a zone it is London's.

    >>> _moment("2026-07-21T10:12:28")
    datetime.datetime(2026, 7, 21, 9, 12, 28, tzinfo=datetime.timezone.utc)
    """
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=_LONDON)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _notes(header: Mapping[str, str], written_at: datetime | None) -> Iterator[str]:
    reference = header.get("referencedate", "")
    as_of = f"as at {reference}" if _DAY.fullmatch(reference) else "without a reference date"
    written = f"written {written_at:%Y-%m-%d}" if written_at else "without a date in its header"
    yield f"CIN census {as_of}, {written}"
    yield NO_ROUTING

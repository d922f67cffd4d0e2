"""Turns a row of cells into the values of an `Assessment`, or a `Rejected` with the reason."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from operator import itemgetter
from typing import Any

from alerter.config.reporting import OTHER_REASON
from alerter.domain.address import is_address
from alerter.domain.assessment import Rejected, RowValues, UnreadableValue, field_named
from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.sources.columns import DATE_COLUMNS, Located, starts_of
from alerter.sources.dates import DateColumn, MonthFirstError, UnreadableDateError
from alerter.sources.lines import NO_RECORD, UNTOLD, NoRecord, filled, is_no_record
from alerter.sources.memo import remembered
from alerter.sources.score import read_score
from alerter.sources.slipped import Cells, IdShape, Slipped
from alerter.sources.table import DateColumns
from alerter.sources.text import IdentifierError, read_id, read_text
from alerter.sources.type_names import TypeNames, unknown_type_reason

EARLIEST = date(1990, 1, 1)
"""No assessment of today began before; an earlier date is a slip of the keyboard or an unknown sentinel."""
THE_REST = (
    "words where ids should be, below a row that has slipped; a cell with a line break needs quotation marks"
)
LEARNT_FROM, LEARNT_AFTER = 2000, 16
"""What ids look like is learnt from each row up to this line, and from one in so many after it."""
NO_ADDRESS = "(unreadable)"
"""Stands for what is no address, so that no other manager is taken for the one the extract means."""
OPTIONAL = ("assessment_id", "manager_email", "audit_score", *DATE_COLUMNS)
"""What may be unreadable in a row that is kept; which date is the clock's start depends on the type."""
BLANKS = ("", "", None, *[None] * len(DATE_COLUMNS))
MOST_OF_A_LABEL = 2
"""Cells of a line that says what a figure or a date is: "Report date", and the date."""
OTHERS = ("child_id", "type", "team", "worker", "reassured_by", "reason")


class RowFaultError(ValueError):
    """
    Why a row cannot be believed, and the exception kind it is, if any.

    *naming* is the same with the type that its row has, for where that is known to be one.
    """

    def __init__(self, reason: str, kind: str = "", naming: str = "") -> None:
        super().__init__(reason)
        self.kind = kind
        self.naming = naming


class UnbelievableError(ValueError):
    """A value that counts as blank; its text says why, without the value."""


@dataclass(frozen=True, slots=True)
class PartlyRead:
    """The values of a row that is kept, and those of them that count as blank."""

    values: RowValues
    unreadable: tuple[UnreadableValue, ...]


@dataclass(frozen=True, slots=True)
class Doubtful:
    """
    A row that is no assessment, until what the ids of its file look like is known.

    *ids* are those of the assessment and the child as they stand, or what stands alone in a row that has
    slipped. It *may_be_stray*, and hold no record, unless they look like the others. *naming* is its
    reason with the type that it has, for where rows of several children have that.
    """

    rejected: Rejected
    ids: tuple[str, str]
    may_be_stray: bool
    is_slipped: bool = False
    naming: str = ""
    kept: RowValues | PartlyRead | None = None
    """What the row is if its ids are ids: it stands below a doubtful one, and may be the rest of its text."""


class RowReader:
    """
    Reads the rows of one file: cells by position, under the council's *clocks*.

    *reasons* are the reasons for an assessment that the settings know, each key with its label; *dates* are
    the columns of dates by name.
    Only the canonical columns are looked at; whatever else the row holds is never touched.
    Values that repeat from row to row (dates, teams, workers) are read once and remembered.
    """

    def __init__(
        self,
        file_name: str,
        columns: Located,
        clocks: Mapping[str, Clock],
        reasons: Mapping[str, str] | None = None,
        dates: Mapping[str, DateColumn] | None = None,
    ) -> None:
        self._file_name = file_name
        self._columns = columns
        self._width = len(columns.headings)
        self._pick: Callable[[Cells], tuple[object, ...]] = itemgetter(
            *(columns.indexes.get(name, self._width) for name in (*OPTIONAL, *OTHERS))
        )
        self._dates = DateColumns(columns) if dates is None else dates
        self._readers = [
            (place, self._reader_of(name)) for place, name in enumerate(OPTIONAL) if name in columns.indexes
        ]
        self._text: Callable[[object], str] = remembered(read_text)
        self._reason: Callable[[object], str] = remembered(partial(reason_of, reasons or {}))
        self._clocks = dict(clocks)
        self._clock: Callable[[object], Clock | None] = remembered(self._clock_of)
        self._is_below_doubt = False
        self._starts = [OPTIONAL.index(name) for name in starts_of(clocks)]
        self._assessment_ids, self._child_ids = IdShape(), IdShape()
        self._types = TypeNames()

    def read(self, line: int, cells: Cells | Slipped) -> RowValues | PartlyRead | Doubtful | NoRecord:
        """
        Return the bare values in *cells*: an object for each row would cost more than reading it.

        Raises:
            SourceError: A date can only be month first, so no date of its column can be believed.
        """
        if isinstance(cells, Slipped):
            return self._slipped(line, cells)
        # Every column the file does not have is picked from the one blank cell at the end.
        picked = self._pick([*cells, None])
        try:
            # Values come first: a month-first date condemns its column even in a row that has other faults.
            values, unreadable = self._values(picked)
            row_values = self._row_values(values, unreadable, *picked[len(OPTIONAL) :])
        except RowFaultError as fault:
            return self._doubtful(line, fault, picked)
        except MonthFirstError as fault:
            if self._is_no_record(picked):
                return NO_RECORD
            raise SourceError(
                f'{self._file_name}, line {line}: the column "{fault}" has a date with the month first, '
                "so none of its dates can be trusted; export it as YYYY-MM-DD or DD/MM/YYYY."
            ) from None
        row = (
            PartlyRead(row_values, self._unreadable(line, unreadable, row_values))
            if unreadable
            else row_values
        )
        if self._is_below_doubt:
            self._is_below_doubt = False
            return Doubtful(
                Rejected(line, THE_REST), (values[0], row_values[1]), may_be_stray=False, kept=row
            )
        if line < LEARNT_FROM or not line % LEARNT_AFTER:
            self._assessment_ids.learn(values[0])
            self._child_ids.learn(row_values[1])
        return row

    def settled(self, row: Doubtful) -> RowValues | PartlyRead | Rejected | NoRecord:
        """
        Return what a doubtful *row* is, once all rows are read; only ids that look like the others are kept.
        """
        own, child = row.ids
        if row.kept is not None:
            is_text = self._assessment_ids.is_text(own) or self._child_ids.is_text(child)
            return row.rejected if is_text else row.kept
        assessment_id = own if self._assessment_ids.looks_alike(own) else ""
        child_id = child if self._child_ids.looks_alike(child) else ""
        if row.is_slipped:
            is_stray = row.may_be_stray and not (assessment_id or child_id)
            return NO_RECORD if is_stray else row.rejected
        if row.may_be_stray and (not any(row.ids) or row.ids != (assessment_id, child_id)):
            return NO_RECORD
        reason = row.naming if self._types.is_type(row.naming) else row.rejected.reason
        return replace(row.rejected, reason=reason, assessment_id=assessment_id, child_id=child_id)

    def _slipped(self, line: int, row: Slipped) -> Doubtful | NoRecord:
        if is_no_record(row.cells, self._columns):
            return NO_RECORD
        self._is_below_doubt = True
        first, *others = filled(row.cells)
        alone = "" if others else first
        return Doubtful(
            Rejected(line, row.sentence), (alone, alone), may_be_stray=not others, is_slipped=True
        )

    def _doubtful(self, line: int, fault: RowFaultError, picked: Sequence[object]) -> Doubtful | NoRecord:
        own, child = picked[0], picked[len(OPTIONAL)]
        values, unreadable = self._values(picked)
        has_start = any(values[place] for place in self._starts)
        naming = fault.naming if has_start and not unreadable else ""
        self._types.learn(naming, _id_or_blank(child))
        is_bare = not (has_start and filled([child]))
        if is_bare and self._is_no_record(picked):
            return NO_RECORD
        self._is_below_doubt = True
        count = len(filled(picked))
        is_label = count <= MOST_OF_A_LABEL and bool(filled([own, child]))
        return Doubtful(
            Rejected(line, str(fault), fault.kind),
            (_id_or_blank(own), _id_or_blank(child)),
            may_be_stray=is_bare and (is_label or (count == 1 and not has_start)),
            naming=naming,
        )

    def _is_no_record(self, picked: Sequence[object]) -> bool:
        cells = [cell for name, cell in zip((*OPTIONAL, *OTHERS), picked, strict=True) if name not in UNTOLD]
        return is_no_record(cells, self._columns)

    def _values(self, picked: Sequence[object]) -> tuple[list[Any], Mapping[str, str]]:
        """Return the values of `OPTIONAL`, and by name why some of them count as blank."""
        values: list[Any] = list(BLANKS)
        try:
            for place, read in self._readers:
                values[place] = read(picked[place])
        except MonthFirstError:
            raise
        except ValueError:
            return self._believable_values(picked)
        return values, {}

    def _believable_values(self, picked: Sequence[object]) -> tuple[list[Any], Mapping[str, str]]:
        values: list[Any] = list(BLANKS)
        unreadable = {}
        for place, read in self._readers:
            try:
                values[place] = read(picked[place])
            except MonthFirstError:
                raise
            except ValueError as fault:
                unreadable[OPTIONAL[place]] = str(fault)
        if "manager_email" in unreadable:
            values[OPTIONAL.index("manager_email")] = NO_ADDRESS
        return values, unreadable

    def _row_values(
        self,
        values: Sequence[Any],
        unreadable: Mapping[str, str],
        child_id: object,
        type_: object,
        *texts: object,
    ) -> RowValues:
        """Return the values in the order of `ROW_FIELDS`."""
        reference, manager_email, score, started, referred, authorised, cancelled, closed, review, *later = (
            values
        )
        away, submitted, looked, expected = later
        child = self._child(child_id)
        clock = self._clock(type_)
        if clock is None:
            raise self._unknown_type(type_)
        clock = clock.in_force(started, referred)
        start = started if clock.starts_from == "started_on" else referred
        if start is None:
            named = self._named(clock.starts_from)
            why = unreadable.get(clock.starts_from)
            raise RowFaultError(f"{named} {why}" if why else f"has no {named}", "start_missing")
        team, worker, by, reason = texts
        text = self._text
        return (
            reference or f"{child}/{start.isoformat()}", child, clock.type, start,
            started, referred, authorised, cancelled, closed, review,
            text(team), text(worker), manager_email, score,
            away, looked, text(by), expected, submitted, self._reason(reason),
        )  # fmt: skip

    def _reader_of(self, name: str) -> Callable[[object], Any]:
        """
        Return what reads the optional column *name*, raising a `ValueError` where it can only count as blank.
        """
        match name:
            case "assessment_id":
                return read_id
            case "manager_email":
                return remembered(_address)
            case "audit_score":
                return remembered(read_score)
        return remembered(partial(_believable_date, self._dates[name]))

    def _child(self, value: object) -> str:
        try:
            child = read_id(value)
        except IdentifierError as fault:
            raise RowFaultError(f"{self._named('child_id')} {fault}") from None
        if not child:
            raise RowFaultError(f"has no {self._named('child_id')}")
        return child

    def _clock_of(self, value: object) -> Clock | None:
        """Return the clock of a type given by key or label; the only one there is, where none is given."""
        wanted = read_text(value).casefold()
        if not wanted and len(self._clocks) == 1:
            return next(iter(self._clocks.values()))
        for key, clock in self._clocks.items():
            if wanted == key.casefold():
                return clock
        for clock in self._clocks.values():
            if wanted and wanted == read_text(clock.label).casefold():
                return clock
        return None

    def _unknown_type(self, value: object) -> RowFaultError:
        name, labels = read_text(value), {key: clock.label for key, clock in self._clocks.items()}
        what = "names no configured type" if name else "is blank"
        return RowFaultError(
            f"{self._named('type')} {what}; the types are {', '.join(labels)}",
            "unknown_type",
            unknown_type_reason(name, labels),
        )

    def _unreadable(
        self, line: int, names: Iterable[str], row_values: RowValues
    ) -> tuple[UnreadableValue, ...]:
        assessment_id, child_id = row_values[:2]
        return tuple(
            UnreadableValue(line, name, self._columns.heading_of(name), assessment_id, child_id)
            for name in names
        )

    def _named(self, name: str) -> str:
        return field_named(name, self._columns.heading_of(name))


def reason_of(reasons: Mapping[str, str], value: object) -> str:
    """
    Return the key of the reason a cell names by key or label, without case; what it says else is never kept.

    >>> reason_of({"section_47": "Section 47 enquiry"}, "SECTION 47 enquiry"), reason_of({}, "Mr Smith moved")
    ('section_47', 'other')
    """
    wanted = read_text(value).casefold()
    named = (key for key, label in reasons.items() if wanted in (key.casefold(), read_text(label).casefold()))
    return next(named, OTHER_REASON) if wanted else ""


def _believable_date(column: DateColumn, cell: object) -> date | None:
    """Return the date in *cell*: 0001-01-01 and its like, as systems write for none, never pass for one."""
    try:
        on = column.read(cell)
    except UnreadableDateError:
        raise UnbelievableError("is no date that can be read; write YYYY-MM-DD or DD/MM/YYYY") from None
    if on is not None and on < EARLIEST:
        raise UnbelievableError("is before 1990 and cannot be believed")
    return on


def _address(cell: object) -> str:
    text = read_text(cell)
    if text and not is_address(text):
        raise UnbelievableError("is not one plain email address")
    return text


def _id_or_blank(value: object) -> str:
    try:
        return read_id(value)
    except IdentifierError:
        return ""

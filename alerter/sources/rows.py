"""From a row of cells to the facts of an `Assessment`, or to a `Rejected` that says why not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from operator import itemgetter
from typing import Any

from alerter.config.reporting import OTHER_REASON
from alerter.domain.address import is_address
from alerter.domain.assessment import Assessment, Facts, Rejected, assessment_of
from alerter.domain.policy import Clock
from alerter.domain.unknown_type import unknown_type_reason
from alerter.domain.unreadable import UnreadableValue, field_named
from alerter.errors import SourceError
from alerter.sources.columns import DATE_COLUMNS, Located
from alerter.sources.dates import DateColumn, MonthFirstError, UnreadableDateError
from alerter.sources.memo import remembered
from alerter.sources.score import read_score
from alerter.sources.table import Cells, DateColumns, fitted
from alerter.sources.text import IdentifierError, read_id, read_text

EARLIEST = date(1990, 1, 1)
"""No assessment of today began before; an earlier date is a slip of the keyboard or an unknown sentinel."""
TOO_MANY_CELLS = "has more cells than there are headings; a cell with a delimiter in it needs quotation marks"
NO_ADDRESS = "(unreadable)"
"""Stands for what is no address, so that no other manager is taken for the one the extract means."""
OPTIONAL = ("assessment_id", "manager_email", "audit_score", *DATE_COLUMNS)
"""What may be unreadable in a row that is kept; which date is the clock's start depends on the type."""
BLANKS = ("", "", None, *[None] * len(DATE_COLUMNS))
OTHERS = ("child_id", "type", "team", "worker", "reassured_by", "reason")


class RowFaultError(ValueError):
    """
    Why a row cannot be believed, the exception kind it is, if any, and the reason *if_common*.
    """

    def __init__(self, reason: str, kind: str = "", if_common: str = "") -> None:
        super().__init__(reason)
        self.kind = kind
        self.if_common = if_common


class UnbelievableError(ValueError):
    """
    A value that counts as blank; its text says why, without the value.
    """


@dataclass(frozen=True, slots=True)
class PartlyRead:
    """
    The facts of a row that is kept, and those of its values that count as blank.
    """

    facts: Facts
    unreadable: tuple[UnreadableValue, ...]


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

    def read(self, line: int, cells: Cells) -> Assessment | Rejected:
        """
        Return the assessment in *cells*, or why they hold none.

        Raises:
            SourceError: A date can only be month first, so no date of its column can be believed.
        """
        found = self.facts(line, cells)
        if isinstance(found, Rejected):
            return found
        return assessment_of(found.facts if isinstance(found, PartlyRead) else found)

    def facts(self, line: int, cells: Cells) -> Facts | PartlyRead | Rejected:
        """
        Return what `read` does, as bare facts: an object for each row would cost more than reading it.

        Raises:
            SourceError: A date can only be month first, so no date of its column can be believed.
        """
        if len(cells) != self._width:
            fit = fitted(cells, self._width)
            if fit is None:
                return Rejected(line, TOO_MANY_CELLS)
            cells = fit
        # Every column the file does not have is picked from the one blank cell at the end.
        picked = self._pick([*cells, None])
        try:
            # Values come first: a month-first date condemns its column even in a row that has other faults.
            values, unreadable = self._values(picked)
            facts = self._facts(values, unreadable, *picked[len(OPTIONAL) :])
        except RowFaultError as fault:
            ids = _id_or_blank(picked[0]), _id_or_blank(picked[len(OPTIONAL)])
            return Rejected(line, str(fault), fault.kind, *ids, if_common=fault.if_common)
        except MonthFirstError as fault:
            raise SourceError(
                f'{self._file_name}, line {line}: the column "{fault}" has a date with the month first, '
                "so none of its dates can be trusted; export it as YYYY-MM-DD or DD/MM/YYYY."
            ) from None
        return PartlyRead(facts, self._unreadable(line, unreadable, facts)) if unreadable else facts

    def _values(self, picked: Sequence[object]) -> tuple[list[Any], Mapping[str, str]]:
        """
        Return the values of `OPTIONAL`, and by name why some of them count as blank.
        """
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

    def _facts(
        self,
        values: Sequence[Any],
        unreadable: Mapping[str, str],
        child_id: object,
        type_: object,
        *texts: object,
    ) -> Facts:
        """
        Return the facts in the order of `FACTS`.
        """
        reference, manager_email, score, started, referred, authorised, cancelled, closed, review, *later = (
            values
        )
        away, submitted, looked, expected = later
        child = self._child(child_id)
        clock = self._clock(type_)
        if clock is None:
            is_sound = not unreadable and bool(started or referred)
            raise self._unknown_type(type_, is_sound=is_sound)
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
        """
        Return the clock of a type given by key or label; the only one there is, where none is given.
        """
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

    def _unknown_type(self, value: object, *, is_sound: bool) -> RowFaultError:
        """
        Return the fault of a type that is not configured: named if common, where its row *is_sound* else.
        """
        shown, labels = read_text(value), {key: clock.label for key, clock in self._clocks.items()}
        what = "names no configured type" if shown else "is blank"
        return RowFaultError(
            f"{self._named('type')} {what}; the types are {', '.join(labels)}",
            "unknown_type",
            unknown_type_reason(shown, labels) if is_sound else "",
        )

    def _unreadable(self, line: int, names: Iterable[str], facts: Facts) -> tuple[UnreadableValue, ...]:
        assessment_id, child_id = facts[:2]
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
    """
    Return the date in *cell*: 0001-01-01 and its like, as systems write for none, never pass for one.
    """
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

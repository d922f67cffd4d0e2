"""Turns a row of cells into the values of an `Assessment`, or a `Rejected` with the reason."""

from collections.abc import Mapping
from typing import Any

from alerter.domain.assessment import ROW_FIELDS, Rejected, RowValues, UnreadableValue, field_named
from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.sources.columns import ASSESSMENT_COLUMNS, DATE_COLUMNS, Located, starts_of
from alerter.sources.dates import DateColumn, MonthFirstError
from alerter.sources.doubts import Doubtful, Doubts, PartlyRead
from alerter.sources.lines import NO_RECORD, UNTOLD, NoRecord, filled, is_no_record
from alerter.sources.memo import remembered
from alerter.sources.single_cells import cell_reader, id_or_blank
from alerter.sources.slipped import Cells, Slipped
from alerter.sources.table import DateColumns
from alerter.sources.text import read_text
from alerter.sources.type_names import unknown_type_reason

THE_REST = (
    "words where ids should be, below a row that has slipped; a cell with a line break needs quotation marks"
)
NO_ADDRESS = "(unreadable)"
"""Stands for what is no address, so that no other manager is taken for the one the extract means."""
MOST_OF_A_LABEL = 2
"""Cells of a line that says what a figure or a date is: "Report date", and the date."""
ASSESSMENT_ID, CHILD_ID, TYPE, CLOCK_ON, STARTED_ON, REFERRED_ON, MANAGER_EMAIL = map(
    ROW_FIELDS.index,
    ("assessment_id", "child_id", "type", "clock_on", "started_on", "referred_on", "manager_email"),
)
BLANK_ROW = [None if name in (*DATE_COLUMNS, "clock_on", "audit_score") else "" for name in ROW_FIELDS]


class RowFaultError(ValueError):
    """
    Why a row cannot be believed, and the exception kind it is, if any.

    *naming* is the same with the type that its row has, for where that is known to be one.
    """

    def __init__(self, reason: str, kind: str = "", naming: str = "") -> None:
        super().__init__(reason)
        self.kind = kind
        self.naming = naming


class RowReader:
    """
    Reads the rows of one file: cells by position, under the council's *clocks*.

    *reasons* are the reasons for an assessment that the settings know, each key with its label; *dates* are
    the columns of dates by name.
    Only the canonical columns are looked at; whatever else the row holds is never touched.
    """

    def __init__(
        self,
        file_name: str,
        columns: Located,
        clocks: Mapping[str, Clock],
        reasons: Mapping[str, str] | None = None,
        dates: Mapping[str, DateColumn] | None = None,
    ) -> None:
        self.doubts = Doubts()
        self._file_name = file_name
        self._columns = columns
        self._clocks = dict(clocks)
        self._starts = [ROW_FIELDS.index(name) for name in starts_of(clocks)]
        self._is_below_doubt = False
        dates = DateColumns(columns) if dates is None else dates
        self._readers = [
            (
                ROW_FIELDS.index(name),
                columns.indexes[name],
                remembered(self._clock_of) if name == "type" else cell_reader(name, dates, reasons or {}),
            )
            for name in ASSESSMENT_COLUMNS
            if name in columns.indexes
        ]
        self._blank: list[Any] = list(BLANK_ROW)
        self._blank[TYPE] = self._clock_of("")

    def read(self, line: int, cells: Cells | Slipped) -> RowValues | PartlyRead | Doubtful | NoRecord:
        """
        Return the bare values in *cells*: an object for each row would cost more than reading it.

        Raises:
            SourceError: A date can only be month first, so no date of its column can be believed.
        """
        if isinstance(cells, Slipped):
            return self._slipped(line, cells)
        try:
            # Values come first: a month-first date condemns its column even in a row that has other faults.
            values, unreadable = self._values(cells)
        except MonthFirstError as fault:
            return self._month_first(line, fault, cells)
        own = values[ASSESSMENT_ID]
        try:
            self._complete(values, unreadable, cells)
        except RowFaultError as fault:
            return self._doubtful(line, fault, values, unreadable, cells)
        whole = tuple(values)
        row = PartlyRead(whole, self._unreadable(line, unreadable, whole)) if unreadable else whole
        if self._is_below_doubt:
            self._is_below_doubt = False
            return Doubtful(Rejected(line, THE_REST), (own, values[CHILD_ID]), may_be_stray=False, kept=row)
        self.doubts.learn_ids(line, own, values[CHILD_ID])
        return row

    def _values(self, cells: Cells) -> tuple[list[Any], Mapping[str, str]]:
        """Return the values of a row, and by name why some of them count as blank."""
        values = self._blank.copy()
        try:
            for place, index, read in self._readers:
                values[place] = read(cells[index])
        except MonthFirstError:
            raise
        except ValueError:
            return self._believable_values(cells)
        return values, {}

    def _believable_values(self, cells: Cells) -> tuple[list[Any], Mapping[str, str]]:
        values, unreadable = self._blank.copy(), {}
        for place, index, read in self._readers:
            try:
                values[place] = read(cells[index])
            except MonthFirstError:
                raise
            except ValueError as fault:
                unreadable[ROW_FIELDS[place]] = str(fault)
        if "manager_email" in unreadable:
            values[MANAGER_EMAIL] = NO_ADDRESS
        return values, unreadable

    def _month_first(self, line: int, fault: MonthFirstError, cells: Cells) -> NoRecord:
        if self._is_no_record(cells):
            return NO_RECORD
        raise SourceError(
            f'{self._file_name}, line {line}: the column "{fault}" has a date with the month first, '
            "so none of its dates can be trusted; export it as YYYY-MM-DD or DD/MM/YYYY."
        ) from None

    def _slipped(self, line: int, row: Slipped) -> Doubtful | NoRecord:
        if is_no_record(row.cells, self._columns):
            return NO_RECORD
        self._is_below_doubt = True
        first, *others = filled(row.cells)
        alone = "" if others else first
        return Doubtful(
            Rejected(line, row.sentence), (alone, alone), may_be_stray=not others, is_slipped=True
        )

    def _doubtful(
        self, line: int, fault: RowFaultError, values: list[Any], unreadable: Mapping[str, str], cells: Cells
    ) -> Doubtful | NoRecord:
        own, child = self._cell("assessment_id", cells), self._cell("child_id", cells)
        has_start = any(values[place] for place in self._starts)
        naming = fault.naming if has_start and not unreadable else ""
        self.doubts.learn_type(naming, id_or_blank(child))
        is_bare = not (has_start and filled([child]))
        if is_bare and self._is_no_record(cells):
            return NO_RECORD
        self._is_below_doubt = True
        count = len(filled(cells[index] for index in self._columns.indexes.values()))
        is_label = count <= MOST_OF_A_LABEL and bool(filled([own, child]))
        return Doubtful(
            Rejected(line, str(fault), fault.kind),
            (id_or_blank(own), id_or_blank(child)),
            may_be_stray=is_bare and (is_label or (count == 1 and not has_start)),
            naming=naming,
        )

    def _is_no_record(self, cells: Cells) -> bool:
        looked_at = [cells[index] for name, index in self._columns.indexes.items() if name not in UNTOLD]
        return is_no_record(looked_at, self._columns)

    def _cell(self, name: str, cells: Cells) -> object:
        index = self._columns.indexes.get(name)
        return None if index is None else cells[index]

    def _complete(self, values: list[Any], unreadable: Mapping[str, str], cells: Cells) -> None:
        """
        Put into *values* what follows from the others: the type's key, the start of its clock, a reference.

        Raises:
            RowFaultError: There is no child, no known type or no start.
        """
        child, clock = values[CHILD_ID], values[TYPE]
        if not child:
            raise RowFaultError(self._lacking("child_id", unreadable))
        if clock is None:
            raise self._unknown_type(self._cell("type", cells))
        started, referred = values[STARTED_ON], values[REFERRED_ON]
        clock = clock.in_force(started, referred)
        start = started if clock.starts_from == "started_on" else referred
        if start is None:
            raise RowFaultError(self._lacking(clock.starts_from, unreadable), "start_missing")
        values[TYPE], values[CLOCK_ON] = clock.type, start
        if not values[ASSESSMENT_ID]:
            values[ASSESSMENT_ID] = f"{child}/{start.isoformat()}"

    def _lacking(self, name: str, unreadable: Mapping[str, str]) -> str:
        named = self._named(name)
        return f"{named} {unreadable[name]}" if name in unreadable else f"has no {named}"

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

    def _unreadable(self, line: int, names: Mapping[str, str], row: RowValues) -> tuple[UnreadableValue, ...]:
        assessment_id, child_id = row[ASSESSMENT_ID], row[CHILD_ID]
        return tuple(
            UnreadableValue(line, name, self._columns.heading_of(name), assessment_id, child_id)
            for name in names
        )

    def _named(self, name: str) -> str:
        return field_named(name, self._columns.heading_of(name))

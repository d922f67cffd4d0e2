"""From a row of cells to the facts of an `Assessment`, or to a `Rejected` that says why not."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from operator import itemgetter

from alerter.config.reporting import OTHER_REASON
from alerter.domain.assessment import Assessment, Facts, Rejected, assessment_of
from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.sources.columns import (
    ASSESSMENT_COLUMNS,
    DATE_COLUMNS,
    WORD_COLUMNS,
    WORD_DATE_COLUMNS,
    Located,
)
from alerter.sources.dates import DateColumn, MonthFirstError, UnreadableDateError
from alerter.sources.memo import remembered
from alerter.sources.score import ScoreError, read_score
from alerter.sources.table import Cells, DateColumns, fitted
from alerter.sources.text import IdentifierError, read_id, read_text

EARLIEST = date(1990, 1, 1)
"""No assessment of today began before; an earlier date is a slip of the keyboard or an unknown sentinel."""
TOO_MANY_CELLS = "has more cells than there are headings; a cell with a delimiter in it needs quotation marks"
NO_WORD = ("", None, None)
NOBODY_NAMED = "(nobody named)"  # so that a word of which nothing else can be read is still found and mended


class RowFaultError(ValueError):
    """
    Why a row cannot be believed, and the exception kind it is, if any.
    """

    def __init__(self, reason: str, kind: str = "") -> None:
        super().__init__(reason)
        self.kind = kind


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
            *(columns.indexes.get(name, self._width) for name in ASSESSMENT_COLUMNS)
        )
        dates = DateColumns(columns) if dates is None else dates
        self._dates = [
            (place, dates[name]) for place, name in enumerate(DATE_COLUMNS) if name in columns.indexes
        ]
        self._word_dates = [dates[name] for name in WORD_DATE_COLUMNS]
        self._has_word = not columns.indexes.keys().isdisjoint(WORD_COLUMNS)
        self._text: Callable[[object], str] = remembered(read_text)
        self._score: Callable[[object], int | None] = remembered(self._score_of)
        self._reason: Callable[[object], str] = remembered(partial(reason_of, reasons or {}))
        self._clocks = dict(clocks)
        self._clock: Callable[[object], Clock] = remembered(self._clock_of)

    def read(self, line: int, cells: Cells) -> Assessment | Rejected:
        """
        Return the assessment in *cells*, or why they hold none.

        Raises:
            SourceError: A date can only be month first, so no date of its column can be believed.
        """
        found = self.facts(line, cells)
        return found if isinstance(found, Rejected) else assessment_of(found)

    def facts(self, line: int, cells: Cells) -> Facts | Rejected:
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
            return self._facts(picked)
        except RowFaultError as fault:
            return Rejected(line, str(fault), fault.kind, _id_or_blank(picked[0]), _id_or_blank(picked[1]))
        except MonthFirstError as fault:
            raise SourceError(
                f'{self._file_name}, line {line}: the column "{fault}" has a date with the month first, '
                "so none of its dates can be trusted; export it as YYYY-MM-DD or DD/MM/YYYY."
            ) from None

    def _facts(self, picked: tuple[object, ...]) -> Facts:
        """
        Return the facts in the order of `FACTS`.
        """
        assessment_id, child_id, type_, team, worker, manager_email, audit_score, *cells, reason = picked
        by, looked, expected = self._word(*cells[len(DATE_COLUMNS) :]) if self._has_word else NO_WORD
        # Dates come first: a month-first one condemns its column even in a row that has other faults.
        dates, unreadable = self._read_dates(cells)
        child = self._id("child_id", child_id)
        if not child:
            raise RowFaultError(f"has no {self._named('child_id')}")
        reference = self._id("assessment_id", assessment_id)
        clock = self._clock(type_)
        if unreadable:
            raise self._unreadable(unreadable, clock)
        started, referred, authorised, cancelled, closed, review, away, submitted = dates
        clock = clock.in_force(started, referred)
        start = self._start(started if clock.starts_from == "started_on" else referred, clock)
        if cancelled or closed:
            self._check_ends(cancelled_on=cancelled, closed_on=closed)
        text = self._text
        return (
            reference or f"{child}/{start.isoformat()}", child, clock.type, start,
            started, referred, authorised, cancelled, closed, review,
            text(team), text(worker), text(manager_email), self._score(audit_score),
            away, looked, by, expected, submitted, self._reason(reason),
        )  # fmt: skip

    def _word(self, by: object, *dates: object) -> tuple[str, date | None, date | None]:
        """
        Return who looked, when, and until when; what cannot be read leaves the word incomplete, not the row.
        """
        named = self._text(by)
        try:
            pairs = zip(self._word_dates, dates, strict=True)
            looked, expected = [column.read(cell) for column, cell in pairs]
        except UnreadableDateError:
            return named or NOBODY_NAMED, None, None
        return named, looked, expected

    def _id(self, name: str, value: object) -> str:
        try:
            return read_id(value)
        except IdentifierError as fault:
            raise RowFaultError(f"{self._named(name)} {fault}") from None

    def _clock_of(self, value: object) -> Clock:
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
        known = ", ".join(self._clocks)
        what = "names no configured type" if wanted else "is blank"
        raise RowFaultError(f"{self._named('type')} {what}; the types are {known}", "unknown_type")

    def _read_dates(self, cells: list[object]) -> tuple[list[date | None], list[str]]:
        """
        Return the dates, and the columns whose date cannot be read.
        """
        dates: list[date | None] = [None] * len(DATE_COLUMNS)
        try:
            for place, column in self._dates:
                dates[place] = column.read(cells[place])
        except UnreadableDateError:
            return [], [
                column.name for place, column in self._dates if not _is_readable(column, cells[place])
            ]
        return dates, []

    def _unreadable(self, names: list[str], clock: Clock) -> RowFaultError:
        starts = [version.starts_from for version in clock.versions() if version.starts_from in names]
        named = self._named([*starts, *names][0])
        return RowFaultError(
            f"{named} is no date that can be read; write YYYY-MM-DD or DD/MM/YYYY",
            "start_missing" if starts else "",
        )

    def _start(self, start: date | None, clock: Clock) -> date:
        if start is None:
            raise RowFaultError(f"has no {self._named(clock.starts_from)}", "start_missing")
        if start < EARLIEST:
            raise RowFaultError(
                f"{self._named(clock.starts_from)} is before 1990 and cannot be believed", "start_missing"
            )
        return start

    def _check_ends(self, **ends: date | None) -> None:
        """
        Refuse an end that would silence an open assessment by a slip or an unknown sentinel.
        """
        for name, on in ends.items():
            if on is not None and on < EARLIEST:
                raise RowFaultError(f"{self._named(name)} is before 1990 and cannot be believed")

    def _score_of(self, value: object) -> int | None:
        try:
            return read_score(value)
        except ScoreError:
            raise RowFaultError(f"{self._named('audit_score')} is not a number from 0 to 100") from None

    def _named(self, name: str) -> str:
        heading = self._columns.heading_of(name)
        return name if heading.casefold() == name else f'{name} ("{heading}")'


def reason_of(reasons: Mapping[str, str], value: object) -> str:
    """
    Return the key of the reason a cell names by key or label, without case; what it says else is never kept.

    >>> reason_of({"section_47": "Section 47 enquiry"}, "SECTION 47 enquiry"), reason_of({}, "Mr Smith moved")
    ('section_47', 'other')
    """
    wanted = read_text(value).casefold()
    named = (key for key, label in reasons.items() if wanted in (key.casefold(), read_text(label).casefold()))
    return next(named, OTHER_REASON) if wanted else ""


def _is_readable(column: DateColumn, cell: object) -> bool:
    try:
        column.read(cell)
    except UnreadableDateError:
        return False
    return True


def _id_or_blank(value: object) -> str:
    try:
        return read_id(value)
    except IdentifierError:
        return ""

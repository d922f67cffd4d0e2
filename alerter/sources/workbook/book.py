"""Opens a workbook of any kind with calamine, after checking it; the kind is recognised by its contents."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from alerter.errors import SourceError
from alerter.sources.columns import HEADING_ROWS
from alerter.sources.extract import opening
from alerter.sources.workbook.ods import CONTENT, survey_ods
from alerter.sources.workbook.survey import (
    HEAVY,
    Area,
    Flaws,
    Survey,
    archive,
    damaged,
    encrypted,
    is_small,
    try_out,
)
from alerter.sources.workbook.xls import survey_xls
from alerter.sources.workbook.xlsx import PACKAGE, document_of, survey_xlsx

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
ZIP_START = b"PK"
COMPOUND_START = b"\xd0\xcf\x11\xe0"
START = 512
PANIC = "PanicException"
"""What a native library raises over a file it did not expect: no `Exception`, and under no name to import."""

Value = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet, in memory."""

    name: str
    flaws: Flaws
    _path: Path
    _filled: "CalamineSheet"

    def rows(self) -> Iterator[list[Value]]:
        """
        Give every row from the sheet's first to the last one filled; empty cells are empty texts.

        Raises:
            SourceError: A cell holds a moment that no calendar reaches.
        """
        before = [""] * (self._filled.start or (0, 0))[
            1
        ]  # blank columns on the left, which calamine leaves out
        with _calamine(self._path):
            if not before:
                yield from self._filled.iter_rows()
            else:
                yield from ([*before, *cells] for cells in self._filled.iter_rows())

    @property
    def where(self) -> str:
        """Return what an operator calls the sheet."""
        return f'{self._path.name}, sheet "{self.name}"'

    @property
    def last_row(self) -> int:
        """Return the number of the last row filled, the first being 0."""
        return (self._filled.end or (0, 0))[0]

    def merged(self) -> Sequence[Area]:
        """Return the cells that are shown as one."""
        with _calamine(self._path):
            ranges = self._filled.merged_cell_ranges
        if ranges is None:  # calamine does not know them in .ods
            return self.flaws.merged
        return [Area(*first, *last) for first, last in ranges]

    def head(self) -> list[list[Value]]:
        """Return the rows among which the headings are looked for."""
        return list(islice(self.rows(), HEADING_ROWS))


class Book:
    """An open workbook, whose sheets can be read as long as it is open."""

    def __init__(self, path: Path, survey: Survey, opened: "CalamineWorkbook") -> None:
        self.file_name = path.name
        self.is_1904 = survey.is_1904
        self.names = tuple(opened.sheet_names)
        self._path = path
        self._flaws = survey.flaws
        self._opened = opened

    def sheets(self) -> Iterator[Sheet]:
        """
        Give the sheets in the workbook's order, each read when it is asked for; charts are passed over.

        Raises:
            SourceError: A sheet cannot be read.
        """
        from python_calamine import SheetTypeEnum  # noqa: PLC0415 - a native library, needed for workbooks alone

        for known in self._opened.sheets_metadata:
            if known.typ == SheetTypeEnum.WorkSheet:
                with _calamine(self._path):
                    filled = self._opened.get_sheet_by_name(known.name)
                yield Sheet(known.name, self._flaws.get(known.name, Flaws()), self._path, filled)


@contextmanager
def open_book(path: Path) -> Iterator[Book]:
    """
    Open the workbook at *path*, whatever its name ends in.

    Raises:
        SourceError: It is no workbook, asks for a password, is cut off or damaged, would unpack to
            more than a workbook can be, has a cell too far out, or takes more memory or time than it may.
    """
    is_light = is_small(path)
    if not is_light:
        try_out(path)
    with open_tried(path, is_light=is_light) as book:
        yield book


@contextmanager
def open_tried(path: Path, *, is_light: bool = False) -> Iterator[Book]:
    """
    Open the workbook at *path* in this process; one that *is_light* only if what it says of itself is, too.

    Raises:
        SourceError: As for `open_book`.
    """
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - as above

    survey = _survey(path)
    if is_light and survey.weight > HEAVY:
        try_out(path)
    with opening(path), path.open("rb") as file:
        with _calamine(path):
            opened = CalamineWorkbook.from_filelike(file)
        yield Book(path, survey, opened)


def _survey(path: Path) -> Survey:
    with opening(path), path.open("rb") as file:
        start = file.read(START)
    if start.startswith(COMPOUND_START):
        return survey_xls(path)
    if not start.startswith(ZIP_START):
        raise SourceError(f"{path.name} {_described(start)}")
    with archive(path) as opened:
        parts = opened.namelist()
        if PACKAGE in parts:
            document = document_of(opened)
            if document.endswith(".bin"):
                raise SourceError(f"{path.name} is a binary workbook (.xlsb): save it as .xlsx.")
            return survey_xlsx(opened, document, path.name)
        if CONTENT in parts:
            return survey_ods(opened, path.name)
    raise SourceError(f"{path.name} is a zip archive, but no workbook: unpack it, or correct source.path.")


def _described(start: bytes) -> str:
    """Return what a file that is no workbook is instead, and what to do."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        return "is empty: export it again."
    if text.startswith(b"<"):
        return "is a web page or XML under a workbook's name: open it in Excel and save it as .xlsx."
    if b"\0" not in text:
        return 'is text, not a workbook: set source.kind = "csv", or save it as .xlsx.'
    return "is no workbook that can be read: open it in Excel and save it as .xlsx."


@contextmanager
def _calamine(path: Path) -> Iterator[None]:
    """
    Turn what calamine says into an operator's sentence.

    Raises:
        SourceError: It refuses the workbook, or fails over it.
    """
    from python_calamine import CalamineError, PasswordError  # noqa: PLC0415 - as above

    try:
        yield
    except PasswordError:
        raise encrypted(path.name) from None
    except CalamineError:
        raise damaged(path) from None
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        raise damaged(path) from None

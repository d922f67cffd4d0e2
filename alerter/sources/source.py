"""Opens one extract of any kind, its rows ready to be read once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from alerter.domain.assessment import Assessment, Rejected, RowValues, assessment_of
from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.sources.annex_a.joined import open_annex_a
from alerter.sources.annex_a.lists import ASSESSMENTS, CONFERENCES
from alerter.sources.census import ASSESSMENT, CENSUS_SUFFIXES, SECTION_47, open_census
from alerter.sources.columns import wanted_for_assessments
from alerter.sources.csv_file import CSV_SUFFIXES, open_csv
from alerter.sources.doubts import Doubtful, PartlyRead
from alerter.sources.extract import Extract, choose_file
from alerter.sources.lines import NoRecord
from alerter.sources.rows import RowReader
from alerter.sources.table import DateColumns, Table
from alerter.sources.workbook.book import WORKBOOK_SUFFIXES
from alerter.sources.workbook.sheet_table import open_workbook

FILE_KINDS = ("csv", "workbook", "annex-a", "cin-census")


@dataclass(frozen=True, slots=True)
class Source:
    """One extract, and the way from its rows to values."""

    table: Table
    dates: DateColumns
    reader: RowReader

    @property
    def extract(self) -> Extract:
        """Return what is known of the extract, and from its rows as far as they have been read."""
        return replace(self.table.extract, notes=(*self.table.extract.notes, *self.dates.notes))

    def rows(self) -> Iterator[tuple[int, Assessment | Rejected]]:
        """
        Give, for each row that is a record, its line and exactly one value.

        Raises:
            SourceError: As `row_values` does.
        """
        for line, row in self.row_values():
            if isinstance(row, Rejected):
                yield line, row
            elif not isinstance(row, NoRecord):
                yield line, assessment_of(row.values if isinstance(row, PartlyRead) else row)

    def row_values(self) -> Iterator[tuple[int, RowValues | PartlyRead | Rejected | NoRecord]]:
        """
        Give the same as `rows`, with an assessment's bare values in its place, for extracts of any length.

        Where some of its values cannot be read, they are named beside the others; lines that are no records
        are given too. What is rejected comes last, when it is known what the ids of the file look like.

        Raises:
            SourceError: The file turns out unreadable on the way, a column is month first, or the
                file changed while it was read: what was given so far must not be applied.
        """
        read, doubtful = self.reader.read, []
        for line, cells in self.table.read():
            row = read(line, cells)
            if isinstance(row, Doubtful):
                doubtful.append(row)
            else:
                yield line, row
        for doubtful_row in doubtful:
            yield doubtful_row.rejected.line, self.reader.doubts.settled(doubtful_row)


def open_source(
    kind: str,
    path: Path,
    columns: Mapping[str, str],
    clocks: Mapping[str, Clock],
    *,
    sheet: str = "",
    reasons: Mapping[str, str] | None = None,
    has_conferences: bool = False,
) -> Source:
    """
    Return the extract that *path* (file, folder or pattern) stands for, opened as *kind*.

    *columns* maps canonical names to the council's headings; *clocks* are by type; *sheet* names
    the sheet of a workbook that has several with the headings. *reasons* are those an assessment can have.
    An Annex A or a census that *has_conferences* is read for its section 47 enquiries.

    Raises:
        SourceError: There is no such file, it cannot be read, or it lacks a column.
    """
    if kind == "annex-a":
        number = CONFERENCES if has_conferences else ASSESSMENTS
        return _source(open_annex_a(path, columns, clocks, sheet, number), clocks, reasons)
    if kind == "cin-census":
        block = SECTION_47 if has_conferences else ASSESSMENT
        return _source(open_census(choose_file(path, CENSUS_SUFFIXES), block), clocks, reasons)
    table = _open_table(kind, path, columns, clocks, sheet)
    return _source(table, clocks, reasons)


def open_query(
    url: str,
    query: str,
    columns: Mapping[str, str],
    clocks: Mapping[str, Clock],
    *,
    now: datetime,
    reasons: Mapping[str, str] | None = None,
) -> Source:
    """
    Return what *query* finds in the database at *url*, as on *now*.

    Its columns are called canonically, or as *columns* maps them.

    Raises:
        SourceError: The database cannot be reached, refuses the query, or gives too few columns.
    """
    from alerter.sources.sql import open_sql  # noqa: PLC0415 - SQLAlchemy, which no file needs

    table = open_sql(url, query, wanted_for_assessments(columns, clocks), now)
    return _source(table, clocks, reasons)


def _source(table: Table, clocks: Mapping[str, Clock], reasons: Mapping[str, str] | None) -> Source:
    extract, columns = table.extract, table.columns
    # A plan may lie in the next year, nothing of an extract later.
    dates = DateColumns(columns, table.read, latest_year=extract.extracted_at.year + 1)
    return Source(table, dates, RowReader(extract.name, columns, clocks, reasons, dates))


def _open_table(
    kind: str, path: Path, columns: Mapping[str, str], clocks: Mapping[str, Clock], sheet: str
) -> Table:
    match kind:
        case "csv":
            return open_csv(choose_file(path, CSV_SUFFIXES), wanted_for_assessments(columns, clocks))
        case "workbook":
            file = choose_file(path, WORKBOOK_SUFFIXES)
            return open_workbook(file, wanted_for_assessments(columns, clocks), sheet)
        case _:
            raise SourceError(f'source.kind "{kind}" is no kind of file; those are {", ".join(FILE_KINDS)}.')

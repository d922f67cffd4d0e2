"""Surveys OpenDocument spreadsheets (.ods)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import IO
from zipfile import ZipFile

from alerter.sources.markup import LocalNames, feed, local, new_parser
from alerter.sources.workbook.survey import SMALL, Area, Flaws, Survey, check_extent, check_whole

CONTENT = "content.xml"


def survey_ods(opened: ZipFile, file_name: str) -> Survey:
    """
    Look over every sheet of the spreadsheet in the archive *opened*.

    Raises:
        SourceError: A sheet reaches too far out.
        BadZipFile, LookupError, ValueError: The content is missing or is not what it should be.
    """
    check_whole(opened)
    tables = _Tables()
    with opened.open(CONTENT) as file:
        tables.read(file)
    weight = 0
    for name, (rows, columns) in tables.extents.items():
        check_extent(f'{file_name}, sheet "{name}"', rows, columns, tables.filled)
        weight += rows * columns * SMALL  # a repeated cell repeats its text
    return Survey(flaws={name: table.flaws() for name, table in tables.found.items()}, weight=weight)


class _Marks:
    """What is to be known of the cells of one table."""

    def __init__(self) -> None:
        self.unvalued: dict[int, int] = {}
        self.percents: list[Area] = []
        self.noughts: list[Area] = []
        self.merged: list[Area] = []

    def flaws(self) -> Flaws:
        """Return it as every kind of workbook gives it."""
        return Flaws(self.unvalued, percents=self.percents, noughts=self.noughts, merged=self.merged)


class _Tables:
    """The tables of a spreadsheet: how far their filled cells reach, and what else is to be known of some."""

    def __init__(self) -> None:
        self.extents: dict[str, tuple[int, int]] = {}
        self.found: dict[str, _Marks] = {}
        self.filled = 0
        self._table = ""
        self._marks = _Marks()
        self._row = self._row_end = 0
        self._column = self._column_end = 0
        self._names = LocalNames({"table", "table-row", "table-cell", "covered-table-cell", "p"})

    def read(self, file: IO[bytes]) -> None:
        """
        Read the spreadsheet's XML to its end.

        Raises:
            ValueError: It is no spreadsheet's XML.
        """
        parser = new_parser()

        def start(name: str, attributes: Mapping[str, str]) -> None:
            match self._names[name]:
                case "table":
                    self._begin_table({local(key): value for key, value in attributes.items()})
                case "table-row":
                    self._begin_row({local(key): value for key, value in attributes.items()})
                case "table-cell" | "covered-table-cell":
                    self._begin_cell({local(key): value for key, value in attributes.items()})
                case "p":
                    self._fill()

        parser.StartElementHandler = start
        for _ in feed(parser, file):
            pass

    def _begin_table(self, attributes: Mapping[str, str]) -> None:
        self._table = attributes.get("name", "")
        if self._table in self.found:
            raise ValueError("two tables of one name")
        self.found[self._table] = self._marks = _Marks()
        self._row_end = 0

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._row = self._row_end
        self._row_end += int(attributes.get("number-rows-repeated", "1"))
        self._column_end = 0

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._column = self._column_end
        self._column_end += int(attributes.get("number-columns-repeated", "1"))
        area = Area(self._row, self._column, self._row_end - 1, self._column_end - 1)
        kind = attributes.get("value-type")
        if kind is not None:
            self._fill()
        elif "formula" in attributes:
            self._marks.unvalued[self._column] = self._row
        if kind == "percentage":
            self._marks.percents.append(area)
        if "formula" in attributes and "value" in attributes and not attributes["value"].strip("0."):
            self._marks.noughts.append(area)
        if (rows := int(attributes.get("number-rows-spanned", "1"))) > 1:
            self._marks.merged.append(replace(area, bottom=area.top + rows - 1))

    def _fill(self) -> None:
        self.filled += 1
        rows, columns = self.extents.get(self._table, (0, 0))
        self.extents[self._table] = (max(rows, self._row_end), max(columns, self._column_end))

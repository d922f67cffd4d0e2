"""Writes rows as a file for a spreadsheet: CSV or a workbook, in which no cell is ever computed."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from alerter.errors import ConfigError

Cell = str | int | date | None
"""What a row of a spreadsheet holds."""
ENDINGS = (".csv", ".xlsx")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP ASVS 1.2.10)."""
WIDTH = 18


def spreadsheet(ending: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """
    Return *rows* under *headings* in the format that a file's *ending* names.

    Raises:
        ConfigError: The ending is none of these.
    """
    match ending.lower():
        case ".csv":
            return _csv(headings, rows)
        case ".xlsx":
            return _workbook(headings, rows)
        case _:
            raise ConfigError([f"--out: the name must end in one of {', '.join(ENDINGS)}."])


def _csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV file with a byte order mark, by which Excel knows UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([headings, *([_plain(cell) for cell in row] for row in rows)])
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    """Return *cell* so that a spreadsheet shows it and never computes it."""
    if isinstance(cell, date):
        return cell.isoformat()
    text = "" if cell is None else str(cell)
    return f"'{text}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else text


def _workbook(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook with real dates; text stays text whatever it begins with."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this format needs it

    written = io.BytesIO()
    with Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headings) - 1, WIDTH)
        for line, row in enumerate([headings, *rows]):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(line, column, cell, day)
                elif isinstance(cell, int):
                    sheet.write_number(line, column, cell)
                elif cell:
                    sheet.write_string(line, column, cell)
    return written.getvalue()

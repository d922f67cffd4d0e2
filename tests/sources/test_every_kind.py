"""A sign-off that stands for none, or cannot be read, is one thing in every kind of source."""

import csv
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from alerter.sources.doubts import PartlyRead
from alerter.sources.source import Source
from tests.sources.asking import asked
from tests.sources.reading import opened
from tests.sources.workbooks import ods, xlsx

HEADINGS = ("child_id", "started_on", "authorised_on")
LIST_4 = (
    "Child Unique ID", "Continuous Assessment Start Date", "Continuous Assessment Date of Authorisation",
)  # fmt: skip
BLANK = (
    "", " ", "\u00a0", "\u200b", "-", "0", "NULL", "(null)", "\\N", "N/A", "#N/A", "NaT", "None",
    "0000-00-00",
    "0000-00-00 00:00:00", "00/01/1900", "01/01/1900", "1900-01-01T00:00:00", "01-JAN-1900", "30/12/1899",
    "1899-12-30 00:00:00.000", "01/01/0001 00:00:00", "2300-01-01", "31/12/9999 23:59:59",
)  # fmt: skip
UNREADABLE = (
    "TBC", "?", "Y", "TRUE", "not yet", "30/02/2026", "00:00", "1753-01-01", "01/01/1970", "20/11",
)  # fmt: skip
Rows = Sequence[Sequence[str]]


def _csv(folder: Path, rows: Rows) -> Source:
    with (folder / "x.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    return opened("csv", folder / "x.csv")


def _sql(folder: Path, rows: Rows) -> Source:
    url = f"sqlite:///{folder / 'x.db'}"
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE reading (child_id, started_on, authorised_on)"))
        row = text("INSERT INTO reading VALUES (:child_id, :started_on, :authorised_on)")
        connection.execute(row, [dict(zip(HEADINGS, each, strict=True)) for each in rows])
    return asked(url, "SELECT * FROM reading")


def _census(folder: Path, rows: Rows) -> Source:
    children = "".join(
        f"<Child><ChildIdentifiers><LAchildID>{child}</LAchildID></ChildIdentifiers><CINdetails><Assessments>"
        f"<AssessmentActualStartDate>{start}</AssessmentActualStartDate><AssessmentAuthorisationDate>"
        f"{escape(end)}</AssessmentAuthorisationDate></Assessments></CINdetails></Child>"
        for child, start, end in rows
    )
    header = "<Header><CollectionDetails><Collection>CIN</Collection></CollectionDetails></Header>"
    path = folder / "x.xml"
    path.write_text(f"<Message>{header}<Children>{children}</Children></Message>", encoding="utf-8")
    return opened("cin-census", path)


KINDS: dict[str, Callable[[Path, Rows], Source]] = {
    "csv": _csv,
    "xlsx": lambda folder, rows: opened("workbook", xlsx(folder / "x.xlsx", {"S": [HEADINGS, *rows]})),
    "ods": lambda folder, rows: opened("workbook", ods(folder / "x.ods", {"S": [HEADINGS, *rows]})),
    "annex-a": lambda folder, rows: opened("annex-a", xlsx(folder / "a.xlsx", {"List_4": [LIST_4, *rows]})),
    "sql": _sql,
    "cin-census": _census,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_sign_off_that_is_none_or_unreadable(tmp_path: Path, kind: str) -> None:
    """Every row is kept with its start and no sign-off; what cannot be read is named."""
    rows = [(f"7{n:04}", "2026-10-12", end) for n, end in enumerate((*BLANK, *UNREADABLE))]
    named, kept = [], []
    for _, row in KINDS[kind](tmp_path, rows).row_values():
        assert isinstance(row, tuple | PartlyRead)
        values = row.values if isinstance(row, PartlyRead) else row
        assert (values[4], values[6]) == (date(2026, 10, 12), None)
        kept.append(values[1])
        unreadable = row.unreadable if isinstance(row, PartlyRead) else ()
        named += [(each.child_id, each.field) for each in unreadable]
    assert kept == [child for child, _, _ in rows]
    assert named == [(child, "authorised_on") for child, _, end in rows if end in UNREADABLE]

"""
Thirty kinds of bad input that councils really have, by number, and what becomes of each.

Six are judged on the values, not while reading: 1 (signed off before the start), 2 (start in the
future), 4 (signed off in the future) and 9 (episode closed) by the rules of the domain, 3 (start before
referral) by its list of data to mend, 29 (nobody's team) by the routing. For them the reader's part is shown:
the value arrives as it was written. Of 6, 7, 8 and 30 the same holds.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from alerter.domain.assessment import Assessment, Rejected
from tests.sources.reading import accepted, opened, refusal, values
from tests.sources.workbooks import Formula, Rows, xlsx

HEADING = ("child_id", "started_on", "referred_on", "authorised_on", "closed_on", "team", "worker")
FIFTH = date(2026, 10, 5)
UNREADABLE = "is no date that can be read; write YYYY-MM-DD or DD/MM/YYYY"
MONTH_FIRST = "so none of its dates can be trusted; export it as YYYY-MM-DD or DD/MM/YYYY."


def row(child: object = "7", start: object = FIFTH, **others: object) -> list[object]:
    """Return a row under the heading of these tests, good but for what is given."""
    cells: dict[str, object] = {"child_id": child, "started_on": start, **others}
    return [cells.get(name) for name in HEADING]


def read_rows(tmp_path: Path, *rows: list[object]) -> list[Assessment | Rejected]:
    """Return the values of *rows* in a workbook."""
    return values(opened("workbook", xlsx(tmp_path / "x.xlsx", {"S": [HEADING, *rows]})))


BELIEVED = [
    (1, {"authorised_on": "2026-10-02"}, ("authorised_on", date(2026, 10, 2))),
    (2, {"start": "2028-04-28"}, ("started_on", date(2028, 4, 28))),
    (3, {"referred_on": "2026-10-09"}, ("referred_on", date(2026, 10, 9))),
    (4, {"authorised_on": "2099-01-01"}, ("authorised_on", date(2099, 1, 1))),
    (9, {"closed_on": "2026-10-20"}, ("closed_on", date(2026, 10, 20))),
    (10, {"authorised_on": "1900-01-01"}, ("authorised_on", None)),
    (10, {"authorised_on": "1900-01-01 00:00:00.000"}, ("authorised_on", None)),
    (10, {"closed_on": "31/12/9999"}, ("closed_on", None)),
    (10, {"authorised_on": 99991231}, ("authorised_on", None)),
    (10, {"authorised_on": "2300-01-01"}, ("authorised_on", None)),
    (11, {"start": "05/10/2026 14:30"}, ("started_on", FIFTH)),
    (11, {"start": "2026-Oct-05 00:00:00"}, ("started_on", FIFTH)),
    (12, {"start": "04/05/2026"}, ("started_on", date(2026, 5, 4))),
    (13, {"start": 46300.5}, ("started_on", FIFTH)),
    (13, {"start": "46300"}, ("started_on", FIFTH)),
    (14, {"authorised_on": "NULL"}, ("authorised_on", None)),
    (14, {"authorised_on": "#N/A"}, ("authorised_on", None)),
    (14, {"authorised_on": "-"}, ("authorised_on", None)),
    (14, {"authorised_on": "TBC"}, ("authorised_on", None)),
    (14, {"authorised_on": "Notadate"}, ("authorised_on", None)),
    (25, {"child": 10692868.0}, ("child_id", "10692868")),
    (25, {"child": "00123"}, ("child_id", "00123")),
    (29, {"team": "#N/A"}, ("team", "")),
    (29, {"worker": "-1"}, ("worker", "")),
    (29, {"team": "unknown"}, ("team", "")),
    (30, {"start": "2026-10-03"}, ("started_on", date(2026, 10, 3))),
]


@pytest.mark.parametrize(("number", "cells", "expected"), BELIEVED)
def test_what_is_believed(
    tmp_path: Path, number: int, cells: dict[str, object], expected: tuple[str, object]
) -> None:
    """The value arrives, or stands for none."""
    (found,) = read_rows(tmp_path, row(**cells))
    name, value = expected
    assert getattr(found, name) == value, number


REJECTED = [
    (5, {"start": None}, "has no started_on", "start_missing"),
    (5, {"start": "1900-01-01"}, "has no started_on", "start_missing"),
    (13, {"start": 12345.0}, f"started_on {UNREADABLE}", "start_missing"),
    (14, {"start": "May be 8 Jan 2000"}, f"started_on {UNREADABLE}", "start_missing"),
    (
        25,
        {"child": "1.07E+07"},
        "child_id was turned into a number in scientific notation (as 1.07E+07); export the column as text",
        "",
    ),
]


@pytest.mark.parametrize(("number", "cells", "reason", "kind"), REJECTED)
def test_what_is_rejected(
    tmp_path: Path, number: int, cells: dict[str, object], reason: str, kind: str
) -> None:
    """The row is told by its line and its column, never by what stands there."""
    (found,) = read_rows(tmp_path, row(**cells))
    assert isinstance(found, Rejected), number
    assert (found.line, found.reason, found.kind) == (2, reason, kind), number


def csv(content: bytes) -> Callable[[Path], tuple[str, Path]]:
    """Return what writes a CSV file."""

    def write(folder: Path) -> tuple[str, Path]:
        (folder / "x.csv").write_bytes(content)
        return "csv", folder / "x.csv"

    return write


def census(content: bytes) -> Callable[[Path], tuple[str, Path]]:
    """Return what writes a census."""

    def write(folder: Path) -> tuple[str, Path]:
        (folder / "x.xml").write_bytes(content)
        return "cin-census", folder / "x.xml"

    return write


def book(**sheets: Rows) -> Callable[[Path], tuple[str, Path]]:
    """Return what writes a workbook."""
    return lambda folder: ("workbook", xlsx(folder / "x.xlsx", sheets))


def annex(**sheets: Rows) -> Callable[[Path], tuple[str, Path]]:
    """Return what writes an Annex A."""
    return lambda folder: ("annex-a", xlsx(folder / "x.xlsx", sheets))


LIST_2 = ["Child Unique ID", "Assessment start date", "Assessment completion date"]
OTHERWISE = "Where List 4 calls it otherwise, map it in [source.columns]."
LACKING = (
    f'started_on ("Continuous Assessment Start Date") is not among them. {OTHERWISE} '
    f'authorised_on ("Continuous Assessment Date of Authorisation") is not among them. {OTHERWISE}'
)
BROKEN = "this is no CIN census that can be read"
AGAIN = "export it again, and do not edit it by hand."
REFUSED = [
    (
        12,
        csv(b"child_id,started_on\n7,04/05/2026\n8,05/25/2026\n"),
        f'x.csv, line 3: the column "started_on" has a date with the month first, {MONTH_FIRST}',
    ),
    (
        15,
        book(S=[list(HEADING), row(start=Formula())]),
        (
            'x.xlsx, sheet "S", row 2: a formula under "started_on" has no stored result; '
            "open the workbook in Excel and save it, then run again."
        ),
    ),
    (
        17,
        book(A=[list(HEADING)], B=[list(HEADING)]),
        'x.xlsx: the sheets "A", "B" all have the headings wanted; name one of them as source.sheet.',
    ),
    (
        17,
        annex(Front_Sheet=[["Council"]], List_3=[["Child Unique ID", "Date of referral"]]),
        (
            f'x.xlsx, sheet "List_3": row 1 has the headings "Child Unique ID", "Date of referral"; '
            f"{LACKING} "
            'If it is another of its sheets, name it as source.sheet: "Front_Sheet", "List_3".'
        ),
    ),
    (
        19,
        csv(b"child_id,team\n7,Duty\n"),
        (
            'x.csv: line 1 has the headings "child_id", "team"; started_on is not among them. '
            'Map it: [source.columns] started_on = "...".'
        ),
    ),
    (
        22,
        annex(List_2=[LIST_2]),
        (
            'x.xlsx, sheet "List_2": row 1 has the headings "Child Unique ID", "Assessment start date", '
            f'"Assessment completion date"; {LACKING}'
        ),
    ),
    (
        28,
        census(b"<Message>\n<Children><Child>\n"),
        f"x.xml, line 3: {BROKEN} (no element found); {AGAIN}",
    ),
    (
        28,
        census(b"<?xml version='1.0' encoding='UTF-8'?>\n<Message>\xe9</Message>"),
        f"x.xml, line 2: {BROKEN} (not well-formed (invalid token)); {AGAIN}",
    ),
    (28, census(b"PK\x03\x04"), "x.xml is a zip archive: unpack it, and give the XML file inside."),
    (
        28,
        census(b"<!DOCTYPE a [<!ENTITY b 'bbbb'>]><Message>&b;</Message>"),
        f"x.xml, line 1: {BROKEN} (it declares a document type (DTD), which is not allowed); {AGAIN}",
    ),
]


@pytest.mark.parametrize(("number", "write", "sentence"), REFUSED)
def test_what_is_refused(
    tmp_path: Path, number: int, write: Callable[[Path], tuple[str, Path]], sentence: str
) -> None:
    """The whole sentence an operator reads."""
    assert refusal(*write(tmp_path)) == sentence, number


ASSESSMENTS = b"<Assessments><AssessmentActualStartDate>2026-10-05</AssessmentActualStartDate></Assessments>"
READ = [
    (6, book(S=[list(HEADING), row("3333"), row("3333", date(2026, 10, 7))]), 2),
    (7, book(S=[list(HEADING), row("1009"), row("1009")]), 2),
    (8, csv(b"child_id,started_on,AssessmentFactors\n7,2026-10-05,1A\n7,2026-10-05,2B\n"), 2),
    (11, csv(b"child_id,started_on\n7,2026-10-05\n8,05/10/2026\n9,2026-Oct-05 00:00:00\n"), 3),
    (16, book(S=[["Title"], [], list(HEADING), [], row(), [None, " "], row()]), 2),
    (17, annex(**{"List 4": [["Child Unique ID", "Continuous Assessment Start Date",
                              "Continuous Assessment Date of Authorisation"], ["7", FIFTH]]}), 1),
    (18, csv("Child_ID ,STARTED_ON ?\n7,2026-10-05\n".replace("_ID ", "_ID\u00a0").encode()), 1),
    (19, csv(b"team,extra,started_on,child_id\nDuty,x,2026-10-05,7\n"), 1),
    (20, book(S=[list(HEADING)]), 0),
    (21, census(b"<Message><Children><Child><CINdetails/></Child></Children></Message>"), 0),
    (23, csv(b"\xef\xbb\xbfchild_id,started_on\n7,2026-10-05\n"), 1),
    (24, csv(b"child_id,started_on,team\n7,2026-10-05,Caf\xe9 \x93Duty\x94\n"), 1),
    (26, csv(b"child_id,started_on,disabled\n7,2026-10-05,totallywrong\n"), 1),
    (27, census(b'<CINdetailsCollection xmlns="urn:x">text<Child>more<LAchildID>7</LAchildID><New/>'
                b"<CINdetails>" + ASSESSMENTS + b"</CINdetails></Child></CINdetailsCollection>"), 1),
]  # fmt: skip


@pytest.mark.parametrize(("number", "write", "count"), READ)
def test_what_is_read(
    tmp_path: Path, number: int, write: Callable[[Path], tuple[str, Path]], count: int
) -> None:
    """
    Every row is an assessment; identical ones are collapsed where they are stored, and an empty list is held.
    """
    assert len(accepted(opened(*write(tmp_path)))) == count, number


def test_every_number_is_here() -> None:
    """One to thirty."""
    assert {number for table in (BELIEVED, REJECTED, REFUSED, READ) for number, *_ in table} == set(
        range(1, 31)
    )

"""
Files damaged at random, for every kind of file: each is values or a sentence, and nothing else.

The few hundred here are the same each time. To look for longer, and at others:

    ALERTER_FUZZ_SECONDS=600 python -m pytest tests/sources/test_fuzz.py

A failure names its number, which makes the same file again.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path
from random import Random
from time import monotonic
from zipfile import ZipFile

import pytest

from alerter.domain.assessment import Assessment, Rejected
from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.sources.source import open_source
from tests.sources.old_workbooks import xls
from tests.sources.workbooks import Fault, Formula, Rows, ods, xlsx, zipped

SECONDS = float(os.environ.get("ALERTER_FUZZ_SECONDS", "0"))
FILES = 150
PATIENCE = 10
"""Seconds that no damaged file of a few kilobytes may take."""
CLOCKS = {"core": Clock(type="core", label="Core assessment", working_days=35, alert_after=25)}
HEADING = ("child_id", "started_on", "authorised_on", "team")
ROWS: Rows = [
    ["Weekly report"],
    HEADING,
    ["00123", date(2026, 10, 5), None, "Duty"],
    [88213, 46300, "2026-11-02", "Assessment"],
]
ANNEX: Rows = [
    [
        "Child Unique ID",
        "Continuous Assessment Start Date",
        "Continuous Assessment Date of Authorisation",
        "Allocated Team",
    ],
    ["00123", date(2026, 10, 5), None, "Duty"],
    ["00124", Fault("#REF!"), Formula("<v>46300</v>"), "Duty"],
]
REFERRALS: Rows = [["Child Unique ID", "Date of referral"], ["00123", date(2026, 10, 1)]]
CENSUS = b"""<?xml version='1.0' encoding='UTF-8'?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><ReferenceDate>2026-03-31</ReferenceDate>
</CollectionDetails><Source><DateTime>2026-07-21T10:12:28Z</DateTime></Source></Header>
<Children><Child><ChildIdentifiers><LAchildID>A1</LAchildID></ChildIdentifiers><CINdetails>
<CINreferralDate>2026-01-05</CINreferralDate><Assessments>
<AssessmentActualStartDate>2026-01-06</AssessmentActualStartDate></Assessments></CINdetails></Child></Children></Message>
"""
TOKENS = (
    b"\0", b"\xff\xff\xff\xff", b"\xff\xfe", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"</c>", b"<v>",
    b"4294967296", b"1e999", b"XFD1048576", b"'", b'"', b"\n", b"\xef\xbb\xbf", b"31/02/2026", b"05/25/2026",
    b"-1", b"nan",
)  # fmt: skip


def write_csv(path: Path) -> None:
    """Write the plain rows as CSV, with the blank and the quoted cell of an export."""
    path.write_bytes(
        b'child_id,started_on,authorised_on,team\n00123,05/10/2026,,"Duty, North"\n\n88213,46300,,\n'
    )


MAKERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "csv": ("csv", write_csv),
    "xlsx": ("workbook", lambda path: xlsx(path, {"S": ROWS, "T": [["x"]]}, is_1904=True)),
    "ods": ("workbook", lambda path: ods(path, {"S": ROWS})),
    "xls": ("workbook", lambda path: xls(path, {"S": ROWS})),
    "annex": ("annex-a", lambda path: xlsx(path, {"List_4": ANNEX, "List_3": REFERRALS})),
    "xml": ("cin-census", lambda path: path.write_bytes(CENSUS)),
}


def damaged(content: bytes, random: Random) -> bytes:
    """Return *content* with up to four things done to it."""
    for _ in range(random.randint(1, 4)):
        at, to = sorted(random.randrange(len(content) + 1) for _ in range(2))
        match random.randrange(6):
            case 0:
                content = content[:at] + content[at + random.randint(1, 8) :]
            case 1:
                content = content[:at] + content[at:to] * 2 + content[to:]
            case 2:
                content = content[:at] if random.random() < 0.2 else content
            case 3:
                content = content[:at] + random.choice(TOKENS) + content[at:]
            case 4:
                content = content[:at] + random.randbytes(random.randint(1, 4)) + content[at + 4 :]
            case _:
                content = content[:at] + random.choice(TOKENS) + content[at + random.randint(1, 12) :]
    return content


def damage(path: Path, random: Random) -> None:
    """
    Damage the file at *path*; of an archive mostly what is inside, so that more than the outside is tried.
    """
    if path.read_bytes().startswith(b"PK") and random.random() < 0.8:
        with ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        part = random.choice(sorted(parts))
        zipped(path, parts | {part: damaged(parts[part], random)})
    else:
        path.write_bytes(damaged(path.read_bytes(), random))


def numbers() -> Iterator[int]:
    """Give the numbers of the files to try: the first few, or as many as there is time for."""
    deadline = monotonic() + SECONDS / len(MAKERS)
    for number in count():
        if number >= FILES and monotonic() > deadline:
            return
        yield number


@pytest.mark.parametrize("name", MAKERS)
def test_a_damaged_file_is_values_or_a_sentence(tmp_path: Path, name: str) -> None:
    """No damage makes a reader crash, hang, or let through anything but an assessment or a rejected row."""
    kind, make = MAKERS[name]
    whole, path = tmp_path / f"whole.{name}", tmp_path / f"x.{name}"
    make(whole)
    intact = whole.read_bytes()
    for number in numbers():
        path.write_bytes(intact)
        damage(path, Random(f"{name} {number}"))  # noqa: S311 - the same each time is the point
        began = monotonic()
        with suppress(SourceError):
            for line, value in open_source(kind, path, {}, CLOCKS).rows():
                assert line > 0, f"{name} {number}"
                assert isinstance(value, Assessment | Rejected), f"{name} {number}"
        assert monotonic() - began < PATIENCE, f"{name} {number}"

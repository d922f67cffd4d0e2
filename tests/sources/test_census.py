"""The census as XML: by element names alone, flat in memory, and nothing in it obeyed."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from alerter.domain.assessment import Assessment, Rejected
from tests.sources.reading import accepted, opened, refusal, values

HEADER = """<Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year>
<ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>
<Source><SoftwareCode>x</SoftwareCode><DateTime>2026-07-21T10:12:28</DateTime></Source></Header>"""
OPEN = "<Assessments><AssessmentActualStartDate>2026-10-05</AssessmentActualStartDate></Assessments>"


def child(inside: str, child_id: str = "A1") -> str:
    """Return a child with one episode, referred on 1 October."""
    return (
        f"<Child><ChildIdentifiers><LAchildID>{child_id}</LAchildID><PersonBirthDate>2015-02-01</PersonBirthDate>"
        f"</ChildIdentifiers><CINdetails><CINreferralDate>2026-10-01</CINreferralDate>{inside}</CINdetails></Child>"
    )


def census(path: Path, *children: str, header: str = HEADER) -> Path:
    """Write a census of *children*."""
    path.write_text(
        f"<Message>{header}\n<Children>{''.join(children)}</Children></Message>", encoding="utf-8"
    )
    return path


def test_an_open_assessment(tmp_path: Path) -> None:
    """
    The id is made of child and start, for a census has none; it has no team and no worker, and that is said.
    """
    review = OPEN.replace(
        "</Assessments>",
        "<AssessmentInternalReviewDate>2026-11-09</AssessmentInternalReviewDate></Assessments>",
    )
    source = opened("cin-census", census(tmp_path / "c.xml", child(review)))
    assert list(source.rows()) == [
        (
            4,
            Assessment(
                assessment_id="A1/2026-10-05",
                child_id="A1",
                type="core",
                clock_on=date(2026, 10, 5),
                started_on=date(2026, 10, 5),
                referred_on=date(2026, 10, 1),
                review_on=date(2026, 11, 9),
            ),
        )
    ]
    assert source.extract.notes == (
        "CIN census as at 2026-03-31, written 2026-07-21",
        "a census names no team and no worker, so it alone cannot tell whose an assessment is",
    )
    assert source.extract.extracted_at == datetime(2026, 7, 21, 9, 12, 28, tzinfo=UTC)


def test_a_closed_episode_closes_its_assessments(tmp_path: Path) -> None:
    """Whether its date stands before them or behind; the next episode is not closed by it."""
    closed = "<CINClosureDate>2026-11-01</CINClosureDate>"
    path = census(tmp_path / "c.xml", child(closed + OPEN), child(OPEN + closed, "A2"), child(OPEN, "A3"))
    assert [(each.child_id, each.closed_on) for each in accepted(opened("cin-census", path))] == [
        ("A1", date(2026, 11, 1)),
        ("A2", date(2026, 11, 1)),
        ("A3", None),
    ]


@pytest.mark.parametrize(
    "whole",
    [
        f"<CINdetailsCollection>{child(OPEN)}</CINdetailsCollection>",
        f'<Message xmlns="urn:dfe:cin">{child(OPEN)}</Message>',
        f"<message>stray text{child(OPEN + 'more<Unknown><LAchildIDs>Z</LAchildIDs></Unknown>')}</message>",
        "<c:Message xmlns:c='urn:x'>"
        + child(OPEN).replace("</", "<$").replace("<", "<c:").replace("<c:$", "</c:")
        + "</c:Message>",
        f"<Message><Child><CINdetails>{OPEN}</CINdetails><LAchildID>A1</LAchildID></Child></Message>",
    ],
)
def test_shapes_that_occur(tmp_path: Path, whole: str) -> None:
    """Another root, a namespace, stray text, unknown elements, no header, and the id behind the rest."""
    path = tmp_path / "c.xml"
    path.write_text(whole, encoding="utf-8")
    (found,) = accepted(opened("cin-census", path))
    assert (found.child_id, found.started_on) == ("A1", date(2026, 10, 5))


@pytest.mark.parametrize(
    ("prolog", "encoding"),
    [
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("<?xml version='1.0' encoding='UTF-8'?>", "utf-8"),
        ("<?xml version='1.0' encoding='windows-1252'?>", "cp1252"),
    ],
)
def test_encodings(tmp_path: Path, prolog: str, encoding: str) -> None:
    """By a byte order mark, or as the file declares."""
    path = tmp_path / "c.xml"
    path.write_bytes(f"{prolog}<Message>{child(OPEN, 'É1')}</Message>".encode(encoding))
    assert accepted(opened("cin-census", path))[0].child_id == "É1"


def test_a_header_without_a_moment_leaves_the_files_own(tmp_path: Path) -> None:
    """And what a header says is only repeated where it is a date."""
    header = "<Header><ReferenceDate>soon</ReferenceDate><DateTime>yesterday</DateTime></Header>"
    path = census(tmp_path / "c.xml", header=header)
    extract = opened("cin-census", path).extract
    assert extract.notes[0] == "CIN census without a reference date, without a date in its header"
    assert extract.extracted_at.timestamp() == pytest.approx(path.stat().st_mtime)


def test_a_row_that_cannot_be_believed_has_its_line_and_child(tmp_path: Path) -> None:
    """As in any other kind of file."""
    empty = "\n\n<Assessments><AssessmentActualStartDate/></Assessments>"
    assert values(opened("cin-census", census(tmp_path / "c.xml", child(empty)))) == [
        Rejected(6, 'has no started_on ("AssessmentActualStartDate")', "start_missing", "", "A1")
    ]


BROKEN = "this is no CIN census that can be read"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", f"c.xml, line 1: {BROKEN} (no element found); export it again"),
        (b"child_id,started_on\n", f"c.xml, line 1: {BROKEN} (syntax error); export"),
        (b"<Message>\n<Child>\n</Message>", f"c.xml, line 3: {BROKEN} (mismatched tag); export"),
        (b"<Message>\n<Children>\n<Child>", f"c.xml, line 3: {BROKEN} (no element found); export"),
        (
            b"<?xml version='1.0' encoding='UTF-8'?>\n<Message>\xe9</Message>",
            f"c.xml, line 2: {BROKEN} (not well-formed",
        ),
        (
            b"<?xml version='1.0' encoding='base64'?><Message/>",
            f"c.xml, line 1: {BROKEN} (it declares an encoding other than UTF-8); export",
        ),
        (b"<SSDA903/>", f"c.xml, line 1: {BROKEN} (it begins with <SSDA903>, not with <Message>); export"),
        (
            b"<?xml version='1.0'?>\n<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><Message>&a;</Message>",
            f"c.xml, line 2: {BROKEN} (it declares a document type (DTD), which is not allowed)",
        ),
        (b"<Message>&undeclared;</Message>", f"c.xml, line 1: {BROKEN} (undefined entity)"),
        (b"PK\x03\x04rest", "c.xml is a zip archive: unpack it, and give the XML file inside."),
        (
            b"<Message><Header><Collection>CLA</Collection></Header></Message>",
            'c.xml is a return of the collection "CLA", not a CIN census.',
        ),
    ],
)
def test_files_that_are_no_census(tmp_path: Path, content: bytes, sentence: str) -> None:
    """The line says where to look, and nothing of what stands there is repeated."""
    path = tmp_path / "c.xml"
    path.write_bytes(content)
    assert refusal("cin-census", path).startswith(sentence)


def test_a_tag_that_never_ends_is_given_up(tmp_path: Path) -> None:
    """Looking for its end again with each piece of a long file would take hours."""
    path = tmp_path / "c.xml"
    path.write_bytes(b"<Message><!-- " + b"x" * (20 << 20))
    assert "(a tag or a comment is never closed)" in refusal("cin-census", path)


def test_what_is_broken_far_down_shows_while_the_rows_are_read(tmp_path: Path) -> None:
    """The rows before it were given, so whoever takes them must be able to throw them away."""
    path = census(tmp_path / "c.xml", *[child(OPEN)] * 2000)
    path.write_bytes(path.read_bytes()[:-40])
    rows = opened("cin-census", path).rows()
    assert next(rows)[0] == 4
    with pytest.raises(Exception, match="unclosed token"):
        list(rows)


MEASURED = """
import resource, sys
from pathlib import Path
from alerter.sources.census import open_census
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = sum(1 for _ in open_census(Path(sys.argv[1])).read())
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows measures memory otherwise")
def test_memory_stays_flat(tmp_path: Path) -> None:
    """Ten megabytes of children need no more than a megabyte or two; so would two hundred."""
    path = census(tmp_path / "c.xml", *[child(OPEN)] * 40_000)
    assert path.stat().st_size > 10 << 20
    done = subprocess.run(  # noqa: S603 - this Python, on a file made here
        [sys.executable, "-c", MEASURED, str(path)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows, grown = map(int, done.stdout.split())
    assert rows == 40_000
    assert grown / (1024 if sys.platform == "linux" else 1 << 20) < 4

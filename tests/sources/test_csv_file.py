"""CSV in every shape councils export it, and the files that are refused as a whole."""

import os
from pathlib import Path

import pytest

from alerter.errors import SourceError
from alerter.sources.columns import WantedColumns
from alerter.sources.csv_file import CHUNK, open_csv
from alerter.sources.table import Table

WANTED = WantedColumns(
    headings={name: name for name in ("child_id", "started_on", "team")},
    required=(("child_id",), ("started_on",)),
    advice="rename it",
)
PLAIN = "child_id,started_on,team\n7,2026-10-05,Équipe\n"


def table(tmp_path: Path, content: bytes) -> Table:
    """Open *content* as a file of its own."""
    path = tmp_path / "extract.csv"
    path.write_bytes(content)
    return open_csv(path, WANTED)


def rows(tmp_path: Path, content: bytes) -> list[tuple[int, list[object]]]:
    """Return every row of *content* with its line."""
    return [(line, list(cells)) for line, cells in table(tmp_path, content).read()]


def refusal(tmp_path: Path, content: bytes) -> str:
    """Return the sentence *content* is refused with, at opening or while its rows are read."""
    with pytest.raises(SourceError) as caught:
        rows(tmp_path, content)
    return str(caught.value)


@pytest.mark.parametrize(
    "encoding",
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp1252", "cp1252")],
)
@pytest.mark.parametrize("delimiter", [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(
    tmp_path: Path, encoding: tuple[str, str], delimiter: tuple[str, str], newline: str
) -> None:
    """The same two lines in each encoding, with each delimiter and line end, are the same row."""
    content = PLAIN.replace(",", delimiter[0]).replace("\n", newline).encode(encoding[0])
    assert rows(tmp_path, content) == [(2, ["7", "2026-10-05", "Équipe"])]
    assert table(tmp_path, content).extract.notes == (f"read as {encoding[1]}, {delimiter[1]}",)


def test_utf_16_big_endian_is_read_by_its_mark(tmp_path: Path) -> None:
    """The byte order mark decides."""
    assert rows(tmp_path, b"\xfe\xff" + PLAIN.encode("utf-16-be"))[0][1][2] == "Équipe"


def test_one_byte_far_down_decides_for_the_whole_file(tmp_path: Path) -> None:
    """A file that is UTF-8 for its first megabyte but not at its end is cp1252 from the first line."""
    many = "child_id,started_on,team\n" + "7,2026-10-05,Duty\n" * (CHUNK // 15)
    found = rows(tmp_path, many.encode() + b"8,2026-10-05,Caf\xe9\n")
    assert found[-1][1][2] == "Café"
    assert len(found) == CHUNK // 15 + 1


def test_quoted_cells_keep_delimiters_and_count_physical_lines(tmp_path: Path) -> None:
    """A line break inside a cell is a line of the file: the next row says where a person finds it."""
    content = b'child_id,"started_on",team\n7,2026-10-05,"Duty,\nteam"\n8,2026-10-05,"say ""hi"""\n'
    assert rows(tmp_path, content) == [
        (2, ["7", "2026-10-05", "Duty,\nteam"]),
        (4, ["8", "2026-10-05", 'say "hi"']),
    ]


def test_titles_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    """
    The heading line is found below a title that uses another delimiter; blank rows below it are blank cells.
    """
    content = (
        b"Weekly, report; November, 2026\n\n;;\nchild_id;started_on;team\n\n7;2026-10-05;Duty\n ;\t;\n8;x;y\n"
    )
    assert rows(tmp_path, content) == [
        (5, ["", "", ""]), (6, ["7", "2026-10-05", "Duty"]), (7, [" ", "\t", ""]), (8, ["8", "x", "y"]),
    ]  # fmt: skip


def test_the_heading_may_be_the_tenth_row_but_no_later(tmp_path: Path) -> None:
    """Nine title rows are a report, ten are another kind of file."""
    assert len(rows(tmp_path, b"title\n" * 9 + PLAIN.encode())) == 1
    assert "no heading line with child_id and started_on" in refusal(
        tmp_path, b"title\n" * 10 + PLAIN.encode()
    )


def test_a_heading_line_alone_has_no_rows(tmp_path: Path) -> None:
    """An empty list is a file that can be read; what to make of it is for the run."""
    assert rows(tmp_path, b"child_id,started_on\n") == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "extract.csv has no heading line in its first 10 rows: export it again."),
        (b"\n  \n", "extract.csv has no heading line in its first 10 rows: export it again."),
        (
            b'"child_id,started_on\n7,2026-10-05\n',
            (
                "extract.csv, line 1: a quotation mark is not closed, or not doubled inside a cell; "
                "correct the cell or export the file again."
            ),
        ),
        (
            b'child_id,started_on\n7,2026-10-05\n\n"8,2026-10-05\n9,2026-10-05\n',
            (
                "extract.csv, line 4: a quotation mark is not closed, or not doubled inside a cell; "
                "correct the cell or export the file again."
            ),
        ),
        (
            b'child_id,started_on\n"7"x,2026-10-05\n',
            (
                "extract.csv, line 2: a quotation mark is not closed, or not doubled inside a cell; "
                "correct the cell or export the file again."
            ),
        ),
        (
            b"child_id,started_on\n7," + b"x" * 131073 + b"\n",
            (
                "extract.csv, line 2: a cell is longer than 128 KB; "
                "most likely a quotation mark is never closed: correct it or export the file again."
            ),
        ),
        (
            b"child_id,started_on\n7,2026-10-05\n8,\0\n",
            "extract.csv, line 3: a NUL byte; this is no text file. Export it again.",
        ),
        (
            PLAIN.encode("utf-16-le"),
            "extract.csv, line 1: a NUL byte; this is no text file. Export it again.",
        ),
        (
            b"child_id,started_on\n7,\xe9\n8,\x81\n",
            "extract.csv, line 3: bytes that are not cp1252; save it as CSV UTF-8.",
        ),
        (
            b"\xef\xbb\xbfchild_id,started_on\n7,\xe9\n",
            "extract.csv, line 2: bytes that are not UTF-8; save it as CSV UTF-8.",
        ),
        (
            "child_id\n7\n".encode("utf-16") + b"\x00",
            "extract.csv, line 3: bytes that are not UTF-16; save it as CSV UTF-8.",
        ),
        (
            b"PK\x03\x04 and so on",
            "extract.csv is a workbook, not CSV: set source.kind, or save it as CSV UTF-8.",
        ),
    ],
)
def test_a_broken_file_is_refused_as_a_whole(tmp_path: Path, content: bytes, sentence: str) -> None:
    """What cannot be read for certain names the file and the line, and says what to do."""
    assert refusal(tmp_path, content) == sentence


def test_a_bad_byte_late_in_a_long_file_names_its_line(tmp_path: Path) -> None:
    """Lines are counted across the pieces a long file is read in."""
    content = b"\xef\xbb\xbfchild_id,started_on\n" + b"7,2026-10-05\n" * (CHUNK // 10) + b"\xe9\n"
    assert f"line {CHUNK // 10 + 2}:" in refusal(tmp_path, content)


def test_the_extract_says_what_was_read(tmp_path: Path) -> None:
    """Name without folder, hash and size of the bytes, the time of writing, and the headings."""
    extract = table(tmp_path, b"child_id,started_on\n").extract
    assert extract.name == "extract.csv"
    assert extract.size == 20
    assert extract.sha256 == "a6cc3ab2c1b835769acd263e0dd85f0c1a2ac041bc587ed0af49637477aa0220"
    assert extract.headings == ("child_id", "started_on")
    assert extract.extracted_at.timestamp() == pytest.approx((tmp_path / "extract.csv").stat().st_mtime)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """What an export still writes to, or puts another file in the place of, is not believed."""
    sentence = r"^extract\.csv changed while it was read, so it is still being written: run again when"
    growing = table(tmp_path, PLAIN.encode())
    with (tmp_path / "extract.csv").open("ab") as file:
        file.write(b"8,2026-10-05,Duty\n")
    with pytest.raises(SourceError, match=sentence):
        list(growing.read())

    replaced = table(tmp_path, PLAIN.encode())
    (tmp_path / "extract.csv").write_bytes(b"child_id,started_on,team\n7,\xe9,x\n")
    with pytest.raises(SourceError, match=sentence):
        list(replaced.read())

    removed = table(tmp_path, PLAIN.encode())
    (tmp_path / "extract.csv").unlink()
    with pytest.raises(SourceError, match="does not exist"):
        list(removed.read())


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    """The system's reason is passed on."""
    path = tmp_path / "extract.csv"
    path.write_bytes(PLAIN.encode())
    path.chmod(0)
    with pytest.raises(SourceError, match="Permission denied"):
        open_csv(path, WANTED)

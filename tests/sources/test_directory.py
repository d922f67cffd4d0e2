"""The directory is the council's own: one bad cell or line is named, and the others hold."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.address import is_address
from alerter.domain.routing import DirectoryEntry
from alerter.errors import SourceError
from alerter.sources.directory import read_directory

HEADINGS = "team,worker,manager_name,manager_email,cover_email,cover_from,cover_until,escalate_to\n"
SLIPPED = "a cell with a delimiter in it needs quotation marks; nothing of the line is used"


def read(tmp_path: Path, text: str) -> list[DirectoryEntry]:
    """Write *text* as a directory and read it."""
    path = tmp_path / "directory.csv"
    path.write_text(text, encoding="utf-8")
    return read_directory(path)


def test_a_full_line_becomes_an_entry(tmp_path: Path) -> None:
    """Every column arrives under its own name, with the line a person finds it on."""
    line = "Duty \u00a0team,P. Novak,A. Manager,a@c.example,b@c.example,01/12/2026,2026-12-31,s@c.example\n"
    assert read(tmp_path, HEADINGS + "\n" + line) == [
        DirectoryEntry(
            line=3,
            team="Duty team",
            worker="P. Novak",
            manager_name="A. Manager",
            manager_email="a@c.example",
            cover_email="b@c.example",
            cover_from=date(2026, 12, 1),
            cover_until=date(2026, 12, 31),
            escalate_to="s@c.example",
        )
    ]


def test_two_columns_are_a_directory(tmp_path: Path) -> None:
    """A worker and an address are enough; other columns are not looked at."""
    found = read(tmp_path, "Manager_Email;notes;WORKER\na@c.example;x;P. Novak\n")
    assert found == [DirectoryEntry(line=2, worker="P. Novak", manager_email="a@c.example")]


@pytest.mark.parametrize(
    "line",
    [
        "",
        ",,",
        "(2 rows affected)",
        "Total,2,",
        "Total: 2,,",
        "--,--,--",
        "Manager_Email,TEAM,worker",
        "#TYPE X",
    ],
)
def test_a_line_that_is_no_record_is_no_fault(tmp_path: Path, line: str) -> None:
    """What a report writes between and below its rows is no entry; a worker called Count is one."""
    text = f"team,worker,manager_email\nDuty,,a@c.example\n{line}\nDuty,A. Count,b@c.example\n"
    assert [(entry.worker, entry.fault) for entry in read(tmp_path, text)] == [("", ""), ("A. Count", "")]


def test_a_malformed_address_is_kept_for_the_run_to_judge(tmp_path: Path) -> None:
    """One slip must not keep every other manager from being told."""
    text = 'team,manager_email\nDuty, a@@c \nIntake,\nMASH,"a@c.example\r\nBcc: x"\n'
    assert [entry.manager_email for entry in read(tmp_path, text)] == ["a@@c", "", "a@c.example Bcc: x"]


def test_cover_without_dates_and_with_one(tmp_path: Path) -> None:
    """Either side of the cover may be open."""
    headings = "team,manager_email,cover_email,cover_from\n"
    text = headings + "Duty,a@c.example,b@c.example,\nMASH,a@c.example,b@c.example,1/12/2026\n"
    assert [(entry.cover_email, entry.cover_from) for entry in read(tmp_path, text)] == [
        ("b@c.example", None),
        ("b@c.example", date(2026, 12, 1)),
    ]


LEFT_OUT = "so the cover is left out"
FORMATS = "write YYYY-MM-DD or DD/MM/YYYY"


@pytest.mark.parametrize(
    ("cover", "fault"),
    [
        (
            "b@c.example,soon,",
            f"cover_from is no date that can be read, {LEFT_OUT}; {FORMATS}",
        ),
        (
            "b@c.example,,12/25/2026",
            f"cover_until has the month first, {LEFT_OUT}; {FORMATS}",
        ),
        ("b@c.example,2026-12-02,2026-12-01", f"cover_from is after cover_until, {LEFT_OUT}"),
        (",2026-12-02,", f"has cover dates but no cover_email, {LEFT_OUT}"),
        ("b at c,2026-12-01,2026-12-02", f"cover_email is not one plain email address, {LEFT_OUT}"),
        ("b@c.example;d@c.example,,", f"cover_email is not one plain email address, {LEFT_OUT}"),
        ("b@c.example,1970-01-01,", f"cover_from is before 1990, {LEFT_OUT}"),
    ],
)
def test_a_bad_cell_costs_its_cover_alone(tmp_path: Path, cover: str, fault: str) -> None:
    """The manager of the line holds, and so do the other lines with their covers."""
    good = "MASH,,B,b@c.example,d@c.example,2026-12-01,2026-12-31,s@c.example\n"
    bad, other = read(tmp_path, f"{HEADINGS}Duty,W1,A,a@c.example,{cover},s@c.example\n{good}")
    assert bad == DirectoryEntry(
        line=2, team="Duty", worker="W1", manager_name="A", manager_email="a@c.example",
        escalate_to="s@c.example", fault=fault,
    )  # fmt: skip
    assert (other.cover_email, other.fault) == ("d@c.example", "")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("#N/A,-,A,a@c.example,,,,", "names neither a team nor a worker"),
        ("Duty,,A,a@c.example,,,,,x", f"has 9 cells for 8 headings; {SLIPPED}"),
        ("Duty,,A,a@c.example,,,,,", f"has 9 cells for 8 headings; {SLIPPED}"),
        ("Smith, Jo,,A,a@c.example,,,,", f"has 9 cells for 8 headings; {SLIPPED}"),
        ("Duty,a@c.example", f"has 2 cells for 8 headings; {SLIPPED.replace('delimiter', 'line break')}"),
    ],
)
def test_of_a_line_that_leads_nowhere_nothing_is_kept(tmp_path: Path, line: str, fault: str) -> None:
    """A slipped line could send mail to the wrong person, so it is only named; the others hold."""
    good = "MASH,,B,b@c.example,,,,\n"
    first, other = read(tmp_path, f"{HEADINGS}{line}\n{good}")
    assert first == DirectoryEntry(line=2, fault=fault)
    assert other == DirectoryEntry(line=3, team="MASH", manager_name="B", manager_email="b@c.example")


def test_the_same_cells_missing_everywhere_are_no_slip(tmp_path: Path) -> None:
    """A spreadsheet leaves out the empty cells at the end of every line, or adds one to each."""
    for end in ("", ",", ",,,,,"):
        lines = "".join(f"{team},,A,a@c.example{end}\n" for team in ("Duty", "MASH"))
        assert [(each.team, each.fault) for each in read(tmp_path, HEADINGS + lines)] == [
            ("Duty", ""),
            ("MASH", ""),
        ]


def test_an_address_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    """The line stays, so that its assessments are not taken for those of a team that is not listed."""
    (entry,) = read(tmp_path, HEADINGS + "Duty,,A,a at c,,,,head of service\n")
    assert (entry.team, entry.manager_email, entry.escalate_to) == ("Duty", "a at c", "head of service")
    assert entry.fault == (
        "manager_email is not one plain email address; escalate_to is not one plain email address"
    )


BLANKS = ["", " ", "-", "0", "#N/A", "N/A", "NULL", "\u00a0", "(null)", "00/01/1900", "01/01/1900"]


@pytest.mark.parametrize("blank", BLANKS)
def test_what_a_spreadsheet_writes_for_nothing_is_no_cover(tmp_path: Path, blank: str) -> None:
    """A linked empty cell is a nought or a nought of a day, and no fault."""
    email = "" if "/" in blank and blank != "N/A" else blank
    (entry,) = read(tmp_path, f"{HEADINGS}Duty,{email},A,a@c.example,{email},{blank},{blank},{email}\n")
    assert entry == DirectoryEntry(line=2, team="Duty", manager_name="A", manager_email="a@c.example")


CELLS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters='\r\n"\x00'), max_size=12)
ODD = CELLS | st.sampled_from([*BLANKS, "2026-12-01", "31/12/2026", "12/25/2026", "x@c.example", "soon"])
LINES = st.lists(st.lists(ODD, min_size=1, max_size=11), min_size=1, max_size=8)


@given(lines=LINES)
def test_whatever_stands_in_a_line_the_others_hold(tmp_path: Path, lines: list[list[str]]) -> None:
    """Odd cells and slips of any kind: the sound lines are read as if alone, and only sound covers stand."""
    good = "MASH,,B,b@c.example,d@c.example,2026-12-01,2026-12-31,s@c.example"
    odd = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    found = read(tmp_path, f"{HEADINGS}{good}\n{odd}\n{good}\n")
    first, *between, last = found
    assert replace(first, line=0) == replace(last, line=0)
    assert (first.cover_email, first.cover_from, first.fault) == ("d@c.example", date(2026, 12, 1), "")
    for entry in between:
        assert entry.fault or entry.team or entry.worker
        assert not entry.cover_email or is_address(entry.cover_email)
        assert entry.team or entry.worker or replace(entry, fault="", line=0) == DirectoryEntry(line=0)


def test_a_missing_directory_or_column_is_refused(tmp_path: Path) -> None:
    """Nobody can be told without it, so it is no empty directory."""
    with pytest.raises(SourceError, match=r"directory\.csv does not exist: correct the path"):
        read_directory(tmp_path / "directory.csv")
    with pytest.raises(SourceError, match="manager_email is not among them"):
        read(tmp_path, "team,manager_name\nDuty,A. Manager\n")


def test_headings_alone_are_an_empty_directory(tmp_path: Path) -> None:
    """The template before its first line is filled in routes everything to the fallback."""
    assert read(tmp_path, HEADINGS) == []

"""The directory is the council's own: read whole, or refused with every faulty line."""

from datetime import date
from pathlib import Path

import pytest

from alerter.domain.routing import DirectoryEntry
from alerter.errors import SourceError
from alerter.sources.directory import read_directory

HEADINGS = "team,worker,manager_name,manager_email,cover_email,cover_from,cover_until,escalate_to\n"


def read(tmp_path: Path, text: str) -> list[DirectoryEntry]:
    """
    Write *text* as a directory and read it.
    """
    path = tmp_path / "directory.csv"
    path.write_text(text, encoding="utf-8")
    return read_directory(path)


def test_a_full_line_becomes_an_entry(tmp_path: Path) -> None:
    """
    Every column arrives under its own name, with the line a person finds it on.
    """
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
    """
    A worker and an address are enough; other columns are not looked at.
    """
    found = read(tmp_path, "Manager_Email;notes;WORKER\na@c.example;x;P. Novak\n")
    assert found == [DirectoryEntry(line=2, worker="P. Novak", manager_email="a@c.example")]


def test_a_malformed_address_is_kept_for_the_run_to_judge(tmp_path: Path) -> None:
    """
    One slip must not keep every other manager from being told.
    """
    text = 'team,manager_email\nDuty, a@@c \nIntake,\nMASH,"a@c.example\r\nBcc: x"\n'
    assert [entry.manager_email for entry in read(tmp_path, text)] == ["a@@c", "", "a@c.example Bcc: x"]


def test_cover_without_dates_and_with_one(tmp_path: Path) -> None:
    """
    Either side of the cover may be open.
    """
    headings = "team,manager_email,cover_email,cover_from\n"
    text = headings + "Duty,a@c.example,b@c.example,\nMASH,a@c.example,b@c.example,1/12/2026\n"
    assert [(entry.cover_email, entry.cover_from) for entry in read(tmp_path, text)] == [
        ("b@c.example", None),
        ("b@c.example", date(2026, 12, 1)),
    ]


def test_all_faulty_lines_are_told_at_once(tmp_path: Path) -> None:
    """
    Half a directory would write to the wrong people, so nothing of it is used.
    """
    text = HEADINGS + (
        "#N/A,-,A,a@c.example,,,,\n"
        "Duty,,A,a@c.example,,,,\n"
        "Duty,,A,a@c.example,b@c.example,soon,,\n"
        "Duty,,A,a@c.example,b@c.example,,12/25/2026,\n"
        "Duty,,A,a@c.example,b@c.example,2026-12-02,2026-12-01,\n"
        "Duty,,A,a@c.example,,2026-12-02,,\n"
        "Duty,,A,a@c.example,,,,,x\n"
    )
    with pytest.raises(SourceError) as caught:
        read(tmp_path, text)
    assert str(caught.value).splitlines() == [
        "directory.csv, line 2: names neither a team nor a worker.",
        "directory.csv, line 4: cover_from is no date; write YYYY-MM-DD or DD/MM/YYYY.",
        "directory.csv, line 5: cover_until has the month first; write YYYY-MM-DD or DD/MM/YYYY.",
        "directory.csv, line 6: cover_from is after cover_until.",
        "directory.csv, line 7: has cover dates but no cover_email.",
        "directory.csv, line 8: has more cells than there are headings.",
    ]


def test_a_missing_directory_or_column_is_refused(tmp_path: Path) -> None:
    """
    Nobody can be told without it, so it is no empty directory.
    """
    with pytest.raises(SourceError, match=r"directory\.csv cannot be read \(No such file or directory\)"):
        read_directory(tmp_path / "directory.csv")
    with pytest.raises(SourceError, match=r"directory\.csv: the column manager_email is missing"):
        read(tmp_path, "team,manager_name\nDuty,A. Manager\n")


def test_headings_alone_are_an_empty_directory(tmp_path: Path) -> None:
    """
    The template before its first line is filled in routes everything to the fallback.
    """
    assert read(tmp_path, HEADINGS) == []

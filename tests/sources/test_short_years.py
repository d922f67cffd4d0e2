"""A date such as 12/10/26 is read where its column has no other reading, and never else."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerter.domain.assessment import Rejected
from alerter.sources.dates import DateColumn, UnreadableDateError
from tests.sources.reading import accepted, opened, values

DATES = st.dates(date(2024, 1, 1), date(2026, 11, 30))


def column(cells: Iterable[object]) -> DateColumn:
    """Return a column of an extract of 2026."""
    known = list(cells)
    return DateColumn("started_on", cells=lambda: known, latest_year=2027)


def is_read(*cells: str) -> bool:
    """Say whether the first of the *cells* is read as 12 October 2026, and never as another day."""
    try:
        found = column(cells).read(cells[0])
    except UnreadableDateError:
        return False
    assert found == date(2026, 10, 12)
    return True


@pytest.mark.parametrize(
    "others",
    [
        ["31/10/26"],
        ["12/11/00", "30/02/26"],
        ["03/11/99"],
        ["03/11/2026"],
        ["03/11/2026", "2026-11-03", "TBC", "3 Octember 26", ""],
        ["13/10/26", "25/11/26"],
        ["13-10-26", "25.11.26 10:30", "25/11/26"],
    ],
)
def test_the_column_says_that_the_year_is_last(others: list[str]) -> None:
    """By a value that is impossible year first, by full years, or by years that stay while days change."""
    assert is_read("12/10/26", *others)


@pytest.mark.parametrize(
    "others",
    [
        [],
        ["12/10/26"],
        ["13/10/25"],
        ["26/10/31", "31/10/26"],
        ["99/10/12", "31/10/26"],
        ["2026-10-12", "2026/10/12"],
        ["12 Oct 2026"],
        ["03/11/2012", "03/11/2026"],
    ],
)
def test_a_column_with_another_reading_stays_unread(others: list[str]) -> None:
    """One value alone, one possible year first only, and full years that fit both ends decide nothing."""
    assert not is_read("12/10/26", *others)


@given(st.lists(DATES, min_size=1, max_size=40, unique=True))
def test_a_year_first_column_is_never_read_day_first(days: list[date]) -> None:
    """No writing of a date with its two digits of the year in front becomes another date."""
    assume(len({day.day for day in days}) > 1)
    written = [day.strftime("%y/%m/%d") for day in days]
    read = column(written)
    for text in written:
        with pytest.raises(UnreadableDateError):
            read.read(text)


@given(st.lists(DATES, min_size=1, max_size=40), st.sampled_from("/-."))
def test_a_day_first_column_is_read_as_it_is_or_not(days: list[date], mark: str) -> None:
    """A day-first column is read whole, and as the days it has, or not at all; a full one is always read."""
    written = [day.strftime(f"%d{mark}%m{mark}%y") for day in days]
    read = column(written)
    try:
        assert [read.read(text) for text in written] == days
    except UnreadableDateError:
        assert max(day.day for day in days) < 28
        assert read.notes == ()
    else:
        assert len(read.notes) == 1


def test_the_notes_of_the_extract_say_it_once(tmp_path: Path) -> None:
    """Rows before and after the first such date are read, and the note names the column."""
    path = tmp_path / "extract.csv"
    path.write_text(
        "child_id,Begun\n1,2026-10-05\n2,12/10/26\n3,31/10/26\n4,Nobody,12/10/10\n", encoding="utf-8"
    )
    source = opened("csv", path, {"started_on": "Begun"})
    found = [value for value in values(source) if not isinstance(value, Rejected)]
    assert [value.started_on for value in found] == [date(2026, 10, n) for n in (5, 12, 31)]
    assert source.extract.notes[1:] == (
        'the column "Begun" has years of two digits: read day first, as 12/10/26',
    )


def test_full_years_need_no_note(tmp_path: Path) -> None:
    """A column without such dates says nothing of them."""
    path = tmp_path / "extract.csv"
    path.write_text("child_id,started_on\n1,05/10/2026\n", encoding="utf-8")
    source = opened("csv", path)
    accepted(source)
    assert source.extract.notes == source.table.extract.notes
